#include "engine/core/job.h"

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
    for (size_t i = 1; count && i < n->pod_count; i++) {
        uint32_t own = own_shape(p, n->pods[i]), shape = NO_SHAPE;
        while ((shape = next_wanted(p, &own, shape)) != NO_SHAPE)
            if (put(p, b, shape)) {
                count++;
                break;
            }
    }
    if (count && bin_reprice(p->j, b))
        return count;
    take_back(p, b);
    return 0;
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
    if (best != NO_SHAPE && fill(p, n, shop, best, &b))
        packing_push(p->j, out, b);
}

/* What is left, in the order of the job's kinds. */
static void pack_rest(struct proposing *p, struct packing *out)
{
    struct job *j = p->j;
    uint32_t *rest = ARENA_ARRAY(j->arena, uint32_t, j->count);
    struct packing more = {0};
    size_t count = 0;

    for (size_t i = 0; i < j->kind_count; i++)
        for (uint32_t n = 0; n < p->left[j->kinds[i]]; n++)
            rest[count++] = j->kinds[i];
    pack_first_fit(j, rest, count, OPEN_BEST_VALUE, &more);
    for (size_t i = 0; i < more.count; i++)
        packing_push(j, out, more.bins[i]);
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
