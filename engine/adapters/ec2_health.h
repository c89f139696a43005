#ifndef ENGINE_ADAPTERS_EC2_HEALTH_H
#define ENGINE_ADAPTERS_EC2_HEALTH_H

#include "engine/aws/ec2.h"
#include "engine/ports.h"

/* Which instances fail EC2's status checks.  DescribeInstances does not say it, so it is asked for
 * beside a list, once a minute, which is as often as EC2 looks.  What could not be asked (a role
 * without ec2:DescribeInstanceStatus) counts as healthy, for nothing is to be replaced by what is
 * not known; it is said once in the log, and asked again only ten minutes later. */
struct ec2_health {
    struct arena arena; /* of what was found */
    struct ec2_impaired_list found;
    int64_t next_ms; /* to be asked again: monotonic; 0: never asked */
    bool refused;
};

/* Notes at the instances of a list since when they are impaired.  One thread at a time. */
void ec2_health_note(struct ec2_health *h, const struct aws_call *call, struct event *list);
void ec2_health_finish(struct ec2_health *h);

#endif
