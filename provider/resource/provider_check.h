#ifndef PROVIDER_RESOURCE_PROVIDER_CHECK_H
#define PROVIDER_RESOURCE_PROVIDER_CHECK_H

#include "engine/base/error.h"

/* Checks of single texts of the provider block.  "" passes: it means unset there, as modules that
 * hand a variable through write it. */
MUST_CHECK struct error *check_role_arn(struct arena *a, struct str value);
MUST_CHECK struct error *check_session_duration(struct arena *a, struct str value);
MUST_CHECK struct error *check_staleness(struct arena *a, struct str value);
MUST_CHECK struct error *check_cidr(struct arena *a, struct str value);
/* Whether it reads like a region of some partition of AWS, and the error where it does not. */
bool is_known_shape(struct str region);
MUST_CHECK struct error *not_a_region(struct arena *a, const char *attribute, struct str region);
MUST_CHECK struct error *check_proxy(struct arena *a, struct str value); /* shows no password */

#endif
