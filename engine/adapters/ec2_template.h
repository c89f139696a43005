#ifndef ENGINE_ADAPTERS_EC2_TEMPLATE_H
#define ENGINE_ADAPTERS_EC2_TEMPLATE_H

#include "engine/aws/ec2.h"

/* A launch template as the text that is recorded, and back.  It holds all but the name, which is
 * made of it: templates of equal content are one.  Pure. */
struct str ec2_template_write(struct arena *a, const struct ec2_launch_template_new *t);
/* ERROR_BUG for a text that ec2_template_write did not make. */
MUST_CHECK struct error *ec2_template_read(struct arena *a, struct str text,
                                           struct ec2_launch_template_new *out);

#endif
