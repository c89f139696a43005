#ifndef ENGINE_OBJECTS_CLASS_SETTINGS_H
#define ENGINE_OBJECTS_CLASS_SETTINGS_H

#include "engine/core/allocatable.h"
#include "engine/objects/class_document.h"

/* What of a class decides how much of an instance pods may use. */
struct node_settings node_settings_of_class(const struct node_class *c, struct str region);

#endif
