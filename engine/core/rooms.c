#include "engine/core/rooms.h"

#include "engine/core/interrupted.h"
#include "engine/core/pool.h"

static bool daemon_runs(const struct market *m, const struct daemon *d, const struct claim *c,
                        size_t pool)
{
    struct cohort cohort = {.terms = d->spec->terms,
                            .term_count = d->spec->term_count,
                            .tolerations = &d->spec->tolerations};

    return claim_admits(&cohort, pool == SIZE_MAX ? NULL : &m->world->pools[pool], c);
}

static void take_daemons(const struct market *m, struct room *r)
{
    for (size_t i = 0; i < m->world->daemon_count; i++)
        if (daemon_runs(m, &m->world->daemons[i], r->claim, r->pool))
            resources_subtract(&r->rest, &m->world->daemons[i].spec->requests);
}

/* Thousands of pods run, and a decision meets each here: it is looked up once. */
static void take_pods(struct market *m, struct room *r)
{
    for (size_t i = 0; i < r->claim->pod_count; i++) {
        const struct pod *pod = r->claim->pods[i];
        if (pod->never_serve && !pod->ending)
            continue;
        const struct spec_entry *e = market_spec_of(m, pod);
        resources_subtract(&r->rest, &e->requests);
        if (e->profile)
            company_add_running(m, &r->company, &m->topology.profiles[e->profile]);
    }
}

void rooms_add(struct market *m, struct rooms *r, const struct claim *c, size_t pool)
{
    struct room room = {
        .claim = c, .pool = pool, .cell = topology_cell(m, c), .rest = c->allocatable};

    take_daemons(m, &room);
    take_pods(m, &room);
    ARENA_PUSH(m->arena, r->items, r->count, r->capacity, room);
    r->version++;
    r->free_known = false;
}

static void add_some(struct market *m, struct rooms *out, bool ready, bool pods_unknown)
{
    const struct world *w = m->world;

    for (size_t i = 0; i < w->claim_count; i++) {
        const struct claim *c = &w->claims[i];
        size_t pool = pool_place(w, c->pool);
        bool on_its_way = c->phase == CLAIM_RECORDED || c->phase == CLAIM_LAUNCHED;
        if ((ready ? c->phase == CLAIM_READY : on_its_way) && c->pods_unknown == pods_unknown &&
            (pool == SIZE_MAX || !w->pools[pool].deleting) && !claim_is_taken(w, c))
            rooms_add(m, out, c, pool);
    }
}

void rooms_make(struct market *m, struct rooms *out)
{
    *out = (struct rooms){0};
    ARENA_RESERVE(m->arena, out->items, out->count, out->capacity, m->world->claim_count);
    add_some(m, out, true, true);
    add_some(m, out, true, false);
    add_some(m, out, false, true);
    add_some(m, out, false, false);
}

static bool has_port_of_daemon(const struct market *m, const struct room *r,
                               const struct cohort *cohort)
{
    for (size_t d = 0; cohort->port_count && d < m->world->daemon_count; d++) {
        const struct pod_spec *spec = m->world->daemons[d].spec;
        for (size_t i = 0; i < cohort->port_count; i++)
            for (size_t k = 0; k < spec->port_count; k++)
                if (host_ports_meet(&cohort->ports[i], &spec->ports[k]) &&
                    daemon_runs(m, &m->world->daemons[d], r->claim, r->pool))
                    return true;
    }
    return false;
}

bool room_is_sound(const struct room *r)
{
    return !r->given_up && (r->claim->phase != CLAIM_READY || !r->claim->unhealthy);
}

static enum admits ask(const struct market *m, const struct room *r, const struct cohort *cohort)
{
    const struct pool *pool = r->pool == SIZE_MAX ? NULL : &m->world->pools[r->pool];
    enum admits all = ADMITS;

    if (!room_is_sound(r))
        return ADMITS_NOT;
    if (cohort->cells && (r->cell == NO_DOMAIN || !cohort_is_in(cohort, r->cell)))
        return ADMITS_NOT;
    for (size_t i = 0; i < cohort->team_count && all != ADMITS_NOT; i++) {
        enum admits one = ask(m, r, &m->cohorts[cohort->team[i]]);
        all = one == ADMITS ? all : one;
    }
    if (cohort->team)
        return all;
    if (!claim_admits(cohort, pool, r->claim) || has_port_of_daemon(m, r, cohort))
        return ADMITS_NOT;
    return taints_unwelcome(&r->claim->taints, cohort->tolerations) ? ADMITS_UNWILLINGLY : ADMITS;
}

static enum admits admits(struct market *m, struct room *r, size_t cohort)
{
    if (cohort >= r->admits_count) {
        uint8_t *more = ARENA_ARRAY(m->arena, uint8_t, m->cohort_capacity);
        if (r->admits_count)
            memcpy(more, r->admits, r->admits_count);
        r->admits = more;
        r->admits_count = m->cohort_capacity;
    }
    if (r->admits[cohort] == ADMITS_UNKNOWN)
        r->admits[cohort] = (uint8_t)ask(m, r, &m->cohorts[cohort]);
    return (enum admits)r->admits[cohort];
}

bool room_admits(struct market *m, struct room *r, uint32_t shape)
{
    enum admits a = admits(m, r, m->shapes[shape].cohort);

    return a == ADMITS || (a == ADMITS_UNWILLINGLY && !m->heeds);
}

/* Pods that want company of a kind come where it is; where it is nowhere, they are a team. */
static bool room_bears(const struct market *m, const struct room *r, const struct shape *s)
{
    const struct profile *p = &m->topology.profiles[s->profile];

    return s->profile == 0 || (company_admits(r->company.items, r->company.count, p, 1) &&
                               company_has_mates(&r->company, p));
}

bool room_takes(struct market *m, struct room *r, uint32_t shape)
{
    const struct shape *s = &m->shapes[shape];

    return fits(&s->requests, &r->rest, m->resource_count) && room_bears(m, r, s) &&
           room_admits(m, r, shape);
}

/* What it has free is another amount than before. */
static void renew(struct rooms *r, size_t at)
{
    if (r->free_known)
        free_rooms_renew(&r->free, r, at);
}

static void note(struct market *m, struct rooms *r, struct room_change change)
{
    ARENA_PUSH(m->arena, r->changes, r->change_count, r->change_capacity, change);
}

void rooms_hold(struct market *m, struct rooms *r, size_t at, uint32_t shape)
{
    struct room *room = &r->items[at];
    uint32_t profile = m->shapes[shape].profile;

    note(m, r, (struct room_change){at, shape, ROOM_PLACED, room->company});
    resources_subtract(&room->rest, &m->shapes[shape].requests);
    room->guests++;
    renew(r, at);
    if (profile) {
        room->company = company_copy(m->arena, &room->company);
        company_add(m->arena, &room->company, &m->topology.profiles[profile], 1);
    }
}

void rooms_put(struct market *m, struct rooms *r, size_t at, struct seeker *s)
{
    rooms_hold(m, r, at, s->shape);
    s->room = &r->items[at];
}

/* The market hears of it, for what is bought depends on who stays.  A claim that is only about to
 * be has no id, and is not the world's. */
static void turn(const struct market *m, struct room *r)
{
    const struct world *w = m->world;

    r->leaving = !r->leaving;
    if (r->claim->id.len)
        m->leaving[r->claim - w->claims] = r->leaving;
}

void rooms_set_leaving(struct market *m, struct rooms *r, size_t room, bool leaving)
{
    if (r->items[room].leaving == leaving)
        return;
    turn(m, &r->items[room]);
    renew(r, room);
    r->undone += !leaving;
    note(m, r, (struct room_change){.room = room, .kind = ROOM_TURNED});
}

void rooms_undo(const struct market *m, struct rooms *r, size_t count, size_t change_count)
{
    r->undone++;
    while (r->change_count > change_count) {
        const struct room_change *last = &r->changes[--r->change_count];
        struct room *room = &r->items[last->room];
        switch (last->kind) {
        case ROOM_PLACED:
            resources_add(&room->rest, &m->shapes[last->shape].requests);
            room->guests--;
            room->company = last->company;
            break;
        case ROOM_TURNED:
            turn(m, room);
            break;
        }
        renew(r, last->room);
    }
    if (r->count != count) {
        r->version++;
        r->free_known = false;
    }
    r->count = count;
}
