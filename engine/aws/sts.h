#ifndef ENGINE_AWS_STS_H
#define ENGINE_AWS_STS_H

#include "engine/aws/aws.h"

struct credentials;

struct sts_identity {
    struct str account, arn, user_id;
};
/* Needs no permission, so a refusal means bad credentials. */
MUST_CHECK struct error *sts_get_caller_identity(const struct aws_call *c,
                                                 struct sts_identity *out);
MUST_CHECK struct error *sts_get_caller_identity_of(const struct aws_call *c,
                                                    const struct credentials *signer,
                                                    struct sts_identity *out);
/* The client's own, and it remembers whose they are, so that being held to that account
 * (aws_client_hold_to) does not ask a second time. */
MUST_CHECK struct error *sts_identify(const struct aws_call *c, struct sts_identity *out);
/* A URL by which whoever holds it learns who we are, within a minute: GetCallerIdentity, signed
 * with the client's credentials for one further header, which has to come with it. */
MUST_CHECK struct error *sts_identity_url(const struct aws_call *c, struct str header,
                                          struct str value, int64_t now_ms, struct str *out);

#endif
