#ifndef ENGINE_OPTIMIZE_GENERATE_H
#define ENGINE_OPTIMIZE_GENERATE_H

#include "engine/optimize/fill.h"
#include "engine/optimize/simplex.h"

/* Column generation: the linear program of covering over the columns known so far says what a pod
 * of each row is worth; the knapsack of each host finds columns that hold more worth than they
 * cost; until none does.
 *
 * Whenever all hosts were looked at, their bounds prove the weights, scaled down until the fullest
 * host holds no more than its price: a lower bound, also when work ran out half-way. */
struct generation {
    struct arena *arena;
    const struct cover *cover;
    struct simplex simplex;
    struct filler filler;
    double *need;        /* by row; what dives lower */
    uint32_t *most;      /* by row: the most that one column may hold */
    uint32_t *spare;     /* by row: what is not in a column of this look */
    struct tolls *tolls; /* by host */
    size_t *order;       /* of looking at hosts */
    double *fullness;    /* by host: what it can hold for its price, when it was looked at last */
    int64_t *center;     /* what was last asked for, by row */
    int64_t *weight;     /* the best that is proved, by row */
    __int128 proved;     /* what they prove together */
    bool dives;          /* the needs are what a dive has left: nothing is proved of them */
    bool proves;         /* half of the work is kept for the proof */
    int64_t work;        /* left */
};

/* `work` in steps of the knapsack, of which a core does some five million a second.  A cover of
 * more than ROWS_MOST rows has no program: only generation_prove may follow. */
void generation_open(struct arena *a, const struct cover *c, int64_t work, struct generation *g);
/* Weights that are known to hold; kept where they prove more than what is there. */
void generation_prove(struct generation *g, const int64_t *weight);
/* Generates until the program's cost is proved to within one part in 2^`precision`, or work is out.
 * Rows whose need is zero do not matter. */
void generation_run(struct generation *g, int precision);

#endif
