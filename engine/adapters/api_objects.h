#ifndef ENGINE_ADAPTERS_API_OBJECTS_H
#define ENGINE_ADAPTERS_API_OBJECTS_H

#include "engine/adapters/api_kinds.h"
#include "engine/kube/informer.h"
#include "engine/ports.h"

/* What an API server tells of its objects, become what an engine is told of its cluster.
 *
 * A pod is read as it comes and let go, unless it uses volumes: what it means then depends on
 * other objects, so its text is kept, and it is read again when one of those changes.  Texts of
 * nodes are kept as well, for their amounts are read by the names that pods ask for, and those of
 * the kinds that are told whole.  What a change of an object does not say otherwise is not told.
 *
 * Pods are told when all that their volumes depend on has been listed, and nodes after them.
 *
 * It belongs to whoever holds its owner's lock. */
struct api_objects;

struct api_objects *api_objects_new(void);
void api_objects_free(struct api_objects *o);
/* Nothing has been heard: all will be listed anew, and told whole. */
void api_objects_forget(struct api_objects *o);

void api_objects_take(struct api_objects *o, enum api_kind kind, const struct kube_change *change);
bool api_objects_have_news(const struct api_objects *o);
/* The news since the last time, as events without errors, linked in the order in which they are to
 * be posted; NULL: none. */
struct event *api_objects_tell(struct api_objects *o);
/* Has every kind been listed, and told? */
bool api_objects_are_told(const struct api_objects *o);

/* Of the object that is there by that name; empty: there is none. */
struct str api_objects_uid(const struct api_objects *o, enum api_kind kind, struct str name);

#endif
