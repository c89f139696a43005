#ifndef GO_PLUGIN_SHIM_HANDSHAKE_H
#define GO_PLUGIN_SHIM_HANDSHAKE_H

#include "engine/base/arena.h"

/* What the host tells a plugin through the environment, and the one line it is answered with. */
struct handshake {
    bool is_host;         /* the magic cookie is there and right */
    struct str versions;  /* majors that the host speaks, "5,6" in any order; empty: not said */
    struct str client;    /* PEM certificate of the host; empty: no TLS */
    bool asks_multiplex;  /* the host knows the line's seventh field */
    struct str directory; /* for the socket, by order of the host; empty: ours to choose */
    struct str group;     /* name or number that shall own the socket; empty: nobody else */
    struct str temporary; /* TMPDIR, or /tmp */
};

struct handshake handshake_read(void);

/* Whether the host's list names `major`.  A host that says nothing is as old as version 1. */
bool handshake_offers(struct str versions, unsigned major);

/* The line, newline included.  With one version served, negotiation has one possible answer: the
 * highest that both know, or else our lowest, upon which the host explains the mismatch itself. */
struct str handshake_line(struct arena *a, const struct handshake *h, unsigned major,
                          struct str socket_path, struct str certificate);

#endif
