#include "engine/core/job.h"

bool bin_keeps_min_values(const struct job *j, const struct bin *b, uint32_t shape, int32_t context)
{
    struct resources sum = b->sum;
    size_t from = 0;

    if (!j->m->shops[b->shop].has_min_values)
        return true;
    resources_add(&sum, &j->m->shapes[shape].requests);
    return shop_price(j->m, b->shop, context, &sum, &from) != INT64_MAX;
}

struct bin bin_open(struct job *j, uint32_t shape)
{
    const struct alone *alone = &j->alone[shape];
    struct bin b = {.shop = alone->shop, .context = alone->context};

    bin_put(j, &b, shape, 1, alone->context);
    b.at = alone->at;
    b.cost = alone->price;
    b.type = j->m->shops[b.shop].contexts[b.context].best[b.at].type;
    return b;
}

static struct part *part_of(struct job *j, struct bin *b, uint32_t shape)
{
    for (size_t i = 0; i < b->part_count; i++)
        if (b->parts[i].shape == shape)
            return &b->parts[i];
    ARENA_PUSH(j->arena, b->parts, b->part_count, b->part_capacity, (struct part){shape, 0});
    return &b->parts[b->part_count - 1];
}

void bin_put(struct job *j, struct bin *b, uint32_t shape, uint32_t times, int32_t context)
{
    const struct resources *one = &j->m->shapes[shape].requests;

    part_of(j, b, shape)->count += times;
    for (size_t i = 0; i < j->m->resource_count; i++)
        b->sum.amount[i] += one->amount[i] * times; /* it fits a node, so it fits int64 */
    b->weight += j->weight[shape] * times;
    if (j->m->shapes[shape].profile)
        company_add(j->arena, &b->company, &j->m->topology.profiles[j->m->shapes[shape].profile],
                    times);
    if (b->context != context)
        b->at = 0;
    b->context = context;
}

bool bin_reprice(const struct job *j, struct bin *b)
{
    b->cost = shop_price(j->m, b->shop, b->context, &b->sum, &b->at);
    if (b->cost == INT64_MAX)
        return false;
    b->type = j->m->shops[b->shop].contexts[b->context].best[b->at].type;
    return true;
}

struct bin bin_copy(struct job *j, const struct bin *b)
{
    struct bin copy = *b;

    copy.parts = ARENA_ARRAY(j->arena, struct part, b->part_count);
    copy.part_capacity = b->part_count;
    memcpy(copy.parts, b->parts, b->part_count * sizeof(*b->parts));
    copy.company = company_copy(j->arena, &b->company);
    return copy;
}

void packing_push(struct job *j, struct packing *p, struct bin b)
{
    ARENA_PUSH(j->arena, p->bins, p->count, p->capacity, b);
}

int64_t packing_cost(const struct packing *p)
{
    int64_t cost = 0;

    for (size_t i = 0; i < p->count; i++)
        if (p->bins[i].cost == INT64_MAX || __builtin_add_overflow(cost, p->bins[i].cost, &cost))
            return INT64_MAX;
    return cost;
}

void packing_append(struct job *j, struct packing *to, const struct packing *more)
{
    ARENA_RESERVE(j->arena, to->bins, to->count, to->capacity, more->count);
    for (size_t i = 0; i < more->count; i++)
        packing_push(j, to, bin_copy(j, &more->bins[i]));
    to->cost += more->cost;
}
