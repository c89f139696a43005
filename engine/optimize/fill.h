#ifndef ENGINE_OPTIMIZE_FILL_H
#define ENGINE_OPTIMIZE_FILL_H

#include "engine/core/packing.h"
#include "engine/optimize/tolls.h"

/* The heaviest that one host can hold, when every row has a weight: a knapsack with several
 * resources, counts and groups.
 *
 * Branch and bound in whole numbers: what is left of the room can add no more than its tolls
 * (tolls.h) and what pods weigh beyond theirs. */
enum { FILL_VISITS = 1 << 13 };

/* A branch that was looked at. */
struct visit {
    uint64_t fill;
    size_t at;
    int64_t left, weight, rest[RESOURCES_MAX];
};

struct filler {
    const struct cover *cover;
    const uint32_t *rows;         /* all of them, those of a group side by side */
    size_t asked[RESOURCES_MAX];  /* resources that some row asks for, ... */
    int64_t piece[RESOURCES_MAX]; /* ... each in multiples of so much */
    size_t asked_count;
    const int64_t *weight; /* by row, in 1/1024 micro-dollars */
    const uint32_t *most;  /* by row: no more of it */
    int64_t steps;         /* branches that one host may take */
    int64_t work;          /* what was spent, in steps */
    struct visit *visits;  /* of the search at hand */
    uint64_t fill;         /* which it is */
};

struct filled {
    int64_t weight;  /* of the parts */
    int64_t at_most; /* no filling weighs more, or more than `enough` where that is larger */
    struct part *parts;
    size_t part_count; /* 0: nothing above `enough` was found; `shape` is a row */
};

/* Private to filling: the rows that weigh something and that the host can hold, and what they could
 * use up of it. */
void items_list(const struct filler *f, const struct host *h, struct items *s);
/* Tells each item where its group ends, once those of a group stand side by side. */
void items_end_groups(struct items *s);
/* What depends on the cover alone; the rest is zero and the caller's to set. */
void filler_open(struct arena *a, const struct cover *c, struct filler *f);
/* Looks for fillings that weigh more than `enough`; keeps the best it meets.  The tolls are
 * improved from call to call; parts live in `keep`. */
void fill_host(struct filler *f, const struct host *h, struct tolls *tolls, int64_t enough,
               struct arena *keep, struct filled *out);

#endif
