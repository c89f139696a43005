#ifndef ENGINE_LOOP_SEND_H
#define ENGINE_LOOP_SEND_H

#include "engine/base/rng.h"
#include "engine/loop/state.h"

/* What the cloud is asked and told follows from the state alone: a recorded claim without an
 * instance is a launch to be made (or made again, by the same request), a terminating one an
 * instance to be told to go.  So a restart goes on where the crash was, and nothing is sent for
 * what is not yet in the store. */
void send_due(struct state *s, const struct cloud_port *cloud, struct rng *jitter,
              bool catalogs_age, int64_t now_ms);
/* The next instant at which something of it can become due. */
int64_t send_next_ms(const struct state *s, int64_t now_ms);

/* Is any change that was sent unanswered? */
bool sent_is_unanswered(const struct state *s);

#endif
