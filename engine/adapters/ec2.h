#ifndef ENGINE_ADAPTERS_EC2_H
#define ENGINE_ADAPTERS_EC2_H

#include "engine/aws/aws.h"
#include "engine/ports.h"

/* The cloud port over EC2.
 *
 * Every order is answered by exactly one event, also when the adapter is stopped meanwhile
 * (ERROR_CANCELLED; a launch then is LAUNCH_UNKNOWN, because the loop repeats it by the record).
 *
 * A launch is one CreateFleet of type instant for one instance; its launch template is named by its
 * content, so it is made once and found ever after, and the next launch of its kind is one call.
 * The launch port writes template and fleet request as texts; submit_launch sends exactly what they
 * say.  There is no fallback to RunInstances: CreateFleet is refused as an operation only by a
 * policy, and then the error names the permission. */
struct ec2_cloud;

struct ec2_options {
    struct aws_client *client; /* borrowed; must outlive the adapter */
    struct str cluster, region;
    struct str kubernetes_version; /* "1.33"; empty: not known, and then no AMI alias works */
    /* Join data: without all of them nodes get the user's own user data only. */
    struct str api_server_endpoint, certificate_authority; /* base64 PEM */
    struct str service_cidr, cluster_dns;                  /* cluster_dns may be empty */
    struct str default_instance_profile;                   /* for classes that name none */
    struct labels default_tags;                            /* the provider's; on all we make */
};

/* Everything is copied.  Nothing is sent. */
struct ec2_cloud *ec2_cloud_new(const struct ec2_options *options, struct event_sink sink);
struct cloud_port ec2_cloud_port(struct ec2_cloud *c);
extern const struct launch_port ec2_launch_port;
/* Ends waits, retries and reads and sends no new change; returns at once.  Any thread. */
void ec2_cloud_stop(struct ec2_cloud *c);
/* Stops, and returns when the last call has ended (a change already sent: within 30 s). */
void ec2_cloud_free(struct ec2_cloud *c); /* NULL is fine */

#endif
