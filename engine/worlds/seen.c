#include "engine/worlds/seen.h"

static uint64_t hash_of(const struct seen *s, struct str what)
{
    if (!s->by_address)
        return str_hash(what);
    return ((uint64_t)(uintptr_t)what.ptr >> 4) * 0x9e3779b97f4a7c15u >> 20;
}

static bool is_same(const struct seen *s, struct str x, struct str y)
{
    return s->by_address ? x.ptr == y.ptr : str_eq(x, y);
}

/* Where it is among the places, or would be. */
static uint32_t *place_of(const struct seen *s, struct str what)
{
    size_t at = hash_of(s, what) & (s->place_count - 1);

    while (s->places[at] && !is_same(s, s->items[s->places[at] - 1], what))
        at = (at + 1) & (s->place_count - 1);
    return &s->places[at];
}

static void grow(struct seen *s)
{
    s->place_count = s->place_count ? s->place_count * 4 : 64;
    s->places = ARENA_ARRAY(s->arena, uint32_t, s->place_count);
    for (size_t i = 0; i < s->count; i++)
        *place_of(s, s->items[i]) = (uint32_t)i + 1;
}

size_t seen_find(const struct seen *s, struct str what)
{
    uint32_t number = s->place_count ? *place_of(s, what) : 0;

    return number ? number - 1 : SIZE_MAX;
}

size_t seen_number(struct seen *s, struct str what, bool *found)
{
    if (2 * s->count >= s->place_count)
        grow(s);
    uint32_t *place = place_of(s, what);
    *found = *place != 0;
    if (!*found) {
        ARENA_PUSH(s->arena, s->items, s->count, s->capacity, what);
        *place = (uint32_t)s->count;
    }
    return *place - 1;
}
