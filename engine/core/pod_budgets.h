#ifndef ENGINE_CORE_POD_BUDGETS_H
#define ENGINE_CORE_POD_BUDGETS_H

#include "engine/core/decide.h"

/* PodDisruptionBudgets, reckoned as Kubernetes' disruption controller and its Eviction API do: a
 * pod may be evicted while more of those that its budget selects are healthy than have to be.  One
 * that two budgets select may never be, for the API answers such an eviction with an error.
 *
 * Healthy is what runs on a node that is ready or drains, unless its status says otherwise.
 *
 * Two things are counted of a budget.  Nodes that leave take what all their pods need, so that no
 * second node begins to drain for pods that could not be evicted anyway; and evictions take one
 * each.  So a node may have more pods of a budget than that lets go at once: it drains pod by pod,
 * as those before have a new place and are healthy there. */
struct plan;

enum { COVERS_MOST = 2 }; /* more change nothing */
#define NO_POD_BUDGET UINT32_MAX

/* The budgets of a pod, by their places in the world. */
struct cover {
    uint32_t budget[COVERS_MOST];
};

/* What there is of a budget's pods. */
struct guard {
    int64_t expected, desired, healthy;
    int64_t leaving; /* on nodes that leave */
    int64_t evicted;
};

struct guards {
    struct guard *items;        /* by budget of the world */
    const struct cover *covers; /* by pod of the world; NULL: there are no budgets */
};

void guards_open(struct plan *p);

/* May the pods of a claim that is to leave for this reason be evicted, one after the other?  Of an
 * expired node those are passed over that never may: it is replaced for all others. */
bool guards_allow(const struct plan *p, const struct claim *c, enum reason reason);
/* They leave (`sign` 1), or stay after all (-1). */
void guards_count(struct plan *p, const struct claim *c, int sign);
/* A pod of it that may not be evicted now.  `lasts`: and neither later; false: there is none. */
bool guards_refuse(struct plan *p, const struct claim *c, enum reason reason, struct waiting *why,
                   bool *lasts);
/* What its budgets have to say of a pod that may not be evicted. */
struct waiting guards_why(struct plan *p, const struct pod *pod);
/* Are all that still run on it such as may never be evicted?  Then for one of them, why. */
bool guards_keep(struct plan *p, const struct claim *c, struct waiting *why);

/* May this pod be evicted now?  Then it is counted; if it is forced, in any case. */
bool guard_evict(struct plan *p, const struct pod *pod, const struct claim *on, bool forced);

/* Budgets that let none of their pods go, into the decision. */
void guards_tell(struct plan *p);

#endif
