#include "engine/core/packing.h"

static void take_claim(struct allowance *left, const struct claim *c)
{
    struct resources largest = c->capacity;
    int64_t price = c->price_microusd_per_hour;

    for (size_t i = 0; c->instance_type.len == 0 && i < c->option_count; i++) {
        const struct launch_option *o = &c->options[i];
        for (size_t k = 0; k < RESOURCES_MAX; k++)
            if (o->type->capacity.amount[k] > largest.amount[k])
                largest.amount[k] = o->type->capacity.amount[k];
        if (o->offering->price_microusd_per_hour > price)
            price = o->offering->price_microusd_per_hour;
    }
    allowance_take(left, &largest, price);
}

struct allowance allowance_left(const struct world *w, const struct pool *p)
{
    struct allowance left = {p->limits.amount, p->limits.nodes, p->limits.microusd_per_hour, NULL};

    for (size_t i = 0; i < w->claim_count; i++)
        if (str_eq(w->claims[i].pool, p->name))
            take_claim(&left, &w->claims[i]);
    return left;
}

static void lower(int64_t *left, int64_t by)
{
    if (*left != INT64_MAX && __builtin_sub_overflow(*left, by, left))
        *left = INT64_MIN;
}

void allowance_take(struct allowance *left, const struct resources *capacity, int64_t price)
{
    for (size_t i = 0; i < RESOURCES_MAX; i++)
        lower(&left->capacity.amount[i], capacity->amount[i]);
    lower(&left->nodes, 1);
    lower(&left->microusd_per_hour, price);
}

void allowance_give(struct allowance *left, const struct resources *capacity, int64_t price)
{
    for (size_t i = 0; i < RESOURCES_MAX; i++)
        if (left->capacity.amount[i] != INT64_MAX)
            left->capacity.amount[i] += capacity->amount[i];
    if (left->nodes != INT64_MAX)
        left->nodes++;
    if (left->microusd_per_hour != INT64_MAX)
        left->microusd_per_hour += price;
}

bool allowance_admits(const struct allowance *left, const struct instance_type *t, int64_t price)
{
    /* Limits bind what a type has some of: a pool over its GPU limit may still buy CPU nodes. */
    for (size_t i = 0; i < RESOURCES_MAX; i++)
        if (t->capacity.amount[i] && t->capacity.amount[i] > left->capacity.amount[i])
            return false;
    return left->nodes >= 1 && price <= left->microusd_per_hour;
}
