#ifndef ENGINE_ADAPTERS_SQS_NOTICES_H
#define ENGINE_ADAPTERS_SQS_NOTICES_H

#include "engine/aws/aws.h"
#include "engine/ports.h"

/* The notices port over an SQS queue, read by long polls on a thread of its own.
 *
 * The queue need not be there yet: why it cannot be read is an event with an error, and it is tried
 * again, every five seconds at first, then each minute.  A poll that comes back full is followed by
 * eight at a time until one does not.  A message that was received is hidden from others for twenty
 * seconds; one that is not acknowledged comes again. */
struct sqs_notices;

struct sqs_notices_options {
    struct aws_client *client; /* borrowed; must outlive the adapter */
    struct str queue;          /* a name, or an URL */
    struct str region;         /* the fleet's */
};

/* Everything is copied.  Nothing is sent. */
struct sqs_notices *sqs_notices_new(const struct sqs_notices_options *options,
                                    struct event_sink sink);
struct notices_port sqs_notices_port(struct sqs_notices *n);
void sqs_notices_stop(struct sqs_notices *n); /* ends the poll; returns at once.  Any thread */
void sqs_notices_free(struct sqs_notices *n); /* when the last call has ended; NULL is fine */

#endif
