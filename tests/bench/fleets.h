#ifndef TESTS_BENCH_FLEETS_H
#define TESTS_BENCH_FLEETS_H

#include "engine/base/rng.h"
#include "engine/core/decide.h"
#include "tests/bench/worlds.h"

/* Fleets that run and are told to change: nodes with their pods, and what becomes of both when a
 * decision is carried out.  Everything that is ordered is there at once. */
struct fleet {
    struct bench bench;
    struct rng rng;
    struct arena *arena;
    size_t claim_capacity, serial;
    size_t launches, evictions, moves; /* so far; moves: nodes that went to save their cost */
};

/* So many nodes, of some types in turn, filled by first fit with pods of a web's sizes; then each
 * pod stays with so many chances in a hundred. */
void fleet_pack(struct fleet *f, struct arena *a, size_t nodes, unsigned stay_percent);
void fleet_carry_out(struct fleet *f, const struct decision *d);
int64_t fleet_cost(const struct fleet *f); /* micro-dollars an hour */
/* The world's claims get their pods anew, after pods were changed by hand. */
void fleet_tie(struct fleet *f);

#endif
