#ifndef ENGINE_HOST_AHEAD_H
#define ENGINE_HOST_AHEAD_H

#include "engine/adapters/store_door.h"
#include "engine/host/host.h"
#include "engine/pools.h"
#include "engine/worlds/kept.h"

/* The world that a store's engine saw last, as it would be with the pools and classes that are
 * stored now, and with those that somebody thinks of putting, decided by the settings of now.
 * Nobody else is asked: a pool that is new has the catalog of another pool of its class, or the
 * built-in table's with its list prices. */
struct ahead {
    struct world world;
    int64_t seen_ms; /* when the engine saw it: a date */
    bool list_prices;
};

/* ERROR_NOT_FOUND: no engine has decided anything for the store yet. */
MUST_CHECK struct error *ahead_read(struct arena *a, struct store_door *store,
                                    const struct host_settings *settings, const struct spec *wishes,
                                    size_t wish_count, struct ahead *out);

#endif
