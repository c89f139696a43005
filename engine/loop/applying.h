#ifndef ENGINE_LOOP_APPLYING_H
#define ENGINE_LOOP_APPLYING_H

#include "engine/loop/state.h"

/* Which pools and classes commands apply just now: each waiter has said so in a record of its own,
 * "pool/NAME/WAITER", so that the first of two that ends takes nothing from the other.  A word
 * whose waiter died runs out by itself. */

/* `until_ms` is an instant, whatever becomes of the date; 0: the waiter has ended. */
void applying_note(struct state *s, struct str key, int64_t until_ms);
bool applying_is(const struct state *s, struct str kind, struct str name, int64_t now_ms);

#endif
