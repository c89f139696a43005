#ifndef ENGINE_BASE_CANCEL_H
#define ENGINE_BASE_CANCEL_H

#include <stdbool.h>
#include <stdint.h>

/* A flag that threads wait on.  Raised by StopProvider, by a cancelled call and by signals; it ends
 * waits, retries and reads, and stops new changes; a change already sent is awaited.  A token may
 * have a parent: raised there means raised here. */
struct cancel;

struct cancel *cancel_new(struct cancel *parent);
void cancel_free(struct cancel *c); /* NULL is fine; children must be freed first */
void cancel_raise(struct cancel *c);
/* Takes the flag back (a reattached provider serves one command after another); not its parent's.
 */
void cancel_reset(struct cancel *c);
bool cancel_is_raised(const struct cancel *c); /* NULL: never raised */
/* Sleeps up to `ms`; returns true at once when raised. NULL sleeps. */
bool cancel_wait_ms(struct cancel *c, int64_t ms);

#endif
