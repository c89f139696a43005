#ifndef ENGINE_OBJECTS_CRON_H
#define ENGINE_OBJECTS_CRON_H

#include "engine/core/schedule.h"

/* Schedules of disruption budgets: the five fields of cron (minute, hour, day of month, month, day
 * of week; with lists, ranges, steps and English three-letter names) or one of @annually, @yearly,
 * @monthly, @weekly, @daily, @midnight, @hourly; read as Karpenter and Kubernetes do, that is as
 * robfig/cron's ParseStandard: no range runs backwards, and where day of month and day of week are
 * both restricted, either is enough.
 *
 * The empty string, or a sentence that says what is wrong: a field, or that it never comes. */
struct str cron_read(struct arena *a, struct str text, struct cron *out);

#endif
