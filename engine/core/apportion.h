#ifndef ENGINE_CORE_APPORTION_H
#define ENGINE_CORE_APPORTION_H

#include "engine/core/rooms.h"

/* Where pods go whose terms look at other pods through zones and such: each is given cells, one
 * after the other, so that at each step what kube-scheduler asks of it holds, and at the end what
 * every spread asks.  A seeker's shape becomes the same shape confined to its cells; then rooms and
 * new nodes are found for it as for any.
 *
 * No order is the best for every world, so there are several ways; a caller tries some and keeps
 * what costs least. */
struct way {
    bool together; /* of places that are as good, the one with most of the crowd; else with least */
    uint64_t seed; /* 0: as the world has them; else orders and equal choices are drawn */
};

/* How many of a shape its place may have: learnt where limits or capacity left no more. */
struct cap {
    uint32_t shape; /* confined */
    uint32_t most;
};
struct caps {
    struct cap *items;
    size_t count, capacity;
};

/* A preference of a pod that is not held. */
struct dropped {
    const struct pod *pod;
    const struct stance *stance;
};
struct apportionment {
    struct dropped *dropped;
    size_t dropped_count, dropped_capacity;
    size_t nowhere; /* seekers that no place takes: their shape stays and `nowhere` is set */
};

/* Does a pod of the shape need to be given cells? */
bool apportion_concerns(const struct market *m, uint32_t shape);
/* Gives cells to those of the seekers that it concerns, and counts them there. */
void apportion(struct market *m, struct rooms *rooms, struct seeker *seekers, size_t count,
               const struct way *way, const struct caps *caps, struct apportionment *out);
/* The seeker has no place after all: it is as it was. */
void apportion_undo(struct market *m, struct seeker *s);
/* As many pods of a confined shape are counted in its cells, or (negative) no longer. */
void apportion_count(struct market *m, uint32_t shape, int32_t times);
/* Does what pods of a confined shape must have of spreads and affinity hold as things are counted?
 */
bool apportion_holds(const struct market *m, uint32_t shape);
/* How much a preference weighs: more than all that come after it together. */
int64_t apportion_worth(const struct stance *s);
/* "anti-affinity by topology.kubernetes.io/zone" */
struct str stance_text(const struct market *m, const struct stance *s);
/* What of a shape's terms leaves it no place, given where other pods are. */
struct str apportion_why(struct market *m, struct rooms *rooms, uint32_t shape);

#endif
