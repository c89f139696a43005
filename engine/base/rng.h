#ifndef ENGINE_BASE_RNG_H
#define ENGINE_BASE_RNG_H

#include <stddef.h>
#include <stdint.h>

/* A seeded generator (SplitMix64): equal seeds give equal sequences.  For jitter and tests; never
 * for secrets, which come from rng_system. */
struct rng {
    uint64_t state;
};

uint64_t rng_next(struct rng *r);
/* Uniform in [0, bound); bound > 0. */
uint64_t rng_below(struct rng *r, uint64_t bound);
/* Fills from the system's generator; ends the process if there is none. */
void rng_system(void *bytes, size_t count);

#endif
