#ifndef ENGINE_OBJECTS_TIME_ZONE_H
#define ENGINE_OBJECTS_TIME_ZONE_H

#include "engine/base/str.h"
#include "engine/core/schedule.h"

/* The clocks of places, from a built-in table of the tz database: so a budget means the same on
 * every machine, and a name that does not exist is an error at plan. */

/* By the database's name: "UTC", "Europe/Berlin".  False: there is none such. */
bool time_zone_find(struct str name, struct time_zone *out);

/* As POSIX writes it in TZ: "CET-1CEST,M3.5.0,M10.5.0/3".  False: it is none. */
bool time_zone_parse(struct str text, struct time_zone *out);

#endif
