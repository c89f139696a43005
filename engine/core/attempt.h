#ifndef ENGINE_CORE_ATTEMPT_H
#define ENGINE_CORE_ATTEMPT_H

#include "engine/core/apportion.h"
#include "engine/core/plan.h"

/* Private to serving: places that were found for seekers, not yet planned.  Rooms, counts and what
 * limits leave are as if it were kept; dropping the trial takes that back. */
struct attempt {
    struct seeker *seekers;
    size_t count;
    struct wanted *wanted; /* those that are to have new nodes */
    size_t wanted_count;
    struct packing packing;
    uint32_t *unplaced; /* by shape */
    struct apportionment places;
    size_t unserved;
    int64_t lost; /* preferences */
};

/* Those that have neither a room nor are told that there is none. */
size_t attempt_list_wanted(const struct attempt *t, struct wanted *out);
/* The plan for what the attempt has found; who has no place comes back as it came. */
size_t attempt_keep(struct plan *p, struct attempt *t, struct seeker **left);

#endif
