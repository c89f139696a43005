#include "engine/base/name_index.h"
#include "engine/core/rooms.h"

/* Which pod comes to which of the rooms that are there. */

static bool is_open(struct market *m, struct rooms *r, size_t at, uint32_t shape)
{
    return !r->items[at].leaving && room_takes(m, &r->items[at], shape);
}

static struct open_rooms *open_for(struct market *m, struct rooms *r, uint32_t shape)
{
    /* Where pods are not welcome is a question apart; 0 is nobody's. */
    size_t now = 2 * (r->undone + 1) + m->heeds;

    if (shape >= r->open_count) {
        struct open_rooms *more = ARENA_ARRAY(m->arena, struct open_rooms, m->shape_capacity);
        if (r->open_count)
            memcpy(more, r->open, r->open_count * sizeof(*more));
        r->open = more;
        r->open_count = m->shape_capacity;
    }
    struct open_rooms *o = &r->open[shape];
    if (o->undone != now)
        *o = (struct open_rooms){.undone = now, .rooms = o->rooms};
    return o;
}

/* The first of those remembered from `from` on that still takes it; the others are forgotten. */
static size_t next_known(struct market *m, struct rooms *r, struct open_rooms *o, uint32_t shape,
                         size_t from)
{
    size_t i = 0;

    while (i < o->count && o->rooms[i] < from)
        i++;
    while (i < o->count) {
        if (is_open(m, r, o->rooms[i], shape))
            return o->rooms[i];
        memmove(&o->rooms[i], &o->rooms[i + 1], (--o->count - i) * sizeof(*o->rooms));
    }
    return SIZE_MAX;
}

/* All up to the room have been asked, and of those that were not known it alone takes the shape. */
static void remember(struct market *m, struct rooms *r, struct open_rooms *o, size_t room)
{
    if (room < r->count && o->count == OPEN_MOST)
        return;
    o->seen = room;
    if (room == r->count)
        return;
    if (!o->rooms)
        o->rooms = ARENA_ARRAY(m->arena, uint32_t, OPEN_MOST);
    o->rooms[o->count++] = (uint32_t)room;
    o->seen++;
}

/* The first from place `from` on, those that are full or leaving being passed over in lots. */
static size_t next_unknown(struct market *m, struct rooms *r, uint32_t shape, size_t from)
{
    const struct resources *wanted = &m->shapes[shape].requests;

    if (!r->free_known)
        free_rooms_make(&r->free, m->arena, r, NULL, r->count);
    r->free_known = true;
    size_t at = free_rooms_next(&r->free, from, wanted);
    while (at != SIZE_MAX && !room_takes(m, &r->items[at], shape))
        at = free_rooms_next(&r->free, at + 1, wanted);
    return at;
}

size_t rooms_next(struct market *m, struct rooms *r, uint32_t shape, size_t from)
{
    struct open_rooms *o = open_for(m, r, shape);
    /* Where company is wanted a room may come to take it that did not before. */
    bool lasts = !m->topology.profiles[m->shapes[shape].profile].mate_count;
    size_t known = next_known(m, r, o, shape, from);

    if (known != SIZE_MAX)
        return known;
    size_t at = next_unknown(m, r, shape, from > o->seen ? from : o->seen);
    if (lasts && from <= o->seen)
        remember(m, r, o, at != SIZE_MAX ? at : r->count);
    return at;
}

static bool is_sought(const struct room *r, enum seek which)
{
    return which == (r->leaving ? SEEK_LEAVING : r->due ? SEEK_DUE : SEEK_LASTING);
}

/* A pod that a claim was launched for. */
struct expected_pod {
    struct str name;
    size_t room;
};

/* But for those that are there already: whoever is where it was planned to be seeks a place only
 * when that node leaves, and then not there.  Of a fleet that has settled this is everybody, and
 * nobody has to be found by name.  Both lists are in the order of names; were they not, the answer
 * would be as right, and only longer. */
static size_t list_expected(const struct rooms *r, struct expected_pod *out)
{
    size_t n = 0;

    for (size_t i = 0; i < r->count; i++) {
        const struct claim *c = r->items[i].claim;
        size_t at = 0;
        for (size_t k = 0; k < c->planned_pod_count; k++) {
            int order = -1;
            while (at < c->pod_count &&
                   (order = str_cmp(c->pods[at]->name, c->planned_pods[k])) < 0)
                at++;
            if (order)
                out[n++] = (struct expected_pod){c->planned_pods[k], i};
        }
    }
    return n;
}

static size_t count_planned(const struct rooms *r)
{
    size_t n = 0;

    for (size_t i = 0; i < r->count; i++)
        n += r->items[i].claim->planned_pod_count;
    return n;
}

/* Rooms that are added later are of claims that are only about to be, and have none.  Names of pods
 * that are no more mean nobody. */
static void list_planned(struct market *m, struct rooms *r)
{
    ARENA_AUTO scratch = {0};
    const struct world *w = m->world;
    size_t *from = ARENA_ARRAY(m->arena, size_t, w->pod_count + 2);
    struct expected_pod *all = ARENA_ARRAY(&scratch, struct expected_pod, count_planned(r));
    size_t count = list_expected(r, all);
    struct name_index names;

    r->planned_from = from;
    if (!count)
        return;
    name_index_make(&scratch, w->pods, sizeof(*w->pods), w->pod_count, &names);
    size_t *pods = ARENA_ARRAY(&scratch, size_t, count);
    for (size_t i = 0; i < count; i++) {
        pods[i] = name_index_find(&names, all[i].name);
        if (pods[i] != SIZE_MAX)
            from[pods[i] + 2]++;
    }
    for (size_t i = 1; i < w->pod_count; i++)
        from[i + 1] += from[i];
    r->planned = ARENA_ARRAY(m->arena, size_t, count);
    for (size_t i = 0; i < count; i++)
        if (pods[i] != SIZE_MAX)
            r->planned[from[pods[i] + 1]++] = all[i].room;
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

/* The first room from place `from` on that takes one of the shape.  Among those that leave hardly
 * anybody seeks, so they are not remembered. */
static size_t next_room(struct market *m, struct rooms *r, size_t from, uint32_t shape,
                        enum seek which)
{
    for (size_t at = from; at < r->count; at++) {
        if (which != SEEK_LEAVING)
            at = rooms_next(m, r, shape, at);
        if (at == SIZE_MAX)
            return SIZE_MAX;
        if (is_sought(&r->items[at], which) &&
            (which != SEEK_LEAVING || room_takes(m, &r->items[at], shape)))
            return at;
    }
    return SIZE_MAX;
}

static void seek_by(struct market *m, struct rooms *r, struct seeker *seekers, size_t count,
                    enum seek which)
{
    ARENA_AUTO scratch = {0}; /* it is made often, and is as long as all who wait */
    struct ordered *order = ARENA_ARRAY(&scratch, struct ordered, count);
    size_t at = 0;

    if (count)
        qsort(seekers, count, sizeof(*seekers), by_name);
    seek_planned(m, r, seekers, count, which);
    size_t n = list_homeless(m, seekers, count, order);
    for (size_t i = 0; i < n; i++) {
        uint32_t shape = order[i].seeker->shape;
        /* Rooms only fill up: pods alike go on where the last one stopped. */
        if (i && shape != order[i - 1].seeker->shape)
            at = 0;
        at = next_room(m, r, at, shape, which);
        if (at != SIZE_MAX)
            rooms_put(m, r, at, order[i].seeker);
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
