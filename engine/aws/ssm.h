#ifndef ENGINE_AWS_SSM_H
#define ENGINE_AWS_SSM_H

#include "engine/aws/aws.h"

struct ssm_parameter {
    struct str name; /* without the version or label that it was asked for with */
    struct str arn, type, value;
    int64_t version;
};
/* A public parameter or one of the account's; ERROR_NOT_FOUND when there is none of that name.
 * `name` may end in ":VERSION" or ":LABEL".  A SecureString comes in cipher text unless
 * `decrypted`, which takes a permission of KMS besides. */
MUST_CHECK struct error *ssm_get_parameter(const struct aws_call *c, struct str name,
                                           bool decrypted, struct ssm_parameter *out);

#endif
