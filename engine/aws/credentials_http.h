#ifndef ENGINE_AWS_CREDENTIALS_HTTP_H
#define ENGINE_AWS_CREDENTIALS_HTTP_H

#include "engine/aws/credentials_source.h"
#include "engine/base/http.h"

/* Small questions to the places that hand out credentials.  Bodies and headers are secret and lie
 * in the fetch's secret arena; errors name the URL's host and the status. */
struct ask {
    struct http_client *http;
    struct http_request request;
    const char *what; /* in errors: "the container's endpoint" */
    int attempts;     /* with what no good answer comes for, or a fault of the server */
};
MUST_CHECK struct error *ask_once_or_more(const struct fetch *f, const struct ask *ask,
                                          struct http_response *out);
/* ERROR_DENIED with the status, and the member `message` of a JSON body where there is one. */
struct error *ask_refused(const struct fetch *f, const struct ask *ask,
                          const struct http_response *answer);
/* The answer as a JSON object, or an error that quotes nothing. */
MUST_CHECK struct error *ask_document(const struct fetch *f, const struct ask *ask,
                                      const struct http_response *answer, struct json *out);

/* What runs beside us or on our host: no proxy, short patience. */
enum { NEAR_CONNECT_MS = 1000, NEAR_TIMEOUT_MS = 5000 };

#endif
