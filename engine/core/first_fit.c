#include "engine/core/job.h"

/* What is scanned most often lies side by side. */
struct shelf {
    struct resources *rest; /* of the node's type */
    size_t *offer;          /* OPEN_CHEAPEST: the one offer that the node is; else SIZE_MAX */
    size_t capacity;
};

static void grow(struct job *j, struct shelf *s, size_t count)
{
    if (count < s->capacity)
        return;
    size_t capacity = s->capacity ? s->capacity * 2 : 64;
    struct shelf bigger = {ARENA_ARRAY(j->arena, struct resources, capacity),
                           ARENA_ARRAY(j->arena, size_t, capacity), capacity};
    if (count) {
        memcpy(bigger.rest, s->rest, count * sizeof(*s->rest));
        memcpy(bigger.offer, s->offer, count * sizeof(*s->offer));
    }
    *s = bigger;
}

static size_t offer_at_price(const struct shop *s, const struct context *c, uint32_t type,
                             int64_t price)
{
    size_t i = 0;

    while (s->offers[i].type != type || !bits_has(c->offers, i) ||
           s->offers[i].offering->price_microusd_per_hour != price)
        i++;
    return i;
}

/* Under limits of their number nodes had better be large; what is too large is made smaller when it
 * is priced. */
static void open_largest(const struct job *j, struct bin *b)
{
    const struct shop *s = &j->m->shops[b->shop];
    const struct context *c = &s->contexts[b->context];
    int64_t most = -1;

    for (size_t i = b->at; i < c->best_count; i++) {
        const struct resources *room = &s->space[c->best[i].type];
        int64_t value = direction_value(&j->direction, room, j->m->resource_count);
        if (value > most && fits(&b->sum, room, j->m->resource_count)) {
            most = value;
            b->type = c->best[i].type;
        }
    }
}

/* The type that sells value cheapest among those that hold the pod. */
static void open_best_value(const struct job *j, struct bin *b)
{
    const struct shop *s = &j->m->shops[b->shop];
    const struct context *c = &s->contexts[b->context];
    struct rate best = {0};

    for (size_t i = b->at; i < c->best_count; i++) {
        const struct resources *room = &s->space[c->best[i].type];
        struct rate r = {c->best[i].price,
                         direction_value(&j->direction, room, j->m->resource_count)};
        if (rate_is_lower(r, best) && fits(&b->sum, room, j->m->resource_count)) {
            best = r;
            b->type = c->best[i].type;
        }
    }
}

static void open_bin(struct job *j, uint32_t shape, enum opening how, struct shelf *shelf,
                     struct packing *out)
{
    struct bin b = bin_open(j, shape);
    const struct shop *s = &j->m->shops[b.shop];
    size_t at = out->count;

    if (how == OPEN_BEST_VALUE)
        open_best_value(j, &b);
    if (how == OPEN_LARGEST)
        open_largest(j, &b);
    grow(j, shelf, at);
    shelf->rest[at] = s->space[b.type];
    resources_subtract(&shelf->rest[at], &b.sum);
    shelf->offer[at] = how == OPEN_CHEAPEST
                           ? offer_at_price(s, &s->contexts[b.context], b.type, b.cost)
                           : SIZE_MAX;
    packing_push(j, out, b);
}

/* A node opened as one offer stays it; one opened for value stays its type. */
static bool still_sold(const struct job *j, const struct bin *b, size_t offer, int32_t context)
{
    const struct context *c = &j->m->shops[b->shop].contexts[context];

    return offer == SIZE_MAX ? c->price_of_type[b->type] != INT64_MAX : bits_has(c->offers, offer);
}

static bool takes(struct job *j, const struct shelf *shelf, const struct packing *p, size_t at,
                  uint32_t shape, int32_t *context)
{
    return fits(&j->m->shapes[shape].requests, &shelf->rest[at], j->m->resource_count) &&
           bin_joins(j, &p->bins[at], shape, context) &&
           still_sold(j, &p->bins[at], shelf->offer[at], *context) &&
           bin_keeps_min_values(j, &p->bins[at], shape, *context);
}

/* Nodes only fill up, so where a shape did not fit it never will: each shape walks the row once. */
void pack_first_fit(struct job *j, const uint32_t *sequence, size_t count, enum opening how,
                    struct packing *out)
{
    size_t *next = ARENA_ARRAY(j->arena, size_t, j->kind_count); /* by slot */
    struct shelf shelf = {0};

    for (size_t i = 0; i < count; i++) {
        uint32_t shape = sequence[i];
        size_t *from = &next[j->slot[shape]], at = *from;
        int32_t context = CONTEXT_NONE;

        while (at < out->count && !takes(j, &shelf, out, at, shape, &context))
            at++;
        j->work -= (int64_t)(at - *from) + 1;
        *from = at;
        if (at == out->count) {
            open_bin(j, shape, how, &shelf, out);
        } else {
            bin_put(j, &out->bins[at], shape, 1, context);
            resources_subtract(&shelf.rest[at], &j->m->shapes[shape].requests);
        }
    }
    for (size_t i = 0; i < out->count; i++)
        bin_reprice(j, &out->bins[i]);
    out->cost = packing_cost(out);
}
