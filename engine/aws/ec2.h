#ifndef ENGINE_AWS_EC2_H
#define ENGINE_AWS_EC2_H

#include "engine/aws/aws.h"

/* EC2, told in two parts: what is there (ec2_catalog.c, ec2_find.c, ec2_places.c) and what is to be
 * done (ec2_act.c, ec2_tags.c, ec2_templates.c). Every describe call follows NextToken to the end
 * and keeps only what its struct has.
 */

struct ec2_filter {
    struct str name;
    const struct str *values; /* OR; `*` and `?` match */
    size_t count;
};
/* What a describe call asks for; members that an operation does not know stay empty. */
struct ec2_query {
    const struct ec2_filter *filters; /* AND */
    size_t filter_count;
    const struct str *ids; /* of what is described: subnets, images, instances, type names */
    size_t id_count;
    const struct str *owners; /* images: account ids, "self", "amazon" */
    size_t owner_count;
    struct str location_type; /* offerings: "region", "availability-zone", ... */
};

/* Items of a describe call as EC2 wrote them, for whoever shows most of what they say. */
enum ec2_kind {
    EC2_IMAGES,
    EC2_INSTANCES,
    EC2_INSTANCE_TYPES,
    EC2_OFFERINGS,
    EC2_ROUTE_TABLES,
    EC2_SECURITY_GROUPS,
    EC2_SUBNETS,
    EC2_VPCS,
};
struct xml; /* engine/base/xml.h */
struct ec2_items {
    const struct xml **items;
    size_t count, capacity;
};
MUST_CHECK struct error *ec2_describe(const struct aws_call *c, enum ec2_kind kind,
                                      const struct ec2_query *query, struct ec2_items *out);
struct aws_tags ec2_item_tags(struct arena *a, const struct xml *item);
/* A switch of a VPC: "enableDnsSupport". */
MUST_CHECK struct error *ec2_vpc_attribute(const struct aws_call *c, struct str vpc,
                                           const char *attribute, bool *out);

struct ec2_gpu {
    struct str name, manufacturer;
    int64_t count, memory_mib; /* memory of one */
};
struct ec2_instance_type {
    struct str name;
    bool current_generation, bare_metal, burstable;
    bool x86_64, arm64;        /* architectures it runs */
    bool hvm, spot, on_demand; /* what it supports */
    bool encryption_in_transit, efa;
    struct str hypervisor, cpu_manufacturer;
    int64_t cpu_clock_mhz; /* sustained; 0: not told */
    int64_t vcpus, memory_mib;
    int64_t nvme_gb;            /* all local disks together */
    int64_t ebs_baseline_mbps;  /* 0: not told */
    int64_t network_interfaces; /* of the default network card */
    int64_t ipv4_per_interface, efa_interfaces;
    struct ec2_gpu gpu;         /* of several kinds the first; count 0: none */
    struct ec2_gpu accelerator; /* Inferentia, Trainium */
};
struct ec2_instance_types {
    struct ec2_instance_type *items;
    size_t count, capacity;
};
MUST_CHECK struct error *ec2_describe_instance_types(const struct aws_call *c,
                                                     const struct ec2_query *query,
                                                     struct ec2_instance_types *out);

struct ec2_offering {
    struct str instance_type, zone;
};
struct ec2_offerings {
    struct ec2_offering *items;
    size_t count, capacity;
};
/* Which types each availability zone has. */
MUST_CHECK struct error *ec2_describe_instance_type_offerings(const struct aws_call *c,
                                                              const struct ec2_query *query,
                                                              struct ec2_offerings *out);

struct ec2_spot_price {
    struct str instance_type, zone;
    int64_t microusd_per_hour; /* rounded up from what EC2 says */
    int64_t at_ms;
};
struct ec2_spot_prices {
    struct ec2_spot_price *items; /* the newest of each type and zone */
    size_t count, capacity;
};
/* Prices of Linux instances in force at `now_ms`. */
MUST_CHECK struct error *ec2_describe_spot_prices(const struct aws_call *c, int64_t now_ms,
                                                  struct ec2_spot_prices *out);

struct ec2_zone {
    struct str name, id, group;
};
struct ec2_zones {
    struct ec2_zone *items;
    size_t count, capacity;
};
/* Availability zones, local zones and Wavelength zones of the region; `all`: also those that the
 * account has not opted into. */
MUST_CHECK struct error *ec2_describe_zones(const struct aws_call *c, const struct ec2_query *query,
                                            bool all, struct ec2_zones *out);
struct ec2_regions {
    struct str *items; /* their names */
    size_t count, capacity;
};
/* `all`: also those that the account has not opted into. */
MUST_CHECK struct error *ec2_describe_regions(const struct aws_call *c,
                                              const struct ec2_query *query, bool all,
                                              struct ec2_regions *out);

struct ec2_subnet {
    struct str id, vpc_id, zone, zone_id;
    int64_t free_addresses;
    struct aws_tags tags;
};
struct ec2_subnets {
    struct ec2_subnet *items;
    size_t count, capacity;
};
MUST_CHECK struct error *ec2_describe_subnets(const struct aws_call *c,
                                              const struct ec2_query *query,
                                              struct ec2_subnets *out);

struct ec2_security_group {
    struct str id, name, vpc_id, owner; /* owner: an account */
    struct aws_tags tags;
};
struct ec2_security_groups {
    struct ec2_security_group *items;
    size_t count, capacity;
};
MUST_CHECK struct error *ec2_describe_security_groups(const struct aws_call *c,
                                                      const struct ec2_query *query,
                                                      struct ec2_security_groups *out);

struct ec2_image {
    struct str id, name, owner, architecture, root_device_name;
    int64_t created_ms;
    bool deprecated; /* its deprecation time had passed at `now_ms` */
    struct aws_tags tags;
};
struct ec2_images {
    struct ec2_image *items;
    size_t count, capacity;
};
MUST_CHECK struct error *ec2_describe_images(const struct aws_call *c,
                                             const struct ec2_query *query, int64_t now_ms,
                                             struct ec2_images *out);

struct ec2_instance {
    struct str id, instance_type, zone, image_id, subnet_id;
    struct str state; /* pending running shutting-down terminated stopping stopped */
    struct str state_reason, client_token, private_dns_name, instance_profile_arn;
    bool spot;
    int64_t launched_ms;
    struct aws_tags tags;
};
struct ec2_instances {
    struct ec2_instance *items;
    size_t count, capacity;
};
/* An id that does not exist makes the whole call ERROR_NOT_FOUND; a filter on instance-id does
 * not. A terminated instance stays visible for about an hour. */
MUST_CHECK struct error *ec2_describe_instances(const struct aws_call *c,
                                                const struct ec2_query *query,
                                                struct ec2_instances *out);

/* An instance whose status checks fail: EC2's of the machine below it, or of the instance. */
struct ec2_impaired {
    struct str id;
    int64_t since_ms; /* a date; 0: EC2 does not say */
};
struct ec2_impaired_list {
    struct ec2_impaired *items;
    size_t count, capacity;
};
/* All of the account and region: EC2 tells statuses by no tag.  Two calls; one instance may be
 * named by both. */
MUST_CHECK struct error *ec2_describe_impaired(const struct aws_call *c,
                                               struct ec2_impaired_list *out);

struct ec2_launch_template {
    struct str id, name;
    int64_t default_version, latest_version; /* from 1 on */
    int64_t created_ms;
    struct aws_tags tags;
};
struct ec2_launch_templates {
    struct ec2_launch_template *items;
    size_t count, capacity;
};
MUST_CHECK struct error *ec2_describe_launch_templates(const struct aws_call *c,
                                                       const struct ec2_query *query,
                                                       struct ec2_launch_templates *out);

/* The value of a tag; empty when there is none of that key. */
struct str ec2_tag(const struct aws_tags *tags, struct str key);
/* Tags of anything that has an id: an instance, a subnet, a volume.  Setting one that is there
 * overwrites its value; taking away one that is not is no error. */
MUST_CHECK struct error *ec2_set_tags(const struct aws_call *c, struct str id,
                                      const struct aws_tags *tags);
MUST_CHECK struct error *ec2_take_tags(const struct aws_call *c, struct str id,
                                       const struct str *keys, size_t count);
MUST_CHECK struct error *ec2_describe_tag(const struct aws_call *c, struct str id, struct str key,
                                          struct str *value, bool *found);

struct ec2_block_device {
    struct str device_name, volume_type, kms_key_id, snapshot_id;
    int64_t volume_gib, iops, throughput; /* 0: EC2's default */
    bool encrypted, keep_on_termination;
};
struct ec2_metadata_options {
    struct str http_endpoint, http_protocol_ipv6, http_tokens; /* ptr NULL: EC2's default */
    int64_t http_put_response_hop_limit;                       /* 0: EC2's default */
};
struct ec2_launch_template_new {
    struct str name, client_token;
    struct str image_id, instance_profile; /* profile by name; empty: none */
    struct str user_data;                  /* plain bytes; base64 is made here */
    const struct str *security_group_ids;
    size_t security_group_count;
    const struct ec2_block_device *block_devices;
    size_t block_device_count;
    struct ec2_metadata_options metadata;
    bool detailed_monitoring;
    enum ec2_public_ip { PUBLIC_IP_OF_SUBNET, PUBLIC_IP_YES, PUBLIC_IP_NO } public_ip;
    struct aws_tags tags; /* of the template itself */
};
/* ERROR_EXISTS when the name is taken. */
MUST_CHECK struct error *ec2_create_launch_template(const struct aws_call *c,
                                                    const struct ec2_launch_template_new *t,
                                                    struct str *id);
struct str ec2_create_launch_template_request(struct arena *a,
                                              const struct ec2_launch_template_new *t);
MUST_CHECK struct error *ec2_delete_launch_template(const struct aws_call *c, struct str name);

/* Launch templates as users write them: versions that add up, of which one is the default.  What a
 * version says is told as JSON by the names that a request has for it, a list as an array:
 * {"ImageId": "ami-1", "SecurityGroupId": ["sg-1"]}.  What it says when read is EC2's own XML,
 * whose names are a little different. */
struct json;
struct xml;
struct ec2_template_version {
    struct str client_token; /* the same token makes one template, or version, only */
    struct str description;
    const struct json *data;
};
/* ERROR_EXISTS when the name is taken. */
MUST_CHECK struct error *ec2_create_template(const struct aws_call *c, struct str name,
                                             const struct ec2_template_version *first,
                                             const struct aws_tags *tags,
                                             struct ec2_launch_template *out);
MUST_CHECK struct error *ec2_create_template_version(const struct aws_call *c, struct str id,
                                                     const struct ec2_template_version *next,
                                                     int64_t *number);
MUST_CHECK struct error *ec2_set_default_template_version(const struct aws_call *c, struct str id,
                                                          int64_t number);
/* *data lives as long as the call's arena. */
MUST_CHECK struct error *ec2_describe_template_version(const struct aws_call *c, struct str id,
                                                       int64_t number, struct str *description,
                                                       const struct xml **data);
MUST_CHECK struct error *ec2_delete_template(const struct aws_call *c, struct str id);

/* Launches.  The request is made first, as text, so that it can be recorded before it is sent and
 * repeated byte by byte: the same text has one effect only, however often it is sent (the client
 * token is in it). */
struct ec2_override {
    struct str instance_type, subnet_id, zone, image_id; /* zone, image: empty: template's */
    int64_t priority;                                    /* lower first; -1: none */
};
struct ec2_launch {
    struct str client_token;
    struct str launch_template_name;
    bool spot;
    struct str allocation_strategy; /* empty: EC2's default of the capacity type */
    const struct ec2_override *overrides;
    size_t override_count;
    int64_t count;
    struct aws_tags tags; /* of instances and volumes */
};
struct str ec2_create_fleet_request(struct arena *a, const struct ec2_launch *launch);

struct ec2_launch_error {
    struct str code, message;
    struct str instance_type, zone, subnet_id;
    bool spot;
    enum error_kind kind; /* as for a call's own error */
};
struct ec2_launched {
    struct ec2_instances instances; /* id, instance_type, zone, subnet, image, spot: if told */
    struct ec2_launch_error *errors;
    size_t error_count, error_capacity;
};
/* NULL even when nothing was launched: `errors` then says why, for each override tried. A token
 * that was used with other parameters is ERROR_INVALID with code IdempotentParameterMismatch. */
MUST_CHECK struct error *ec2_create_fleet(const struct aws_call *c, struct str request,
                                          struct ec2_launched *out);

/* Accepts instances that are terminated already; an id that does not exist is ERROR_NOT_FOUND and
 * then nothing was terminated. */
MUST_CHECK struct error *ec2_terminate_instances(const struct aws_call *c, const struct str *ids,
                                                 size_t count);

#endif
