#ifndef ENGINE_AWS_STS_H
#define ENGINE_AWS_STS_H

#include "engine/aws/aws.h"

struct sts_identity {
    struct str account, arn, user_id;
};
/* Needs no permission, so a refusal means bad credentials.  The client remembers whose the key is
 * that was used (aws_client_hold_to). */
MUST_CHECK struct error *sts_get_caller_identity(const struct aws_call *c,
                                                 struct sts_identity *out);

#endif
