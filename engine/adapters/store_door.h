#ifndef ENGINE_ADAPTERS_STORE_DOOR_H
#define ENGINE_ADAPTERS_STORE_DOOR_H

#include "engine/adapters/store.h"

/* The doors' side of the store: synchronous calls for applies and commands, from any thread and
 * under nobody's lease, while the engine of this or another process goes on writing. */
struct store_door;

/* Where a fleet's store lies unless the user names a place:
 * $XDG_STATE_HOME/tenon/<account>-<region>-<cluster>.db, else under ~/.local/state. */
MUST_CHECK struct error *store_default_path(struct arena *a, const struct fleet_identity *fleet,
                                            struct str *out);

/* A SQLite file, as store_file_open and store_file_make. */
MUST_CHECK struct error *store_door_open(struct arena *a, struct str path,
                                         const struct fleet_identity *fleet,
                                         struct store_door **out);
MUST_CHECK struct error *store_door_make(struct arena *a, struct str path,
                                         const struct fleet_identity *fleet,
                                         struct store_door **out);
/* Any store; it becomes the door's. */
struct store_door *store_door_of(struct store *store);
void store_door_close(struct store_door *s); /* NULL is fine */

MUST_CHECK struct error *store_door_get(struct store_door *s, struct arena *a, struct str kind,
                                        struct str key, struct store_record *out);
MUST_CHECK struct error *store_door_list(struct store_door *s, struct arena *a, struct str kind,
                                         struct record_list *out);
/* Before the first write through a door that was opened to be read. */
MUST_CHECK struct error *store_door_prepare(struct store_door *s, struct arena *a);
/* As a door: under nobody's lease. */
MUST_CHECK struct error *store_door_write(struct store_door *s, struct arena *a,
                                          const struct store_record *changes, size_t count);
/* Reads a record into `seen`; one that is not there has no body. */
MUST_CHECK struct error *store_door_see(struct store_door *s, struct arena *a, struct str kind,
                                        struct str key, struct record_list *seen);
/* What was decided by what was seen is written only while that still is so. */
MUST_CHECK struct error *store_door_swap(struct store_door *s, struct arena *a,
                                         const struct record_list *seen,
                                         const struct store_record *changes, size_t count,
                                         bool *done);
/* A number that changes when any other connection, the port's too, has written. */
int64_t store_door_version(struct store_door *s);
/* Does any engine, of this process or another, hold the lease? */
bool store_door_lease_is_held(struct store_door *s);

#endif
