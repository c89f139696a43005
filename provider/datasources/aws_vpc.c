#include "provider/datasources/ec2_item.h"

struct association {
    struct tf_string association_id, cidr_block, state;
};
struct vpc {
    struct tf_string id, region, arn, cidr_block, dhcp_options_id, instance_tenancy, state;
    struct tf_string ipv6_association_id, ipv6_cidr_block, main_route_table_id, owner_id;
    struct tf_bool is_default, enable_dns_hostnames, enable_dns_support;
    struct tf_bool enable_network_address_usage_metrics;
    struct tf_blocks cidr_block_associations;
    struct tf_map tags;
    struct tf_blocks filter, timeouts;
};

/* clang-format off */
static const struct attr association_attrs[] = {
    ATTR(association, association_id, COMPUTED, .describe = "Id by which the VPC has them."),
    ATTR(association, cidr_block,     COMPUTED, .describe = "The addresses."),
    ATTR(association, state,          COMPUTED, .describe = "Whether it has them yet."),
};
static const struct model association_model = MODEL(association, association_attrs);

static const struct attr vpc_attrs[] = {
    ATTR(vpc, arn,                     COMPUTED, .describe = "ARN of the VPC."),
    ATTR(vpc, cidr_block,              OPTIONAL | COMPUTED, .api = "cidrBlock", .describe = "Its first IPv4 addresses."),
    ATTR(vpc, cidr_block_associations, COMPUTED, .nesting = BLOCK_LIST_COMPUTED, .nested = &association_model, .describe = "All its IPv4 addresses."),
    ATTR_AS("default", vpc, is_default, OPTIONAL | COMPUTED, .api = "isDefault", .describe = "Whether it is the region's default; true asks for that one."),
    ATTR(vpc, dhcp_options_id,         OPTIONAL | COMPUTED, .api = "dhcpOptionsId", .describe = "Id of its DHCP options."),
    ATTR(vpc, enable_dns_hostnames,    COMPUTED, .describe = "Whether instances with public addresses have names."),
    ATTR(vpc, enable_dns_support,      COMPUTED, .describe = "Whether it has a DNS server."),
    ATTR(vpc, enable_network_address_usage_metrics, COMPUTED, .describe = "Whether CloudWatch counts its addresses."),
    ATTR(vpc, id,                      OPTIONAL | COMPUTED, .api = "vpcId", .describe = "Its id."),
    ATTR(vpc, instance_tenancy,        COMPUTED, .api = "instanceTenancy", .describe = "`default` or `dedicated`."),
    ATTR(vpc, ipv6_association_id,     COMPUTED, .describe = "Id by which it has its IPv6 addresses."),
    ATTR(vpc, ipv6_cidr_block,         COMPUTED, .describe = "Its IPv6 addresses."),
    ATTR(vpc, main_route_table_id,     COMPUTED, .describe = "Id of its main route table."),
    ATTR(vpc, owner_id,                COMPUTED, .api = "ownerId", .describe = "Account that it is of."),
    ATTR_REGION_READ(vpc),
    ATTR(vpc, state,                   OPTIONAL | COMPUTED, .describe = "State that it has to be in: `pending` or `available`."),
    ATTR(vpc, tags,                    OPTIONAL | COMPUTED, .describe = "Tags that it has to have; then all that it has."),
    FILTER_ROW(vpc),
    ATTR(vpc, timeouts,                OPTIONAL, .nesting = BLOCK_SINGLE, .nested = &timeouts_r),
};
/* clang-format on */
static const struct model vpc_model = MODEL(vpc, vpc_attrs);

static void take_addresses(struct call *c, const struct xml *found, struct vpc *m)
{
    const struct xml *set = xml_get(found, "cidrBlockAssociationSet");
    struct association *all = ARENA_ARRAY(c->arena, struct association, set->count + 1);
    size_t n = 0;

    for (const struct xml *item = NULL; (item = xml_next(set, "item", item));)
        all[n++] = (struct association){
            tf_string_of(xml_text(item, "associationId")),
            tf_string_of(xml_text(item, "cidrBlock")),
            tf_string_of(xml_text(item, "cidrBlockState/state")),
        };
    m->cidr_block_associations = (struct tf_blocks){TF_KNOWN, all, n};
    /* Of several the first; "" where there is none. */
    const struct xml *ipv6 = xml_at(found, "ipv6CidrBlockAssociationSet/item");
    m->ipv6_association_id = tf_string_of(xml_text(ipv6, "associationId"));
    m->ipv6_cidr_block = tf_string_of(xml_text(ipv6, "ipv6CidrBlock"));
}

/* What DescribeVpcs does not say. */
static struct error *ask_more(struct call *c, struct vpc *m)
{
    struct aws_call aws = aws_call_of(c);
    struct str yes = STR("true");
    const struct ec2_filter main_of[] = {{STR("association.main"), &yes, 1},
                                         {STR("vpc-id"), &m->id.v, 1}};
    const struct ec2_query query = {.filters = main_of, .filter_count = 2};
    struct ec2_items tables;
    const struct {
        const char *name;
        struct tf_bool *to;
    } switches[] = {
        {"enableDnsHostnames", &m->enable_dns_hostnames},
        {"enableDnsSupport", &m->enable_dns_support},
        {"enableNetworkAddressUsageMetrics", &m->enable_network_address_usage_metrics},
    };

    for (size_t i = 0; i < sizeof(switches) / sizeof(*switches); i++) {
        bool on;
        TRY(ec2_vpc_attribute(&aws, m->id.v, switches[i].name, &on));
        *switches[i].to = tf_bool_of(on);
    }
    TRY(ec2_describe(&aws, EC2_ROUTE_TABLES, &query, &tables));
    if (tables.count)
        m->main_route_table_id = tf_string_of(xml_text(tables.items[0], "routeTableId"));
    return NULL;
}

static struct error *vpc_read(struct call *c, void *model)
{
    struct vpc *m = model;
    const struct item_filter rows[] = {
        {"cidr", m->cidr_block.v},
        {"dhcp-options-id", m->dhcp_options_id.v},
        {"isDefault", m->is_default.v ? STR("true") : STR("")},
        {"state", m->state.v},
    };
    const struct item_search search = {EC2_VPCS, "VPC", &m->filter, &m->tags, &m->id, rows, 4};
    const struct xml *found;

    TRY(item_find(c, &search, &found));
    TRY(item_take(c, &vpc_model, found, m));
    take_addresses(c, found, m);
    m->tags = item_tags(c, found);
    m->arn = tf_string_of(arena_printf(c->arena,
                                       "arn:" STR_FMT ":ec2:" STR_FMT ":" STR_FMT ":vpc/" STR_FMT,
                                       STR_ARG(call_partition(c)), STR_ARG(call_region(c)),
                                       STR_ARG(m->owner_id.v), STR_ARG(m->id.v)));
    return ask_more(c, m);
}

extern const struct resource_type data_aws_vpc;
const struct resource_type data_aws_vpc = {
    .name = "aws_vpc",
    .describe = "One VPC, by its id or by what it is.",
    .subcategory = "EC2",
    .model = MODEL(vpc, vpc_attrs),
    .read = vpc_read,
};
