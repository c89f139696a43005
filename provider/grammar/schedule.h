#ifndef PROVIDER_GRAMMAR_SCHEDULE_H
#define PROVIDER_GRAMMAR_SCHEDULE_H

#include "engine/base/error.h"

/* When a rule of EventBridge fires by itself: rate(5 minutes) or cron(0 20 * * ? *).  The error
 * says which field is at fault.  "" passes: no schedule. */
MUST_CHECK struct error *check_schedule(struct arena *a, struct str value);

#endif
