#ifndef ENGINE_AWS_ARN_H
#define ENGINE_AWS_ARN_H

#include "engine/base/error.h"

/* Amazon's names of resources: arn:PARTITION:SERVICE:REGION:ACCOUNT:RESOURCE.  All parts may be
 * empty as far as the form goes, and colons of the resource are its own. */
struct arn {
    struct str partition, service, region, account, resource;
};

/* NULL when it is one; else what it lacks, in a word or two.  Parts are slices of `text`. */
const char *arn_parse(struct str text, struct arn *out);
struct str arn_text(struct arena *a, const struct arn *arn);

#endif
