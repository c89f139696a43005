#include "engine/worlds/rest.h"

void rest_recall(struct rest *r, const struct keeper *k, struct world *w)
{
    uint64_t digest = keeper_digest(k);

    if (digest != r->world)
        *r = (struct rest){.world = digest};
    w->rest_until_ms = r->until_ms;
}

void rest_note(struct rest *r, const struct decision *d)
{
    r->until_ms = d->rest_until_ms;
}
