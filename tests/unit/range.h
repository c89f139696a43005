#ifndef TESTS_UNIT_RANGE_H
#define TESTS_UNIT_RANGE_H

#include <stdbool.h>
#include <stdint.h>

/* For assert_true: cmocka 2 deprecates its assert_in_range for functions that cmocka 1 lacks. */
static inline bool in_range(int64_t n, int64_t least, int64_t most)
{
    return least <= n && n <= most;
}

#endif
