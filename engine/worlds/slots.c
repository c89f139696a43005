#include "engine/worlds/slots.h"

struct slot *slot_at(struct slots *s, const struct table *t, const struct row *r, size_t place)
{
    struct slot **of = &s->of[t - tables];

    if (!*of)
        *of = ARENA_ARRAY(s->arena, struct slot, t->count * PLACES_MOST);
    struct slot *at = &(*of)[(size_t)(r - t->rows) * PLACES_MOST + place];
    if (!at->amounts && r->kind == ROW_AMOUNTS)
        at->amounts = ARENA_NEW(s->arena, struct resources);
    return at;
}
