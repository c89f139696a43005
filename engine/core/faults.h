#ifndef ENGINE_CORE_FAULTS_H
#define ENGINE_CORE_FAULTS_H

#include "engine/core/decide.h"

/* Nothing leaves of our own will by what is not known well.
 *
 * Manifests that nobody could read for a while, a list of instances that was cut off or lacks what
 * the one before showed, a workload that has lost most of its pods between two looks: a node that
 * goes by such facts may be one that is needed.  So while a fact has a fault, whatever leaves only
 * because we find it better stays: empty, expired, drifted, underutilized, surplus, late.  What is
 * launched for pods that wait, what the cloud takes away, what a user destroys and what drains
 * already go on.
 *
 * Types and prices change seldom, and asking for all of them takes a minute: they may be older.  Of
 * a node in whose place nothing comes (an empty one, one too many) they say nothing. */
struct plan;

enum { CATALOG_STALE_MS = 30 * 60 * 1000 };

struct faults {
    struct str pods, instances; /* empty: none */
    struct str *catalogs;       /* by pool */
};

/* Finds them, and says them in the decision. */
void faults_find(struct plan *p);
/* Why no node of the pool may leave for that reason; empty: facts do not stand against it. */
struct str fault_of(const struct plan *p, size_t pool, enum reason reason);

#endif
