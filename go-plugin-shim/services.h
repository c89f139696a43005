#ifndef GO_PLUGIN_SHIM_SERVICES_H
#define GO_PLUGIN_SHIM_SERVICES_H

#include "go-plugin-shim/shim.h"

/* What a call's path leads to. */
enum service_kind {
    SERVICE_HANDLER,  /* one message in, one out, on a worker */
    SERVICE_SHUTDOWN, /* the same, and the answer's departure ends the server */
    SERVICE_STREAM,   /* never answers, never ends: held until the client goes */
    SERVICE_STDIO,    /* the same, and as long as it is open the client lives */
    SERVICE_UNKNOWN,
};

struct service {
    enum service_kind kind;
    const char *path;
    shim_handler *handler;
    void *self;
    bool (*is_prompt)(struct str request, void *self); /* as in struct shim_route */
};

/* Finds a path among the services of every go-plugin server and then among the routes. */
struct service service_find(const struct shim_options *options, struct str path);

#endif
