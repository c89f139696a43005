#include "engine/core/plan.h"

/* Pods without a node: onto existing room first, then onto new nodes. */

static void wait(struct plan *p, struct waiting w)
{
    if (w.pod)
        ARENA_PUSH(p->arena, p->out->waiting, p->out->waiting_count, p->out->waiting_capacity, w);
    if (reason_row(w.reason)->lasts)
        return;
    p->lacks_capacity |= w.reason == REASON_NO_CAPACITY;
    for (size_t i = 0; i < p->world->pool_count; i++)
        if (!w.pool || w.pool == &p->world->pools[i])
            p->busy[i] = true;
}

static void wait_for(struct plan *p, const struct pod *pod, const struct pool *pool,
                     const char *what)
{
    struct str message =
        pool ? arena_printf(p->arena, "pool " STR_FMT ": %s", STR_ARG(pool->name), what)
             : str_of(what);

    wait(p, (struct waiting){pod, REASON_ON_ITS_WAY, pool, message});
}

/* Pods that no node could ever take are not even tried. */
static bool is_hopeless(const struct pod *pod)
{
    return pod->spec->term_count == 0 || pod->spec->unserved_resource.len > 0;
}

static size_t list_pending(struct plan *p, struct seeker *out)
{
    const struct world *w = p->world;
    size_t n = 0;

    for (size_t i = 0; i < w->pod_count; i++) {
        const struct pod *pod = &w->pods[i];
        if (pod->never_serve || pod->claim.len)
            continue;
        uint32_t shape = p->market.shape_of_pod[i];
        if (is_hopeless(pod))
            wait(p, explain_shape(&p->market, p->left, shape, pod));
        else
            out[n++] = (struct seeker){pod, shape, NULL};
    }
    return n;
}

static void settle_in(struct plan *p, const struct seeker *s)
{
    const struct pool *pool = s->room->pool == SIZE_MAX ? NULL : &p->world->pools[s->room->pool];

    if (s->room->claim->phase != CLAIM_READY)
        wait_for(p, s->pod, pool, "a node for it is starting");
    else if (p->world->engine_binds)
        plan_act(p, (struct action){.kind = ACTION_BIND,
                                    .reason = REASON_PENDING_PODS,
                                    .claim = s->room->claim,
                                    .pod = s->pod});
    else
        wait_for(p, s->pod, pool, "a ready node has room for it");
}

/* Those still without a room, as what is to be launched. */
static size_t list_wanted(const struct seeker *seekers, size_t count, struct wanted *out)
{
    size_t n = 0;

    for (size_t i = 0; i < count; i++)
        if (!seekers[i].room)
            out[n++] = (struct wanted){.pod = seekers[i].pod,
                                       .shape = seekers[i].shape,
                                       .reason = REASON_PENDING_PODS,
                                       .owner = i};
    return n;
}

static void launch(struct plan *p, struct wanted *wanted, size_t count)
{
    struct packing packing;
    uint32_t *sequence = ARENA_ARRAY(p->arena, uint32_t, count);
    uint32_t *unplaced = ARENA_ARRAY(p->arena, uint32_t, p->market.shape_count);

    for (size_t i = 0; i < count; i++)
        sequence[i] = wanted[i].shape;
    packing_solve(&p->market, sequence, count, p->left, &packing, unplaced);
    plan_launch(p, &packing, wanted, count);
}

static struct leaver *leaver_of(struct plan *p, const struct room *r)
{
    for (size_t i = 0; i < p->leaver_count; i++)
        if (p->leavers[i].room == (size_t)(r - p->rooms.items))
            return &p->leavers[i];
    return NULL;
}

/* What neither fits anywhere nor could be launched may still go where a node is about to leave,
 * which then stays; else it waits, and says for what. */
static void last_resort(struct plan *p, const struct wanted *wanted, size_t count)
{
    struct seeker *rest = ARENA_ARRAY(p->arena, struct seeker, count);
    struct waiting *known = ARENA_ARRAY(p->arena, struct waiting, p->market.shape_count);
    size_t n = 0;

    for (size_t i = 0; i < count; i++)
        if (!wanted[i].launched)
            rest[n++] = (struct seeker){wanted[i].pod, wanted[i].shape, NULL};
    rooms_seek(&p->market, &p->rooms, rest, n, SEEK_LEAVING);
    for (size_t i = 0; i < n; i++) {
        struct waiting *why = &known[rest[i].shape];
        struct leaver *l = rest[i].room ? leaver_of(p, rest[i].room) : NULL;
        if (why->reason == REASON_NONE) /* pods alike wait for the same */
            *why = explain_shape(&p->market, p->left, rest[i].shape, rest[i].pod);
        why->pod = rest[i].pod;
        if (l && !l->must)
            plan_stay(p, l, *why);
        else if (rest[i].room)
            settle_in(p, &rest[i]);
        else
            wait(p, *why);
    }
}

/* Room that is there, then new nodes.  Returns how many pods have neither: they are in `wanted`. */
static size_t serve(struct plan *p, struct seeker *seekers, size_t count, struct wanted *wanted)
{
    size_t left = 0;

    rooms_seek(&p->market, &p->rooms, seekers, count, SEEK_LASTING);
    rooms_seek(&p->market, &p->rooms, seekers, count, SEEK_DUE);
    for (size_t i = 0; i < count; i++)
        if (seekers[i].room)
            settle_in(p, &seekers[i]);
    size_t n = list_wanted(seekers, count, wanted);
    if (p->hold_launches)
        return n;
    launch(p, wanted, n);
    for (size_t i = 0; i < n; i++) {
        if (wanted[i].launched)
            wait_for(p, wanted[i].pod, wanted[i].pool, "a node for it is launched");
        else
            wanted[left++] = wanted[i];
    }
    return left;
}

/* Only where pods are welcome: a new node there is preferred to room where they are not. */
static size_t serve_where_welcome(struct plan *p, struct seeker *seekers, size_t count,
                                  struct wanted *wanted)
{
    p->market.heeds = true;
    size_t left = serve(p, seekers, count, wanted);
    p->market.heeds = false;
    for (size_t i = 0; i < left; i++)
        seekers[i] = (struct seeker){wanted[i].pod, wanted[i].shape, NULL};
    return left;
}

void try_pending(struct plan *p)
{
    struct seeker *seekers = ARENA_ARRAY(p->arena, struct seeker, p->world->pod_count);
    struct wanted *wanted = ARENA_ARRAY(p->arena, struct wanted, p->world->pod_count);
    size_t count = list_pending(p, seekers);

    if (p->market.has_unwelcoming)
        count = serve_where_welcome(p, seekers, count, wanted);
    count = serve(p, seekers, count, wanted);
    if (p->hold_launches)
        for (size_t i = 0; i < count; i++)
            wait_for(p, wanted[i].pod, NULL,
                     "a pool is being destroyed; another may be, so its pods wait a moment");
    else
        last_resort(p, wanted, count);
}
