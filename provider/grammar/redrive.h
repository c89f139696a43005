#ifndef PROVIDER_GRAMMAR_REDRIVE_H
#define PROVIDER_GRAMMAR_REDRIVE_H

#include "engine/base/error.h"

/* What SQS takes as a queue's redrive policy, { deadLetterTargetArn, maxReceiveCount }, and as its
 * redrive allow policy, { redrivePermission, sourceQueueArns }.  "" passes: none. */
MUST_CHECK struct error *check_redrive_policy(struct arena *a, struct str value);
MUST_CHECK struct error *check_redrive_allow_policy(struct arena *a, struct str value);
/* The dead-letter queue's ARN; empty where it cannot be told. */
struct str redrive_target(struct arena *a, struct str redrive_policy);

#endif
