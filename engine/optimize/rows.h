#ifndef ENGINE_OPTIMIZE_ROWS_H
#define ENGINE_OPTIMIZE_ROWS_H

#include "engine/optimize/groups.h"
#include "engine/optimize/hosting.h"

/* Private to cover: pods of one class and group with equal requests. */
struct classed_row {
    struct row row;
    uint32_t class;
};

struct row_list {
    struct classed_row *items;
    size_t count, capacity;
};

/* Rows of the pods that are counted and that some host takes; `row_of_pod` UINT32_MAX: none.  More
 * than `rows_most`: neighbours by size become one, with the most of each amount when `round_up`,
 * else the least. */
void rows_make(struct hosting *h, struct groups *groups, const bool *counted, size_t rows_most,
               bool round_up, struct row_list *out, uint32_t *row_of_pod);

#endif
