#ifndef PROVIDER_RESOURCES_EVENT_NAMES_H
#define PROVIDER_RESOURCES_EVENT_NAMES_H

#include "provider/resource/call.h"

/* How rules and targets are called, in attributes and in ids.  The default bus goes without saying
 * in ids; a bus may also be given by its ARN. */

#define RULE_NAME_PATTERN "[A-Za-z0-9_.-]+"
#define RULE_NAME_SAYS    "letters, digits and _.-"

bool is_default_bus(struct str bus);
/* A name, a partner's name with slashes, or an ARN. */
MUST_CHECK struct error *check_bus(struct arena *a, struct str value);

/* The bus's name where its ARN says no more: a bus of the provider's account and region. */
struct str plain_bus(struct call *c, struct str bus);
/* Plans the bus as state has it where both are one bus.  `prior` may be NULL. */
void keep_bus(struct call *c, const struct tf_string *prior, struct tf_string *planned);

/* "rule" or "bus/rule". */
struct str rule_id(struct arena *a, struct str bus, struct str rule);
/* "rule-target" or "bus-rule-target"; it cannot be read back. */
struct str target_id_of(struct arena *a, struct str bus, struct str rule, struct str target);

/* All that EventBridge knows a target by (call_note_link). */
struct str target_link(struct call *c, struct str bus, struct str rule, struct str target);
/* That a target was taken away by this provider, under that name of its own. */
struct str removed_link(struct arena *a, struct str link);

/* Takes the last part, after a slash, off the front of what an import id names: "bus/rule" gives
 * "rule" and leaves "bus", which is empty when nothing stood before. */
struct str cut_last(struct str *id);

#endif
