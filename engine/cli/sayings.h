#ifndef ENGINE_CLI_SAYINGS_H
#define ENGINE_CLI_SAYINGS_H

#include "engine/cli/planned_fleet.h"

/* What is to be said of pods, once for all of whom the same is said. */
struct saying {
    const struct pod **pods; /* sorted by name */
    size_t pod_count;
    struct str code, text;
};
struct sayings {
    struct saying *items; /* by code and text */
    size_t count;
};

/* Why pods have no place. */
struct sayings sayings_of_unplaced(struct arena *a, const struct planned_fleet *f);
/* Which preferences were given up; without codes. */
struct sayings sayings_of_relaxed(struct arena *a, const struct planned_fleet *f);

#endif
