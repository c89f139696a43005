#include "engine/aws/ec2_list.h"
#include "engine/aws/query.h"

static void take_item(struct arena *keep, const struct xml *item, void *out)
{
    struct ec2_items *all = out;
    ARENA_PUSH(keep, all->items, all->count, all->capacity, item);
}

/* A reservation holds several. */
static void take_instances(struct arena *keep, const struct xml *reservation, void *out)
{
    const struct xml *set = xml_get(reservation, "instancesSet");

    for (const struct xml *item = NULL; (item = xml_next(set, "item", item));)
        take_item(keep, item, out);
}

/* clang-format off */
static const struct ec2_listing kinds[] = {
    [EC2_IMAGES] =          {"DescribeImages",                "imagesSet",               "ImageId",      "Owner", 0,    take_item,      true},
    [EC2_INSTANCES] =       {"DescribeInstances",             "reservationSet",          "InstanceId",   NULL,    1000, take_instances, true},
    [EC2_INSTANCE_TYPES] =  {"DescribeInstanceTypes",         "instanceTypeSet",         "InstanceType", NULL,    100,  take_item,      true},
    [EC2_OFFERINGS] =       {"DescribeInstanceTypeOfferings", "instanceTypeOfferingSet", NULL,           NULL,    1000, take_item,      true},
    [EC2_ROUTE_TABLES] =    {"DescribeRouteTables",           "routeTableSet",           "RouteTableId", NULL,    100,  take_item,      true},
    [EC2_SECURITY_GROUPS] = {"DescribeSecurityGroups",        "securityGroupInfo",       "GroupId",      NULL,    1000, take_item,      true},
    [EC2_SUBNETS] =         {"DescribeSubnets",               "subnetSet",               "SubnetId",     NULL,    1000, take_item,      true},
    [EC2_VPCS] =            {"DescribeVpcs",                  "vpcSet",                  "VpcId",        NULL,    1000, take_item,      true},
};
/* clang-format on */

struct error *ec2_describe(const struct aws_call *c, enum ec2_kind kind,
                           const struct ec2_query *query, struct ec2_items *out)
{
    const struct ec2_parameter where[] = {{"LocationType", query->location_type}, {0}};

    *out = (struct ec2_items){0};
    return ec2_list(c, &kinds[kind], query, query->location_type.len ? where : NULL, out);
}

struct aws_tags ec2_item_tags(struct arena *a, const struct xml *item)
{
    return ec2_tags(a, item);
}

struct error *ec2_vpc_attribute(const struct aws_call *c, struct str vpc, const char *attribute,
                                bool *out)
{
    struct query q = query_new(c->arena, &service_ec2, "DescribeVpcAttribute");
    struct aws_answer answer;

    query_add(&q, vpc, "VpcId");
    query_add(&q, str_of(attribute), "Attribute");
    struct aws_request request = {
        .service = &service_ec2,
        .operation = "DescribeVpcAttribute",
        .body = buf_str(&q.body),
    };
    TRY(aws_send(c, c->arena, &request, &answer));
    *out = ec2_is(xml_get(&answer.xml, attribute), "value", "true");
    return NULL;
}
