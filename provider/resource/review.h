#ifndef PROVIDER_RESOURCE_REVIEW_H
#define PROVIDER_RESOURCE_REVIEW_H

#include "provider/cty/value.h"
#include "provider/resource/call.h"

/* What AWS says of the policies of a plan before it has them, where the provider block says
 * `validate_policies = true`.  The grammar (provider/grammar) knows what is refused for certain;
 * which actions, services and keys of conditions there are today, only AWS knows. */

/* Puts each policy that is known and that `prior` has not in the same meaning to IAM Access
 * Analyzer.  Its errors are returned, each with its path and its place in the document as the user
 * wrote it; its warnings become the plan's, its suggestions go to the log.  Where it does not
 * answer, one warning says so, and for the rest of this provider's life it is asked no more. */
MUST_CHECK struct error *plan_reviewed(struct call *c, const struct model *m,
                                       const struct cty_value *config,
                                       const struct cty_value *prior);

#endif
