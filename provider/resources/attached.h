#ifndef PROVIDER_RESOURCES_ATTACHED_H
#define PROVIDER_RESOURCES_ATTACHED_H

#include "engine/aws/iam.h"
#include "provider/resource/call.h"

/* ARNs of the managed policies attached to a role, for reads: once a plan for the role and all its
 * attachments (call_recall). */
MUST_CHECK struct error *attached_policies(struct call *c, struct str role, struct iam_names *out);
/* All that IAM knows of a role's attachment, whichever resource made it (call_note_link). */
struct str attachment_link(struct call *c, struct str role, struct str policy_arn);

#endif
