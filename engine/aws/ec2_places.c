#include "engine/aws/ec2_list.h"

/* Where EC2 is: regions and their zones. */

static struct str yes_or_no(bool all)
{
    return all ? STR("true") : STR("false");
}

static void take_zone(struct arena *keep, const struct xml *item, void *out)
{
    struct ec2_zones *z = out;
    ARENA_PUSH(keep, z->items, z->count, z->capacity,
               (struct ec2_zone){
                   .name = ec2_kept(keep, item, "zoneName"),
                   .id = ec2_kept(keep, item, "zoneId"),
                   .group = ec2_kept(keep, item, "groupName"),
               });
}

struct error *ec2_describe_zones(const struct aws_call *c, const struct ec2_query *query, bool all,
                                 struct ec2_zones *out)
{
    static const struct ec2_listing l = {
        .operation = "DescribeAvailabilityZones",
        .list = "availabilityZoneInfo",
        .take = take_zone,
    };
    const struct ec2_parameter more[] = {{"AllAvailabilityZones", yes_or_no(all)}, {0}};

    *out = (struct ec2_zones){0};
    return ec2_list(c, &l, query, more, out);
}

static void take_region(struct arena *keep, const struct xml *item, void *out)
{
    struct ec2_regions *r = out;
    ARENA_PUSH(keep, r->items, r->count, r->capacity, ec2_kept(keep, item, "regionName"));
}

struct error *ec2_describe_regions(const struct aws_call *c, const struct ec2_query *query,
                                   bool all, struct ec2_regions *out)
{
    static const struct ec2_listing l = {
        .operation = "DescribeRegions",
        .list = "regionInfo",
        .take = take_region,
    };
    const struct ec2_parameter more[] = {{"AllRegions", yes_or_no(all)}, {0}};

    *out = (struct ec2_regions){0};
    return ec2_list(c, &l, query, more, out);
}
