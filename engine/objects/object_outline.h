#ifndef ENGINE_OBJECTS_OBJECT_OUTLINE_H
#define ENGINE_OBJECTS_OBJECT_OUTLINE_H

#include "engine/objects/owners.h"

/* What is to be known of all objects before the first of them is read: whose it is, and which
 * volumes it uses.  It is taken when the object is found, so that the trees of pods, of which there
 * may be a million, can be let go until each has its turn. */
void object_outline(struct arena *keep, const struct manifest_item *item, struct object *o);

#endif
