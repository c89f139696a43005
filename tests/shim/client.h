#ifndef TESTS_SHIM_CLIENT_H
#define TESTS_SHIM_CLIENT_H

#include <grpc/grpc.h>

#include "tests/shim/plugin.h"

/* A small gRPC client, by the same library's other side. */
grpc_channel *client_connect(const struct plugin *p);

struct client_call; /* one message out, at most one in */
struct client_call *client_begin(grpc_channel *channel, const char *method, struct str request);
void client_cancel(struct client_call *c);
/* Waits for the end of the call; -1 when it has none after 20 s.  The response is in `a`. */
int client_finish(struct client_call *c, struct arena *a, struct str *response);

/* begin and finish. */
int client_ask(grpc_channel *channel, const char *method, struct str request, struct arena *a,
               struct str *response);

/* How many bytes a TLS client gets to read from the socket within a second, with the certificate
 * and key given (NULL: with none).  Not the handshake counts: under TLS 1.3 it seems to succeed
 * even for a client that the server turns away. */
int client_bytes_heard(const struct plugin *p, const struct identity *as);

#endif
