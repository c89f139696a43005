#ifndef ENGINE_CLI_PREVIEW_TEXT_H
#define ENGINE_CLI_PREVIEW_TEXT_H

#include "engine/worlds/effect.h"

/* A preview for people and for programs. */
void preview_print(struct buf *out, const struct effect *e);
void preview_json(struct buf *out, const struct effect *e);

#endif
