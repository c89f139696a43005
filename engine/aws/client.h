#ifndef ENGINE_AWS_CLIENT_H
#define ENGINE_AWS_CLIENT_H

#include "engine/aws/credentials.h"
#include "engine/aws/service.h"
#include "engine/base/json.h"
#include "engine/base/xml.h"

/* The one place through which every call goes: endpoint, signature, retries, errors, the trace. */
enum aws_effect {
    AWS_READS,
    AWS_CHANGES_ONCE, /* a change that must not be repeated blindly */
    AWS_CHANGES,      /* a change that is the same however often it is sent */
};

enum aws_sign {
    SIGN_AS_CLIENT, /* with the client's credentials */
    SIGN_GIVEN,     /* with `signer`: on the way to those */
    SIGN_NOTHING,
};

struct aws_request {
    const struct aws_service *service;
    const char *operation;
    enum aws_effect effect;
    struct str body; /* in the service's protocol */
    /* PROTOCOL_REST: "clusters/dev" and "tagKeys=a&tagKeys=b", encoded; NULL: GET. */
    const char *method;
    struct str path, query;
    enum aws_sign sign;
    const struct credentials *signer;
};

struct aws_answer {
    struct xml xml;   /* of PROTOCOL_QUERY and PROTOCOL_EC2 */
    struct json json; /* of PROTOCOL_JSON and PROTOCOL_REST */
    struct str request_id;
};

/* Sends, repeats where that is right, and reads the answer into `answers`, an arena that may be
 * shorter-lived than the call's own, where errors go. */
MUST_CHECK struct error *aws_send(const struct aws_call *c, struct arena *answers,
                                  const struct aws_request *request, struct aws_answer *out);

/* What such an answer says of a part that it refuses, as an error of that call. */
MUST_CHECK struct error *aws_refused_entry(const struct aws_call *c,
                                           const struct aws_request *request, struct str code,
                                           struct str message, const struct aws_answer *answer);

/* For what is no service's call: proxy and certificates as configured. */
struct http_client *aws_client_http(const struct aws_client *c);

/* Why a list that should end does not: the same page token came twice. */
MUST_CHECK struct error *aws_next_page(const struct aws_call *c, const struct aws_request *request,
                                       struct str *token, struct str next);

#endif
