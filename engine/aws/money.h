#ifndef ENGINE_AWS_MONEY_H
#define ENGINE_AWS_MONEY_H

#include "engine/base/str.h"

/* A price in dollars as AWS writes it ("0.0416000000") in micro-dollars, rounded up, so that what
 * is smaller than one does not look free.  False for anything else, also below zero. */
bool microusd_parse(struct str text, int64_t *microusd);

#endif
