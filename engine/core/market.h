#ifndef ENGINE_CORE_MARKET_H
#define ENGINE_CORE_MARKET_H

#include "engine/core/decide.h"

/* What can be bought, and for whom: each pool's offers, and which of them may host which pods.
 *
 * Pods with equal terms and tolerations are one `cohort`; all that depends on labels and taints is
 * worked out once a cohort.  What a node may still be, given the pods on it, is a `context`: a set
 * of offers, and what is left of custom labels that the pool leaves open.  Contexts are numbered
 * per pool and never change; adding a pod's cohort to one gives another (shop_join), and that is
 * looked up, not computed, from the second time on. */
struct bits {
    uint64_t *words;
};

/* One type in one zone under one capacity type, of a pool. */
struct offer {
    uint32_t type; /* index into the catalog */
    const struct offering *offering;
    bool available;
};

/* A type at the best price that a context has for it. */
struct choice {
    int64_t price;
    uint32_t type;
};

enum { CONTEXT_ANY = 0, CONTEXT_NONE = -1 };

struct context {
    struct bits offers;
    uint64_t hash;
    struct requirements custom; /* open keys of the pool, narrowed by pods */
    int64_t *price_of_type;     /* INT64_MAX: not in this context */
    struct choice *all;         /* every type, cheapest first */
    size_t all_count;
    struct choice *best; /* without those that a cheaper one surpasses in everything */
    size_t best_count;
    int32_t *joined; /* by cohort; JOIN_UNKNOWN where not asked yet */
};

struct alternative {
    struct bits offers;
    struct requirements custom;
};
/* What one cohort can have of one pool. */
struct admission {
    bool known, tolerated;
    bool welcome; /* no taint says that such pods had better go elsewhere */
    struct alternative *items;
    size_t count;
};

struct shop {
    const struct pool *pool;
    const struct catalog *catalog;
    struct offer *offers;
    size_t offer_count, word_count;
    struct resources *space;  /* by type: allocatable less its DaemonSets */
    struct requirements open; /* of the pool: keys that no type states */
    bool has_min_values;
    struct context *contexts;
    size_t context_count, context_capacity;
    size_t joint_count; /* of them, those of several cohorts */
    struct bits scratch;
    struct admission *admissions; /* by cohort */
    struct bits usable;           /* allowed by the pool, whether available or not */
};

struct cohort {
    const struct requirements *terms;
    size_t term_count;
    const struct tolerations *tolerations;
};

/* Pods alike in everything that placing looks at. */
struct shape {
    struct resources requests;
    size_t cohort;
    const struct pod *first;
};

struct market {
    struct arena *arena;
    const struct world *world;
    size_t resource_count; /* places in use: what comparisons look at */
    struct shop *shops;    /* one a pool, same order; catalog NULL: sells nothing */
    struct cohort *cohorts;
    size_t cohort_count, cohort_capacity;
    struct shape *shapes;
    size_t shape_count, shape_capacity;
    uint32_t *shape_of_pod; /* by the pod's place in the world */
    bool has_unwelcoming;   /* some pool or claim has a PreferNoSchedule taint */
    bool heeds;             /* for now, pods go only where they are welcome */
    size_t table_size;
};

/* Groups the world's pods; shops are made for every pool.  Lives as long as the arena and the
 * world. */
void market_open(struct arena *a, const struct world *w, struct market *m);

/* The first half of market_open: shapes and cohorts. */
void market_group_pods(struct market *m);

/* The context of a node in `context` that also takes a pod of `cohort`, or CONTEXT_NONE.  While the
 * market heeds preferences, pools that do not welcome the cohort have none. */
int32_t shop_join(struct market *m, size_t shop, int32_t context, size_t cohort);
/* The cheapest type of a context that holds `sum` and, with those beside it, keeps the pool's
 * min_values; its price, or INT64_MAX. `from` is where to look in context.best and where it was
 * found: sums only grow. */
int64_t shop_price(const struct market *m, size_t shop, int32_t context,
                   const struct resources *sum, size_t *from);
/* The first min_values that a set of types does not satisfy, and how many values there are; NULL:
 * all are kept.  `fit` by type. */
const struct requirement *shop_lacks_values(const struct shop *s, const struct context *c,
                                            const bool *fit, size_t *found);
const struct admission *shop_admission(struct market *m, size_t shop, size_t cohort);
/* Do labels and requirements alone let the cohort onto some usable offer, taints aside? */
bool shop_matches_labels(struct market *m, size_t shop, size_t cohort);

/* The value of a label on a node of this offer as far as pool, type and place decide it; ptr NULL:
 * it has none. */
struct str offer_label(const struct pool *p, const struct instance_type *t,
                       const struct offering *o, struct str key);

/* Does it satisfy them, those of the pool's open keys aside? */
bool offer_satisfies(const struct pool *p, const struct instance_type *t, const struct offering *o,
                     const struct requirements *wanted, const struct requirements *open);
/* Would the claim take pods of this cohort, room aside?  `pool`: the claim's, NULL when unknown. */
bool claim_admits(const struct cohort *cohort, const struct pool *pool, const struct claim *c);

static inline bool fits(const struct resources *want, const struct resources *have, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (want->amount[i] > have->amount[i])
            return false;
    return true;
}

static inline struct bits bits_new(struct arena *a, const struct shop *s)
{
    return (struct bits){ARENA_ARRAY(a, uint64_t, s->word_count)};
}

static inline void bits_set(struct bits b, size_t i)
{
    b.words[i / 64] |= (uint64_t)1 << (i % 64);
}

static inline bool bits_has(struct bits b, size_t i)
{
    return b.words[i / 64] >> (i % 64) & 1;
}

#endif
