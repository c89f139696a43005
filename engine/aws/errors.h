#ifndef ENGINE_AWS_ERRORS_H
#define ENGINE_AWS_ERRORS_H

#include "engine/aws/service.h"
#include "engine/base/http.h"
#include "engine/base/json.h"
#include "engine/base/xml.h"

/* What a service said when it refused, as a struct error.  Pure, apart from the answer read. */
struct refusal {
    const struct aws_service *service;
    const char *operation;
    const struct endpoint *endpoint;
    bool changes;
};

/* From an answer whose status is not 2xx, or that cannot be read. */
struct error *refusal_error(struct arena *a, const struct refusal *r,
                            const struct http_response *answer);
/* From an answer with status 200 that refuses a part of what was asked. */
struct error *entry_error(struct arena *a, const struct refusal *r, struct str code,
                          struct str message, struct str request_id);
/* From an answer with status 200 that is not in the service's protocol. */
struct error *garbage_error(struct arena *a, const struct refusal *r,
                            const struct http_response *answer, const struct error *why);
/* The request id, wherever the service puts it; empty when there is none. */
struct str answer_request_id(const struct http_response *answer);

#endif
