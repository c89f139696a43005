#include "engine/ports.h"

#include "engine/base/memory.h"

struct event *event_new(enum event_kind kind)
{
    struct event *e = must_have(calloc(1, sizeof(*e)));
    e->kind = kind;
    return e;
}

void event_free(struct event *e)
{
    if (!e)
        return;
    arena_free(&e->arena);
    free(e);
}
