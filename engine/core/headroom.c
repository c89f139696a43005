#include "engine/core/headroom.h"

#include <stdlib.h>

/* Room that pools keep free for pods to come.
 *
 * Each piece of it is a pod that nobody has made, of the lowest standing: what pods and those of
 * leavers have not taken is looked through for it, and only what is lacking then is launched.  So a
 * pod that comes takes the room of a piece, and another piece is launched behind it.  A node that
 * holds a piece is not empty (it has a guest).  Nothing of this is remembered: the same nodes are
 * chosen again as long as they are there. */

/* Pods of the pool alone, which bear all its taints. */
static size_t cohort_of(struct plan *p, size_t pool)
{
    static const struct toleration all = {.exists = true, .any_effect = true};
    struct arena *a = p->arena;
    struct requirements *term = ARENA_NEW(a, struct requirements);
    struct tolerations *tolerations = ARENA_NEW(a, struct tolerations);
    struct requirement own;
    struct error *e =
        requirement_new(a, LABEL_NODE_POOL, OPERATOR_IN, &p->world->pools[pool].name, 1, 0, &own);

    if (!e) /* a name is a value */
        requirements_add(a, term, &own);
    *tolerations = (struct tolerations){ARENA_NEW(a, struct toleration), 1, 1};
    tolerations->items[0] = all;
    return market_cohort(
        &p->market, (struct cohort){.terms = term, .term_count = 1, .tolerations = tolerations});
}

static int largest_first(const void *x, const void *y)
{
    const struct resources *a = &((const struct piece *)x)->spec->requests;
    const struct resources *b = &((const struct piece *)y)->spec->requests;

    for (size_t i = 0; i < RESOURCES_MAX; i++)
        if (a->amount[i] != b->amount[i])
            return a->amount[i] > b->amount[i] ? -1 : 1;
    return 0;
}

static int64_t price_alone(struct plan *p, size_t pool, uint32_t shape)
{
    const struct shape *s = &p->market.shapes[shape];
    size_t at = 0;

    if (!shop_sells(&p->market.shops[pool]))
        return INT64_MAX;
    int32_t context = shop_join(&p->market, pool, CONTEXT_ANY, s->cohort);
    return context == CONTEXT_NONE ? INT64_MAX
                                   : shop_price(&p->market, pool, context, &s->requests, &at);
}

static struct keeping list_pieces(struct plan *p, size_t pool)
{
    const struct pool *of = &p->world->pools[pool];
    struct keeping k = {p, pool, ARENA_ARRAY(p->arena, struct piece, of->headroom_count),
                        of->headroom_count, 0};
    size_t cohort = cohort_of(p, pool);

    for (size_t i = 0; i < k.count; i++) {
        const struct headroom *h = &of->headroom[i];
        uint32_t shape = market_shape(&p->market, (struct shape){.requests = h->spec->requests,
                                                                 .cohort = cohort,
                                                                 .priority = INT64_MIN,
                                                                 .spec = h->spec,
                                                                 .origin = NO_SHAPE,
                                                                 .weaker = NO_SHAPE});
        k.pieces[i] =
            (struct piece){.spec = h->spec, .shape = shape, .alone = price_alone(p, pool, shape)};
        *(h->spec->unserved_resource.len ? &k.pieces[i].never : &k.pieces[i].lacking) = h->count;
        k.wanted += h->count;
    }
    qsort(k.pieces, k.count, sizeof(*k.pieces), largest_first);
    return k;
}

/* In nodes that stand or start. */

/* What is sure to stay first, then what is ready, then what is used anyway; among equals the
 * oldest, so that a new node takes no piece from one that has it. */
static int rank_of(const struct room *r)
{
    bool used = r->guests > 0 || claim_holds_pods(r->claim);

    return 4 * r->due + 2 * (r->claim->phase != CLAIM_READY) + !used;
}

struct place {
    size_t room;
    int rank;
    const struct claim *claim;
};

static int best_first(const void *x, const void *y)
{
    const struct place *a = x, *b = y;

    if (a->rank != b->rank)
        return a->rank - b->rank;
    if (a->claim->created_ms != b->claim->created_ms)
        return a->claim->created_ms < b->claim->created_ms ? -1 : 1;
    return a->room < b->room ? -1 : 1;
}

static size_t list_rooms(const struct plan *p, size_t pool, struct place *out)
{
    size_t n = 0;

    for (size_t i = 0; i < p->rooms.count; i++) {
        const struct room *r = &p->rooms.items[i];
        if (r->pool == pool && !r->leaving && room_is_sound(r))
            out[n++] = (struct place){i, rank_of(r), r->claim};
    }
    if (n)
        qsort(out, n, sizeof(*out), best_first);
    return n;
}

static void hold_in_rooms(struct keeping *k)
{
    struct plan *p = k->p;
    struct place *rooms = ARENA_ARRAY(p->arena, struct place, p->rooms.count);
    size_t count = list_rooms(p, k->pool, rooms);
    struct pool_verdict *v = &p->out->pools[k->pool];

    for (size_t i = 0; i < k->count; i++) {
        struct piece *piece = &k->pieces[i];
        for (size_t at = 0; at < count && piece->lacking;) {
            const struct room *r = &p->rooms.items[rooms[at].room];
            if (!fits(&piece->spec->requests, &r->rest, p->market.resource_count)) {
                at++;
                continue;
            }
            v->headroom_ready += r->claim->phase == CLAIM_READY;
            rooms_hold(&p->market, &p->rooms, rooms[at].room, piece->shape);
            piece->lacking--;
        }
    }
}

int64_t headroom_lacking(const struct keeping *k)
{
    int64_t n = 0;

    for (size_t i = 0; i < k->count; i++)
        n += k->pieces[i].lacking + k->pieces[i].never;
    return n;
}

static struct waiting why(struct plan *p, size_t pool, const struct piece *piece)
{
    const struct pool *of = &p->world->pools[pool];
    struct pod as_if = {.spec = piece->spec};

    if (of->replicas >= 0)
        return (struct waiting){.reason = REASON_LIMIT,
                                .message = arena_printf(p->arena,
                                                        "pool " STR_FMT
                                                        ": a static pool has as many nodes as its "
                                                        "replicas, and these have no room for it",
                                                        STR_ARG(of->name))};
    return explain_pool(&p->market, pool, &p->left[pool], &p->market.shapes[piece->shape], &as_if);
}

static void say_what_lacks(struct keeping *k)
{
    struct plan *p = k->p;
    int64_t lacking = headroom_lacking(k);

    for (size_t i = 0; i < k->count && lacking; i++) {
        if (!k->pieces[i].lacking && !k->pieces[i].never)
            continue;
        struct waiting w = why(p, k->pool, &k->pieces[i]);
        p->busy[k->pool] |= !reason_row(w.reason)->lasts;
        p->lacks_capacity |= w.reason == REASON_NO_CAPACITY;
        plan_block(p, k->pool, w.reason,
                   arena_printf(p->arena,
                                "of %lld pieces of headroom %lld cannot be kept free: " STR_FMT,
                                (long long)k->wanted, (long long)lacking, STR_ARG(w.message)));
        return;
    }
}

static void keep_free(struct plan *p, size_t pool)
{
    struct keeping k = list_pieces(p, pool);

    p->out->pools[pool].headroom = k.wanted;
    hold_in_rooms(&k);
    if (headroom_lacking(&k) && p->hold_launches)
        p->busy[pool] = true;
    else if (headroom_lacking(&k)) {
        if (p->world->pools[pool].replicas < 0)
            headroom_buy(&k);
        say_what_lacks(&k);
    }
}

void try_headroom(struct plan *p)
{
    for (size_t i = 0; i < p->world->pool_count; i++)
        if (p->world->pools[i].headroom_count && !p->world->pools[i].deleting)
            keep_free(p, i);
}
