#ifndef ENGINE_LOOP_PICTURE_H
#define ENGINE_LOOP_PICTURE_H

#include "engine/core/decide.h"
#include "engine/loop/state.h"

/* The whole fleet as `tenon status --output json` prints it (surface.md), and as a record. */
void picture_write(struct state *s, const struct decision *d);
struct str picture_of(struct arena *a, const struct state *s, const struct decision *d);

#endif
