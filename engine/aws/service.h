#ifndef ENGINE_AWS_SERVICE_H
#define ENGINE_AWS_SERVICE_H

#include "engine/aws/aws.h"

/* What is true of a service as a whole: one row each. */
enum aws_protocol {
    PROTOCOL_QUERY, /* form in, XML out, lists as Tags.member.1.Key */
    PROTOCOL_EC2,   /* form in, XML out, lists as Filter.1.Name; errors in <Response> */
    PROTOCOL_JSON,  /* JSON in and out, the operation in X-Amz-Target */
};

struct aws_service {
    enum aws_service_slot slot;
    const char *id;          /* of endpoints, and signed as */
    const char *title;       /* in errors */
    const char *environment; /* AWS_ENDPOINT_URL_<this> */
    enum aws_protocol protocol;
    const char *version; /* API version; JSON: the content type's */
    const char *target;  /* JSON: what stands before the operation's name */
    bool global;         /* one endpoint a partition */
};

extern const struct aws_service service_ec2, service_events, service_iam, service_pricing,
    service_sqs, service_ssm, service_sts;

/* A partition is a world of its own: regions, domain, global endpoints. */
struct aws_partition {
    struct str name, region_prefixes[8], dns_suffix;
    struct str global_region; /* where the global services are signed for */
};
const struct aws_partition *partition_of(struct str region);

struct endpoint {
    struct str url, host, path; /* host with its port; path ends in a slash */
    struct str signing_region;
    bool custom; /* of the configuration or the environment */
};

/* Where calls of `service` go: the configuration's endpoints, AWS_ENDPOINT_URL_<SERVICE>,
 * AWS_ENDPOINT_URL, else AWS's own.  ERROR_INVALID for a URL that is none. */
MUST_CHECK struct error *endpoint_resolve(struct arena *a, const struct aws_service *service,
                                          struct str region,
                                          const struct aws_endpoint_override *overrides,
                                          size_t override_count, struct endpoint *out);

#endif
