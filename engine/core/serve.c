#include "engine/core/arrivals.h"

/* Pods that need a place: in room that is there, else on new nodes.
 *
 * Where pods ask where other pods are, there are many ways to share them out and one may be much
 * cheaper than another; a few pods are shared out in several ways, and the best is kept.  Of many
 * pods only the first is made, and made again as far as limits and capacity do not have room for
 * what it gave a place. */
enum {
    FEW = 48, /* pods for which several ways are worth their work */
    WAYS = 24,
    VERY_FEW = 12, /* and for so few, more */
    MORE_WAYS = 120,
    LESSONS = 40, /* times that a way is made again with what was learnt */
};

size_t attempt_list_wanted(const struct attempt *t, struct wanted *out)
{
    size_t n = 0;

    for (size_t i = 0; i < t->count; i++)
        if (!t->seekers[i].room && !t->seekers[i].nowhere)
            out[n++] = (struct wanted){.seeker = &t->seekers[i], .reason = REASON_PENDING_PODS};
    return n;
}

static void add_packing(struct arena *a, struct packing *to, const struct packing *more)
{
    if (!to->count) { /* nearly always, and then nothing is copied */
        *to = *more;
        return;
    }
    for (size_t i = 0; i < more->count; i++)
        ARENA_PUSH(a, to->bins, to->count, to->capacity, more->bins[i]);
    to->cost += more->cost;
}

static void pack_some(struct plan *p, struct attempt *t, const uint32_t *sequence, size_t count)
{
    uint32_t *unplaced = ARENA_ARRAY(p->arena, uint32_t, p->market.shape_count);
    struct packing more;

    packing_solve(&p->market, sequence, count, p->left, &more, unplaced);
    add_packing(p->arena, &t->packing, &more);
    for (size_t i = 0; i < p->market.shape_count; i++)
        t->unplaced[i] += unplaced[i];
}

/* All at once; or, where not all will have a place, those that matter most first. */
static void pack(struct plan *p, struct attempt *t, bool by_priority)
{
    ARENA_AUTO scratch = {0};
    uint32_t *sequence = ARENA_ARRAY(&scratch, uint32_t, t->wanted_count);
    int64_t above = INT64_MAX;

    t->unplaced = ARENA_ARRAY(p->arena, uint32_t, p->market.shape_count);
    for (size_t done = 0; done < t->wanted_count;) {
        int64_t next = INT64_MIN;
        size_t n = 0;
        for (size_t i = 0; by_priority && i < t->wanted_count; i++) {
            int64_t priority = p->market.shapes[t->wanted[i].seeker->shape].priority;
            if (priority < above && priority > next)
                next = priority;
        }
        for (size_t i = 0; i < t->wanted_count; i++)
            if (!by_priority || p->market.shapes[t->wanted[i].seeker->shape].priority == next)
                sequence[n++] = t->wanted[i].seeker->shape;
        pack_some(p, t, sequence, n);
        done += n;
        above = next;
    }
}

/* Everything but the plan's actions: taken back by dropping the trial. */
static void try_way(struct plan *p, const struct seeker *seekers, size_t count,
                    const struct way *way, const struct caps *caps, bool by_priority,
                    struct attempt *t)
{
    *t = (struct attempt){.seekers = t->seekers, .wanted = t->wanted, .count = count};
    if (!t->seekers) { /* else the last try's, which taught that this one has to be made */
        t->seekers = ARENA_ARRAY(p->arena, struct seeker, count);
        t->wanted = ARENA_ARRAY(p->arena, struct wanted, count);
    }
    if (count)
        memcpy(t->seekers, seekers, count * sizeof(*seekers));
    apportion(&p->market, &p->rooms, t->seekers, count, way, caps, &t->places);
    rooms_seek(&p->market, &p->rooms, t->seekers, count, SEEK_LASTING);
    rooms_seek(&p->market, &p->rooms, t->seekers, count, SEEK_DUE);
    t->wanted_count = attempt_list_wanted(t, t->wanted);
    t->unserved = t->places.nowhere;
    for (size_t i = 0; i < t->places.dropped_count; i++)
        t->lost += apportion_worth(t->places.dropped[i].stance);
    if (p->hold_launches)
        return;
    pack(p, t, by_priority);
    for (size_t i = 0; i < p->market.shape_count; i++)
        t->unserved += t->unplaced[i];
}

static bool is_better(const struct attempt *x, const struct attempt *y)
{
    if (x->unserved != y->unserved)
        return x->unserved < y->unserved;
    if (x->lost != y->lost)
        return x->lost < y->lost;
    return x->packing.cost < y->packing.cost;
}

static void set_cap(struct plan *p, struct caps *caps, uint32_t shape, uint32_t most)
{
    for (size_t i = 0; i < caps->count; i++)
        if (caps->items[i].shape == shape) {
            caps->items[i].most = most;
            return;
        }
    ARENA_PUSH(p->arena, caps->items, caps->count, caps->capacity, (struct cap){shape, most});
}

/* Of the pods that got the places which they were given, those for whom it no longer holds, now
 * that others did not: half of them had better have none. */
static bool learn_of_broken(struct plan *p, const struct attempt *t, const uint32_t *given,
                            struct caps *caps)
{
    size_t shapes = p->market.shape_count;
    bool something = false;

    for (uint32_t i = 0; i < shapes; i++)
        if (given[i] && t->unplaced[i])
            apportion_count(&p->market, i, -(int32_t)t->unplaced[i]);
    for (uint32_t i = 0; i < shapes; i++)
        if (given[i] > t->unplaced[i] && !apportion_holds(&p->market, i)) {
            set_cap(p, caps, i, (given[i] - t->unplaced[i]) / 2);
            something = true;
        }
    for (uint32_t i = 0; i < shapes; i++)
        if (given[i] && t->unplaced[i])
            apportion_count(&p->market, i, (int32_t)t->unplaced[i]);
    return something;
}

/* Where pods were given a place that they cannot have, there may be so many of them only. */
static bool learn(struct plan *p, const struct attempt *t, struct caps *caps)
{
    uint32_t *given = ARENA_ARRAY(p->arena, uint32_t, p->market.shape_count);
    bool something = false;

    for (size_t i = 0; i < t->count; i++)
        if (t->seekers[i].shape != t->seekers[i].own)
            given[t->seekers[i].shape]++;
    for (uint32_t i = 0; i < p->market.shape_count; i++)
        if (given[i] && t->unplaced[i]) {
            set_cap(p, caps, i, given[i] - t->unplaced[i]);
            something = true;
        }
    return learn_of_broken(p, t, given, caps) || something;
}

static bool some_concerned(const struct plan *p, const struct seeker *seekers, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (apportion_concerns(&p->market, seekers[i].shape))
            return true;
    return false;
}

static bool priorities_differ(const struct plan *p, const struct seeker *seekers, size_t count)
{
    for (size_t i = 1; i < count; i++)
        if (p->market.shapes[seekers[i].shape].priority !=
            p->market.shapes[seekers[0].shape].priority)
            return true;
    return false;
}

/* As try_way, made again while something is learnt of what limits and capacity leave. */
static void try_and_learn(struct plan *p, const struct seeker *seekers, size_t count,
                          const struct way *way, bool by_priority, struct attempt *t)
{
    struct trial before = trial_begin(p);
    struct caps caps = {0};

    for (int i = 0; i < LESSONS; i++) {
        if (i)
            trial_drop(p, &before);
        try_way(p, seekers, count, way, &caps, by_priority, t);
        if (p->hold_launches || !t->unserved || !learn(p, t, &caps))
            return;
    }
}

/* The best of several ways, applied. */
static void try_ways(struct plan *p, const struct seeker *seekers, size_t count, bool by_priority,
                     struct attempt *best)
{
    struct trial before = trial_begin(p);
    struct way chosen = {0};

    try_and_learn(p, seekers, count, &chosen, by_priority, best);
    if (count > FEW || p->hold_launches || !some_concerned(p, seekers, count))
        return;
    for (uint64_t i = 1; i < (count > VERY_FEW ? WAYS : MORE_WAYS); i++) {
        struct way way = {.together = i % 2, .seed = i / 2};
        struct attempt t = {0};
        trial_drop(p, &before);
        try_and_learn(p, seekers, count, &way, by_priority, &t);
        if (is_better(&t, best)) {
            *best = t;
            chosen = way;
        }
    }
    trial_drop(p, &before);
    try_and_learn(p, seekers, count, &chosen, by_priority, best);
}

static const char starting[] = "a node for it is starting";

/* Where those before it did not, nobody should rely on that it will. */
static struct str said_of(struct plan *p, const struct pool *pool, const char *what,
                          struct str lacks)
{
    if (!pool)
        return str_of(what);
    if (lacks.len)
        return arena_printf(p->arena, "pool " STR_FMT ": %s: " STR_FMT, STR_ARG(pool->name), what,
                            STR_ARG(lacks));
    if (what == starting && pool->failed.len)
        return arena_printf(p->arena,
                            "pool " STR_FMT ": %s; " STR_FMT
                            ", which was launched before it, did not become ready",
                            STR_ARG(pool->name), what, STR_ARG(pool->failed));
    return arena_printf(p->arena, "pool " STR_FMT ": %s", STR_ARG(pool->name), what);
}

static void say(struct plan *p, const struct seeker *s, const struct claim *claim,
                const struct pool *pool, const char *what)
{
    struct str lacks = what == starting && claim ? claim->lacks : (struct str){0};

    /* Thousands in a row hear the same. */
    if (p->said.pool != pool || p->said.what != what || !str_eq(p->said.lacks, lacks))
        p->said.message = said_of(p, pool, what, lacks);
    p->said.pool = pool;
    p->said.what = what;
    p->said.lacks = lacks;
    plan_wait(p, s->pod, s->mates, s->mate_count,
              (struct waiting){.pod = s->pod,
                               .reason = REASON_ON_ITS_WAY,
                               .pool = pool,
                               .claim = claim,
                               .message = p->said.message});
}

/* The node that a seeker gets: a claim, or what is launched. */
struct home {
    const struct claim *claim;
    const struct pool *pool;
    const struct action *launch;
};

static struct str label_of(const struct home *h, struct str key)
{
    struct str own = labels_get(h->claim ? &h->claim->labels : &h->launch->labels, key);

    if (own.ptr || h->claim)
        return own;
    return offer_label(h->pool, h->launch->options->type, h->launch->options->offering, key);
}

/* What was given up may come true all the same. */
static bool comes_true(const struct home *h, const struct preference *wish)
{
    for (size_t i = 0; wish && i < wish->node.count; i++) {
        struct str value = label_of(h, wish->node.items[i].key);
        if (!(value.ptr ? requirement_has(&wish->node.items[i], value)
                        : requirement_allows_absence(&wish->node.items[i])))
            return false;
    }
    return wish != NULL;
}

/* What a seeker and its mates would rather have had: given up on the way to its shape, or never to
 * be had; and the taint that they would rather not meet. */
static void relax(struct plan *p, const struct seeker *s, const struct home *h)
{
    const struct taints *taints = h->claim ? &h->claim->taints : &h->pool->taints;
    const struct market *m = &p->market;
    const struct shape *full = &m->shapes[s->full];

    for (size_t i = 0; i < full->never_count; i++)
        plan_relax(p, s->pod, full->never[i]);
    for (uint32_t i = s->full; i != s->own && i != NO_SHAPE; i = m->shapes[i].weaker)
        if (!comes_true(h, m->shapes[i].preference))
            plan_relax(p, s->pod, m->shapes[i].given_up);
    for (size_t i = 0; m->has_unwelcoming && i <= s->mate_count; i++) {
        const struct pod *pod = i ? s->mates[i - 1] : s->pod;
        const struct taint *t = taints_unwelcome(taints, &pod->spec->tolerations);
        if (t)
            plan_relax(p, pod,
                       arena_printf(p->arena, "taint " STR_FMT, STR_ARG(taint_text(p->arena, t))));
    }
}

/* A static pool's node that this decision launches is a room, and no claim of the world yet. */
static bool exists(const struct plan *p, const struct claim *c)
{
    return c >= p->world->claims && c < p->world->claims + p->world->claim_count;
}

void settle_in(struct plan *p, const struct seeker *s)
{
    const struct claim *c = s->room->claim;
    const struct pool *pool = s->room->pool == SIZE_MAX ? NULL : &p->world->pools[s->room->pool];

    relax(p, s, &(struct home){.claim = c});
    if (!exists(p, c))
        say(p, s, NULL, pool, "a node for it is launched");
    else if (c->phase != CLAIM_READY)
        say(p, s, c, pool, starting);
    else if (!p->world->engine_binds || c->foreign)
        say(p, s, c, pool, "a ready node has room for it");
    else
        for (size_t i = 0; i <= s->mate_count; i++)
            plan_act(p, (struct action){.kind = ACTION_BIND,
                                        .reason = REASON_PENDING_PODS,
                                        .claim = c,
                                        .pod = i ? s->mates[i - 1] : s->pod});
}

/* Of those that have a place. */
static void note_dropped(struct plan *p, const struct attempt *t, const bool *left)
{
    for (size_t i = 0; i < t->places.dropped_count; i++) {
        const struct dropped *d = &t->places.dropped[i];
        if (!left[d->pod - p->world->pods])
            plan_relax(p, d->pod, stance_text(&p->market, d->stance));
    }
}

size_t attempt_keep(struct plan *p, struct attempt *t, struct seeker **out)
{
    ARENA_AUTO scratch = {0};
    bool *is_left = ARENA_ARRAY(&scratch, bool, p->world->pod_count);
    size_t left = 0, capacity = 0;

    *out = NULL;
    for (size_t i = 0; i < t->count; i++)
        if (t->seekers[i].room)
            settle_in(p, &t->seekers[i]);
    if (!p->hold_launches)
        plan_launch(p, &t->packing, t->wanted, t->wanted_count);
    for (size_t i = 0; i < t->wanted_count; i++) {
        struct seeker *s = t->wanted[i].seeker;
        if (t->wanted[i].launched) {
            const struct action *launch = &p->out->actions[t->wanted[i].action];
            relax(p, s, &(struct home){.pool = launch->pool, .launch = launch});
            say(p, s, NULL, launch->pool, "a node for it is launched");
        } else {
            apportion_undo(&p->market, s);
            is_left[s->pod - p->world->pods] = true;
            ARENA_PUSH(p->arena, *out, left, capacity, *s);
        }
    }
    for (size_t i = 0; i < t->count; i++)
        if (t->seekers[i].nowhere)
            ARENA_PUSH(p->arena, *out, left, capacity, t->seekers[i]);
    note_dropped(p, t, is_left);
    return left;
}

size_t serve(struct plan *p, const struct seeker *seekers, size_t count, struct seeker **left)
{
    struct trial before = trial_begin(p);
    struct arrivals first = {0};
    struct attempt t = {0};

    if (arrivals_open(p, seekers, count, &first))
        arrivals_first_fit(&first);
    try_ways(p, seekers, count, false, &t);
    if (t.unserved && priorities_differ(p, seekers, count)) {
        trial_drop(p, &before);
        try_ways(p, seekers, count, true, &t);
    }
    if (arrivals_beat(&first, t.unserved, t.packing.cost)) {
        trial_drop(p, &before);
        arrivals_apply(&first, &t);
    }
    return attempt_keep(p, &t, left);
}
