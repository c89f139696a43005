#ifndef GO_PLUGIN_SHIM_ENDPOINT_H
#define GO_PLUGIN_SHIM_ENDPOINT_H

#include "engine/base/error.h"
#include "go-plugin-shim/handshake.h"

/* Where the server listens: a unix socket with a fresh name in the host's directory, else TMPDIR,
 * else (TMPDIR too long for a socket's address) /tmp. */
MUST_CHECK struct error *endpoint_choose(struct arena *a, const struct handshake *h,
                                         struct str *path);

/* Gives the bound socket to the group that the host named, if any, and lets it in. */
MUST_CHECK struct error *endpoint_share(struct arena *a, const struct handshake *h,
                                        struct str path);

#endif
