#include "engine/core/job.h"

enum { TRIES = 24 }; /* shapes looked at for one that bears a node's company */

/* What the world's proposal says of a job.  Pods come in shapes that places and given-up
 * preferences have made of their own ones: whichever of them is still wanted will do. */
struct proposing {
    struct job *j;
    uint32_t *left;  /* by shape: pods that are still wanted */
    uint32_t *first; /* by shape: a wanted one whose origin it is, ... */
    uint32_t *next;  /* ... by that one: another; NO_SHAPE: no more */
};

static void list_by_origin(struct proposing *p)
{
    const struct job *j = p->j;

    p->left = ARENA_ARRAY(j->arena, uint32_t, j->m->shape_count);
    p->first = ARENA_ARRAY(j->arena, uint32_t, j->m->shape_count);
    p->next = ARENA_ARRAY(j->arena, uint32_t, j->m->shape_count);
    memcpy(p->left, j->want, j->m->shape_count * sizeof(*p->left));
    for (size_t i = 0; i < j->m->shape_count; i++)
        p->first[i] = NO_SHAPE;
    for (size_t i = j->kind_count; i-- > 0;) {
        uint32_t origin = j->m->shapes[j->kinds[i]].origin;
        p->next[j->kinds[i]] = p->first[origin];
        p->first[origin] = j->kinds[i];
    }
}

/* The next wanted shape that such pods have: begins with NO_SHAPE, ends with it.  *own moves down
 * from what they prefer. */
static uint32_t next_wanted(const struct proposing *p, uint32_t *own, uint32_t at)
{
    at = at == NO_SHAPE ? p->first[*own] : p->next[at];
    while (at == NO_SHAPE || !p->left[at]) {
        if (at != NO_SHAPE) {
            at = p->next[at];
            continue;
        }
        *own = p->j->m->shapes[*own].weaker;
        if (*own == NO_SHAPE)
            return NO_SHAPE;
        at = p->first[*own];
    }
    return at;
}

static uint32_t own_shape(const struct proposing *p, const struct pod *pod)
{
    return p->j->m->shape_of_pod[pod - p->j->m->world->pods];
}

static bool put(struct proposing *p, struct bin *b, uint32_t shape)
{
    int32_t context;

    if (!bin_joins(p->j, b, shape, &context))
        return false;
    bin_put(p->j, b, shape, 1, context);
    p->left[shape]--;
    return true;
}

/* Another wanted pod that asks for the same and may be where this one may: to the plan it is the
 * same, but the company on the node may bear only the one. */
static bool put_like(struct proposing *p, struct bin *b, uint32_t own)
{
    const struct job *j = p->j;

    for (; own != NO_SHAPE; own = j->m->shapes[own].weaker)
        for (uint32_t at = p->first[own]; at != NO_SHAPE; at = p->next[at]) {
            const struct stack *like = &j->stacks[j->stack_of[at]];
            for (size_t i = 0, tries = 0; i < like->shape_count && tries < TRIES; i++) {
                uint32_t shape = like->shapes[i];
                if (!p->left[shape])
                    continue;
                tries++;
                if (put(p, b, shape))
                    return true;
            }
        }
    return false;
}

static bool put_one(struct proposing *p, struct bin *b, const struct pod *pod)
{
    uint32_t own = own_shape(p, pod), shape = NO_SHAPE;

    while ((shape = next_wanted(p, &own, shape)) != NO_SHAPE)
        if (put(p, b, shape))
            return true;
    return put_like(p, b, own_shape(p, pod));
}

static void take_back(struct proposing *p, const struct bin *b)
{
    for (size_t i = 0; i < b->part_count; i++)
        p->left[b->parts[i].shape] += b->parts[i].count;
}

/* The node as it is when its first pod comes in this shape; returns how many pods are on it. */
static size_t fill(struct proposing *p, const struct proposed_node *n, size_t shop, uint32_t first,
                   struct bin *b)
{
    size_t count = 0;

    *b = (struct bin){.shop = shop, .context = CONTEXT_ANY};
    count += put(p, b, first);
    for (size_t i = 1; count && i < n->pod_count; i++)
        count += put_one(p, b, n->pods[i]);
    if (count && bin_reprice(p->j, b))
        return count;
    take_back(p, b);
    return 0;
}

/* The next wanted shape after `at` that asks for the same as one of the pod's own. */
static uint32_t next_like(const struct proposing *p, uint32_t own, uint32_t at)
{
    const struct job *j = p->j;
    bool after = at == NO_SHAPE;

    for (; own != NO_SHAPE; own = j->m->shapes[own].weaker)
        for (uint32_t k = p->first[own]; k != NO_SHAPE; k = p->next[k]) {
            const struct stack *like = &j->stacks[j->stack_of[k]];
            for (size_t i = 0; i < like->shape_count; i++) {
                if (after && p->left[like->shapes[i]])
                    return like->shapes[i];
                after |= like->shapes[i] == at;
            }
        }
    return NO_SHAPE;
}

/* A place may have room for the first pod of a node and not for the others, while another has room
 * for all. */
static void add_node(struct proposing *p, const struct proposed_node *n, size_t shop,
                     struct packing *out)
{
    uint32_t own = own_shape(p, n->pods[0]), first = NO_SHAPE, best = NO_SHAPE;
    size_t most = 0;
    struct bin b;

    while (most < n->pod_count && (first = next_wanted(p, &own, first)) != NO_SHAPE) {
        size_t count = fill(p, n, shop, first, &b);
        if (count > most) {
            most = count;
            best = first;
        }
        if (count)
            take_back(p, &b);
    }
    if (best == NO_SHAPE)
        best = next_like(p, own_shape(p, n->pods[0]), NO_SHAPE);
    if (best != NO_SHAPE && fill(p, n, shop, best, &b))
        packing_push(p->j, out, b);
}

/* Into what company has kept free on nodes that are there. */
static void fill_gaps(struct proposing *p, struct packing *out)
{
    const struct job *j = p->j;
    size_t count = j->m->resource_count;

    for (size_t i = 0; i < j->kind_count; i++) {
        uint32_t shape = j->kinds[i];
        for (size_t at = 0; at < out->count && p->left[shape]; at++) {
            struct bin *b = &out->bins[at];
            struct resources rest = j->m->shops[b->shop].space[b->type];
            resources_subtract(&rest, &b->sum);
            while (p->left[shape] && fits(&j->m->shapes[shape].requests, &rest, count) &&
                   put(p, b, shape))
                resources_subtract(&rest, &j->m->shapes[shape].requests);
        }
    }
    for (size_t at = 0; at < out->count; at++)
        bin_reprice(j, &out->bins[at]);
}

/* The job's pods that are left, as a job of their own. */
static struct job rest_of(const struct proposing *p)
{
    struct job rest = *p->j;
    struct arena *a = rest.arena;
    uint32_t *kinds = ARENA_ARRAY(a, uint32_t, rest.kind_count);
    uint32_t *sequence = ARENA_ARRAY(a, uint32_t, rest.count),
             *shapes = ARENA_ARRAY(a, uint32_t, rest.kind_count);
    struct stack *stacks = ARENA_ARRAY(a, struct stack, rest.stack_count);
    size_t n = 0;

    rest.count = rest.kind_count = rest.stack_count = 0;
    for (size_t i = 0; i < p->j->kind_count; i++) {
        uint32_t shape = p->j->kinds[i];
        if (p->left[shape])
            kinds[rest.kind_count++] = shape;
        for (uint32_t k = 0; k < p->left[shape]; k++)
            sequence[rest.count++] = shape;
    }
    for (size_t i = 0; i < p->j->stack_count; i++) {
        struct stack s = p->j->stacks[i];
        s.shapes = &shapes[n];
        s.total = 0;
        for (uint32_t k = 0; k < p->j->stacks[i].shape_count; k++)
            if (p->left[p->j->stacks[i].shapes[k]]) {
                s.total += p->left[p->j->stacks[i].shapes[k]];
                shapes[n++] = p->j->stacks[i].shapes[k];
            }
        s.shape_count = (uint32_t)(&shapes[n] - s.shapes);
        if (s.total)
            stacks[rest.stack_count++] = s;
    }
    rest.want = p->left;
    rest.kinds = kinds;
    rest.sequence = sequence;
    rest.stacks = stacks;
    job_number(&rest);
    return rest;
}

static void pack_rest(struct proposing *p, struct packing *out)
{
    struct packing ways[2] = {0}, *best = &ways[0];

    fill_gaps(p, out);
    struct job rest = rest_of(p);
    pack_first_fit(&rest, rest.sequence, rest.count, OPEN_BEST_VALUE, &ways[0]);
    pack_greedy(&rest, &ways[1]);
    if (ways[1].cost < ways[0].cost)
        best = &ways[1];
    for (size_t i = 0; i < best->count; i++)
        packing_push(p->j, out, best->bins[i]);
    job_number(p->j);
}

static size_t shop_of(const struct job *j, const struct pool *pool)
{
    for (size_t i = 0; i < j->shop_count; i++)
        if (j->m->shops[j->shops[i]].pool == pool)
            return j->shops[i];
    return SIZE_MAX;
}

bool pack_proposed(struct job *j, struct packing *out)
{
    const struct proposal *all = j->m->world->proposal;
    struct proposing p = {.j = j};

    if (!all)
        return false;
    list_by_origin(&p);
    for (size_t i = 0; i < all->count; i++) {
        size_t shop = shop_of(j, all->nodes[i].pool);
        if (shop != SIZE_MAX && all->nodes[i].pod_count)
            add_node(&p, &all->nodes[i], shop, out);
    }
    if (!out->count)
        return false;
    pack_rest(&p, out);
    out->cost = packing_cost(out);
    return true;
}
