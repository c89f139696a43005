#ifndef PROVIDER_DATASOURCES_REGIONS_H
#define PROVIDER_DATASOURCES_REGIONS_H

#include "engine/base/error.h"

/* What regions are called for people.
 * https://docs.aws.amazon.com/global-infrastructure/latest/regions/aws-regions.html */
struct region_name {
    struct str name, description;
};
extern const struct region_name regions[];
extern const size_t region_count;

const struct region_name *region_named(struct str name); /* NULL: not heard of yet */
/* What an attribute asks for and nobody has heard of. */
MUST_CHECK struct error *region_unknown(struct arena *a, const char *attribute, struct str value);

#endif
