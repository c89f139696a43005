#include "engine/aws/ec2_list.h"

static void take_subnet(struct arena *keep, const struct xml *item, void *out)
{
    struct ec2_subnets *s = out;
    ARENA_PUSH(keep, s->items, s->count, s->capacity,
               (struct ec2_subnet){
                   .id = ec2_kept(keep, item, "subnetId"),
                   .vpc_id = ec2_kept(keep, item, "vpcId"),
                   .zone = ec2_kept(keep, item, "availabilityZone"),
                   .zone_id = ec2_kept(keep, item, "availabilityZoneId"),
                   .free_addresses = ec2_number(item, "availableIpAddressCount"),
                   .tags = ec2_tags(keep, item),
               });
}

struct error *ec2_describe_subnets(const struct aws_call *c, const struct ec2_query *query,
                                   struct ec2_subnets *out)
{
    static const struct ec2_listing l = {
        .operation = "DescribeSubnets",
        .list = "subnetSet",
        .id = "SubnetId",
        .page_size = 1000,
        .take = take_subnet,
    };

    *out = (struct ec2_subnets){0};
    return ec2_list(c, &l, query, NULL, out);
}

static void take_security_group(struct arena *keep, const struct xml *item, void *out)
{
    struct ec2_security_groups *s = out;
    ARENA_PUSH(keep, s->items, s->count, s->capacity,
               (struct ec2_security_group){
                   .id = ec2_kept(keep, item, "groupId"),
                   .name = ec2_kept(keep, item, "groupName"),
                   .vpc_id = ec2_kept(keep, item, "vpcId"),
                   .owner = ec2_kept(keep, item, "ownerId"),
                   .tags = ec2_tags(keep, item),
               });
}

struct error *ec2_describe_security_groups(const struct aws_call *c, const struct ec2_query *query,
                                           struct ec2_security_groups *out)
{
    static const struct ec2_listing l = {
        .operation = "DescribeSecurityGroups",
        .list = "securityGroupInfo",
        .id = "GroupId",
        .page_size = 1000,
        .take = take_security_group,
    };

    *out = (struct ec2_security_groups){0};
    return ec2_list(c, &l, query, NULL, out);
}

struct dated_images {
    struct ec2_images *images;
    int64_t now_ms;
};

static void take_image(struct arena *keep, const struct xml *item, void *out)
{
    const struct dated_images *d = out;
    int64_t deprecated_ms = ec2_instant(item, "deprecationTime");
    struct ec2_image image = {
        .id = ec2_kept(keep, item, "imageId"),
        .name = ec2_kept(keep, item, "name"),
        .owner = ec2_kept(keep, item, "imageOwnerId"),
        .architecture = ec2_kept(keep, item, "architecture"),
        .root_device_name = ec2_kept(keep, item, "rootDeviceName"),
        .created_ms = ec2_instant(item, "creationDate"),
        .deprecated = deprecated_ms && deprecated_ms <= d->now_ms,
        .tags = ec2_tags(keep, item),
    };

    ARENA_PUSH(keep, d->images->items, d->images->count, d->images->capacity, image);
}

/* Without a page size EC2 tells all images at once, and moto knows no other way. */
struct error *ec2_describe_images(const struct aws_call *c, const struct ec2_query *query,
                                  int64_t now_ms, struct ec2_images *out)
{
    static const struct ec2_listing l = {
        .operation = "DescribeImages",
        .list = "imagesSet",
        .id = "ImageId",
        .owner = "Owner",
        .take = take_image,
    };
    struct dated_images dated = {out, now_ms};

    *out = (struct ec2_images){0};
    return ec2_list(c, &l, query, NULL, &dated);
}

static void take_instance(struct arena *keep, const struct xml *item, void *out)
{
    struct ec2_instances *i = out;
    ARENA_PUSH(keep, i->items, i->count, i->capacity,
               (struct ec2_instance){
                   .id = ec2_kept(keep, item, "instanceId"),
                   .instance_type = ec2_kept(keep, item, "instanceType"),
                   .zone = ec2_kept(keep, item, "placement/availabilityZone"),
                   .image_id = ec2_kept(keep, item, "imageId"),
                   .subnet_id = ec2_kept(keep, item, "subnetId"),
                   .state = ec2_kept(keep, item, "instanceState/name"),
                   .state_reason = ec2_kept(keep, item, "stateReason/code"),
                   .client_token = ec2_kept(keep, item, "clientToken"),
                   .private_dns_name = ec2_kept(keep, item, "privateDnsName"),
                   .instance_profile_arn = ec2_kept(keep, item, "iamInstanceProfile/arn"),
                   .spot = ec2_is(item, "instanceLifecycle", "spot"),
                   .launched_ms = ec2_instant(item, "launchTime"),
                   .tags = ec2_tags(keep, item),
               });
}

void ec2_take_instances(struct arena *keep, const struct xml *reservation, void *out)
{
    const struct xml *set = xml_get(reservation, "instancesSet");

    for (const struct xml *item = NULL; (item = xml_next(set, "item", item));)
        take_instance(keep, item, out);
}

struct error *ec2_describe_instances(const struct aws_call *c, const struct ec2_query *query,
                                     struct ec2_instances *out)
{
    static const struct ec2_listing l = {
        .operation = "DescribeInstances",
        .list = "reservationSet",
        .id = "InstanceId",
        .page_size = 1000,
        .take = ec2_take_instances,
    };

    *out = (struct ec2_instances){0};
    return ec2_list(c, &l, query, NULL, out);
}

static int64_t impaired_since(const struct xml *status)
{
    const struct xml *details = xml_get(status, "details");
    int64_t first_ms = 0;

    for (const struct xml *d = NULL; (d = xml_next(details, "item", d));) {
        int64_t ms = ec2_instant(d, "impairedSince");
        if (ms > 0 && (!first_ms || ms < first_ms))
            first_ms = ms;
    }
    return first_ms;
}

static void take_impaired(struct arena *keep, const struct xml *item, void *out)
{
    static const char *const checks[] = {"systemStatus", "instanceStatus"};
    struct ec2_impaired_list *l = out;

    for (size_t i = 0; i < sizeof(checks) / sizeof(*checks); i++) {
        const struct xml *status = xml_get(item, checks[i]);
        if (ec2_is(status, "status", "impaired"))
            ARENA_PUSH(
                keep, l->items, l->count, l->capacity,
                (struct ec2_impaired){ec2_kept(keep, item, "instanceId"), impaired_since(status)});
    }
}

struct error *ec2_describe_impaired(const struct aws_call *c, struct ec2_impaired_list *out)
{
    static const struct ec2_listing l = {
        .operation = "DescribeInstanceStatus",
        .list = "instanceStatusSet",
        .id = "InstanceId",
        .page_size = 1000,
        .take = take_impaired,
    };
    static const struct str impaired = STR_INIT("impaired");
    /* Filters of one call are joined by AND. */
    static const struct ec2_filter checks[] = {
        {STR_INIT("system-status.status"), &impaired, 1},
        {STR_INIT("instance-status.status"), &impaired, 1},
    };

    *out = (struct ec2_impaired_list){0};
    for (size_t i = 0; i < sizeof(checks) / sizeof(*checks); i++)
        TRY(ec2_list(c, &l, &(struct ec2_query){.filters = &checks[i], .filter_count = 1}, NULL,
                     out));
    return NULL;
}

struct ec2_launch_template ec2_read_template(struct arena *keep, const struct xml *item)
{
    return (struct ec2_launch_template){
        .id = ec2_kept(keep, item, "launchTemplateId"),
        .name = ec2_kept(keep, item, "launchTemplateName"),
        .default_version = ec2_number(item, "defaultVersionNumber"),
        .latest_version = ec2_number(item, "latestVersionNumber"),
        .created_ms = ec2_instant(item, "createTime"),
        .tags = ec2_tags(keep, item),
    };
}

static void take_launch_template(struct arena *keep, const struct xml *item, void *out)
{
    struct ec2_launch_templates *t = out;
    ARENA_PUSH(keep, t->items, t->count, t->capacity, ec2_read_template(keep, item));
}

struct error *ec2_describe_launch_templates(const struct aws_call *c, const struct ec2_query *query,
                                            struct ec2_launch_templates *out)
{
    static const struct ec2_listing l = {
        .operation = "DescribeLaunchTemplates",
        .list = "launchTemplates",
        .id = "LaunchTemplateId",
        .page_size = 200,
        .take = take_launch_template,
    };

    *out = (struct ec2_launch_templates){0};
    return ec2_list(c, &l, query, NULL, out);
}

struct str ec2_tag(const struct aws_tags *set, struct str key)
{
    for (size_t i = 0; i < set->count; i++)
        if (str_eq(set->items[i].key, key))
            return set->items[i].value;
    return (struct str){0};
}
