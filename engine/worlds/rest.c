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
    /* What was held back for stale facts was not searched: ages are no part of the digest. */
    r->until_ms = d->stale.len ? 0 : d->rest_until_ms;
}
