#ifndef ENGINE_LOOP_LISTING_H
#define ENGINE_LOOP_LISTING_H

#include "engine/base/rng.h"
#include "engine/loop/state.h"

/* When instances are listed: whatever somebody else does to them is learnt in no other way.
 *
 * While something moves (a node that is starting, leaving or missing, a pool that is being
 * destroyed) one second after the last event, then ever more slowly up to every five seconds; else
 * every eight, so that an instance that was terminated by hand is noticed within ten.  EC2 answers
 * a thousand instances a page and refills the bucket of such reads by 20 calls a second: a list
 * waits two seconds for each page of the last one, so that a fleet of any size takes a fortieth of
 * what its account has. */
void listing_send(struct state *s, const struct cloud_port *cloud, struct rng *jitter,
                  int64_t now_ms);
/* When the next is due; NEVER_MS: one is on its way. */
int64_t listing_next_ms(const struct state *s);

#endif
