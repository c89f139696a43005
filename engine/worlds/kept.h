#ifndef ENGINE_WORLDS_KEPT_H
#define ENGINE_WORLDS_KEPT_H

#include "engine/base/error.h"
#include "engine/core/decide.h"

/* A world as text, with what was decided from it: what the engine keeps in its store, so that
 * whoever asks later (preview, plan, explain, replay) decides from the very same picture.
 *
 * What is read decides as what was written did, bit for bit.  Specifications, catalogs and texts
 * that are shared are written once, and each member as the change from its like before: 20,000 pods
 * on 1,000 nodes take some 600 KB.  The first line has the version of the format, a fingerprint of
 * all the members it knows, and a checksum: text of another version of Tenon, or that somebody has
 * changed, is refused. */
struct kept {
    struct world world;
    bool decided;             /* with it was kept ... */
    struct decision decision; /* ... what was made of it, without its capacities */
};

/* `d` may be NULL. */
struct str kept_write(struct arena *a, const struct world *w, const struct decision *d);
/* The same in two steps, before the decision and after it.  In between a digest of the world is at
 * hand: of all of it but the instant and the ages of facts, whatever its addresses. */
struct keeper;
struct keeper *keeper_begin(struct arena *a, const struct world *w);
uint64_t keeper_digest(const struct keeper *k);
struct str keeper_end(struct keeper *k, const struct decision *d);
/* Borrows nothing from the text. */
MUST_CHECK struct error *kept_read(struct arena *a, struct str text, struct kept *out);

/* Are they the same but for the instant they were made at? */
bool kept_is_same(struct str x, struct str y);

/* The first line for such a body: for tests of what comes after it. */
struct str kept_head(struct arena *a, struct str body);

#endif
