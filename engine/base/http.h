#ifndef ENGINE_BASE_HTTP_H
#define ENGINE_BASE_HTTP_H

#include "engine/base/cancel.h"
#include "engine/base/error.h"

/* HTTP requests over libcurl: one request at a time per call, from any thread; connections are kept
 * and shared by a client.  TLS is verified, always.  An HTTP status is not an error here; no answer
 * is. */
struct http_client;

/* The environment's proxy variables are not looked at: whoever reads the settings does.  What runs
 * on this machine (localhost, 127.0.0.0/8, ::1) is always asked directly. */
struct http_options {
    struct str http_proxy, https_proxy; /* by the scheme of the URL asked for; empty: none */
    struct str no_proxy;                /* hosts, domains and CIDR blocks, comma-separated */
    struct str ca_bundle;               /* PEM file besides the system's; empty: the system's */
};
/* Asked once before the first client is made: libcurl is a library of the system, and where it is
 * missing the error (ERROR_INVALID) says what installs it. */
MUST_CHECK struct error *http_is_possible(struct arena *a);
struct http_client *http_client_new(const struct http_options *options);
void http_client_free(struct http_client *c);

struct http_header {
    struct str name, value;
};

struct http_request {
    const char *method;
    struct str url;
    const struct http_header *headers;
    size_t header_count;
    struct str body;
    int64_t connect_timeout_ms; /* 0: 5 s */
    int64_t timeout_ms;         /* the whole exchange; 0: 30 s */
    bool changes;               /* a change: once sent, cancellation waits for its answer */
};

struct http_response {
    int status;
    struct http_header *headers;
    size_t header_count;
    struct str body;
};

/* Errors: ERROR_INVALID for a URL that is none, ERROR_CANCELLED, ERROR_UNREACHABLE (with
 * outcome_unknown when `changes` and the request may have left).  The code says how far it came:
 * HostNotFound, ConnectFailed, TlsFailed, TimedOut, ConnectionLost.  The summary names the URL's
 * host and what failed; never headers or bodies. */
MUST_CHECK struct error *http_send(struct http_client *c, struct arena *a, struct cancel *cancel,
                                   const struct http_request *request, struct http_response *out);

/* A response header by case-insensitive name; empty when absent. */
struct str http_header(const struct http_response *r, const char *name);

#endif
