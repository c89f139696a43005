#ifndef ENGINE_ENGINE_H
#define ENGINE_ENGINE_H

#include "engine/ports.h"

/* The engine: one loop that owns all state.  It takes events, folds them, makes a picture, decides,
 * records what it is about to do, acts when the record is stored, and sleeps until the next event
 * or the instant at which something can become due.  One thread calls engine_step or engine_run;
 * everybody else only posts.  In simulations the same engine_step runs in virtual time. */
struct engine;

/* Karpenter's brake: so much of a fleet may be not ready before nothing more is replaced. */
#define MAX_UNREADY ((struct share){.set = true, .percent = true, .value = 20})

/* Instances are listed every eight seconds at most, and manifests looked at four times a second. */
enum { MAX_STALENESS_MS = 30 * 1000 };

struct engine_options {
    struct str cluster, region, account;
    int64_t batch_idle_ms;      /* pods are decided this long after the last change; 0: 1 s */
    int64_t batch_max_ms;       /* and no later than this after the first; 0: 10 s */
    bool disrupt_all;           /* a daemon: every pool may be disrupted, not only applied ones, and
                                   prices are asked for again from time to time */
    bool until_settled;         /* engine_run returns when there is nothing left to do */
    struct share max_disrupted; /* of the fleet: away at a time; unset: any number */
    struct share max_unready;   /* and not ready; unset: MAX_UNREADY */
    int64_t max_staleness_ms;   /* of facts that nodes leave by; 0: MAX_STALENESS_MS */
    bool heeds_rebalance;       /* a rebalance recommendation moves a node's pods, too */
    bool ignore_preferences;    /* of pods: what is only preferred is as if it were not written */
    uint64_t seed;              /* jitter */
};

/* Adapters must not post before there is an engine; what they then post goes to its sink. */
struct engine *engine_new(const struct engine_options *options, const struct engine_ports *ports);
void engine_free(struct engine *e);
/* Where adapters post. */
struct event_sink engine_sink(struct engine *e);

/* Takes all events that are there, decides if it is time, acts; returns the instant of the next
 * step (NEVER_MS: only an event).  Never blocks. */
int64_t engine_step(struct engine *e);

/* Steps and sleeps until engine_stop, or until the lease or the store is lost: the error says why.
 * Acquires the lease first and gives it back at the end; a change already sent is awaited (30 s).
 */
MUST_CHECK struct error *engine_run(struct engine *e, struct arena *a);
void engine_stop(struct engine *e); /* any thread */

/* Is nothing in flight, everything stored and every pool converged?  For --once and simulations;
 * asked between steps by the stepping thread. */
bool engine_is_settled(const struct engine *e);
/* As of its last step: is all that it began at its end?  No launch is on its way to a ready node,
 * no order unanswered, nothing left to record, and nothing came back that calls for another
 * decision. An engine that does not act is at rest.  Any thread. */
bool engine_is_at_rest(const struct engine *e);

#endif
