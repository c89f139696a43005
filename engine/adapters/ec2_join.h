#ifndef ENGINE_ADAPTERS_EC2_JOIN_H
#define ENGINE_ADAPTERS_EC2_JOIN_H

#include "engine/adapters/ec2.h"
#include "engine/adapters/ec2_user_data.h"

/* What joins nodes to their cluster: what the provider's cluster block says and, where that leaves
 * out what a class needs, what EKS says of the cluster of that name. */
struct ec2_join {
    struct join_data data;
    struct str kubernetes_version;
    struct error
        *gap; /* what is missing, so that no node joins; NULL: nothing, as far as we know */
};

/* An EKS that has no such cluster, or does not let us ask, is no error: the gap says so.  One that
 * cannot be reached is. */
MUST_CHECK struct error *ec2_join_find(const struct aws_call *call,
                                       const struct ec2_options *options,
                                       const struct node_class *c, struct ec2_join *out);

#endif
