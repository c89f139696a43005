#ifndef ENGINE_LOOP_CAPACITY_H
#define ENGINE_LOOP_CAPACITY_H

#include "engine/loop/state.h"

/* What the cloud has no capacity for, and when it is asked again.  Nobody tells that capacity is
 * back, so somebody has to ask; asked for one offering after another, a region that is short of
 * everything costs a refused call for each of them.
 *
 *   first refusal        the offerings that were asked for are left alone: 10 s, twice as long each
 *                        time in a row, 5 min at most
 *   the next launch      asks for everything that would hold the pods, not only for the cheapest
 *                        tenth (core/options.h)
 *   further refusals     of a pool and capacity type: the whole type is left alone for that pool:
 *                        5, 10, 20, 40, 55 s.  Then one launch asks for what is not left alone by
 *                        itself, and five seconds later for that as well
 *
 * So an hour without any capacity costs a pool about 60 refused calls for each capacity type that
 * it may use, and pods are served within a minute of its return.  While a pool is short, it has one
 * launch of a capacity type on its way, whatever waits, until one of that type has come; what was
 * decided with a refused launch and is not sent yet ends with it. */

/* A launch for the pool came to nothing for lack of capacity.  The claim is the caller's to end. */
void capacity_refused(struct state *s, struct pool_entry *p, const struct claim_entry *c,
                      const struct event *e, int64_t now_ms);
/* A launch came; what it had to pass over was short. */
void capacity_came(struct state *s, struct pool_entry *p, const struct event *e, int64_t now_ms);

/* The cloud takes an instance back: what it ran as is left alone for three minutes, or the next
 * would be taken as well. */
void capacity_taken(struct state *s, const struct claim_entry *c, int64_t now_ms);

/* Must a launch of that capacity type wait for the answer to another? */
bool capacity_holds(const struct state *s, const struct pool_entry *p, enum capacity_type type);
bool capacity_is_short(const struct pool_entry *p);
/* The catalog as the pool may use it now: what is left alone says until when, in dates. */
const struct catalog *capacity_catalog(struct arena *a, const struct state *s,
                                       const struct pool_entry *p, const struct class_entry *c);
/* Forgets what was long ago. */
void capacity_forget(struct state *s, int64_t now_ms);

#endif
