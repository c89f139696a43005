#ifndef ENGINE_ADAPTERS_STORE_SQLITE_H
#define ENGINE_ADAPTERS_STORE_SQLITE_H

#include "engine/adapters/store.h"

/* A store of one machine: a SQLite file (store_file.h), and beside it the lock that is the lease
 * (lease_file.h).  As store_file_open and store_file_make. */
MUST_CHECK struct error *store_sqlite_open(struct arena *a, struct str path,
                                           const struct fleet_identity *fleet, struct store **out);
MUST_CHECK struct error *store_sqlite_make(struct arena *a, struct str path,
                                           const struct fleet_identity *fleet, struct store **out);

#endif
