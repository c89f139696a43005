#ifndef ENGINE_CLI_STORE_WORLD_H
#define ENGINE_CLI_STORE_WORLD_H

#include "engine/cli/asked_world.h"
#include "engine/host/host.h"

/* The world of a store, as a question can be asked about it without an account: its pools, the pods
 * of its manifests, and what the built-in table (or a catalog file) says of types and prices.
 * Nodes that run already are no part of it.  *out must not be moved. */
struct store_world {
    struct world world;
    struct resource_table resources;
};
MUST_CHECK struct error *store_world_read(struct arena *a, struct str store,
                                          const struct host_settings *settings,
                                          const struct asked_world *asked, struct store_world *out);

#endif
