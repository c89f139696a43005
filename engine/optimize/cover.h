#ifndef ENGINE_OPTIMIZE_COVER_H
#define ENGINE_OPTIMIZE_COVER_H

#include "engine/core/market.h"

/* The question that optimize answers, without names: rows of pods that are alike for hosting, and
 * hosts that can be had at a price, as many as are wanted.  Which hosts, so that every pod has a
 * place and the prices add up to the least?
 *
 * Of Kubernetes' rules it holds resources, labels and taints, and what keeps pods of a kind from
 * sharing a node (a required anti-affinity or a spread over hostnames that selects its own pods, a
 * host port): a group.  The other rules of topology, limits and weights are left out, which makes
 * the question easier and its answer never dearer: so it is a lower bound of the true one. */
enum { ROWS_MOST = 384, NO_GROUP = UINT32_MAX };

struct row {
    struct resources amount; /* of one pod */
    uint32_t count;
    uint32_t group; /* or NO_GROUP */
};

struct host {
    int64_t price; /* microusd per hour */
    struct resources room;
    struct bits rows; /* those that labels and taints admit */
    size_t shop;      /* SIZE_MAX: a node that exists */
    uint32_t type;
};

struct cover {
    size_t resource_count;
    struct row *rows;
    size_t row_count;
    const uint32_t *group_most; /* the most pods of a group that one host may hold */
    size_t group_count;
    struct host *hosts; /* cheapest first; none that a cheaper one surpasses in everything */
    size_t host_count;
    struct host *rooms; /* what is left on nodes that cost us nothing: each is there once */
    size_t room_count;
};

/* Covers that have no host in common, so that their answers add up. */
struct covers {
    struct cover *items;
    size_t count;
    uint32_t *cover_of_pod, *row_of_pod; /* by place in the world; UINT32_MAX: not asked about */
};

/* What any fleet could be: each offer that a pool allows, available or not, and each claim.
 * `counted` by pod; pods that no host takes are left out.  Where there are more than `rows_most`
 * kinds of pods, those of about one size become one row with the least that they ask for. */
void cover_for_bound(struct market *m, const bool *counted, size_t rows_most, struct covers *out);
/* What the shops sell now, for some pods: hosts as a decision sees them, preferences held.  More
 * than ROWS_MOST kinds: the most that they ask for.  A pod whose terms look at other pods' zones
 * (or at another key than the hostname) has a pin: it stays where the keys' labels are as on that
 * offer.
 */
struct pin {
    const struct pool *pool;
    struct launch_option option;
};
enum { NO_PIN = UINT32_MAX, NOT_COUNTED = UINT32_MAX - 1 };
/* `pin_of_pod`: a pin, NO_PIN or NOT_COUNTED, by place in the world. */
void cover_for_fleet(struct market *m, const size_t *shops, size_t shop_count,
                     const struct pin *pins, size_t pin_count, const uint32_t *pin_of_pod,
                     struct covers *out);

#endif
