#include "provider/resources/launch_template_blocks.h"

#include "engine/base/time.h"

struct block_device {
    struct tf_string device_name, no_device, virtual_name;
    struct tf_blocks ebs;
};
struct ebs {
    struct tf_string delete_on_termination, encrypted, kms_key_id, snapshot_id, volume_type;
    struct tf_int iops, throughput, volume_initialization_rate, volume_size;
};
struct capacity_reservation {
    struct tf_string capacity_reservation_preference;
    struct tf_blocks capacity_reservation_target;
};
struct reservation_target {
    struct tf_string capacity_reservation_id, capacity_reservation_resource_group_arn;
};
struct cpu_options {
    struct tf_string amd_sev_snp, nested_virtualization;
    struct tf_int core_count, threads_per_core;
};
struct credit_specification {
    struct tf_string cpu_credits;
};
struct elastic_type {
    struct tf_string type;
};
struct enclave_options {
    struct tf_bool enabled;
};
struct hibernation_options {
    struct tf_bool configured;
};
struct license_specification {
    struct tf_string license_configuration_arn;
};
struct maintenance_options {
    struct tf_string auto_recovery;
};
struct metadata_options {
    struct tf_string http_endpoint, http_protocol_ipv6, http_tokens, instance_metadata_tags;
    struct tf_int http_put_response_hop_limit;
};
struct monitoring {
    struct tf_bool enabled;
};
struct network_performance {
    struct tf_string bandwidth_weighting;
};
struct placement {
    struct tf_string affinity, availability_zone, group_id, group_name, host_id;
    struct tf_string host_resource_group_arn, spread_domain, tenancy;
    struct tf_int partition_number;
};
struct private_dns {
    struct tf_bool enable_resource_name_dns_a_record, enable_resource_name_dns_aaaa_record;
    struct tf_string hostname_type;
};
struct connection_tracking {
    struct tf_int tcp_established_timeout, udp_stream_timeout, udp_timeout;
};
struct ena_srd {
    struct tf_bool ena_srd_enabled;
    struct tf_blocks ena_srd_udp_specification;
};
struct ena_srd_udp {
    struct tf_bool ena_srd_udp_enabled;
};

static struct error *check_instant(struct arena *a, struct str value)
{
    int64_t ms;

    if (!value.len || time_parse(value, &ms))
        return NULL;
    struct error *e = error_new(a, ERROR_INVALID, "\"" STR_FMT "\" is no time", STR_ARG(value));
    e->detail = STR("It is written as 2030-01-31T08:00:00Z.");
    return e;
}

/* EC2 repeats a time with the fractions that nobody asked for. */
static bool equal_instant(struct arena *scratch, struct str a, struct str b)
{
    int64_t one, other;

    (void)scratch;
    return time_parse(a, &one) && time_parse(b, &other) ? one == other : str_eq(a, b);
}

/* clang-format off */
#define ENABLED_OR_NOT VALUES("", "enabled", "disabled")
#define ONE(its_struct, member, its_model, wire, text) \
    ATTR(its_struct, member, OPTIONAL, .max = 1, .nesting = BLOCK_LIST, .nested = &its_model, .api = wire, .describe = text)

/* Where a number must be 1 at the least, 0 is how none is written.  Numbers and truths FOLLOW, for
 * in hashicorp/aws's states they are 0 and false where nobody gave them. */
static const struct attr ebs_attrs[] = {
    ATTR(ebs, delete_on_termination,      OPTIONAL | EMPTY_OK, .one_of = TRUTH_OR_UNSET, .api = "DeleteOnTermination", .describe = "Whether the volume goes with the instance."),
    ATTR(ebs, encrypted,                  OPTIONAL | EMPTY_OK, .one_of = TRUTH_OR_UNSET, .api = "Encrypted", .describe = "Whether the volume is encrypted. Not beside `snapshot_id`, whose encryption it has."),
    ATTR(ebs, iops,                       OPTIONAL | COMPUTED, .min = 1, .api = "Iops", .describe = "Operations a second, for io1, io2 and gp3."),
    ATTR(ebs, kms_key_id,                 OPTIONAL | EMPTY_OK, .api = "KmsKeyId", .describe = "Key of KMS, where `encrypted` is true: ARN, id or alias."),
    ATTR(ebs, snapshot_id,                OPTIONAL | EMPTY_OK, .api = "SnapshotId", .describe = "Snapshot that the volume is made from."),
    ATTR(ebs, throughput,                 OPTIONAL | COMPUTED, .min = 125, .max = 2000, .api = "Throughput", .describe = "MiB a second, for gp3."),
    ATTR(ebs, volume_initialization_rate, OPTIONAL | COMPUTED, .min = 100, .max = 300, .api = "VolumeInitializationRate", .describe = "MiB a second in which the volume is filled from its snapshot."),
    ATTR(ebs, volume_size,                OPTIONAL | COMPUTED, .min = 1, .api = "VolumeSize", .describe = "Size in GiB."),
    ATTR(ebs, volume_type,                OPTIONAL | COMPUTED, .one_of = VALUES("standard", "io1", "io2", "gp2", "gp3", "sc1", "st1"), .api = "VolumeType", .describe = "Type of the volume."),
};
static const struct model ebs_model = MODEL(ebs, ebs_attrs);

static const struct attr block_device_attrs[] = {
    ATTR(block_device, device_name,  OPTIONAL | EMPTY_OK, .api = "DeviceName", .describe = "Name of the device, such as `/dev/xvda`."),
    ONE(block_device, ebs, ebs_model, "Ebs", "The volume."),
    ATTR(block_device, no_device,    OPTIONAL | EMPTY_OK, .api = "NoDevice", .describe = "Takes away the device that the image has."),
    ATTR(block_device, virtual_name, OPTIONAL | EMPTY_OK, .api = "VirtualName", .describe = "Name of an instance store: `ephemeral0`."),
};
const struct model block_device_model = MODEL(block_device, block_device_attrs);

static const struct attr reservation_target_attrs[] = {
    ATTR(reservation_target, capacity_reservation_id,                 OPTIONAL | EMPTY_OK, .api = "CapacityReservationId", .describe = "Id of a reservation."),
    ATTR(reservation_target, capacity_reservation_resource_group_arn, OPTIONAL | EMPTY_OK, .check = check_arn, .api = "CapacityReservationResourceGroupArn", .describe = "ARN of a group of reservations."),
};
static const struct model reservation_target_model = MODEL(reservation_target, reservation_target_attrs);

static const struct attr capacity_reservation_attrs[] = {
    ATTR(capacity_reservation, capacity_reservation_preference, OPTIONAL | EMPTY_OK, .one_of = VALUES("", "capacity-reservations-only", "open", "none"), .api = "CapacityReservationPreference", .describe = "Which reservations instances may use."),
    ONE(capacity_reservation, capacity_reservation_target, reservation_target_model, "CapacityReservationTarget", "The reservation, or group of them, to use."),
};
const struct model capacity_reservation_model = MODEL(capacity_reservation, capacity_reservation_attrs);

static const struct attr cpu_options_attrs[] = {
    ATTR(cpu_options, amd_sev_snp,           OPTIONAL | EMPTY_OK, .one_of = ENABLED_OR_NOT, .api = "AmdSevSnp", .describe = "Whether memory is encrypted by AMD SEV-SNP."),
    ATTR(cpu_options, core_count,            OPTIONAL | EMPTY_OK | FOLLOWS, .min = 1, .api = "CoreCount", .describe = "How many cores."),
    ATTR(cpu_options, nested_virtualization, OPTIONAL | EMPTY_OK, .one_of = ENABLED_OR_NOT, .api = "NestedVirtualization", .describe = "Whether instances may run virtual machines of their own."),
    ATTR(cpu_options, threads_per_core,      OPTIONAL | EMPTY_OK | FOLLOWS, .min = 1, .api = "ThreadsPerCore", .describe = "1 turns hyper-threading off."),
};
const struct model cpu_options_model = MODEL(cpu_options, cpu_options_attrs);

static const struct attr credit_specification_attrs[] = {
    ATTR(credit_specification, cpu_credits, OPTIONAL | EMPTY_OK, .one_of = VALUES("", "standard", "unlimited"), .api = "CpuCredits", .describe = "Whether instances may burst beyond their credits, at a price."),
};
const struct model credit_specification_model = MODEL(credit_specification, credit_specification_attrs);

static const struct attr elastic_type_attrs[] = {
    ATTR(elastic_type, type, REQUIRED, .api = "Type", .describe = "Type."),
};
const struct model elastic_gpu_model = MODEL(elastic_type, elastic_type_attrs);
const struct model elastic_accelerator_model = MODEL(elastic_type, elastic_type_attrs);

static const struct attr enclave_options_attrs[] = {
    ATTR(enclave_options, enabled, OPTIONAL | EMPTY_OK | FOLLOWS, .api = "Enabled", .describe = "Whether instances may have enclaves."),
};
const struct model enclave_options_model = MODEL(enclave_options, enclave_options_attrs);

static const struct attr hibernation_options_attrs[] = {
    ATTR(hibernation_options, configured, REQUIRED, .api = "Configured", .describe = "Whether instances may hibernate."),
};
const struct model hibernation_options_model = MODEL(hibernation_options, hibernation_options_attrs);

static const struct attr profile_of_instances_attrs[] = {
    ATTR(profile_of_instances, arn,  OPTIONAL | EMPTY_OK, .conflicts = "name", .check = check_arn, .api = "Arn", .describe = "ARN of the profile."),
    ATTR(profile_of_instances, name, OPTIONAL | EMPTY_OK, .api = "Name", .describe = "Name of the profile, in place of its ARN."),
};
const struct model profile_of_instances_model = MODEL(profile_of_instances, profile_of_instances_attrs);

static const struct attr spot_options_attrs[] = {
    ATTR(spot_options, block_duration_minutes,         OPTIONAL | EMPTY_OK | FOLLOWS, .min = 60, .api = "BlockDurationMinutes", .describe = "Minutes for which the instance is kept, a multiple of 60. AWS offers this no longer."),
    ATTR(spot_options, instance_interruption_behavior, OPTIONAL | EMPTY_OK, .one_of = VALUES("", "hibernate", "stop", "terminate"), .api = "InstanceInterruptionBehavior", .describe = "What becomes of an instance that EC2 takes back."),
    ATTR(spot_options, max_price,                      OPTIONAL | EMPTY_OK, .api = "MaxPrice", .describe = "Dollars an hour at the most. Unset: the price on demand."),
    ATTR(spot_options, spot_instance_type,             OPTIONAL | EMPTY_OK, .one_of = VALUES("", "one-time", "persistent"), .api = "SpotInstanceType", .describe = "Whether a persistent request starts the instance again."),
    ATTR(spot_options, valid_until,                    OPTIONAL | COMPUTED, .check = check_instant, .equal = equal_instant, .api = "ValidUntil", .describe = "Time at which a persistent request ends, such as `2030-01-31T08:00:00Z`."),
};
static const struct model spot_options_model = MODEL(spot_options, spot_options_attrs);

static const struct attr market_options_attrs[] = {
    ATTR(market_options, market_type, OPTIONAL | EMPTY_OK, .one_of = VALUES("", "spot", "capacity-block", "interruptible-capacity-reservation"), .api = "MarketType", .describe = "How instances are bought, if not on demand."),
    ONE(market_options, spot_options, spot_options_model, "SpotOptions", "How spot instances are asked for."),
};
const struct model market_options_model = MODEL(market_options, market_options_attrs);

static const struct attr license_specification_attrs[] = {
    ATTR(license_specification, license_configuration_arn, REQUIRED, .check = check_arn, .api = "LicenseConfigurationArn", .describe = "ARN of the license configuration."),
};
const struct model license_specification_model = MODEL(license_specification, license_specification_attrs);

static const struct attr maintenance_options_attrs[] = {
    ATTR(maintenance_options, auto_recovery, OPTIONAL | EMPTY_OK, .one_of = VALUES("", "default", "disabled"), .api = "AutoRecovery", .describe = "Whether an instance on failing hardware recovers by itself."),
};
const struct model maintenance_options_model = MODEL(maintenance_options, maintenance_options_attrs);

static const struct attr metadata_options_attrs[] = {
    ATTR(metadata_options, http_endpoint,               OPTIONAL | COMPUTED, .one_of = ENABLED_OR_NOT, .api = "HttpEndpoint", .describe = "Whether instances can ask for their metadata."),
    ATTR(metadata_options, http_protocol_ipv6,          OPTIONAL | COMPUTED, .one_of = ENABLED_OR_NOT, .api = "HttpProtocolIpv6", .describe = "Whether they can by IPv6."),
    ATTR(metadata_options, http_put_response_hop_limit, OPTIONAL | COMPUTED, .min = 1, .max = 64, .api = "HttpPutResponseHopLimit", .describe = "How far an answer with a token travels. Pods on a network of their own need 2."),
    ATTR(metadata_options, http_tokens,                 OPTIONAL | COMPUTED, .one_of = VALUES("", "optional", "required"), .api = "HttpTokens", .describe = "`required` refuses whoever has no token (IMDSv2)."),
    ATTR(metadata_options, instance_metadata_tags,      OPTIONAL | COMPUTED, .one_of = ENABLED_OR_NOT, .api = "InstanceMetadataTags", .describe = "Whether tags are part of the metadata."),
};
const struct model metadata_options_model = MODEL(metadata_options, metadata_options_attrs);

static const struct attr monitoring_attrs[] = {
    ATTR(monitoring, enabled, OPTIONAL | EMPTY_OK | FOLLOWS, .api = "Enabled", .describe = "Whether there are figures a minute, at a price."),
};
const struct model monitoring_model = MODEL(monitoring, monitoring_attrs);

static const struct attr network_performance_attrs[] = {
    ATTR(network_performance, bandwidth_weighting, OPTIONAL | EMPTY_OK, .one_of = VALUES("", "default", "vpc-1", "ebs-1"), .api = "BandwidthWeighting", .describe = "Whether bandwidth goes rather to the network or to volumes."),
};
const struct model network_performance_model = MODEL(network_performance, network_performance_attrs);

static const struct attr placement_attrs[] = {
    ATTR(placement, affinity,                OPTIONAL | EMPTY_OK, .api = "Affinity", .describe = "Whether an instance comes back to its host."),
    ATTR(placement, availability_zone,       OPTIONAL | EMPTY_OK, .api = "AvailabilityZone", .describe = "Availability zone."),
    ATTR(placement, group_id,                OPTIONAL | EMPTY_OK, .conflicts = "group_name", .api = "GroupId", .describe = "Id of the placement group."),
    ATTR(placement, group_name,              OPTIONAL | EMPTY_OK, .conflicts = "group_id", .api = "GroupName", .describe = "Name of the placement group."),
    ATTR(placement, host_id,                 OPTIONAL | EMPTY_OK, .conflicts = "host_resource_group_arn", .api = "HostId", .describe = "Id of the dedicated host."),
    ATTR(placement, host_resource_group_arn, OPTIONAL | EMPTY_OK, .conflicts = "host_id", .check = check_arn, .api = "HostResourceGroupArn", .describe = "ARN of a group of hosts."),
    ATTR(placement, partition_number,        OPTIONAL | EMPTY_OK | FOLLOWS, .min = 1, .api = "PartitionNumber", .describe = "Partition of the placement group."),
    ATTR(placement, spread_domain,           OPTIONAL | EMPTY_OK, .api = "SpreadDomain", .describe = "Reserved by AWS."),
    ATTR(placement, tenancy,                 OPTIONAL | EMPTY_OK, .one_of = VALUES("", "default", "dedicated", "host"), .api = "Tenancy", .describe = "Whether hardware is shared with others."),
};
const struct model placement_model = MODEL(placement, placement_attrs);

static const struct attr private_dns_attrs[] = {
    ATTR(private_dns, enable_resource_name_dns_a_record,    OPTIONAL | EMPTY_OK | FOLLOWS, .api = "EnableResourceNameDnsARecord", .describe = "Whether the name leads to the IPv4 address."),
    ATTR(private_dns, enable_resource_name_dns_aaaa_record, OPTIONAL | EMPTY_OK | FOLLOWS, .api = "EnableResourceNameDnsAAAARecord", .describe = "Whether the name leads to the IPv6 address."),
    ATTR(private_dns, hostname_type,                        OPTIONAL | EMPTY_OK, .one_of = VALUES("", "ip-name", "resource-name"), .api = "HostnameType", .describe = "What instances are named by."),
};
const struct model private_dns_model = MODEL(private_dns, private_dns_attrs);

static const struct attr connection_tracking_attrs[] = {
    ATTR(connection_tracking, tcp_established_timeout, OPTIONAL | EMPTY_OK | FOLLOWS, .min = 60, .max = 432000, .api = "TcpEstablishedTimeout", .describe = "Seconds after which an idle TCP connection is forgotten."),
    ATTR(connection_tracking, udp_stream_timeout,      OPTIONAL | EMPTY_OK | FOLLOWS, .min = 60, .max = 180, .api = "UdpStreamTimeout", .describe = "Seconds for UDP flows of more than one request."),
    ATTR(connection_tracking, udp_timeout,             OPTIONAL | EMPTY_OK | FOLLOWS, .min = 30, .max = 60, .api = "UdpTimeout", .describe = "Seconds for other UDP flows."),
};
static const struct model connection_tracking_model = MODEL(connection_tracking, connection_tracking_attrs);

static const struct attr ena_srd_udp_attrs[] = {
    ATTR(ena_srd_udp, ena_srd_udp_enabled, OPTIONAL | EMPTY_OK | FOLLOWS, .api = "EnaSrdUdpEnabled", .describe = "Whether UDP uses it too."),
};
static const struct model ena_srd_udp_model = MODEL(ena_srd_udp, ena_srd_udp_attrs);

static const struct attr ena_srd_attrs[] = {
    ATTR(ena_srd, ena_srd_enabled, OPTIONAL | EMPTY_OK | FOLLOWS, .api = "EnaSrdEnabled", .describe = "Whether ENA Express is on."),
    ONE(ena_srd, ena_srd_udp_specification, ena_srd_udp_model, "EnaSrdUdpSpecification", "ENA Express for UDP."),
};
static const struct model ena_srd_model = MODEL(ena_srd, ena_srd_attrs);

/* Both indexes are always sent: 0 is the first device, and the first card. */
static const struct attr network_interface_attrs[] = {
    ATTR(network_interface, associate_carrier_ip_address, OPTIONAL | EMPTY_OK, .one_of = TRUTH_OR_UNSET, .api = "AssociateCarrierIpAddress", .describe = "Whether it gets an address of the carrier, in Wavelength zones."),
    ATTR(network_interface, associate_public_ip_address,  OPTIONAL | EMPTY_OK, .one_of = TRUTH_OR_UNSET, .api = "AssociatePublicIpAddress", .describe = "Whether it gets a public address. Unset: as the subnet has it."),
    ONE(network_interface, connection_tracking_specification, connection_tracking_model, "ConnectionTrackingSpecification", "How long idle connections are remembered."),
    ATTR(network_interface, delete_on_termination,        OPTIONAL | EMPTY_OK, .one_of = TRUTH_OR_UNSET, .api = "DeleteOnTermination", .describe = "Whether it goes with the instance."),
    ATTR(network_interface, description,                  OPTIONAL | EMPTY_OK, .api = "Description", .describe = "Description."),
    ATTR(network_interface, device_index,                 OPTIONAL | EMPTY_OK | FOLLOWS, .api = "DeviceIndex", .describe = "Its place among the instance's interfaces."),
    ATTR(network_interface, ena_queue_count,              OPTIONAL | EMPTY_OK | FOLLOWS, .min = 1, .api = "EnaQueueCount", .describe = "How many queues it has."),
    ONE(network_interface, ena_srd_specification, ena_srd_model, "EnaSrdSpecification", "ENA Express."),
    ATTR(network_interface, interface_type,               OPTIONAL | EMPTY_OK, .api = "InterfaceType", .describe = "`interface`, `efa` or `efa-only`."),
    ATTR(network_interface, ipv4_address_count,           OPTIONAL | EMPTY_OK | FOLLOWS, .min = 1, .api = "SecondaryPrivateIpAddressCount", .describe = "How many secondary IPv4 addresses it gets."),
    ATTR(network_interface, ipv4_addresses,               OPTIONAL | EMPTY_OK | SET, .describe = "Its IPv4 addresses."),
    ATTR(network_interface, ipv4_prefix_count,            OPTIONAL | EMPTY_OK | FOLLOWS, .min = 1, .api = "Ipv4PrefixCount", .describe = "How many IPv4 prefixes it gets."),
    ATTR(network_interface, ipv4_prefixes,                OPTIONAL | EMPTY_OK | SET, .describe = "Its IPv4 prefixes."),
    ATTR(network_interface, ipv6_address_count,           OPTIONAL | EMPTY_OK | FOLLOWS, .min = 1, .api = "Ipv6AddressCount", .describe = "How many IPv6 addresses it gets."),
    ATTR(network_interface, ipv6_addresses,               OPTIONAL | EMPTY_OK | SET, .describe = "Its IPv6 addresses."),
    ATTR(network_interface, ipv6_prefix_count,            OPTIONAL | EMPTY_OK | FOLLOWS, .min = 1, .api = "Ipv6PrefixCount", .describe = "How many IPv6 prefixes it gets."),
    ATTR(network_interface, ipv6_prefixes,                OPTIONAL | EMPTY_OK | SET, .describe = "Its IPv6 prefixes."),
    ATTR(network_interface, network_card_index,           OPTIONAL | EMPTY_OK | FOLLOWS, .api = "NetworkCardIndex", .describe = "The network card, of instances that have several."),
    ATTR(network_interface, network_interface_id,         OPTIONAL | EMPTY_OK, .api = "NetworkInterfaceId", .describe = "An interface that is there already."),
    ATTR(network_interface, primary_ipv6,                 OPTIONAL | EMPTY_OK, .one_of = TRUTH_OR_UNSET, .api = "PrimaryIpv6", .describe = "Whether its first IPv6 address is the instance's own."),
    ATTR(network_interface, private_ip_address,           OPTIONAL | EMPTY_OK, .api = "PrivateIpAddress", .describe = "Its first IPv4 address."),
    ATTR(network_interface, security_groups,              OPTIONAL | EMPTY_OK | SET, .api = "SecurityGroupId", .describe = "Ids of its security groups."),
    ATTR(network_interface, subnet_id,                    OPTIONAL | EMPTY_OK, .api = "SubnetId", .describe = "Its subnet."),
};
const struct model network_interface_model = MODEL(network_interface, network_interface_attrs);

static const struct attr secondary_interface_attrs[] = {
    ATTR(secondary_interface, delete_on_termination,    OPTIONAL | EMPTY_OK | FOLLOWS, .api = "DeleteOnTermination", .describe = "Whether it goes with the instance."),
    ATTR(secondary_interface, device_index,             OPTIONAL | EMPTY_OK | FOLLOWS, .api = "DeviceIndex", .describe = "Its place among the instance's interfaces."),
    ATTR(secondary_interface, interface_type,           OPTIONAL | EMPTY_OK, .one_of = VALUES("", "secondary"), .api = "InterfaceType", .describe = "`secondary`."),
    ATTR(secondary_interface, network_card_index,       OPTIONAL | EMPTY_OK | FOLLOWS, .api = "NetworkCardIndex", .describe = "The network card."),
    ATTR(secondary_interface, private_ip_address_count, OPTIONAL | EMPTY_OK | FOLLOWS, .min = 1, .api = "PrivateIpAddressCount", .describe = "How many addresses it gets."),
    ATTR(secondary_interface, private_ip_addresses,     OPTIONAL | EMPTY_OK | SET, .describe = "Its addresses."),
    ATTR(secondary_interface, secondary_subnet_id,      OPTIONAL | EMPTY_OK, .api = "SecondarySubnetId", .describe = "Its secondary subnet."),
};
const struct model secondary_interface_model = MODEL(secondary_interface, secondary_interface_attrs);

static const struct attr tag_specification_attrs[] = {
    ATTR(tag_specification, resource_type, OPTIONAL | EMPTY_OK, .api = "ResourceType", .describe = "What is tagged: `instance`, `volume`, `network-interface`, `spot-instances-request`."),
    ATTR(tag_specification, tags,          OPTIONAL | EMPTY_OK, .describe = "Its tags."),
};
const struct model tag_specification_model = MODEL(tag_specification, tag_specification_attrs);
/* clang-format on */
