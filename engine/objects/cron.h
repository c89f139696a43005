#ifndef ENGINE_OBJECTS_CRON_H
#define ENGINE_OBJECTS_CRON_H

#include "engine/base/str.h"

/* Schedules of disruption budgets: the five fields of cron (minute, hour, day of month, month, day
 * of week; with lists, ranges, steps and English three-letter names) or one of @annually, @yearly,
 * @monthly, @weekly, @daily, @midnight, @hourly.  NULL, or which part is wrong ("hour"). */
const char *cron_fault(struct str text);

#endif
