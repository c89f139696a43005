#ifndef ENGINE_BASE_HTTP_DOOR_H
#define ENGINE_BASE_HTTP_DOOR_H

#include "engine/base/buf.h"
#include "engine/base/error.h"

/* A small HTTP/1.1 server for those who watch over a process: probes and scrapers.  It has one
 * thread and answers one request after the other, each within seconds; whoever sends nothing, or
 * byte by byte, is hung up on.  Only GET is heard, and nothing but its path. */
struct http_door;

struct http_answer {
    int status;               /* 200 unless it is set */
    const char *content_type; /* text/plain unless it is set */
    struct buf body;          /* in an arena of this request */
};
typedef void http_answer_fn(void *self, struct str path, struct http_answer *out);

/* "HOST:PORT", HOST being localhost or an IP address, or ":PORT" for all addresses of the machine;
 * port 0: any that is free. */
MUST_CHECK struct error *http_door_open(struct arena *a, struct str address, http_answer_fn *answer,
                                        void *self, struct http_door **out);
int http_door_port(const struct http_door *d);
void http_door_close(struct http_door *d); /* NULL is fine */

#endif
