#ifndef ENGINE_ADAPTERS_EC2_PROFILE_H
#define ENGINE_ADAPTERS_EC2_PROFILE_H

#include "engine/adapters/ec2.h"
#include "engine/objects/class_document.h"

/* The instance profile that we make for a class that names a role (its name: ec2_names.h); the tags
 * tenon.dev/cluster and tenon.dev/class say whose it is. */

/* Is there a profile of that name, with a role?  One that is not seen is looked for again for some
 * seconds, because IAM shows a new one late; then ERROR_INVALID (path instance_profile) names those
 * that are like it.  Without the permission to look it is taken as there. */
MUST_CHECK struct error *ec2_profile_check(const struct aws_call *call, struct str name);
/* Makes it, or gives the one that is there the class's role. */
MUST_CHECK struct error *ec2_profile_ensure(const struct aws_call *call,
                                            const struct ec2_options *options,
                                            const struct node_class *c);
/* Removes it if it is ours; gone is fine. */
MUST_CHECK struct error *ec2_profile_forget(const struct aws_call *call,
                                            const struct ec2_options *options,
                                            struct str node_class);

#endif
