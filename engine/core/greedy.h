#ifndef ENGINE_CORE_GREEDY_H
#define ENGINE_CORE_GREEDY_H

#include "engine/core/job.h"

/* Private to pack_greedy: what is left of a job and what it is worth (greedy_stock.c), one node of
 * a type filled with it (greedy_fill.c), and which types are tried for the next node (greedy.c). */
enum { WINDOW = 192 }; /* stacks looked at for one node */

/* What is left of the job, by stack and by the place of a shape in its stack. */
struct stock_left {
    uint32_t *total;  /* by stack */
    uint32_t **left;  /* by stack and shape */
    uint32_t **taken; /* of these, by the node at hand */
    uint32_t *first;  /* by stack: shapes before this are used up */
    int64_t *value;   /* by stack: what a pod of it is worth, now that so many of each are left */
    int64_t pods, valued_pods; /* left; and when that was reckoned */
};

struct filling {
    struct bin bin;
    struct resources rest;
    int64_t value;
    struct pick {
        uint32_t stack, shape, count; /* the shape by its place */
    } * picks;
    size_t pick_count, pick_capacity;
};

struct window {
    uint32_t stack[WINDOW];
    size_t count;
};

/* All that the job wants. */
struct stock_left stock_of(struct job *j);
/* What each is worth from now on, for what is left. */
void stock_value(struct job *j, struct stock_left *s);
/* The value that a node of one who stands alone may take, so that there is something for the
 * others. */
int64_t stock_share_of_one(const struct job *j, const struct stock_left *s);
/* The largest that are left, and evenly spread ones of the rest when there are too many. */
void stock_look(const struct job *j, const struct stock_left *s, struct window *w);
void stock_use_up(const struct job *j, struct stock_left *s, const struct filling *f);
void stock_put_back(struct stock_left *s, const struct filling *f);

/* A node of the type with one pod of the stack.  False: it does not take it. */
bool filling_begin(struct job *j, struct stock_left *s, size_t shop, uint32_t type, uint32_t seed,
                   struct filling *f);
/* Largest first. */
void fill_in_order(struct job *j, struct stock_left *s, struct filling *f, const struct window *w);
/* The stack that asks most of what is most left, again and again: CPU and memory run out
 * together. */
void fill_in_balance(struct job *j, struct stock_left *s, struct filling *f,
                     const struct window *w);
/* The model's node again, of the same stacks if not of the same shapes; what company keeps out is
 * made up for.  False: it would not be as good. */
bool filling_repeat(struct job *j, struct stock_left *s, const struct window *w,
                    const struct filling *model, struct filling *f);
/* More value for the price? */
bool filling_is_better(const struct filling *x, const struct filling *y);

#endif
