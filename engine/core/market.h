#ifndef ENGINE_CORE_MARKET_H
#define ENGINE_CORE_MARKET_H

#include "engine/core/decide.h"
#include "engine/core/topology.h"

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

/* Which of a shop's offers satisfy one requirement: each is asked once. */
struct asked {
    uint64_t hash;
    const struct requirement *requirement;
    struct bits offers;
};

/* One type in one zone under one capacity type, of a pool. */
struct offer {
    uint32_t type; /* index into the shop's types */
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
    uint32_t *ranked; /* its offers, best first (options.c); NULL: not asked for yet */
    size_t ranked_count;
    uint32_t *rated; /* its best types, those that sell value cheapest first (greedy.c) ... */
    size_t rated_direction; /* ... in this direction, counted from 1 */
    struct rate *lowest;    /* that its types sell value at, by direction; NULL: not asked for yet
                               (job_begin.c) */
    int32_t *joined;        /* by cohort, as far as it has been asked; JOIN_UNKNOWN in between */
    size_t joined_count;
    struct labels labels; /* of its nodes, but for what type and place decide; empty: not asked for
                             yet (options.c) */
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
    const struct catalog *catalog; /* NULL: sells nothing ... */
    struct str closed;             /* ... and why, if that is known */
    struct offer *offers;
    size_t offer_count, word_count;
    /* The catalog's types; one of which DaemonSets run in some of its places only is one for each
     * such lot of offers. */
    const struct instance_type **types;
    struct resources *space; /* by type: allocatable less its DaemonSets */
    uint64_t *daemons;       /* by type: a hash of which run there */
    size_t type_count, type_capacity;
    struct requirements open; /* of the pool: keys that no type states */
    bool has_min_values;
    struct context *contexts;
    size_t context_count, context_capacity;
    size_t joint_count; /* of them, those of several cohorts */
    struct bits scratch;
    struct admission *admissions; /* by cohort, as far as they have been asked */
    size_t admission_count;
    struct asked *asked;
    size_t asked_count, asked_capacity;
    struct bits usable; /* allowed by the pool, whether available or not */
    struct bits now;    /* of these, what is available and worth its price */
    /* What of the offers is in which cell: one entry a cell and choice of open labels. */
    struct stock {
        uint32_t cell;
        struct bits offers;
        struct requirements custom; /* open keys that the cell has decided */
    } * stocks;
    size_t stock_count, stock_capacity;
};

struct cohort {
    const struct requirements *terms;
    size_t term_count;
    const struct tolerations *tolerations;
    const uint32_t *cells; /* sorted: where alone it is admitted; NULL: anywhere */
    size_t cell_count;
    const struct host_port *ports; /* not where a DaemonSet's pod has one of them */
    size_t port_count;
    const uint32_t *team; /* cohorts of pods that are to share a node: it is admitted where all
                             of them are.  NULL: it is one */
    size_t team_count;
};

/* Some pods of one shape. */
struct part {
    uint32_t shape, count;
};

/* Pods alike in everything that placing looks at. */
struct shape {
    struct resources requests;
    size_t cohort;
    uint32_t profile; /* of the topology */
    int64_t priority;
    const struct pod_spec *spec;
    uint32_t origin; /* the shape that its pods have by themselves: a place has made this one of
                        it */
    uint32_t weaker; /* the same without the preference that is given up first; NO_SHAPE: none is
                        held */
    struct str given_up;                 /* to become the weaker one */
    const struct preference *preference; /* that is, where it is one of node affinity */
    const struct str *never; /* preferences that nothing can hold: dropped from the first */
    size_t never_count;
};
enum { NO_SHAPE = UINT32_MAX };

/* What specifications of pods of the world say; equal ones are one. */
struct spec_entry {
    const struct pod_spec *spec; /* the first of them */
    bool pending;                /* some pod of it needs a place, or may come to */
    bool waits;                  /* some pod of it has none now */
    struct resources requests;   /* its own: they are summed over all that runs, so they lie here */
    uint32_t model; /* the first that says the same but for amounts; it is as pending as this */
    size_t cohort;
    uint32_t profile, shape;
};

/* A shape in some of its cohort's cells alone, and what a node there costs.  Those who leave ask
 * for the same again and again, so it is remembered: neither changes within a decision. */
struct confinement {
    uint32_t shape, confined; /* NO_SHAPE: not asked for yet */
    size_t cohort;
    struct lowest {
        int64_t weight, price; /* of the heaviest pool that sells there; price INT64_MAX: none */
        bool known;
    } lowest[2]; /* the second while the market heeds preferences */
};

/* Finds what is interned by its hash: open addressing, at most half full. */
struct market_index {
    uint32_t *places; /* index plus one; 0: free */
    uint64_t *hashes;
    size_t size, count;
};

struct market {
    struct arena *arena;
    const struct world *world;
    size_t resource_count; /* places in use: what comparisons look at */
    struct shop *shops;    /* one a pool, same order; catalog NULL: sells nothing */
    struct cohort *cohorts;
    size_t cohort_count, cohort_capacity;
    struct market_index cohort_index, shape_index, confinement_index;
    struct confinement *confinements;
    size_t confinement_count, confinement_capacity;
    struct shape *shapes;
    size_t shape_count, shape_capacity;
    struct spec_entry *specs;
    size_t spec_count, spec_capacity;
    uint32_t *spec_of_pod;  /* by the pod's place in the world */
    uint32_t *shape_of_pod; /* the same */
    struct topology topology;
    bool *leaving;        /* by claim: in the trial at hand it goes (rooms_set_leaving) */
    bool has_unwelcoming; /* some pool or claim has a PreferNoSchedule taint */
    int64_t effort;       /* of the world; 0 while many ways are tried of which one will be made */
    bool heeds;           /* for now, pods go only where they are welcome */
};

/* Groups the world's pods; shops are made for every pool.  Lives as long as the arena and the
 * world. */
void market_open(struct arena *a, const struct world *w, struct market *m);

/* Room for one more; and what is found at a free place from then on. */
void market_index_make_room(struct arena *a, struct market_index *x);
void market_index_put(struct market_index *x, size_t at, uint64_t hash, size_t index_plus_one);

/* Parts of market_open: the world's specifications and their cohorts; and, once the shops are open,
 * shapes. */
void market_list_specs(struct market *m);
void market_list_shapes(struct market *m);

/* The shape of a specification's pods, with all that they prefer and can have (wishes.c). */
uint32_t wishes_shape(struct market *m, const struct spec_entry *e);
/* Could any pool's node, available or not, or any that stands, be one that satisfies the term and
 * holds that much? */
bool market_has(struct market *m, const struct requirements *term,
                const struct tolerations *tolerations, const struct resources *requests);

/* The cohort of that description, known before or not. */
size_t market_cohort(struct market *m, struct cohort c);
/* Where a shape is as another but for its cohort (and team): known before or not. */
uint32_t market_shape(struct market *m, struct shape s);

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
/* Does such a DaemonSet have a pod on nodes of the offering? */
bool shop_runs_daemon(const struct shop *s, const struct daemon *d, const struct instance_type *t,
                      const struct offering *o);
/* Nothing more is launched of it in this decision, and why. */
void shop_close(struct shop *s, struct str why);
/* Does the pool launch nodes for pods: with a catalog, neither static nor being destroyed? */
bool shop_sells(const struct shop *s);
/* And could it at all, whatever it has launched?  Only then a spread counts with its zones. */
bool shop_opens_domains(const struct shop *s);
/* The value of a label on the node that a launch of the claim makes of one of its options. */
struct str option_label(const struct world *w, const struct claim *c, const struct launch_option *o,
                        struct str key);
static inline const struct spec_entry *market_spec_of(const struct market *m, const struct pod *p)
{
    return &m->specs[m->spec_of_pod[p - m->world->pods]];
}
bool host_port_is_everywhere(const struct host_port *p);
bool host_ports_meet(const struct host_port *x, const struct host_port *y);
/* May a pod of the cohort be in that cell?  One that is not confined may be in any, known or not.
 */
bool cohort_is_in(const struct cohort *c, uint32_t cell);
/* Would the claim take pods of this cohort, room and cells aside?  `pool`: the claim's, NULL when
 * unknown. */
bool claim_admits(const struct cohort *cohort, const struct pool *pool, const struct claim *c);

static inline uint64_t hash_mix(uint64_t h, uint64_t more)
{
    return (h ^ more) * 1099511628211u;
}

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

static inline void bits_clear(struct bits b, size_t i)
{
    b.words[i / 64] &= ~((uint64_t)1 << (i % 64));
}

static inline bool bits_has(struct bits b, size_t i)
{
    return b.words[i / 64] >> (i % 64) & 1;
}

#endif
