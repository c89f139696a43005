#ifndef ENGINE_AWS_EVENTS_H
#define ENGINE_AWS_EVENTS_H

#include "engine/aws/aws.h"
#include "engine/base/json.h"

/* EventBridge rules and their targets.  A bus goes by its name or its ARN; a rule by its name on a
 * bus.  What was just made may be ERROR_NOT_FOUND for some seconds. */

/* What others send events to.  AWS's own services send to the bus "default". */
struct events_bus {
    struct str name, arn, description, kms_key, dead_letter_arn;
    struct str log_level, log_detail; /* empty: nobody said */
    struct str policy;                /* who else may send events to it: JSON; empty: nobody */
    struct str source;                /* of a partner; only to create */
    int64_t created_ms;               /* a date; 0: EventBridge does not say */
};
/* ERROR_EXISTS when the name is taken. */
MUST_CHECK struct error *events_create_bus(const struct aws_call *c, const struct events_bus *bus,
                                           const struct aws_tags *tags, struct str *arn);
/* All that can change; what is empty is taken away. */
MUST_CHECK struct error *events_update_bus(const struct aws_call *c, const struct events_bus *bus);
/* A bus that is gone is no error to EventBridge. */
MUST_CHECK struct error *events_delete_bus(const struct aws_call *c, struct str name);
/* One statement of its policy.  The bus may be empty: "default". */
struct events_permission {
    struct str bus, statement_id, principal, action;
    struct str condition_type, condition_key, condition_value; /* empty: none */
};
/* In place of one with the same id. */
MUST_CHECK struct error *events_put_permission(const struct aws_call *c,
                                               const struct events_permission *permission);
MUST_CHECK struct error *events_remove_permission(const struct aws_call *c, struct str bus,
                                                  struct str statement_id);
MUST_CHECK struct error *events_describe_bus(const struct aws_call *c, struct str name,
                                             struct events_bus *out);

/* Empty texts are left out of requests, which to EventBridge means "none": a rule is always written
 * as a whole. */
struct events_rule {
    struct str bus, name, arn, description, pattern, schedule, role_arn;
    struct str state; /* "ENABLED", "DISABLED", "ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS" */
};
/* Makes the rule or replaces what it says.  EventBridge takes tags only when the rule is new. */
MUST_CHECK struct error *events_put_rule(const struct aws_call *c, const struct events_rule *rule,
                                         const struct aws_tags *tags, struct str *arn);
MUST_CHECK struct error *events_describe_rule(const struct aws_call *c, struct str bus,
                                              struct str name, struct events_rule *out);
/* Targets must be gone first: ERROR_INVALID (ValidationException).  `force` is for rules that an
 * AWS service made. */
MUST_CHECK struct error *events_delete_rule(const struct aws_call *c, struct str bus,
                                            struct str name, bool force);

MUST_CHECK struct error *events_list_tags(const struct aws_call *c, struct str arn,
                                          struct aws_tags *out);
MUST_CHECK struct error *events_tag(const struct aws_call *c, struct str arn,
                                    const struct aws_tags *tags);
MUST_CHECK struct error *events_untag(const struct aws_call *c, struct str arn,
                                      const struct str *keys, size_t count);

/* A target is EventBridge's own object: {"Id": "...", "Arn": "...", "EcsParameters": {...}, ...}.
 * These calls answer 200 even when they refuse; a refused entry is an error here like any other. */
MUST_CHECK struct error *events_put_target(const struct aws_call *c, struct str bus,
                                           struct str rule, const struct json *target);
MUST_CHECK struct error *events_remove_target(const struct aws_call *c, struct str bus,
                                              struct str rule, struct str id, bool force);
/* All of the rule's targets, as an array. */
MUST_CHECK struct error *events_list_targets(const struct aws_call *c, struct str bus,
                                             struct str rule, struct json *out);

#endif
