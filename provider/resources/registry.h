#ifndef PROVIDER_RESOURCES_REGISTRY_H
#define PROVIDER_RESOURCES_REGISTRY_H

#include "provider/resource/schema.h"

/* Every resource type of the provider.  A new one is a file of its own and a line here. */
extern const struct resource_type *const resource_types[];
extern const size_t resource_type_count;

#endif
