#ifndef ENGINE_OBJECTS_OWNERS_H
#define ENGINE_OBJECTS_OWNERS_H

#include "engine/objects/workload.h"

/* Who made whom, by ownerReferences, as in a dump of a living cluster: Deployment, ReplicaSet, Pod.
 */

/* The objects of all files; sorted by owners_by_identity. */
struct objects {
    struct object *items;
    size_t count, capacity;
};

/* By full name, then kind, then order of appearance. */
int owners_by_identity(const void *x, const void *y);
bool owners_same_identity(const struct object *a, const struct object *b);

/* Fills in what the objects know of each other (workload.h). */
void owners_find(struct arena *a, struct objects *all);

#endif
