#include "engine/base/name_index.h"

static struct str name_at(const struct name_index *x, size_t at)
{
    return *(const struct str *)(const void *)(x->structs + at * x->stride);
}

/* Where it stands among the places, or could. */
static size_t slot_of(const struct name_index *x, struct str name)
{
    uint64_t hash = str_hash(name);
    size_t slot = (hash ^ hash >> 32) & (x->size - 1);

    while (x->places[slot] && !str_eq(name_at(x, x->places[slot] - 1), name))
        slot = (slot + 1) & (x->size - 1);
    return slot;
}

void name_index_make(struct arena *a, const void *structs, size_t stride, size_t count,
                     struct name_index *out)
{
    size_t size = 4;

    while (size < 2 * count)
        size *= 2;
    *out = (struct name_index){structs, stride, ARENA_ARRAY(a, uint32_t, size), size};
    for (size_t i = 0; i < count; i++) {
        size_t slot = slot_of(out, name_at(out, i));
        if (!out->places[slot])
            out->places[slot] = (uint32_t)i + 1;
    }
}

size_t name_index_find(const struct name_index *x, struct str name)
{
    size_t slot = slot_of(x, name);

    return x->places[slot] ? x->places[slot] - 1 : SIZE_MAX;
}
