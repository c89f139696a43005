#ifndef PROVIDER_GRAMMAR_NAMES_H
#define PROVIDER_GRAMMAR_NAMES_H

#include "engine/base/error.h"

/* Names, paths and tags, as their services write them.  Checks for `.check` and `.check_map`
 * (provider/resource/schema.h). */

/* Of roles and instance profiles: "/", or printable ASCII between two slashes.  "" passes: none. */
MUST_CHECK struct error *check_iam_path(struct arena *a, struct str value);
/* Of policies, where IAM takes less: no empty part, and letters, digits and ._,+@=- alone. */
MUST_CHECK struct error *check_policy_path(struct arena *a, struct str value);
/* Of a role that exists, which goes by its name and not by its ARN. */
MUST_CHECK struct error *check_role_name(struct arena *a, struct str value);
/* A queue goes by its URL. */
MUST_CHECK struct error *check_queue_url(struct arena *a, struct str value);

/* At most 50 tags, whose keys have 1 to 128 characters and values 256 at most; keys of "aws:" are
 * AWS's own.  IAM also knows its characters, and tells keys apart but for their case. */
MUST_CHECK struct error *check_tags(struct arena *a, const struct str *keys,
                                    const struct str *values, size_t count);
MUST_CHECK struct error *check_iam_tags(struct arena *a, const struct str *keys,
                                        const struct str *values, size_t count);

/* An OpenID Connect issuer as IAM tells it: its URL without https://. */
struct str issuer_of(struct str url);

#endif
