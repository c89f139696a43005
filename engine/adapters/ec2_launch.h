#ifndef ENGINE_ADAPTERS_EC2_LAUNCH_H
#define ENGINE_ADAPTERS_EC2_LAUNCH_H

#include "engine/adapters/ec2.h"

/* Sends what ec2_request_write made.  Launch templates that are known to be there are remembered,
 * so that one launch after another of the same kind is one call. */
struct ec2_templates;
struct ec2_templates *ec2_templates_new(void);
void ec2_templates_free(struct ec2_templates *t);

/* Fills in everything of a LAUNCH event but its name; the call's arena is the event's. */
void ec2_launch_send(const struct aws_call *call, struct ec2_templates *templates,
                     const struct launch *launch, struct event *out);

/* Deletes this cluster's templates that carry the tag, but for those to be kept; gone is fine. */
struct ec2_template_filter {
    struct str cluster, tag_key, tag_value;
    const struct str *keep;
    size_t keep_count;
};
MUST_CHECK struct error *ec2_templates_forget(const struct aws_call *call,
                                              struct ec2_templates *templates,
                                              const struct ec2_template_filter *which);

#endif
