#ifndef ENGINE_ADAPTERS_API_CLUSTER_H
#define ENGINE_ADAPTERS_API_CLUSTER_H

#include "engine/kube/client.h"
#include "engine/ports.h"

/* The cluster that has an API server: its scheduler binds, and what is true of it is followed by
 * lists and watches.
 *
 * What objects say is gathered for a moment and told together (api_objects.h).  While a watch is
 * lost, events carry the error, and what was known before still counts; but it gets old: it is as
 * old as the last answer of the server while all watches stood.  Of a server that cannot be reached
 * at all nothing is told for a while, for a cluster that was just made takes its time; what it
 * refuses outright is told at once. */
struct api_cluster;

/* The client is borrowed. */
struct api_cluster *api_cluster_new(struct kube_client *client, struct clock_port clock,
                                    struct event_sink sink);
/* Ends what waits; orders that were sent are still answered.  Any thread, at once. */
void api_cluster_stop(struct api_cluster *c);
void api_cluster_free(struct api_cluster *c); /* NULL is fine */
struct cluster_port api_cluster_port(struct api_cluster *c);

#endif
