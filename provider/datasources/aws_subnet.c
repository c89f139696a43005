#include "provider/datasources/ec2_item.h"

struct subnet {
    struct tf_string id, region, arn, vpc_id, cidr_block, state, owner_id, outpost_arn;
    struct tf_string availability_zone, availability_zone_id, customer_owned_ipv4_pool;
    struct tf_string ipv6_cidr_block, ipv6_cidr_block_association_id;
    struct tf_string private_dns_hostname_type_on_launch;
    struct tf_int available_ip_address_count, enable_lni_at_device_index;
    struct tf_bool assign_ipv6_address_on_creation, default_for_az, enable_dns64, ipv6_native;
    struct tf_bool enable_resource_name_dns_a_record_on_launch;
    struct tf_bool enable_resource_name_dns_aaaa_record_on_launch;
    struct tf_bool map_customer_owned_ip_on_launch, map_public_ip_on_launch;
    struct tf_map tags;
    struct tf_blocks filter, timeouts;
};

#define LAUNCH "privateDnsNameOptionsOnLaunch/"
/* clang-format off */
static const struct attr subnet_attrs[] = {
    ATTR(subnet, arn,                  COMPUTED, .api = "subnetArn", .describe = "ARN of the subnet."),
    ATTR(subnet, assign_ipv6_address_on_creation, COMPUTED, .api = "assignIpv6AddressOnCreation", .describe = "Whether interfaces get an IPv6 address."),
    ATTR(subnet, availability_zone,    OPTIONAL | COMPUTED, .api = "availabilityZone", .describe = "Name of the zone that it is in."),
    ATTR(subnet, availability_zone_id, OPTIONAL | COMPUTED, .api = "availabilityZoneId", .describe = "Id of that zone, which is the same in every account."),
    ATTR(subnet, available_ip_address_count, COMPUTED, .api = "availableIpAddressCount", .describe = "How many addresses are free."),
    ATTR(subnet, cidr_block,           OPTIONAL | COMPUTED, .api = "cidrBlock", .describe = "Its IPv4 addresses."),
    ATTR(subnet, customer_owned_ipv4_pool, COMPUTED, .api = "customerOwnedIpv4Pool", .describe = "Pool of addresses of an Outpost."),
    ATTR(subnet, default_for_az,       OPTIONAL | COMPUTED, .api = "defaultForAz", .describe = "Whether it is the zone's default; true asks for that one."),
    ATTR(subnet, enable_dns64,         COMPUTED, .api = "enableDns64", .describe = "Whether DNS answers IPv6 addresses for names that have IPv4 ones."),
    ATTR(subnet, enable_lni_at_device_index, COMPUTED, .api = "enableLniAtDeviceIndex", .describe = "Place of local network interfaces of an Outpost."),
    ATTR(subnet, enable_resource_name_dns_a_record_on_launch, COMPUTED, .api = LAUNCH "enableResourceNameDnsARecord", .describe = "Whether names of instances have A records."),
    ATTR(subnet, enable_resource_name_dns_aaaa_record_on_launch, COMPUTED, .api = LAUNCH "enableResourceNameDnsAAAARecord", .describe = "Whether names of instances have AAAA records."),
    ATTR(subnet, id,                   OPTIONAL | COMPUTED, .api = "subnetId", .describe = "Its id."),
    ATTR(subnet, ipv6_cidr_block,      OPTIONAL | COMPUTED, .describe = "Its IPv6 addresses."),
    ATTR(subnet, ipv6_cidr_block_association_id, COMPUTED, .describe = "Id by which it has those."),
    ATTR(subnet, ipv6_native,          COMPUTED, .api = "ipv6Native", .describe = "Whether it has IPv6 addresses alone."),
    ATTR(subnet, map_customer_owned_ip_on_launch, COMPUTED, .api = "mapCustomerOwnedIpOnLaunch", .describe = "Whether instances get an address of that pool."),
    ATTR(subnet, map_public_ip_on_launch, COMPUTED, .api = "mapPublicIpOnLaunch", .describe = "Whether instances get a public address."),
    ATTR(subnet, outpost_arn,          COMPUTED, .api = "outpostArn", .describe = "ARN of the Outpost that it is on."),
    ATTR(subnet, owner_id,             COMPUTED, .api = "ownerId", .describe = "Account that it is of."),
    ATTR(subnet, private_dns_hostname_type_on_launch, COMPUTED, .api = LAUNCH "hostnameType", .describe = "How instances are named: `ip-name` or `resource-name`."),
    ATTR_REGION_READ(subnet),
    ATTR(subnet, state,                OPTIONAL | COMPUTED, .api = "state", .describe = "`pending` or `available`."),
    ATTR(subnet, tags,                 OPTIONAL | COMPUTED, .describe = "Tags that it has to have; then all that it has."),
    ATTR(subnet, vpc_id,               OPTIONAL | COMPUTED, .api = "vpcId", .describe = "VPC that it is in."),
    FILTER_ROW(subnet),
    ATTR(subnet, timeouts,             OPTIONAL, .nesting = BLOCK_SINGLE, .nested = &timeouts_r),
};
/* clang-format on */
static const struct model subnet_model = MODEL(subnet, subnet_attrs);

/* Of several the one that is in force. */
static void take_ipv6(const struct xml *found, struct subnet *m)
{
    const struct xml *set = xml_get(found, "ipv6CidrBlockAssociationSet");

    m->ipv6_cidr_block = m->ipv6_cidr_block_association_id = tf_string_of(STR(""));
    for (const struct xml *item = NULL; (item = xml_next(set, "item", item));)
        if (str_eq(xml_text(item, "ipv6CidrBlockState/state"), STR("associated"))) {
            m->ipv6_cidr_block = tf_string_of(xml_text(item, "ipv6CidrBlock"));
            m->ipv6_cidr_block_association_id = tf_string_of(xml_text(item, "associationId"));
        }
}

static struct error *subnet_read(struct call *c, void *model)
{
    struct subnet *m = model;
    const struct item_filter rows[] = {
        {"availabilityZone", m->availability_zone.v},
        {"availabilityZoneId", m->availability_zone_id.v},
        {"cidrBlock", m->cidr_block.v},
        {"defaultForAz", m->default_for_az.v ? STR("true") : STR("")},
        {"ipv6-cidr-block-association.ipv6-cidr-block", m->ipv6_cidr_block.v},
        {"state", m->state.v},
        {"vpc-id", m->vpc_id.v},
    };
    const struct item_search search = {
        EC2_SUBNETS, "subnet", &m->filter, &m->tags, &m->id, rows, sizeof(rows) / sizeof(*rows)};
    const struct xml *found;

    TRY(item_find(c, &search, &found));
    TRY(item_take(c, &subnet_model, found, m));
    take_ipv6(found, m);
    m->tags = item_tags(c, found);
    return NULL;
}

extern const struct resource_type data_aws_subnet;
const struct resource_type data_aws_subnet = {
    .name = "aws_subnet",
    .describe = "One subnet, by its id or by what it is.",
    .subcategory = "EC2",
    .model = MODEL(subnet, subnet_attrs),
    .read = subnet_read,
};
