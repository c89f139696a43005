#ifndef ENGINE_CLI_STATUS_TEXT_H
#define ENGINE_CLI_STATUS_TEXT_H

#include "engine/base/json.h"

/* The JSON of `tenon status` as tables for people: nodes by pool, what waits, and the sums. */
void status_print(struct buf *out, const struct json *status);

#endif
