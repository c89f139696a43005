#ifndef ENGINE_CLI_WATCHED_H
#define ENGINE_CLI_WATCHED_H

#include "engine/host/host.h"

/* What probes and scrapers ask an engine by HTTP: /healthz and /readyz, and /metrics (metrics.h).
 * The picture is the store's, so that each replica shows the fleet, whichever of them acts. */
struct watched;

/* At "HOST:PORT" or ":PORT".  The settings outlive it. */
MUST_CHECK struct error *watched_open(struct arena *a, struct str address,
                                      const struct host_settings *settings, struct watched **out);
void watched_close(struct watched *w); /* NULL is fine */

#endif
