#ifndef PROVIDER_GRAMMAR_ARN_H
#define PROVIDER_GRAMMAR_ARN_H

#include "engine/base/error.h"

/* arn:PARTITION:SERVICE:REGION:ACCOUNT:RESOURCE.  The resource may have colons of its own, and so
 * may a variable of a policy, ${...}, wherever it stands. */
struct arn_pattern {
    struct str prefix, partition, service, region, account, resource;
    size_t parts; /* how many of the six are there */
};

struct arn_pattern arn_pattern_split(struct str text);
/* Whether * or ? or a variable stands in it, so that what it will be is not known. */
bool is_open(struct str part);
bool is_account_id(struct str text);
/* "aws", and dashes and words behind it: there are new ones from time to time. */
bool is_partition_name(struct str text);

/* Two letters, or four, words, and a number of one or two digits: "us-gov-west-1" */
bool is_region_name(struct str text);

/* Checks for `.check` (provider/resource/schema.h); "" passes.  An ARN of a service, and beyond the
 * service of the kind that its attribute is for. */
MUST_CHECK struct error *check_policy_arn(struct arena *a, struct str value);
MUST_CHECK struct error *check_role_of_iam(struct arena *a, struct str value);

#endif
