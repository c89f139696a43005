#ifndef TESTS_UNIT_MORE_H
#define TESTS_UNIT_MORE_H

#include <stdint.h>
#include <stdlib.h>

/* How many random worlds a property is held against: few in the loop to live in, and as many as
 * `make properties` says in an optimised build. */
static inline uint64_t worlds_asked(uint64_t few)
{
    const char *more = getenv("SEEDS");

    return more ? strtoull(more, NULL, 10) : few;
}

#endif
