#ifndef ENGINE_WORLDS_FUTURE_H
#define ENGINE_WORLDS_FUTURE_H

#include "engine/core/decide.h"

/* What comes of a world, decision after decision, if the cloud does what it is asked to: each
 * launch comes as the best of its options, is ready BOOT_MS later, and an instance that is told to
 * go is gone after STOP_MS.  Pods find their places as the decisions have them, also where
 * kube-scheduler would be the one to bind them. */
enum { FUTURE_BOOT_MS = 60 * 1000, FUTURE_STOP_MS = 30 * 1000 };

struct future {
    struct arena *arena; /* of all that comes */
    struct world world;  /* as it is by then; its arrays are these: */
    struct pod *pods;    /* places stay: the i-th is the i-th of the first world */
    struct claim *claims;
    size_t claim_capacity;
    int64_t *changed_ms; /* by claim: when it was launched, or told to go */
    size_t launched;     /* claims so far that no engine has launched, here and before */
    bool hurried;        /* nobody waits for boots and stops */
};

void future_begin(struct arena *a, const struct world *w, bool hurried, struct future *f);
/* `d` was decided from the world as it is now: `seen` is that, or the first world it began with. In
 * a hurry what it launches is there when it returns, and what it ends is gone. */
void future_carry_out(struct future *f, const struct world *seen, const struct decision *d);
/* Goes to the next instant at which something happens, `wake_at_ms` at the latest; false: nothing
 * will before `until_ms`. */
bool future_pass(struct future *f, int64_t wake_at_ms, int64_t until_ms);

/* Was the claim launched on the way? */
bool future_is_new(const struct claim *c);

#endif
