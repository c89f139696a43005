#ifndef PROVIDER_RESOURCE_AGENT_H
#define PROVIDER_RESOURCE_AGENT_H

#include "provider/resource/provider.h"

/* Who calls, as the User-Agent tells AWS, and CloudTrail whoever reads it: Tenon, then what the
 * provider block's `user_agent` and TF_APPEND_USER_AGENT say, then the module of the resource at
 * hand, by a block `provider_meta`. */

extern const struct model provider_meta_model;

struct str agent_of_provider(struct arena *a, const struct provider_config *p);
/* Takes in what a module's provider_meta says; null where it says nothing.  What cannot be said in
 * a header is left out: no apply should fail for it. */
MUST_CHECK struct error *agent_take_meta(struct call *c, const struct cty_value *meta);

/* For rows: "name/version (comment)".  It becomes part of a header. */
MUST_CHECK struct error *check_agent(struct arena *a, struct str value);

#endif
