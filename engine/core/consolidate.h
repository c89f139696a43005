#ifndef ENGINE_CORE_CONSOLIDATE_H
#define ENGINE_CORE_CONSOLIDATE_H

#include "engine/core/plan.h"
#include "engine/core/rates.h"
#include "engine/core/shares.h"

/* Private to consolidation: nodes go when their pods run for less elsewhere.
 *
 * All money is micro-dollars.  A move pays when what it saves until it must have paid for itself
 * (the pool's payback, or until the node would expire anyway, if that is sooner) is more than what
 * it costs: the evictions, and the time that new nodes run beside the old ones.  So with every move
 * the fleet costs less an hour; there are finitely many fleets for the same pods, hence finitely
 * many moves, and then nothing happens.  What a node costs is what it cost when it came, or what
 * such a node costs now, if that is less; of a new spot node, the dearest that may come.  So prices
 * that go up and down again move nothing twice: every move needs a price below all before it. */
enum {
    /* What it costs to lose a pod that nothing is said of and that has just begun: some minutes of
     * a core, and of whoever waits for it.  Over a week of daily load a fleet costs 1 % more than
     * with a tenth of it, and a fifth of the pods are evicted (tests/bench/week.h). */
    EVICTION_MICROUSD = 5000,
    /* So long new nodes run beside those that they replace: they boot, and pods come over. */
    OVERLAP_MS = 3 * 60 * 1000,
    /* Options that a spot launch keeps if it has so many, as Karpenter's does: fewer would have it
     * interrupted sooner. */
    SPOT_OPTIONS = 15,
    ROUNDS = 8, /* moves that are looked for in a decision, each of any number of nodes */
};
/* What has not paid for itself by then is nobody's loss. */
#define PATIENCE_MS (INT64_C(30) * 24 * 60 * 60 * 1000)

/* A node that may go, if that pays. */
struct candidate {
    size_t room;
    const struct claim *claim;
    int64_t price;      /* an hour; saved when it goes */
    int64_t horizon_ms; /* savings count for so long: its pool's payback, or its life */
    int64_t evictions;  /* what losing its pods costs */
    int64_t least;      /* an hour: what its pods cost at least, wherever they run */
    enum { STAYS, GOES, WENT } fate; /* in the trial at hand it goes; by this decision it does */
    bool stuck;                      /* some pod of it has no place on a new node */
    struct seeker *seekers;
    size_t count;
};

struct consolidating {
    struct plan *plan;
    int64_t begin_ms, end_ms;   /* of the step that now falls into */
    struct direction direction; /* in which all their pods together are dearest */
    struct shares *at_first;    /* by pool: before anything moved */
    struct candidate *items;    /* those first whose going saves most for the pods on them */
    size_t count;
    int64_t work; /* units left (some nanoseconds) */
    /* Rules are left aside, and savings count for a month: whom would that take? */
    bool patient;
};

/* consolidate_worth.c */
int64_t worth_over(int64_t microusd_per_hour, int64_t ms);
int64_t worth_of_pods(const struct claim *c, int64_t now_ms);
/* An hour of the node: as it came, or as such a one is sold now, if that is less. */
int64_t worth_price(const struct claim *c, const struct pool *pool);
/* Fills in `least` of all, and the direction. */
void worth_least(struct consolidating *c);
/* What is gained when it goes and costs nothing elsewhere. */
int64_t worth_of_going(const struct candidate *one);
/* What is gained at most when it goes and its pods come to new nodes. */
int64_t worth_of_moving(const struct candidate *one);

/* Lists whoever may go, and when patient whoever might. */
void candidates_list(struct consolidating *c);
/* Its turn by all budgets; a patient search takes none. */
bool candidate_take_turn(struct consolidating *c, const struct candidate *one);
void candidate_give_back(struct consolidating *c, const struct candidate *one);
/* Its pods as seekers, largest first, counted where they are no longer. */
void candidate_leave(struct consolidating *c, struct candidate *one);

/* Those go whose pods all find room on nodes that stay; what is gained.  The trial is the caller's.
 */
int64_t thin(struct consolidating *c);
/* The plan for those that are. */
void thin_apply(struct consolidating *c);

/* A group of candidates whose pods come to new nodes together. */
struct group {
    struct candidate **items;
    size_t count;
    int64_t gain;
    int64_t new_price; /* an hour of the nodes that are launched for them */
};
/* The group that gains most; no trace of it is left.  Count 0: none does. */
struct group repack_find(struct consolidating *c);
/* With all the effort that the world allows for.  False: nothing is done. */
bool repack_apply(struct consolidating *c, struct group *g);

/* Once all candidates are listed. */
void consolidate_prepare(struct consolidating *c);
/* The better of what can be had without new nodes and with them, done: a group with new nodes is
 * *moved; of none, who went has fate WENT.  False: neither gains. */
bool consolidate_move(struct consolidating *c, struct group *moved);
/* Names among those held whom a patient search takes, with the rule that keeps each. */
void name_held(struct consolidating *c);

#endif
