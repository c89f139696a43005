#include "engine/core/free_rooms.h"

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

static void set(struct free_rooms *f, size_t position, struct free_most most)
{
    size_t at = f->leaves + position;

    f->most[at] = most;
    for (at /= 2; at; at /= 2)
        f->most[at] = larger(&f->most[2 * at], &f->most[2 * at + 1]);
}

void free_rooms_close(struct free_rooms *f, size_t position)
{
    set(f, position, (struct free_most){-1, -1, -1});
}

void free_rooms_renew(struct free_rooms *f, const struct rooms *r, size_t position)
{
    set(f, position, most_of(&r->items[f->rooms[position]].rest));
}

void free_rooms_make(struct free_rooms *f, struct arena *a, const struct rooms *r,
                     const size_t *rooms, size_t count)
{
    *f = (struct free_rooms){.rooms = rooms, .count = count, .leaves = 1};
    while (f->leaves < count)
        f->leaves *= 2;
    f->most = ARENA_ARRAY(a, struct free_most, 2 * f->leaves);
    for (size_t i = 0; i < f->leaves; i++)
        f->most[f->leaves + i] =
            i < count ? most_of(&r->items[rooms[i]].rest) : (struct free_most){-1, -1, -1};
    for (size_t i = f->leaves; i-- > 1;)
        f->most[i] = larger(&f->most[2 * i], &f->most[2 * i + 1]);
}

/* Below the inner place `at`, which begins at position `begin` and is `width` wide. */
static size_t find(const struct free_rooms *f, size_t at, size_t begin, size_t width, size_t from,
                   const struct free_most *wanted)
{
    if (begin + width <= from || !covers(&f->most[at], wanted))
        return SIZE_MAX;
    if (width == 1)
        return begin;
    size_t left = find(f, 2 * at, begin, width / 2, from, wanted);
    return left != SIZE_MAX ? left
                            : find(f, 2 * at + 1, begin + width / 2, width / 2, from, wanted);
}

size_t free_rooms_next(const struct free_rooms *f, size_t from, const struct resources *wanted)
{
    struct free_most most = most_of(wanted);

    return from < f->count ? find(f, 1, 0, f->leaves, from, &most) : SIZE_MAX;
}
