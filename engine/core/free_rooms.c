#include "engine/core/free_rooms.h"

#include "engine/core/rooms.h"

static const struct free_most nothing = {-1, -1, -1}; /* not even for who asks for nothing */

static struct free_most most_of(const struct resources *r)
{
    return (struct free_most){r->amount[RESOURCE_CPU], r->amount[RESOURCE_MEMORY],
                              r->amount[RESOURCE_PODS]};
}

static bool covers(const struct free_most *have, const struct free_most *wanted)
{
    return have->cpu_milli >= wanted->cpu_milli && have->memory_bytes >= wanted->memory_bytes &&
           have->pods >= wanted->pods;
}

static struct free_most larger(const struct free_most *x, const struct free_most *y)
{
    return (struct free_most){
        x->cpu_milli > y->cpu_milli ? x->cpu_milli : y->cpu_milli,
        x->memory_bytes > y->memory_bytes ? x->memory_bytes : y->memory_bytes,
        x->pods > y->pods ? x->pods : y->pods,
    };
}

static bool is_same(const struct free_most *x, const struct free_most *y)
{
    return x->cpu_milli == y->cpu_milli && x->memory_bytes == y->memory_bytes && x->pods == y->pods;
}

/* Above a place where nothing changes nothing else does. */
static void set(struct free_rooms *f, size_t position, struct free_most most)
{
    size_t at = f->leaves + position;

    f->most[at] = most;
    for (at /= 2; at; at /= 2) {
        struct free_most both = larger(&f->most[2 * at], &f->most[2 * at + 1]);
        if (is_same(&both, &f->most[at]))
            return;
        f->most[at] = both;
    }
}

static struct free_most free_at(const struct free_rooms *f, const struct rooms *r, size_t position)
{
    const struct room *room = &r->items[f->rooms ? f->rooms[position] : position];

    return room->leaving ? nothing : most_of(&room->rest);
}

void free_rooms_close(struct free_rooms *f, size_t position)
{
    set(f, position, nothing);
}

void free_rooms_renew(struct free_rooms *f, const struct rooms *r, size_t position)
{
    set(f, position, free_at(f, r, position));
}

void free_rooms_make(struct free_rooms *f, struct arena *a, const struct rooms *r,
                     const size_t *rooms, size_t count)
{
    *f = (struct free_rooms){.rooms = rooms, .count = count, .leaves = 1};
    while (f->leaves < count)
        f->leaves *= 2;
    f->most = ARENA_ARRAY(a, struct free_most, 2 * f->leaves);
    for (size_t i = 0; i < f->leaves; i++)
        f->most[f->leaves + i] = i < count ? free_at(f, r, i) : nothing;
    for (size_t i = f->leaves; i-- > 1;)
        f->most[i] = larger(&f->most[2 * i], &f->most[2 * i + 1]);
}

/* From the leaf on to the right: past what cannot hold it, and down into what can.  What both
 * halves together have, neither may have. */
size_t free_rooms_next(const struct free_rooms *f, size_t from, const struct resources *wanted)
{
    struct free_most most = most_of(wanted);
    size_t at = f->leaves + from;

    if (from >= f->count)
        return SIZE_MAX;
    for (;;) {
        while (!covers(&f->most[at], &most)) {
            while (at % 2)
                at /= 2; /* what lies below the parent has been seen */
            if (!at)
                return SIZE_MAX;
            at++;
        }
        if (at >= f->leaves)
            return at - f->leaves;
        at *= 2;
    }
}
