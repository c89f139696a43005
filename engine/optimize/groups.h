#ifndef ENGINE_OPTIMIZE_GROUPS_H
#define ENGINE_OPTIMIZE_GROUPS_H

#include "engine/core/world.h"

/* Private to cover: which pods keep each other off a node.  Those that have the same required
 * anti-affinity over hostnames and are themselves selected by it: at most one a node.  The same
 * spread, whose minimum over hostnames counts as 0, for a new node can always be made: at most its
 * maxSkew.  The same host port on every address: one.  A pod belongs to the tightest of its
 * groups. */
struct group {
    const struct topology_term *term; /* of the first that was met: this makes the group, ... */
    const struct host_port *port;     /* ... or this */
    uint32_t most;
};

struct groups {
    struct arena *arena;
    bool of_others; /* also by spreads that do not select who states them */
    struct group *items;
    size_t count, capacity;
};

/* NO_GROUP (cover.h): it shares with anybody. */
uint32_t groups_find(struct groups *g, const struct pod_spec *spec);

#endif
