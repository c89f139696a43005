#ifndef PROVIDER_DATASOURCES_REGISTRY_H
#define PROVIDER_DATASOURCES_REGISTRY_H

#include "provider/resource/schema.h"

/* Every data source of the provider.  A new one is a file of its own and a line here. */
extern const struct resource_type *const data_sources[];
extern const size_t data_source_count;

#endif
