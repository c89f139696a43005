#include "engine/core/rooms.h"

#include "engine/base/name_index.h"
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
    note(m, r, (struct room_change){.room = room, .kind = ROOM_TURNED});
}

void rooms_undo(const struct market *m, struct rooms *r, size_t count, size_t change_count)
{
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
    }
    r->version += r->count != count;
    r->count = count;
}

static bool is_sought(const struct room *r, enum seek which)
{
    return which == (r->leaving ? SEEK_LEAVING : r->due ? SEEK_DUE : SEEK_LASTING);
}

/* Rooms that are added later are of claims that are only about to be, and have none.  Names of pods
 * that are no more mean nobody. */
static void list_planned(struct market *m, struct rooms *r)
{
    ARENA_AUTO scratch = {0};
    const struct world *w = m->world;
    size_t *from = ARENA_ARRAY(m->arena, size_t, w->pod_count + 2), total = 0;
    struct name_index names;

    r->planned_from = from;
    for (size_t i = 0; i < r->count; i++)
        total += r->items[i].claim->planned_pod_count;
    if (!total)
        return;
    name_index_make(&scratch, w->pods, sizeof(*w->pods), w->pod_count, &names);
    size_t *pods = ARENA_ARRAY(&scratch, size_t, total);
    for (size_t i = 0, n = 0; i < r->count; i++)
        for (size_t k = 0; k < r->items[i].claim->planned_pod_count; k++, n++) {
            pods[n] = name_index_find(&names, r->items[i].claim->planned_pods[k]);
            if (pods[n] != SIZE_MAX)
                from[pods[n] + 2]++;
        }
    for (size_t i = 1; i < w->pod_count; i++)
        from[i + 1] += from[i];
    r->planned = ARENA_ARRAY(m->arena, size_t, total);
    for (size_t i = 0, n = 0; i < r->count; i++)
        for (size_t k = 0; k < r->items[i].claim->planned_pod_count; k++, n++)
            if (pods[n] != SIZE_MAX)
                r->planned[from[pods[n] + 1]++] = i;
}

/* The rooms planned for a pod, as places among all that are planned. */
struct stretch {
    size_t from, to;
};

static struct stretch planned_for(struct market *m, struct rooms *r, const struct pod *pod)
{
    size_t at = (size_t)(pod - m->world->pods);

    if (!r->planned_from)
        list_planned(m, r);
    return (struct stretch){r->planned_from[at], r->planned_from[at + 1]};
}

bool rooms_are_planned(struct market *m, struct rooms *r, const struct seeker *seekers,
                       size_t count)
{
    for (size_t i = 0; i < count; i++) {
        struct stretch all = planned_for(m, r, seekers[i].pod);
        if (all.from < all.to)
            return true;
    }
    return false;
}

static size_t planned_room(struct market *m, struct rooms *r, const struct seeker *s,
                           enum seek which)
{
    struct stretch all = planned_for(m, r, s->pod);

    for (size_t i = all.from; i < all.to; i++) {
        size_t at = r->planned[i];
        if (at < r->count && is_sought(&r->items[at], which) &&
            room_takes(m, &r->items[at], s->shape))
            return at;
    }
    return SIZE_MAX;
}

struct room *rooms_planned_for(struct market *m, struct rooms *r, const struct seeker *s)
{
    size_t at = planned_room(m, r, s, SEEK_LASTING);

    return at == SIZE_MAX ? NULL : &r->items[at];
}

static void seek_planned(struct market *m, struct rooms *r, struct seeker *seekers, size_t count,
                         enum seek which)
{
    for (size_t i = 0; i < count; i++) {
        struct seeker *s = &seekers[i];
        size_t at = s->room || s->nowhere ? SIZE_MAX : planned_room(m, r, s, which);
        if (at != SIZE_MAX)
            rooms_put(m, r, at, s);
    }
}

struct ordered {
    struct seeker *seeker;
    int64_t priority, cpu, memory;
};

/* Who matters most, then the largest. */
static int foremost(const void *x, const void *y)
{
    const struct ordered *a = x, *b = y;

    if (a->priority != b->priority)
        return a->priority > b->priority ? -1 : 1;
    if (a->cpu != b->cpu)
        return a->cpu > b->cpu ? -1 : 1;
    if (a->memory != b->memory)
        return a->memory > b->memory ? -1 : 1;
    if (a->seeker->shape != b->seeker->shape)
        return a->seeker->shape < b->seeker->shape ? -1 : 1;
    return str_cmp(a->seeker->pod->name, b->seeker->pod->name);
}

static size_t list_homeless(const struct market *m, struct seeker *seekers, size_t count,
                            struct ordered *out)
{
    size_t n = 0;

    for (size_t i = 0; i < count; i++) {
        const int64_t *amount = m->shapes[seekers[i].shape].requests.amount;
        if (!seekers[i].room && !seekers[i].nowhere)
            out[n++] = (struct ordered){&seekers[i], m->shapes[seekers[i].shape].priority,
                                        amount[RESOURCE_CPU], amount[RESOURCE_MEMORY]};
    }
    qsort(out, n, sizeof(*out), foremost);
    return n;
}

static int by_name(const void *x, const void *y)
{
    return str_cmp(((const struct seeker *)x)->pod->name, ((const struct seeker *)y)->pod->name);
}

/* The rooms to look at, in their order. */
static size_t list_sought(const struct rooms *r, enum seek which, size_t *out)
{
    size_t n = 0;

    for (size_t i = 0; i < r->count; i++)
        if (is_sought(&r->items[i], which))
            out[n++] = i;
    return n;
}

static void seek_by(struct market *m, struct rooms *r, struct seeker *seekers, size_t count,
                    enum seek which)
{
    ARENA_AUTO scratch = {0}; /* it is made often, and is as long as all who wait */
    struct ordered *order = ARENA_ARRAY(&scratch, struct ordered, count);
    size_t *sought = ARENA_ARRAY(&scratch, size_t, r->count), at = 0;

    if (count)
        qsort(seekers, count, sizeof(*seekers), by_name);
    seek_planned(m, r, seekers, count, which);
    size_t n = list_homeless(m, seekers, count, order);
    size_t rooms = n ? list_sought(r, which, sought) : 0;
    for (size_t i = 0; rooms && i < n; i++) {
        /* Rooms only fill up: pods alike go on where the last one stopped. */
        if (i && order[i].seeker->shape != order[i - 1].seeker->shape)
            at = 0;
        while (at < rooms && !room_takes(m, &r->items[sought[at]], order[i].seeker->shape))
            at++;
        if (at < rooms)
            rooms_put(m, r, sought[at], order[i].seeker);
    }
}

void rooms_seek(struct market *m, struct rooms *r, struct seeker *seekers, size_t count,
                enum seek which)
{
    bool heeded = m->heeds;

    if (!r->count)
        return;
    m->heeds = m->has_unwelcoming;
    seek_by(m, r, seekers, count, which);
    m->heeds = heeded;
    if (m->has_unwelcoming && !heeded)
        seek_by(m, r, seekers, count, which);
}
