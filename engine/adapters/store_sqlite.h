#ifndef ENGINE_ADAPTERS_STORE_SQLITE_H
#define ENGINE_ADAPTERS_STORE_SQLITE_H

#include "engine/adapters/sqlite_file.h"

/* The store in one SQLite file.  The doors use it by the synchronous calls, from any thread, while
 * this or any other process's engine holds the lease; the engine uses it by the port, which has a
 * thread and a connection of its own. It holds no secrets. */
struct sqlite_store;

/* Where a fleet's store lies unless the user names a place:
 * $XDG_STATE_HOME/tenon/<account>-<region>-<cluster>.db, else under ~/.local/state. */
MUST_CHECK struct error *sqlite_store_default_path(struct arena *a, const struct fleet *fleet,
                                                   struct str *out);

/* As sqlite_file_open. */
MUST_CHECK struct error *sqlite_store_open(struct arena *a, struct str path,
                                           const struct fleet *fleet, struct sqlite_store **out);
void sqlite_store_close(struct sqlite_store *s); /* NULL is fine */

MUST_CHECK struct error *sqlite_store_fleet(struct sqlite_store *s, struct arena *a,
                                            struct fleet *out);
MUST_CHECK struct error *sqlite_store_get(struct sqlite_store *s, struct arena *a, struct str kind,
                                          struct str key, struct store_record *out);
MUST_CHECK struct error *sqlite_store_list(struct sqlite_store *s, struct arena *a, struct str kind,
                                           struct record_list *out);
/* As a door: under nobody's lease. */
MUST_CHECK struct error *sqlite_store_write(struct sqlite_store *s, struct arena *a,
                                            const struct store_record *changes, size_t count);
/* A number that changes when any other connection, the port's too, has written. */
int64_t sqlite_store_version(struct sqlite_store *s);
/* Does any engine, of this process or another, hold the lease? */
bool sqlite_store_lease_is_held(struct sqlite_store *s);

/* The port (sqlite_port.c).  It posts RECORDS for pools, classes, applies and settings that others
 * write while it holds the lease, and LEASE when that is lost: taken by another epoch, or the file
 * is gone. */
struct sqlite_port;
MUST_CHECK struct error *sqlite_port_new(struct arena *a, struct str path,
                                         const struct fleet *fleet, struct event_sink sink,
                                         struct sqlite_port **out);
void sqlite_port_free(struct sqlite_port *p); /* gives the lease back; NULL is fine */
struct store_port sqlite_port(struct sqlite_port *p);

#endif
