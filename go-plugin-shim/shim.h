#ifndef GO_PLUGIN_SHIM_SHIM_H
#define GO_PLUGIN_SHIM_SHIM_H

#include "engine/base/cancel.h"
#include "engine/base/error.h"

/* A go-plugin server: what stands between Terraform and a provider's functions.  It does the
 * handshake, mutual TLS and gRPC, the services that every plugin has, signals, crash text and the
 * end of the process.  It moves bytes and knows no message of Terraform's protocol.
 *
 * Threads: shim_serve blocks its caller, who becomes the one thread that moves bytes; each call
 * runs on a thread of its own out of a pool that grows as far as there are calls, so that a blocked
 * handler never delays another call.  Handlers have about 2 MiB of stack.
 *
 * Signals: SIGINT is ignored, because Ctrl-C reaches the whole process group and Terraform then
 * sends StopProvider; SIGTERM and SIGHUP raise `stop` and end the server in order.  All three are
 * blocked in every thread: who starts another program must clear its signal mask. */

/* One call, as its handler sees it.  Request and arena live until the handler returns. */
struct shim_call {
    struct arena *arena;
    struct cancel *cancel; /* raised when the client gives the call up, and with options.stop */
    struct str request;    /* the message's bytes */
    struct str response;   /* to be set by the handler; in the arena, or for ever */
};

/* Fills in call->response.  An error is for a request that cannot be understood: it becomes a gRPC
 * status, which Terraform shows as "Plugin error".  What the user should read goes into the
 * response, as diagnostics. */
typedef struct error *shim_handler(struct shim_call *call, void *self);

struct shim_route {
    const char *path; /* "/package.Service/Method" */
    shim_handler *handler;
    void *self;
    /* Whether the handler never waits and is soon done with this request: it is then called on the
     * thread that polls, which saves handing the call over to another and back.  NULL: never. */
    bool (*is_prompt)(struct str request, void *self);
};

struct shim_options {
    unsigned protocol_major;      /* of the served Provider service, e.g. 6 */
    const char *provider_address; /* for reattach: "[registry/]namespace/name" */
    const struct shim_route *routes;
    size_t route_count;
    /* Parent of every call's token.  The shim raises it when the process is to end (SIGTERM,
     * Shutdown, a dead Terraform); the handler of StopProvider raises it too.  A reattached
     * provider goes on to serve the next command, whose Configure should cancel_reset it. */
    struct cancel *stop;
    int64_t grace_ms; /* how long calls may still run after `stop`; 0: 35 s */
    bool debug;       /* reattach: print TF_REATTACH_PROVIDERS, serve any number of clients without
                       * TLS until SIGINT or SIGTERM */
};

/* Whether the environment holds Terraform's magic cookie: else a person started the program. */
bool shim_started_by_terraform(void);

/* Serves until the end and returns the exit code of the process.  Sets the log's form; from the
 * handshake on stdout is /dev/null.  Calls that outlive the grace and ignore their token do not
 * keep the process: it then ends here, with 1. */
int shim_serve(const struct shim_options *options);

#endif
