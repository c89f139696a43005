#ifndef ENGINE_CORE_SCHEDULE_H
#define ENGINE_CORE_SCHEDULE_H

#include <stdbool.h>
#include <stdint.h>

#include "engine/base/time.h"

/* Windows of time that come again by a calendar: each begins when a cron expression matches the
 * clocks of some place, and lasts for a time that no clock changes.  As with Karpenter, one that
 * would begin in an hour that the clocks leave out does not, and one in an hour that they show
 * twice begins twice. */

/* Values as bits, by cron's numbers; Sunday is 0. */
struct cron {
    int64_t minutes, hours, days_of_month, months, days_of_week;
    bool any_day_of_month, any_day_of_week; /* left open: where neither is, either is enough */
};

/* When the clocks change, each year: on the `week`th (5: the last) such day of the month, so many
 * seconds after its midnight. */
struct clock_change {
    int64_t month, week, day_of_week, seconds;
};

/* Clocks of a place, as POSIX states them in TZ. */
struct time_zone {
    int64_t offset_seconds; /* ahead of UTC */
    bool has_summer;
    int64_t summer_offset_seconds;
    struct clock_change summer, winter; /* when each begins, by the clocks of before */
};

struct schedule {
    struct cron cron;
    struct time_zone zone;
    int64_t duration_ms;
};

struct window {
    bool open;
    int64_t until_ms; /* it is to be looked at again; NEVER_MS: it stays as it is */
};
struct window schedule_window(const struct schedule *s, int64_t now_ms);

/* How far the place's clocks are ahead of UTC then. */
int64_t time_zone_offset_seconds(const struct time_zone *zone, int64_t at_ms);

#endif
