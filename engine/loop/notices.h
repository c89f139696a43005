#ifndef ENGINE_LOOP_NOTICES_H
#define ENGINE_LOOP_NOTICES_H

#include "engine/loop/state.h"

/* What the cloud says of instances before it happens, and which messages may be deleted.
 *
 *   it says nothing of interruptions,      deleted at once, and counted: it would only come again
 *   or cannot be read
 *   all its instances are ours             deleted when what it says is in the store
 *   some are not                           left in the queue, for another cluster may share it; it
 *                                          comes again until it is five minutes old, and is
 *                                          deleted then, when what it said has long happened
 *
 * Deleting what is not ours would rob a neighbour; leaving it for ever would fill a queue that
 * hears of a whole account's instances.  An instance whose launch was not answered yet is not ours
 * for a moment, and so the message about it comes again, too.  Messages may come twice and in any
 * order: the more urgent stays. */

void fold_notices(struct state *s, const struct event *e, int64_t now_ms);

/* The writer takes along all that is dirty now, and with it what these messages said. */
void notices_taken(struct state *s);
/* It is in the store. */
void notices_written(struct state *s);

/* Tells the port to listen as soon as instances are known, and which messages may go. */
void notices_send(struct state *s, const struct notices_port *port);
void notices_rest(struct state *s, const struct notices_port *port);

#endif
