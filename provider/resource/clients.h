#ifndef PROVIDER_RESOURCE_CLIENTS_H
#define PROVIDER_RESOURCE_CLIENTS_H

#include "engine/aws/aws.h"

/* The clients of other regions than a provider's own, one a region, made at first use: resources
 * say by `region` where they are (region.h).  They share credentials and connections with the
 * provider's client, so a second one costs neither.  Any thread. */
struct clients;

struct clients *clients_new(void);
void clients_free(struct clients *c); /* before the client that they come from */

/* `base` where that is its own region. */
MUST_CHECK struct error *clients_in(struct clients *c, struct arena *a, struct aws_client *base,
                                    struct str region, struct aws_client **out);

#endif
