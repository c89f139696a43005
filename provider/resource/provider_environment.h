#ifndef PROVIDER_RESOURCE_PROVIDER_ENVIRONMENT_H
#define PROVIDER_RESOURCE_PROVIDER_ENVIRONMENT_H

#include "provider/resource/provider.h"

/* What hashicorp/aws takes from the environment for tags: TF_AWS_DEFAULT_TAGS_<key>, and the
 * comma-separated TF_AWS_IGNORE_TAGS_KEYS and TF_AWS_IGNORE_TAGS_KEY_PREFIXES.  They are added to
 * what the block says; of a default tag that both name, the block's counts. */
void provider_add_environment(struct arena *a, struct provider_config *config);

#endif
