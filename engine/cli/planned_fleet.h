#ifndef ENGINE_CLI_PLANNED_FLEET_H
#define ENGINE_CLI_PLANNED_FLEET_H

#include "engine/optimize/bound.h"
#include "engine/optimize/propose.h"

/* The fleet that a decision buys for all pods of a world, as something to be shown: its nodes by
 * name, who is on them, what they cost, and who has no place.
 *
 * A launch leaves open which of its options comes; here a node is the cheapest of them, and what
 * the others may cost more is the premium. */

struct planned_node {
    const struct action *launch;
    int64_t number;          /* from 1; its name is POOL-NUMBER */
    const struct pod **pods; /* sorted by name */
    size_t pod_count;
};

struct planned_fleet {
    const struct world *world;
    struct world asked;              /* the same, with the nodes of static pools standing there */
    const struct decision *standing; /* which launched these; they are the first of its claims */
    const struct decision *decision;
    struct planned_node *nodes; /* by pool, then by number */
    size_t count;
    struct waiting *unplaced; /* sorted by pod */
    size_t unplaced_count;
    const struct relaxed **relaxed; /* preferences that placed pods gave up; sorted by pod */
    size_t relaxed_count;
    size_t placed_count; /* pods */
    int64_t microusd_per_hour;
    struct premium premium; /* of all launches together */
};

/* Decides from nothing: claims of the world are passed over.  What is made points into the world
 * and lives in the arena. */
void planned_fleet_make(struct arena *a, const struct world *w, struct planned_fleet *out);

/* Looks for a cheaper fleet of as many pods and preferences, and takes it: true.  `work` in the
 * units of fleet_propose; the decision that follows gets as much effort. */
bool planned_fleet_improve(struct arena *a, struct planned_fleet *f, int64_t work);

/* What no fleet that holds the same pods can cost less than, with the proof. */
struct planned_bound {
    struct world placed; /* the fleet's, less the pods that have no place */
    struct certificate proof;
};
/* `work` as bound_prove has it. */
void planned_fleet_bound(struct arena *a, const struct planned_fleet *f, int64_t work,
                         struct planned_bound *out);

const struct launch_option *planned_option(const struct planned_node *n);
struct str planned_name(struct arena *a, const struct planned_node *n);
/* The node as a claim, without pods: its id is the node's name. */
struct claim planned_claim(struct arena *a, const struct planned_node *n);
/* What its pods ask for together, and what the DaemonSets that run there do. */
struct resources planned_used(const struct planned_node *n);
struct resources planned_reserved(const struct world *w, const struct planned_node *n);
/* NULL: it has none. */
const struct planned_node *planned_node_of(const struct planned_fleet *f, const struct pod *pod);

#endif
