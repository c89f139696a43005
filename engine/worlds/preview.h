#ifndef ENGINE_WORLDS_PREVIEW_H
#define ENGINE_WORLDS_PREVIEW_H

#include "engine/worlds/future.h"

/* What the engine would do with a world: the decision that it would take now, by the very function
 * that it takes it by, and what follows from it until nothing more happens (future.h).
 *
 * `tenon preview` goes at the pace that budgets leave and says when things happen.  A plan only
 * asks what comes of a change in the end: nobody waits for boots, budgets and TTLs then. */
enum {
    PREVIEW_WORK = 4 * 1000 * 1000,    /* pods and nodes looked at, over all decisions: seconds */
    PREVIEW_WORK_OF_PLAN = 100 * 1000, /* ... a fifth of one */
    PREVIEW_STEPS_LEAST = 4,           /* decisions, however large the world */
    PREVIEW_REST_MS = 60 * 60 * 1000,  /* so long nothing must happen */
};

/* A node that is launched or begins to leave. */
struct coming {
    int64_t at_ms;
    enum action_kind kind; /* ACTION_LAUNCH, ACTION_CORDON */
    enum reason reason;
    struct str claim; /* of one that leaves */
    struct str pool, instance_type, zone;
    enum capacity_type capacity_type;
    int64_t microusd_per_hour;
    struct premium premium; /* of a launch: what its other choices would cost more */
    size_t pod_count;       /* that it is for, or that it has to give away */
};

struct preview {
    struct decision now; /* of the world that was asked about */
    struct coming *coming;
    size_t coming_count, coming_capacity;
    bool at_rest; /* in the end nothing more happens; else there was too much to look at */
    struct future end;
    struct decision last; /* of the end's world: who waits and who is held back even then */
    int64_t before_microusd_per_hour, after_microusd_per_hour; /* of our own nodes */
    size_t kept, launched, gone;
    size_t placed, moved; /* pods that had no node and get one; that change theirs */
};

/* The world must not be written to before the arena is freed. */
void preview_make(struct arena *a, const struct world *w, bool hurried, struct preview *out);

/* What the fleet of a plan's preview costs in the end, when nothing else is asked: the same as
 * `after_microusd_per_hour` of preview_make in a hurry. */
int64_t preview_cost(const struct world *w);

/* Is there anything that the engine would do now? */
bool preview_acts(const struct preview *p);

#endif
