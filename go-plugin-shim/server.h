#ifndef GO_PLUGIN_SHIM_SERVER_H
#define GO_PLUGIN_SHIM_SERVER_H

#include <grpc/grpc.h>
#include <sys/types.h>

#include "go-plugin-shim/certificate.h"
#include "go-plugin-shim/shim.h"
#include "go-plugin-shim/workers.h"

/* The gRPC server.  One completion queue, one thread that polls it (the caller of server_run);
 * everything here and in call.c belongs to that thread, except the work on a call itself. */

/* What gRPC hands back when something that was begun is done. */
struct completion {
    void (*run)(void *self, bool ok);
    void *self;
};

struct server {
    const struct shim_options *options;
    grpc_server *grpc;
    grpc_completion_queue *queue;
    struct workers *workers;
    size_t busy_count;  /* calls that have yet to be answered */
    size_t stdio_count; /* open stdio streams: as many clients live */
    enum { PHASE_SERVING, PHASE_STOPPING, PHASE_CUTTING } phase;
    int64_t phase_until_ms; /* monotonic */
    struct completion on_closed;
    bool is_closed; /* no connection is left; calls may still be worked on */
    pid_t parent;   /* at start; another one later means ours has died */
};

/* Listens on the socket; with `client` (PEM) only a client that holds that certificate is heard. */
MUST_CHECK struct error *server_open(struct arena *a, struct server *s,
                                     const struct shim_options *options, struct str socket_path,
                                     const struct identity *identity, struct str client);
/* Until Shutdown, a signal, or the client's death. */
void server_run(struct server *s);
void server_close(struct server *s);

/* Raises the stop token, takes no more calls and lets those that run come to an end. */
void server_stop(struct server *s, const char *reason);
/* A call was answered. */
void server_call_answered(struct server *s);

/* Blocks the signals that server_run looks at; before any thread is made. */
void server_claim_signals(void);

#endif
