#ifndef ENGINE_AWS_EKS_H
#define ENGINE_AWS_EKS_H

#include "engine/aws/aws.h"

/* What a cluster says of itself to those who join it. */
struct eks_cluster {
    struct str name, version; /* "1.33" */
    struct str endpoint;      /* URL of the API server; empty while the cluster is being made */
    struct str certificate_authority; /* base64 of PEM; empty as well */
    struct str service_cidr;          /* of its IP family: IPv4, or IPv6 */
};
/* ERROR_NOT_FOUND when the account has no cluster of that name in the region. */
MUST_CHECK struct error *eks_describe_cluster(const struct aws_call *c, struct str name,
                                              struct eks_cluster *out);

#endif
