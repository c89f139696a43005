#ifndef ENGINE_CLI_STORE_H
#define ENGINE_CLI_STORE_H

#include "engine/host/host.h"

/* Which fleet a command is about: that of --store, or the only one under the user's state folder.
 */
MUST_CHECK struct error *cli_find_store(struct arena *a, struct str option, struct str *store);

/* The settings of that store.  A cluster's is reached as kubectl would, or in a pod by its service
 * account. */
MUST_CHECK struct error *cli_settings_of_store(struct arena *a, struct str store,
                                               struct host_settings *out);

/* The whole fleet as the engine of the store recorded it with its last decision (JSON), and the
 * settings of the store; *store becomes its name. */
MUST_CHECK struct error *cli_read_picture(struct arena *a, struct str *store,
                                          struct host_settings *settings, struct str *picture);

/* The world that the engine of the store saw last, with the pools and classes of now; *store
 * becomes its name. */
struct ahead;
MUST_CHECK struct error *cli_read_ahead(struct arena *a, struct str *store, struct ahead *out);

#define CLI_STORE_HELP "sqlite:PATH or kubernetes; default: the one store under the state folder"

#endif
