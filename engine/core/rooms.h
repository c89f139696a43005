#ifndef ENGINE_CORE_ROOMS_H
#define ENGINE_CORE_ROOMS_H

#include "engine/core/market.h"

/* What existing claims still have room for: ready ones first, then those on their way, each by
 * name.  Claims that drain or terminate, and those of pools that are being destroyed, have none. */
struct room {
    const struct claim *claim;
    size_t pool; /* of the world; SIZE_MAX: the engine does not know it */
    struct resources rest;
    bool leaving;    /* to be replaced or removed: new pods go elsewhere if they can */
    bool used;       /* this decision counts on it for some pod */
    uint8_t *admits; /* by class: 0 not asked yet, 1 no, 2 yes */
};

struct rooms {
    struct room *items;
    size_t count, capacity;
};

/* A pod that needs a place, and the one it got. */
struct seeker {
    const struct pod *pod;
    uint32_t shape;
    struct room *room; /* NULL: none */
};

void rooms_make(struct market *m, struct rooms *out);
/* One more, of a claim that is about to be.  Pointers to rooms from before are then stale. */
void rooms_add(struct market *m, struct rooms *r, const struct claim *c, size_t pool);

bool room_takes(struct market *m, struct room *r, uint32_t shape);
void room_put(const struct market *m, struct room *r, uint32_t shape);
void room_take_back(const struct market *m, struct room *r, uint32_t shape);

/* Finds places: first on the claims that were launched for a pod, then largest first wherever there
 * is room.  `leaving`: on rooms that are leaving, or on the others. */
void rooms_seek(struct market *m, struct rooms *r, struct seeker *seekers, size_t count,
                bool leaving);

#endif
