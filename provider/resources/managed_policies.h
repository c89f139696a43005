#ifndef PROVIDER_RESOURCES_MANAGED_POLICIES_H
#define PROVIDER_RESOURCES_MANAGED_POLICIES_H

#include "engine/base/error.h"

/* For `.advise` (provider/resource/schema.h): that AWS had no managed policy of the name when our
 * table was made, and which one may be meant.  AWS adds some every week, so it is a warning. */
MUST_CHECK struct error *advise_managed_policy(struct arena *a, struct str arn);

#endif
