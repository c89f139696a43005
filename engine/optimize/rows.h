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

/* Pods of one specification and pin. */
struct kind {
    uint32_t spec, pin, class;
    uint32_t row; /* UINT32_MAX: no host takes them */
};

struct kind_list {
    struct kind *items;
    size_t count, capacity;
    uint32_t *of_pod; /* by place in the world; UINT32_MAX: not counted */
};

/* The kinds of the pods that are counted (`pin_of_pod`), with their classes. */
void kinds_list(struct hosting *h, const uint32_t *pin_of_pod, struct kind_list *out);
/* Their rows, once the hosts are listed.  More than `rows_most`: neighbours by size become one,
 * with the most of each amount when `round_up`, else the least. */
void rows_make(struct hosting *h, struct groups *groups, struct kind_list *kinds, size_t rows_most,
               bool round_up, struct row_list *out);

#endif
