#ifndef ENGINE_LOOP_FLEET_JSON_H
#define ENGINE_LOOP_FLEET_JSON_H

#include "engine/base/json.h"
#include "engine/core/decide.h"

/* What the documents about a fleet have in common, be it there (status) or planned (estimate):
 * money, a NODE and a pod that waits, in the fields that users' programs know. */

/* Dollars as a JSON number with up to six digits behind the point. */
void json_member_usd(struct json_writer *w, const char *key, int64_t microusd);

/* Begins the object of a node and writes what every node has; its pods, and what only one of the
 * documents says, are the caller's to add before he ends it. */
void json_begin_node(struct json_writer *w, const struct resource_table *resources,
                     const struct claim *c, struct str name, struct str phase);

/* {"pod", "reason", "message"} */
void json_waiting(struct json_writer *w, const struct waiting *x);

#endif
