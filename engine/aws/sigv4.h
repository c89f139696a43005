#ifndef ENGINE_AWS_SIGV4_H
#define ENGINE_AWS_SIGV4_H

#include "engine/aws/credentials.h"
#include "engine/base/http.h"

/* AWS Signature Version 4, pure: a request and an instant give a signature.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/create-signed-request.html */
struct sigv4_request {
    const char *method;
    struct str path, query; /* as on the wire; the query without its '?' */
    const struct http_header *headers;
    size_t header_count;
    struct str body;
};

/* Signing keys by secret, day, region and service, derived once and kept; from any thread. */
struct sigv4_keys;
struct sigv4_keys *sigv4_keys_new(void);
void sigv4_keys_free(struct sigv4_keys *keys); /* wipes them */

struct sigv4_options {
    const struct credentials *credentials;
    struct sigv4_keys *keys; /* NULL: derived each time */
    struct str region, service;
    int64_t now_ms;
    bool keep_path;             /* S3: no "." and ".." taken out of the path */
    bool hash_header;           /* adds X-Amz-Content-Sha256 */
    bool token_unsigned;        /* the session token is added after signing */
    int64_t expires_in_seconds; /* sigv4_presign: how long it is good */
};

enum { SIGV4_HEADERS_MAX = 4 };
struct sigv4_signed {
    struct str canonical_request, string_to_sign, signature; /* none of them is secret */
    struct http_header headers[SIGV4_HEADERS_MAX];           /* to be added to the request's own */
    size_t header_count;
};

void sigv4_sign(struct arena *a, const struct sigv4_options *options,
                const struct sigv4_request *request, struct sigv4_signed *out);
/* The same in the query, so that a URL is all that somebody else needs to send the request as us
 * while it is good.  Returns the whole query; `out` has no headers. */
struct str sigv4_presign(struct arena *a, const struct sigv4_options *options,
                         const struct sigv4_request *request, struct sigv4_signed *out);
/* RFC 3986: all but letters, digits and -._~ as %XX; with `keep_slash`, slashes stay too. */
void uri_encode(struct buf *out, struct str s, bool keep_slash);
struct str uri_decode(struct arena *a, struct str s); /* %XX; a stray '%' stays */

#endif
