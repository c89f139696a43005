#ifndef ENGINE_LOOP_OFFERED_H
#define ENGINE_LOOP_OFFERED_H

#include "engine/loop/state.h"

/* Whether what a node runs as is still offered: its type, bought so, in its zone, by the catalog of
 * its class.  A type that EC2 retires, or a zone whose subnets the class no longer finds, could not
 * be launched again; the node has drifted.  But one answer may lack what the next one has, so the
 * core waits until it has been missing for a while; since when is kept in the claim's record, so
 * that an engine that begins anew goes on counting.  An offering without capacity just now is in
 * the catalog all the same. */

/* The class has a new catalog. */
void offered_note(struct state *s, const struct class_entry *c, int64_t now_ms);

#endif
