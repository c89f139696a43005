#ifndef PROVIDER_RESOURCE_OF_AWS_H
#define PROVIDER_RESOURCE_OF_AWS_H

#include "engine/aws/aws.h"
#include "provider/resource/call.h"

/* Between a call of Terraform's and AWS: what resources and data sources have in common. */

struct aws_call aws_call_of(struct call *c);

struct tf_map tags_from_aws(struct call *c, const struct aws_tags *tags);
/* Of those, what Terraform is to see, where nobody has tags of one's own: in data sources. */
struct tf_map tags_shown(struct call *c, const struct aws_tags *tags);
/* A date as AWS and hashicorp/aws write it, without fractions. */
struct str to_the_second(struct arena *a, struct str date);

#endif
