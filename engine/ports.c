#include "engine/ports.h"

#include <stdlib.h>

struct event *event_new(enum event_kind kind)
{
    struct event *e = calloc(1, sizeof(*e));
    if (!e)
        abort();
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
