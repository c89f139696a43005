#ifndef ENGINE_ADAPTERS_EC2_CLASS_H
#define ENGINE_ADAPTERS_EC2_CLASS_H

#include "engine/adapters/ec2_join.h"
#include "engine/adapters/ec2_selector.h"

/* A node class with what its selectors find today. */
struct ec2_class {
    struct node_class spec;
    struct class_images images; /* best first */
    struct ec2_subnets subnets; /* sorted by id, as are the groups */
    struct ec2_security_groups groups;
    struct str instance_profile; /* by name; empty: none */
    struct ec2_join join;
};

/* Finds everything; for a class with a role it also makes the instance profile.  `options` say the
 * cluster, its version and the default profile.  ERROR_INVALID, with the attribute at fault, is
 * definite: asking again does not mend it. */
MUST_CHECK struct error *ec2_class_resolve(const struct aws_call *call,
                                           const struct ec2_options *options,
                                           const struct json *document, struct ec2_class *out);

/* At plan: reads only, and no images.  Errors are what no apply can mend; warnings may be NULL.  An
 * AWS that does not answer or lets us not ask is passed over. */
MUST_CHECK struct error *ec2_class_inspect(const struct aws_call *call,
                                           const struct ec2_options *options,
                                           const struct json *document, struct error **warnings);

/* The image for a type with these labels (arch, GPU, accelerator), or NULL. */
const struct class_image *ec2_class_image(const struct ec2_class *c, const struct labels *type);
/* The zone's subnet with most free addresses, or NULL. */
const struct ec2_subnet *ec2_class_subnet(const struct ec2_class *c, struct str zone);

#endif
