#ifndef ENGINE_AWS_SERVICE_H
#define ENGINE_AWS_SERVICE_H

#include "engine/aws/endpoint.h"

/* What is true of a service as a whole: one row each. */
enum aws_protocol {
    PROTOCOL_QUERY, /* form in, XML out, lists as Tags.member.1.Key */
    PROTOCOL_EC2,   /* form in, XML out, lists as Filter.1.Name; errors in <Response> */
    PROTOCOL_JSON,  /* JSON in and out, the operation in X-Amz-Target */
    PROTOCOL_REST,  /* JSON out, the operation in method and path */
};

struct aws_service {
    enum aws_service_slot slot; /* AWS_SERVICE_COUNT: of none of a client's endpoints */
    const char *id;             /* of the endpoints block, and signed as */
    const char *label;          /* of host names; NULL: the id */
    const char *title;          /* in errors */
    const char *environment;    /* AWS_ENDPOINT_URL_<this>; in small letters in the shared config */
    enum aws_protocol protocol;
    const char *version; /* API version; JSON: the content type's */
    const char *target;  /* JSON: what stands before the operation's name */
    bool global;         /* one endpoint a partition */
};

extern const struct aws_service service_access_analyzer, service_ec2, service_eks, service_events,
    service_iam, service_pricing, service_sqs, service_ssm, service_sts;

#endif
