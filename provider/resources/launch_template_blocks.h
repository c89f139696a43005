#ifndef PROVIDER_RESOURCES_LAUNCH_TEMPLATE_BLOCKS_H
#define PROVIDER_RESOURCES_LAUNCH_TEMPLATE_BLOCKS_H

#include "provider/resource/schema.h"

/* The blocks of aws_launch_template: what instances are launched with.  Their rows carry the names
 * that EC2's requests have, in the singular where a list is meant ("BlockDeviceMapping"). */

/* Truths that may also be unset, which hashicorp/aws has as texts. */
#define TRUTH_OR_UNSET VALUES("", "true", "false")

struct network_interface {
    struct tf_string associate_carrier_ip_address, associate_public_ip_address;
    struct tf_string delete_on_termination, description, interface_type, network_interface_id;
    struct tf_string primary_ipv6, private_ip_address, subnet_id;
    struct tf_int device_index, ena_queue_count, ipv4_address_count, ipv4_prefix_count;
    struct tf_int ipv6_address_count, ipv6_prefix_count, network_card_index;
    struct tf_strings ipv4_addresses, ipv4_prefixes, ipv6_addresses, ipv6_prefixes; /* as objects */
    struct tf_strings security_groups;
    struct tf_blocks connection_tracking_specification, ena_srd_specification;
};
struct secondary_interface {
    struct tf_bool delete_on_termination;
    struct tf_string interface_type, secondary_subnet_id;
    struct tf_int device_index, network_card_index, private_ip_address_count;
    struct tf_strings private_ip_addresses; /* as objects */
};
struct tag_specification {
    struct tf_string resource_type;
    struct tf_map tags; /* on the wire a list of keys and values */
};
struct market_options {
    struct tf_string market_type;
    struct tf_blocks spot_options;
};
struct spot_options {
    struct tf_int block_duration_minutes;
    struct tf_string instance_interruption_behavior, max_price, spot_instance_type, valid_until;
};
struct profile_of_instances {
    struct tf_string arn, name;
};

extern const struct model block_device_model, capacity_reservation_model, cpu_options_model,
    credit_specification_model, elastic_accelerator_model, elastic_gpu_model, enclave_options_model,
    hibernation_options_model, instance_requirements_model, license_specification_model,
    maintenance_options_model, market_options_model, metadata_options_model, monitoring_model,
    network_interface_model, network_performance_model, placement_model, private_dns_model,
    profile_of_instances_model, secondary_interface_model, tag_specification_model;

#endif
