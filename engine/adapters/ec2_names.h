#ifndef ENGINE_ADAPTERS_EC2_NAMES_H
#define ENGINE_ADAPTERS_EC2_NAMES_H

#include "engine/base/arena.h"

/* Names of what we make, each with the cluster's in it for people to read.  A cluster may be called
 * anything ("aws:123456789012:eu-central-1:kube-2"); AWS takes certain characters and lengths. What
 * does not fit is replaced, and a digest keeps apart what that would make equal.  Pure. */

/* EC2: 3 to 128 letters, digits and ()./_-. The digest is that of the template's content, in which
 * cluster and pool stand as tags. */
struct str ec2_template_name(struct arena *a, struct str cluster, struct str content);
/* IAM: 1 to 128 letters, digits and _+=,.@-.  IAM knows no regions, so the name has it in it. */
struct str ec2_profile_name(struct arena *a, struct str cluster, struct str node_class,
                            struct str region);

#endif
