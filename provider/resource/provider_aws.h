#ifndef PROVIDER_RESOURCE_PROVIDER_AWS_H
#define PROVIDER_RESOURCE_PROVIDER_AWS_H

#include "engine/aws/aws.h"
#include "provider/resource/provider.h"

/* The provider block as the AWS client's configuration; texts are borrowed from the block and the
 * environment. */
MUST_CHECK struct error *provider_aws_config(struct call *c, const struct provider_config *p,
                                             struct aws_config *out);

#endif
