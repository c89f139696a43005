#ifndef ENGINE_CORE_JOB_H
#define ENGINE_CORE_JOB_H

#include "engine/core/packing.h"

/* Private to packing: the pods that one weight of pools is to take, and what the ways of packing
 * them share. */

/* The cheapest way to run one pod of a shape alone. */
struct alone {
    size_t shop;
    int32_t context;
    int64_t price; /* INT64_MAX: not here */
    size_t at;
};

/* Wanted pods of equal requests and cohort.  To fill a node it is the same which of them it takes,
 * but for the company that each bears. */
struct stack {
    const struct resources *requests;
    size_t cohort;
    int64_t weight;         /* of one pod, as job.weight has it */
    const int64_t *weights; /* the same in each of the job's directions */
    const uint32_t *shapes;
    uint32_t shape_count;
    uint32_t total; /* pods */
    bool alone;     /* its pods bear none of their own crowd beside them, and no crowd has more of
                       such: for each of them there will be a node */
};

struct job {
    struct market *m;
    struct arena *arena; /* for all that a trial makes */
    const size_t *shops;
    size_t shop_count;
    const uint32_t *sequence; /* in the world's order */
    size_t count;
    const uint32_t *want;  /* by shape */
    const uint32_t *kinds; /* shapes that are wanted, largest weight first */
    size_t kind_count;
    uint32_t *slot;       /* by shape that is wanted: its place among the kinds (job_number) */
    struct stack *stacks; /* largest weight first */
    size_t stack_count;
    const uint32_t *stack_of;  /* by shape */
    const struct alone *alone; /* by shape */
    const int64_t *weight;     /* by shape: what it must cost at least */
    struct direction direction;
    size_t direction_count, direction_at; /* how many there are, and which is this */
    const struct allowance *left;         /* by pool, for pack_exactly; NULL: whatever the limits */
    int64_t work;                         /* units left */
};

/* Fills in a job whose market, arena and shops are set: those of `over` (pods by shape) that these
 * shops can take at all, their weights, and their order. */
void job_begin(struct job *j, const uint32_t *sequence, size_t count, const uint32_t *over);
/* Numbers the kinds: arrays by slot are as long as the job is, not as the market. */
void job_number(struct job *j);
enum order { BY_CPU, BY_MEMORY, BY_WEIGHT };
/* The wanted shapes, largest first by that measure; and pod by pod in such an order. */
const uint32_t *job_kinds(struct job *j, enum order by);
const uint32_t *job_sequence(struct job *j, const uint32_t *kinds);

/* How many more of the shape the bin's company bears, at most `most`. */
static inline int64_t bin_bears(const struct job *j, const struct bin *b, uint32_t shape,
                                int64_t most)
{
    uint32_t profile = j->m->shapes[shape].profile;

    return profile ? company_admits(b->company.items, b->company.count,
                                    &j->m->topology.profiles[profile], most)
                   : most;
}

/* Does the bin also take one of the shape?  Then *context is what it becomes. */
static inline bool bin_joins(const struct job *j, const struct bin *b, uint32_t shape,
                             int32_t *context)
{
    if (!bin_bears(j, b, shape, 1))
        return false;
    *context = shop_join(j->m, b->shop, b->context, j->m->shapes[shape].cohort);
    return *context != CONTEXT_NONE;
}

/* Would it still keep the pool's min_values with one more? */
bool bin_keeps_min_values(const struct job *j, const struct bin *b, uint32_t shape,
                          int32_t context);
/* A new bin that holds one pod of the shape. */
struct bin bin_open(struct job *j, uint32_t shape);
/* Puts `times` pods in: sum, context and parts; cost is the caller's (bin_reprice). */
void bin_put(struct job *j, struct bin *b, uint32_t shape, uint32_t times, int32_t context);
/* The cheapest type for what it holds. False: there is none. */
bool bin_reprice(const struct job *j, struct bin *b);
struct bin bin_copy(struct job *j, const struct bin *b);
void packing_push(struct job *j, struct packing *p, struct bin b);
int64_t packing_cost(const struct packing *p);
/* With copies of the bins. */
void packing_append(struct job *j, struct packing *to, const struct packing *more);
/* The ways.  Each places everything that is wanted. */
enum opening { OPEN_CHEAPEST, OPEN_BEST_VALUE, OPEN_LARGEST };
void pack_first_fit(struct job *j, const uint32_t *sequence, size_t count, enum opening how,
                    struct packing *out);
/* As the world's proposal has it, as far as it holds; what it leaves out by first fit.  False: it
 * says nothing of these pods. */
bool pack_proposed(struct job *j, struct packing *out);
void pack_greedy(struct job *j, struct packing *out);
/* Sets *out only if it found something cheaper than `limit` within the job's work, and within what
 * `left` of the job allows. */
bool pack_exactly(struct job *j, int64_t limit, struct packing *out);
void pack_improve(struct job *j, struct packing *p);
/* Brings what was packed, and stands within `left`, within the pools' spread_limit (shares.h): each
 * node is chosen anew, and one for which nothing is left is made of two smaller ones.  Pods that
 * have no share come to `unplaced`. */
void packing_keep_shares(struct job *j, struct packing *p, struct allowance *left,
                         uint32_t *unplaced);

#endif
