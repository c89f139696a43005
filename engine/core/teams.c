#include "engine/core/teams.h"

struct team {
    struct shape shape; /* of all of them as one */
    size_t *members;    /* seekers, the leader first */
    size_t count, capacity;
};

struct forming {
    struct market *m;
    struct rooms *rooms;
    struct seeker *seekers;
    size_t count;
    bool *taken;
    bool *begun;  /* by crowd: some team of it has been formed */
    bool *wanted; /* by shape: somebody wants to be with such a pod */
};

static const struct profile *profile_of(const struct forming *f, size_t seeker)
{
    return &f->m->topology.profiles[f->m->shapes[f->seekers[seeker].shape].profile];
}

static bool is_one_of(const struct profile *p, uint32_t crowd)
{
    for (size_t i = 0; i < p->company_count; i++)
        if (p->company[i].crowd == crowd)
            return p->company[i].count > 0;
    return false;
}

static bool runs_somewhere(const struct forming *f, uint32_t crowd)
{
    for (size_t i = 0; i < f->rooms->count; i++)
        for (size_t k = 0; k < f->rooms->items[i].company.count; k++)
            if (f->rooms->items[i].company.items[k].crowd == crowd &&
                f->rooms->items[i].company.items[k].count)
                return true;
    return false;
}

static bool has_a_host(const struct forming *f, const struct shape *s)
{
    uint32_t shape = market_shape(f->m, *s);

    for (size_t i = 0; i < f->m->world->pool_count; i++) {
        size_t at = 0;
        if (!shop_sells(&f->m->shops[i]))
            continue;
        int32_t context = shop_join(f->m, i, CONTEXT_ANY, s->cohort);
        if (context != CONTEXT_NONE && shop_price(f->m, i, context, &s->requests, &at) != INT64_MAX)
            return true;
    }
    for (size_t i = 0; i < f->rooms->count; i++)
        if (room_takes(f->m, &f->rooms->items[i], shape))
            return true;
    return false;
}

static size_t cohort_of_both(struct market *m, size_t x, size_t y)
{
    const struct cohort *a = &m->cohorts[x];
    size_t count = a->team ? a->team_count : 1;
    uint32_t *all = ARENA_ARRAY(m->arena, uint32_t, count + 1);

    for (size_t i = 0; i < count; i++) {
        all[i] = a->team ? a->team[i] : (uint32_t)x;
        if (all[i] == y)
            return x;
    }
    all[count] = (uint32_t)y;
    return market_cohort(m, (struct cohort){.team = all, .team_count = count + 1});
}

/* False: they cannot share a node; the team is as it was. */
static bool take(struct forming *f, struct team *t, size_t seeker)
{
    const struct shape *s = &f->m->shapes[f->seekers[seeker].shape];
    struct shape both = t->shape;

    if (t->count) {
        uint32_t joined = profile_join(f->m, t->shape.profile, s->profile);
        if (joined == NO_DOMAIN)
            return false;
        both.profile = joined;
        both.cohort = cohort_of_both(f->m, t->shape.cohort, s->cohort);
        resources_add(&both.requests, &s->requests);
        both.priority = s->priority > both.priority ? s->priority : both.priority;
        both.weaker = NO_SHAPE;
    } else {
        both = *s;
    }
    both.origin = NO_SHAPE;
    if (t->count && !has_a_host(f, &both))
        return false;
    t->shape = both;
    ARENA_PUSH(f->m->arena, t->members, t->count, t->capacity, seeker);
    return true;
}

static bool is_in(const struct team *t, size_t seeker)
{
    for (size_t i = 0; i < t->count; i++)
        if (t->members[i] == seeker)
            return true;
    return false;
}

/* Has the profile's node all that this one wants beside it? */
static bool suits(const struct profile *node, const struct profile *p)
{
    for (size_t i = 0; i < p->mate_count; i++)
        if (!is_one_of(node, p->mates[i]))
            return false;
    return true;
}

/* Somebody who wants the same has begun alone, or runs: there are such pods, and it would have to
 * join some. */
static bool is_late(const struct forming *f, const struct profile *p)
{
    for (size_t i = 0; i < p->mate_count; i++)
        if (is_one_of(p, p->mates[i]) && (f->begun[p->mates[i]] || runs_somewhere(f, p->mates[i])))
            return true;
    return false;
}

/* All that want to be with somebody of it, in an order in which kube-scheduler could have placed
 * them: each finds its company there already. */
static void grow(struct forming *f, struct team *t)
{
    for (bool grown = true; grown;) {
        grown = false;
        for (size_t i = 0; i < f->count; i++) {
            const struct profile *p = profile_of(f, i);
            if (p->mate_count && !f->taken[i] && !is_in(t, i) &&
                suits(&f->m->topology.profiles[t->shape.profile], p))
                grown |= take(f, t, i);
        }
    }
}

/* Does it look for somebody's company in a zone or such?  Then it is no good beginning: whom it
 * looks for may be waiting for it. */
static bool follows_elsewhere(const struct profile *p)
{
    for (size_t i = 0; i < p->stance_count; i++) {
        bool own = p->stances[i].kind != TOPOLOGY_AFFINITY || !p->stances[i].required;
        for (size_t k = 0; !own && k < p->member_count; k++)
            own = p->members[k].crowd == p->stances[i].crowd;
        if (!own)
            return true;
    }
    return false;
}

/* The largest team with somebody of the crowd, each shape that can stand alone tried once as its
 * beginning. */
static struct team best_team(struct forming *f, uint32_t crowd)
{
    bool best_follows = true;
    size_t shapes = f->m->shape_count;
    bool *tried = ARENA_ARRAY(f->m->arena, bool, shapes);
    struct team best = {0};

    for (size_t i = 0; i < f->count; i++) {
        struct team t = {0};
        const struct profile *p = profile_of(f, i);
        uint32_t shape = f->seekers[i].shape;
        if (f->taken[i] || shape >= shapes || tried[shape] || !suits(p, p) || is_late(f, p) ||
            !f->wanted[shape])
            continue;
        tried[shape] = true;
        take(f, &t, i);
        grow(f, &t);
        bool follows = follows_elsewhere(p);
        if (!is_one_of(&f->m->topology.profiles[t.shape.profile], crowd) ||
            follows > best_follows || (follows == best_follows && t.count <= best.count))
            continue;
        best = t;
        best_follows = follows;
    }
    return best;
}

static void form(struct forming *f, const struct team *t)
{
    struct seeker *lead = &f->seekers[t->members[0]];
    const struct pod **mates = ARENA_ARRAY(f->m->arena, const struct pod *, t->count);
    const struct profile *begins = profile_of(f, t->members[0]);

    for (size_t i = 1; i < t->count; i++)
        mates[i - 1] = f->seekers[t->members[i]].pod;
    for (size_t i = 0; i < t->count; i++)
        f->taken[t->members[i]] = true;
    const struct profile *all = &f->m->topology.profiles[t->shape.profile];
    for (size_t i = 0; begins->mate_count && i < all->company_count; i++)
        f->begun[all->company[i].crowd] |= all->company[i].count > 0;
    struct shape whole = t->shape;
    whole.profile = profile_join(f->m, whole.profile, 0); /* what it has itself it need not find */
    lead->shape = market_shape(f->m, whole);
    lead->begins = begins->mate_count > 0;
    lead->mates = mates;
    lead->mate_count = (uint32_t)t->count - 1;
}

/* Who wants what runs already goes there or nowhere (rooms.c); who wants its own kind may begin
 * only where nobody of the kind is. */
static void place_follower(struct forming *f, size_t seeker)
{
    const struct profile *p = profile_of(f, seeker);

    for (size_t i = 0; i < p->mate_count; i++)
        if (runs_somewhere(f, p->mates[i]))
            return;
    struct team t = best_team(f, p->mates[0]);
    if (t.count)
        form(f, &t);
    if (!is_in(&t, seeker)) {
        f->taken[seeker] = true;
        f->seekers[seeker].nowhere = f->seekers[seeker].lonely = true;
    }
}

static void find_wanted(struct forming *f)
{
    bool *crowds = ARENA_ARRAY(f->m->arena, bool, f->m->topology.crowd_count);

    f->wanted = ARENA_ARRAY(f->m->arena, bool, f->m->shape_count);
    for (size_t i = 0; i < f->count; i++)
        for (size_t k = 0; k < profile_of(f, i)->mate_count; k++)
            crowds[profile_of(f, i)->mates[k]] = true;
    for (size_t i = 0; i < f->count; i++)
        for (size_t k = 0; k < profile_of(f, i)->company_count; k++)
            f->wanted[f->seekers[i].shape] |= crowds[profile_of(f, i)->company[k].crowd] &&
                                              profile_of(f, i)->company[k].count > 0;
}

static bool has_followers(const struct forming *f)
{
    for (size_t i = 0; i < f->count; i++)
        if (profile_of(f, i)->mate_count)
            return true;
    return false;
}

size_t teams_form(struct market *m, struct rooms *rooms, struct seeker *seekers, size_t count)
{
    struct forming f = {.m = m, .rooms = rooms, .seekers = seekers, .count = count};
    size_t kept = 0;

    if (!m->topology.crowd_count || !has_followers(&f))
        return count;
    f.taken = ARENA_ARRAY(m->arena, bool, count);
    f.begun = ARENA_ARRAY(m->arena, bool, m->topology.crowd_count);
    find_wanted(&f);
    for (size_t i = 0; i < count; i++)
        if (!f.taken[i] && profile_of(&f, i)->mate_count)
            place_follower(&f, i);
    for (size_t i = 0; i < count; i++)
        if (!f.taken[i] || seekers[i].mates || seekers[i].nowhere)
            seekers[kept++] = seekers[i];
    return kept;
}

bool teams_shrink(struct market *m, struct rooms *rooms, struct seeker *s, struct seeker *out)
{
    if (!s->mate_count)
        return false;
    struct seeker *all = ARENA_ARRAY(m->arena, struct seeker, s->mate_count + 1);
    struct forming f = {.m = m, .rooms = rooms, .seekers = all, .count = s->mate_count};
    struct team t = {0};
    for (size_t i = 0; i <= s->mate_count; i++) {
        all[i].pod = i ? s->mates[i - 1] : s->pod;
        all[i].shape = m->shape_of_pod[all[i].pod - m->world->pods];
    }
    *out = all[s->mate_count--];
    out->full = out->own = out->shape;
    out->nowhere = out->lonely = true;
    for (size_t i = 0; i < f.count; i++)
        take(&f, &t, i);
    t.shape.profile = profile_join(m, t.shape.profile, 0);
    s->shape = s->full = s->own = market_shape(m, t.shape);
    return true;
}
