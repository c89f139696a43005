#ifndef PROVIDER_RESOURCES_LAUNCH_TEMPLATE_DATA_H
#define PROVIDER_RESOURCES_LAUNCH_TEMPLATE_DATA_H

#include "engine/base/xml.h"
#include "provider/resource/call.h"

/* aws_launch_template and what a version of it says to EC2. */

struct launch_template {
    struct tf_string arn, description, ebs_optimized, id, image_id;
    struct tf_string instance_initiated_shutdown_behavior, instance_type, kernel_id, key_name, name;
    struct tf_string name_prefix, ram_disk_id, region, user_data;
    struct tf_int default_version, latest_version;
    struct tf_bool disable_api_stop, disable_api_termination, update_default_version;
    struct tf_strings security_group_names, vpc_security_group_ids;
    struct tf_map tags, tags_all;
    struct tf_blocks block_device_mappings, capacity_reservation_specification, cpu_options;
    struct tf_blocks credit_specification, elastic_gpu_specifications;
    struct tf_blocks elastic_inference_accelerator, enclave_options, hibernation_options;
    struct tf_blocks iam_instance_profile, instance_market_options, instance_requirements;
    struct tf_blocks license_specification, maintenance_options, metadata_options, monitoring;
    struct tf_blocks network_interfaces, network_performance_options, placement;
    struct tf_blocks private_dns_name_options, secondary_interfaces, tag_specifications;
};

/* What a version says, as ec2_create_template takes it.  `rows`: those of the type. */
struct json launch_template_data(struct arena *a, const struct model *rows,
                                 const struct launch_template *m);
/* And back: members that a version does not say become nothing. */
MUST_CHECK struct error *launch_template_take(struct arena *a, const struct model *rows,
                                              const struct xml *data, struct launch_template *m);

#endif
