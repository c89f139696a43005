#ifndef ENGINE_CORE_TOPOLOGY_H
#define ENGINE_CORE_TOPOLOGY_H

#include "engine/core/world.h"

/* Where other pods are: what spread, affinity and anti-affinity ask, as numbers.
 *
 * The pods that a selector means, seen through one key, are a `crowd`; it is counted by the key's
 * values, the domains.  What a pod's terms ask of crowds, and which crowds it is one of, is its
 * `profile`; pods with equal profiles are alike.  kubernetes.io/hostname is apart from the other
 * keys: its domains are the nodes themselves, so each node counts its own `company`, and as a new
 * node can always be made, no count of all nodes is needed.
 *
 * Offers and claims that no key and no policy of a spread tells apart are one `cell`.  A pod whose
 * terms look at zones is placed by choosing the cells that it may be in (one zone's, say) and
 * handing it on as a pod of a cohort that is admitted there alone: everything behind that, from
 * contexts to packing, knows nothing of topology but the company of a node.
 *
 * Rules are kube-scheduler's (pod topology spread, inter-pod affinity), with those of rules.md
 * where a choice is left: what a spread asks holds at the end as it holds at each step. */

enum {
    HOST_KEY = UINT32_MAX,
    NO_DOMAIN = UINT32_MAX,
    NO_FILTER = UINT32_MAX,
    PORT_USERS = UINT32_MAX, /* in the place of a selector: those who hold a port or a volume */
};

struct crowd {
    uint32_t who;    /* index of the selector */
    uint32_t key;    /* index into the topology's keys, or HOST_KEY */
    uint32_t filter; /* of a spread: the nodes that count; NO_FILTER: all; of PORT_USERS: the
                        place among the topology's ports */
    bool owners;     /* not those that the selector means, but those whose anti-affinity names it */
    int64_t skew;    /* the smallest that a spread over it allows; INT64_MAX: there is none */
};

/* What a pod asks of a crowd. */
struct stance {
    uint32_t crowd;
    enum topology_kind kind;
    bool required;
    bool inverse; /* other pods' anti-affinity, held against this one */
    bool outside; /* of a team, whose own pods of the crowd come after who asks: others must be
                     there */
    int64_t weight, max_skew, min_domains;
};

/* A crowd on one node: how many a pod adds to it, and how many it bears there, itself included. */
struct company {
    uint32_t crowd;
    int32_t count, most; /* most INT32_MAX: any number */
};

struct companies {
    struct company *items;
    size_t count, capacity;
};

/* In which crowds a pod is, and what it asks of them. */
struct member {
    uint32_t crowd;
    int32_t count; /* 1, or the number in a team */
};
struct profile {
    struct stance *stances; /* of keys other than the hostname */
    size_t stance_count, stance_capacity;
    struct member *members; /* the same */
    size_t member_count, member_capacity;
    struct company *company; /* by crowd */
    size_t company_count, company_capacity;
    uint32_t *mates; /* crowds of which another has to be on its node: affinity by hostname */
    size_t mate_count, mate_capacity;
    uint64_t hash;
};

/* Nodes that a spread looks at under its policies. */
struct filter {
    const struct requirements *terms; /* NULL: whatever the labels */
    size_t term_count;
    const struct tolerations *tolerations; /* NULL: whatever the taints */
};

struct key_domains {
    struct str key;
    struct str *values;
    size_t count, capacity;
};

/* Offers and claims that are alike in every key and to every filter. */
struct cell {
    uint32_t *domain; /* by key; NO_DOMAIN: its nodes have no such label */
    uint8_t *passes;  /* by filter */
    bool opens;       /* some pool can launch nodes there, or some stand: a spread looks at it */
};

/* Which selectors mean pods with such labels in such a namespace. */
struct meaning {
    uint64_t hash;
    const struct pod_spec *of; /* an example; NULL: nothing is remembered here */
    bool *means;               /* by selector */
};

struct topology {
    const struct pod_selector **who;
    uint64_t *who_hash;
    size_t hash_capacity;
    size_t who_count, who_capacity;
    struct meaning *meanings; /* MEANINGS of them, by hash: what was asked last */
    struct crowd *crowds;
    size_t crowd_count, crowd_capacity;
    struct profile *profiles; /* [0]: asks nothing and is in no crowd */
    size_t profile_count, profile_capacity;
    struct filter *filters;
    size_t filter_count, filter_capacity;
    struct host_port *ports; /* that some pod holds; ip "*": whichever; volumes stand among them */
    size_t port_count, port_capacity;
    struct key_domains *keys;
    size_t key_count, key_capacity;
    struct cell *cells;
    size_t cell_count, cell_capacity;
    uint32_t *cell_of_claim; /* by claim of the world; NO_DOMAIN: not known where it will be */
    int32_t **counts;        /* by crowd, by domain: pods that are there or are to be */
    bool **opens;            /* by crowd, by domain: a spread over it looks at that one */
    int32_t *all_counts;     /* the same in one block: a trial keeps a copy */
    size_t count_total;
};

struct market;
struct spec_entry;

/* Selectors, crowds and the profile of each of the market's specs (crowds.c). */
void topology_read(struct market *m);
/* Cells and domains, from the shops' offers and the world's claims; then what runs is counted
 * (cells.c). */
void topology_survey(struct market *m);

/* How many of its soft spreads and anti-affinities by hostname a pod holds, in their order. */
struct soft_hosts {
    size_t spreads, antis;
};
uint32_t topology_profile(struct market *m, const struct spec_entry *e, struct soft_hosts held);
/* The cell of a claim, of the world or about to be; NO_DOMAIN: it may come to be in several. */
uint32_t topology_cell(struct market *m, const struct claim *c);
/* The domain in which a crowd counts a pod in that cell; NO_DOMAIN: it does not. */
uint32_t topology_domain(const struct topology *t, uint32_t crowd, uint32_t cell);
/* A pod (or so many, or as many fewer) of the profile is in the cell from now on. */
void topology_count(struct market *m, uint32_t profile, uint32_t cell, int32_t times);

/* The profile of two that are to share a node, of a team; NO_DOMAIN: they cannot. */
uint32_t profile_join(struct market *m, uint32_t x, uint32_t y);

/* How many more pods of the profile a node with that company takes, at most `most`. */
int64_t company_admits(const struct company *there, size_t count, const struct profile *p,
                       int64_t most);
void company_add(struct arena *a, struct companies *all, const struct profile *p, int64_t times);
/* A pod that runs: it counts, and its ports and volumes are taken.  Nobody asks again whether its
 * spread holds; its anti-affinity those heed who come, as one of its owners (profiles.c). */
void company_add_running(struct market *m, struct companies *all, const struct profile *p);
struct companies company_copy(struct arena *a, const struct companies *all);
/* Is there one of each crowd that the profile wants on its node? */
bool company_has_mates(const struct companies *all, const struct profile *p);

#endif
