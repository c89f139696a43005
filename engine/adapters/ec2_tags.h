#ifndef ENGINE_ADAPTERS_EC2_TAGS_H
#define ENGINE_ADAPTERS_EC2_TAGS_H

#include "engine/adapters/ec2.h"
#include "engine/aws/ec2.h"

/* The tags by which we find again what we made.  Never Karpenter's: a Karpenter that still runs
 * would collect what carries them. */
#define TAG_CLUSTER STR("tenon.dev/cluster")
#define TAG_POOL    STR("tenon.dev/pool")
#define TAG_CLASS   STR("tenon.dev/class")
#define TAG_CLAIM   STR("tenon.dev/claim")
#define TAG_HASH    STR("tenon.dev/hash")

void ec2_tag_set(struct arena *a, struct aws_tags *tags, struct str key, struct str value);
/* The provider's default tags, the class's above them, the cluster's and Kubernetes' on top. */
struct aws_tags ec2_own_tags(struct arena *a, const struct ec2_options *options,
                             const struct labels *class_tags);

#endif
