#ifndef ENGINE_ADAPTERS_STORE_FLEET_H
#define ENGINE_ADAPTERS_STORE_FLEET_H

#include "engine/pools.h"

/* Whose a store is: it says so of itself, and refuses whoever is of another fleet. */
enum { FLEET_MEMBERS = 4 };
extern const char *const fleet_keys[FLEET_MEMBERS];
struct str *fleet_member(struct fleet_identity *f, size_t i);

/* Members that are empty on either side are not compared. */
bool fleet_differs(struct fleet_identity ours, struct fleet_identity theirs);
/* Members of `ours` that are set go to *theirs: all of them where the two differ, which only
 * whoever finds a store that is nobody's may do, else those that it lacks.  True: it has changed.
 */
bool fleet_fill(struct fleet_identity ours, struct fleet_identity *theirs);
/* "the store NAME belongs to another fleet" */
struct error *fleet_is_another(struct arena *a, struct str store, const struct fleet_identity *ours,
                               const struct fleet_identity *theirs);

#endif
