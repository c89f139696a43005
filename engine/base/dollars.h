#ifndef ENGINE_BASE_DOLLARS_H
#define ENGINE_BASE_DOLLARS_H

#include "engine/base/arena.h"

/* Micro-dollars as people read them.  A month is 730 hours, as AWS's own calculator has it. */
enum { HOURS_OF_MONTH = 730 };

/* As dollars: 96000 -> "0.096000" with `digits` 6, rounded half up with fewer. */
struct str money_text(struct arena *a, int64_t microusd, int digits);

/* What so much an hour is a month: "$412.30/month". */
struct str month_text(struct arena *a, int64_t microusd_per_hour);

#endif
