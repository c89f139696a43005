#ifndef TESTS_BENCH_QUEUE_SERVER_H
#define TESTS_BENCH_QUEUE_SERVER_H

#include "engine/base/str.h"

/* A stand-in for SQS over HTTP, fast enough to measure others with: one queue, a thread a
 * connection, long polls that end with the message. */
struct queue_server;

struct queue_server *queue_server_new(void);
/* Ends it when every client has closed its connections. */
void queue_server_free(struct queue_server *q);
int queue_server_port(const struct queue_server *q);

/* Queues a message; the body is copied. */
void queue_server_put(struct queue_server *q, struct str body);
size_t queue_server_left(struct queue_server *q); /* not deleted yet */

#endif
