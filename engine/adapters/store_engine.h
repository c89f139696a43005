#ifndef ENGINE_ADAPTERS_STORE_ENGINE_H
#define ENGINE_ADAPTERS_STORE_ENGINE_H

#include "engine/adapters/store.h"

/* The engine's side of the store: the port, behind which a thread with a connection of its own
 * carries out orders one after another.  While the lease is wanted it tries for it; while it holds
 * it, it looks ten times a second whether the lease is still good and what doors have written.
 *
 * It posts RECORDS for pools, classes, applies and settings that others write, and LEASE when that
 * is lost: taken by another engine, or the store is gone. */
struct store_engine;

/* A store of any kind, which becomes this one's. */
struct store_engine *store_engine_of(struct store *store, struct event_sink sink);
/* A SQLite file, which is made where there is none, as store_file_make does. */
MUST_CHECK struct error *store_engine_new(struct arena *a, struct str path,
                                          const struct fleet_identity *fleet,
                                          struct event_sink sink, struct store_engine **out);
void store_engine_free(struct store_engine *s); /* gives the lease back; NULL is fine */
struct store_port store_engine_port(struct store_engine *s);

#endif
