#ifndef ENGINE_LOOP_ENDING_H
#define ENGINE_LOOP_ENDING_H

#include "engine/loop/state.h"

/* The end of pools and classes: nothing of them lives, then what we made for them goes (launch
 * templates, profiles), then they do. */
void ending_send(struct state *s, const struct cloud_port *cloud, int64_t now_ms);
/* The next instant at which a step of it can become due. */
int64_t ending_next_ms(const struct state *s);

#endif
