#ifndef ENGINE_CLI_STORE_WORLD_H
#define ENGINE_CLI_STORE_WORLD_H

#include "engine/cli/asked_world.h"
#include "engine/host/ahead.h"

/* The world of a store, as a question can be asked about it without an account: what its engine saw
 * last, types and prices as they were then, with the pools of now and without the nodes that run
 * already, for what pods and constraints cost shows in a fleet that is made from nothing. */
struct store_world {
    struct ahead seen;  /* with its nodes */
    struct world world; /* without */
};
/* *store becomes its name.  A catalog file that was asked for counts instead of what was seen. */
MUST_CHECK struct error *store_world_read(struct arena *a, struct str *store,
                                          const struct asked_world *asked, struct store_world *out);

/* The world as if nothing ran yet.  Pods on nodes that are not ours stay there: nobody serves them.
 */
struct world world_from_nothing(struct arena *a, const struct world *w);

#endif
