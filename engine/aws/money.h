#ifndef ENGINE_AWS_MONEY_H
#define ENGINE_AWS_MONEY_H

#include "engine/base/str.h"

/* A price in dollars as AWS writes it ("0.0416000000") in micro-dollars, rounded up, so that what
 * is smaller than one does not look free.  False for anything else, also below zero. */
bool microusd_parse(struct str text, int64_t *microusd);
/* What an instance costs an hour: at most a million dollars, so that those of a fleet add up. */
bool hourly_price_parse(struct str text, int64_t *microusd);

#endif
