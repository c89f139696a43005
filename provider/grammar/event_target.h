#ifndef PROVIDER_GRAMMAR_EVENT_TARGET_H
#define PROVIDER_GRAMMAR_EVENT_TARGET_H

#include "engine/base/error.h"

/* What EventBridge can reach, and what it tells a target. */

/* For `.check` (provider/resource/schema.h).  A service that is surely none to reach is
 * refused, and so is an ARN without the region or account that each of its kind has. */
MUST_CHECK struct error *check_target_arn(struct arena *a, struct str value);
/* A standard queue, where events go that could not be delivered; "" passes: none. */
MUST_CHECK struct error *check_dead_letter_arn(struct arena *a, struct str value);
/* "$", and the way down from there; "" passes. */
MUST_CHECK struct error *check_json_path(struct arena *a, struct str value);
/* For `.check_map`: JSON paths by the names that a template uses. */
MUST_CHECK struct error *check_input_paths(struct arena *a, const struct str *keys,
                                           const struct str *values, size_t count);

/* <name> stands for the value at the path of that name; <aws.events...> is EventBridge's own. */
MUST_CHECK struct error *check_template(struct arena *a, struct str template_text,
                                        const struct str *names, size_t count);

/* Whether EventBridge has to take a role to reach it. */
bool target_needs_role(struct str arn);
/* What must be said of it beside its ARN: "ecs_target", "batch_target", "sqs_target" of a FIFO
 * queue; NULL: nothing. */
const char *target_needs_block(struct str arn);

#endif
