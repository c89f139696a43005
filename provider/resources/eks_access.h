#ifndef PROVIDER_RESOURCES_EKS_ACCESS_H
#define PROVIDER_RESOURCES_EKS_ACCESS_H

#include "provider/resource/of_aws.h"

/* What the types that let somebody into a cluster of EKS's have in common. */

#define CLUSTER_NAME                                              \
    .min = 1, .max = 100, .pattern = "[0-9A-Za-z][A-Za-z0-9_-]*", \
    .pattern_says = "letters, digits, _ and -, the first no _ or -"

/* A role made a moment ago is no valid principal to EKS. */
bool eks_knows_not_yet(const struct error *e);
/* cluster:principal */
struct str access_entry_id(struct call *c, struct str cluster, struct str principal_arn);

#endif
