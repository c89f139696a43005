#ifndef ENGINE_CLI_REASONS_H
#define ENGINE_CLI_REASONS_H

#include "engine/base/buf.h"

/* docs/reasons.md: the codes that status, estimate and explain give as reasons. */
void reasons_page(struct buf *out);

#endif
