#ifndef ENGINE_ADAPTERS_EC2_REQUEST_H
#define ENGINE_ADAPTERS_EC2_REQUEST_H

#include "engine/adapters/ec2_class.h"

/* The request of a launch: the launch template that it starts from (ec2_template.h) and, in a JSON
 * text of its own, the CreateFleet call.  Both are made before anything is sent, recorded, and sent
 * as they were recorded.  Pure; equal orders give equal texts. */
enum { OVERRIDES_MAX = 60 };

MUST_CHECK struct error *ec2_request_write(struct arena *a, const struct ec2_options *options,
                                           const struct ec2_class *c,
                                           const struct launch_order *order,
                                           struct launch_text *out);

/* What it is written from, beside the order. */
struct launch_facts {
    struct ec2_options options; /* without a client */
    struct ec2_class node_class;
};

/* One place that the request may launch in. */
struct ec2_place {
    struct str instance_type, zone, subnet_id;
};
struct ec2_request {
    struct str pool, hash;
    enum capacity_type capacity_type;
    struct str template_name, image_id; /* of the template */
    struct str fleet;                   /* the CreateFleet call */
    struct ec2_place *places;
    size_t place_count;
};
/* ERROR_BUG for a text that ec2_request_write did not make. */
MUST_CHECK struct error *ec2_request_read(struct arena *a, struct str text,
                                          struct ec2_request *out);

/* What became of it: fills in outcome, error, instance and unavailable offerings of a LAUNCH event.
 * `e` is the call's own error, `launched` its answer when there is none. */
void ec2_request_outcome(const struct ec2_request *r, struct str claim, struct error *e,
                         const struct ec2_launched *launched, struct event *out);

#endif
