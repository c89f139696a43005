#ifndef ENGINE_OPTIMIZE_SEARCH_H
#define ENGINE_OPTIMIZE_SEARCH_H

#include "engine/core/packing.h"
#include "engine/optimize/cover.h"

/* A handful of pods, answered exactly: the cheapest hosts for every choice of so many of each row,
 * from few to many.  Free rooms are not looked at. */
struct searched {
    int64_t cost;
    size_t *hosts; /* the place in the cover of each host that is bought, ... */
    struct part **parts;
    size_t *part_counts; /* ... and what is on it */
    size_t count;
};

/* False: there are more than `most` choices, or no answer. */
bool search_cheapest(struct arena *a, const struct cover *c, size_t most, struct searched *out);

#endif
