#ifndef ENGINE_ADAPTERS_EC2_INSTANCES_H
#define ENGINE_ADAPTERS_EC2_INSTANCES_H

#include "engine/adapters/ec2.h"

/* Every instance that carries this cluster's tag, in whatever state, into an INSTANCES event; the
 * call's arena is the event's.  EC2 shows a terminated one for about an hour. */
MUST_CHECK struct error *ec2_list_instances(const struct aws_call *call, struct str cluster,
                                            struct event *out);

#endif
