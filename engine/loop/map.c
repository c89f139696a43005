#include "engine/loop/map.h"

#include <assert.h>
#include <stdlib.h>

#include "engine/base/memory.h"

/* The place of the first entry that is not before `key`. */
static size_t lower_bound(const struct map *m, struct str key)
{
    size_t low = 0, high = m->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (str_cmp(m->items[middle]->key, key) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static bool holds(const struct map *m, size_t at, struct str key)
{
    return at < m->count && str_eq(m->items[at]->key, key);
}

void *map_find(const struct map *m, struct str key)
{
    size_t at = lower_bound(m, key);
    return holds(m, at, key) ? m->items[at] : NULL;
}

size_t map_place(const struct map *m, struct str key)
{
    size_t at = lower_bound(m, key);
    return holds(m, at, key) ? at : m->count;
}

void map_add(struct map *m, struct keyed *entry)
{
    size_t at = lower_bound(m, entry->key);
    assert(!holds(m, at, entry->key));
    if (m->count == m->capacity) {
        m->capacity = m->capacity ? m->capacity * 2 : 16;
        m->items = must_have(realloc(m->items, m->capacity * sizeof(*m->items)));
    }
    memmove(m->items + at + 1, m->items + at, (m->count - at) * sizeof(*m->items));
    m->items[at] = entry;
    m->count++;
}

void *map_remove(struct map *m, struct str key)
{
    size_t at = lower_bound(m, key);
    if (!holds(m, at, key))
        return NULL;
    struct keyed *entry = m->items[at];
    m->count--;
    memmove(m->items + at, m->items + at + 1, (m->count - at) * sizeof(*m->items));
    return entry;
}

void map_free(struct map *m)
{
    free(m->items);
    *m = (struct map){0};
}
