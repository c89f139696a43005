#ifndef ENGINE_OBJECTS_LABEL_SELECTOR_H
#define ENGINE_OBJECTS_LABEL_SELECTOR_H

#include "engine/core/world.h"
#include "engine/objects/reader.h"

/* Absent (null) it selects nothing, empty it selects everything (world.h). */
void label_selector_read(struct reader *r, const struct place *at, const struct json *j,
                         struct label_selector *out);
/* Asks for the label too, or for one that is other than it. */
void label_selector_add(struct arena *a, struct label_selector *s, const struct label *l,
                        bool other);

#endif
