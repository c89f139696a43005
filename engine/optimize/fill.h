#ifndef ENGINE_OPTIMIZE_FILL_H
#define ENGINE_OPTIMIZE_FILL_H

#include "engine/core/packing.h"
#include "engine/optimize/cover.h"

/* The heaviest that one host can hold, when every row has a weight: a knapsack with several
 * resources, counts and groups.
 *
 * Branch and bound in whole numbers. All resources are blended into one size by a mix that is found
 * for each host (`blend`); whatever fits in every resource fits in the blend, so what the blend
 * could hold at the best rate bounds what a branch can still weigh.  Sizes are rounded down and
 * rates up: every bound is one, exactly. */
struct blend {
    int32_t share[RESOURCES_MAX]; /* of BLEND_WHOLE; zero all over: not chosen yet */
};
enum { BLEND_WHOLE = 1 << 12 };

struct filler {
    const struct cover *cover;
    const int64_t *weight; /* by row, in 1/1024 micro-dollars */
    const uint32_t *most;  /* by row: no more of it */
    int64_t steps;         /* branches that one host may take */
    int64_t work;          /* what was spent, in steps */
    struct arena *scratch;
};

struct filled {
    int64_t weight;  /* of the parts */
    int64_t at_most; /* no filling weighs more, or more than `enough` where that is larger */
    struct part *parts;
    size_t part_count; /* 0: nothing above `enough` was found; `shape` is a row */
};

/* Looks for fillings that weigh more than `enough`; keeps the best it meets.  The blend is improved
 * from call to call; parts live in `keep`. */
void fill_host(struct filler *f, const struct host *h, struct blend *blend, int64_t enough,
               struct arena *keep, struct filled *out);

#endif
