#ifndef TESTS_SHIM_PLUGIN_H
#define TESTS_SHIM_PLUGIN_H

#include <sys/types.h>

#include "engine/base/arena.h"
#include "go-plugin-shim/certificate.h"

/* The host's side of go-plugin, for tests: starts a plugin as Terraform does and reads its line. */
struct plugin {
    struct arena *arena;
    pid_t pid;
    int out, err;
    struct str line;      /* the first line of stdout, without its newline; empty: none came */
    struct str path;      /* of the socket */
    struct str server;    /* the plugin's certificate as PEM; empty: no TLS */
    struct identity own;  /* the host's */
    struct str rest, log; /* stdout after the line and all of stderr, once it has ended */
};

/* `settings` is a NULL-terminated list of NAME=value that are added to a host's environment, or,
 * when the value is empty, taken away. */
struct plugin plugin_start(struct arena *a, const char *const *settings);
struct plugin plugin_start_program(struct arena *a, const char *const *argv,
                                   const char *const *settings);
/* Waits for the end; its wait status, or -1 when it hangs (then it is killed). */
int plugin_end(struct plugin *p);

#endif
