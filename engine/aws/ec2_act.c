#include "engine/aws/client.h"
#include "engine/aws/ec2.h"
#include "engine/aws/ec2_list.h"
#include "engine/aws/query.h"
#include "engine/base/digest.h"

/* Templates are never edited, so a name's first version is its only one. */
static const struct str template_version = STR_INIT("1");

static void add_text(struct query *q, const char *name, struct str value)
{
    if (value.len)
        query_add(q, value, "%s", name);
}

static void add_tag_specification(struct query *q, int place, const char *resource,
                                  const struct aws_tags *tags)
{
    if (!tags->count)
        return;
    query_add(q, str_of(resource), "TagSpecification.%d.ResourceType", place);
    query_add_tags(q, arena_printf(q->body.arena, "TagSpecification.%d.Tag", place).ptr, tags);
}

static struct str truth(bool b)
{
    return b ? STR("true") : STR("false");
}

static void add_block_device(struct query *q, size_t place, const struct ec2_block_device *d)
{
    const struct {
        const char *name;
        struct str value;
    } texts[] = {
        {"VolumeType", d->volume_type},
        {"KmsKeyId", d->kms_key_id},
        {"SnapshotId", d->snapshot_id},
    };
    const struct {
        const char *name;
        int64_t value;
    } numbers[] = {
        {"VolumeSize", d->volume_gib},
        {"Iops", d->iops},
        {"Throughput", d->throughput},
    };
    const char *prefix =
        arena_printf(q->body.arena, "LaunchTemplateData.BlockDeviceMapping.%zu", place).ptr;

    query_add(q, d->device_name, "%s.DeviceName", prefix);
    for (size_t i = 0; i < 3; i++)
        if (texts[i].value.len)
            query_add(q, texts[i].value, "%s.Ebs.%s", prefix, texts[i].name);
    for (size_t i = 0; i < 3; i++)
        if (numbers[i].value)
            query_add_int(q, numbers[i].value, "%s.Ebs.%s", prefix, numbers[i].name);
    if (d->encrypted) /* left out, the account's default holds */
        query_add(q, truth(true), "%s.Ebs.Encrypted", prefix);
    query_add(q, truth(!d->keep_on_termination), "%s.Ebs.DeleteOnTermination", prefix);
}

static void add_metadata_options(struct query *q, const struct ec2_metadata_options *m)
{
    add_text(q, "LaunchTemplateData.MetadataOptions.HttpEndpoint", m->http_endpoint);
    add_text(q, "LaunchTemplateData.MetadataOptions.HttpProtocolIpv6", m->http_protocol_ipv6);
    add_text(q, "LaunchTemplateData.MetadataOptions.HttpTokens", m->http_tokens);
    if (m->http_put_response_hop_limit)
        query_add_int(q, m->http_put_response_hop_limit,
                      "LaunchTemplateData.MetadataOptions.HttpPutResponseHopLimit");
}

/* A public address is a matter of the interface, and an interface brings its own groups. */
static void add_network(struct query *q, const struct ec2_launch_template_new *t)
{
    static const char interface[] = "LaunchTemplateData.NetworkInterface.1";

    if (t->public_ip == PUBLIC_IP_OF_SUBNET) {
        query_add_list(q, "LaunchTemplateData.SecurityGroupId", t->security_group_ids,
                       t->security_group_count);
        return;
    }
    query_add_int(q, 0, "%s.DeviceIndex", interface);
    query_add(q, truth(t->public_ip == PUBLIC_IP_YES), "%s.AssociatePublicIpAddress", interface);
    query_add_list(q, "LaunchTemplateData.NetworkInterface.1.SecurityGroupId",
                   t->security_group_ids, t->security_group_count);
}

struct str ec2_create_launch_template_request(struct arena *a,
                                              const struct ec2_launch_template_new *t)
{
    struct query q = query_new(a, &service_ec2, "CreateLaunchTemplate");

    query_add(&q, t->name, "LaunchTemplateName");
    add_text(&q, "ClientToken", t->client_token);
    add_tag_specification(&q, 1, "launch-template", &t->tags);
    add_text(&q, "LaunchTemplateData.ImageId", t->image_id);
    add_text(&q, "LaunchTemplateData.IamInstanceProfile.Name", t->instance_profile);
    if (t->user_data.len)
        query_add(&q, base64_encode(a, t->user_data), "LaunchTemplateData.UserData");
    add_network(&q, t);
    for (size_t i = 0; i < t->block_device_count; i++)
        add_block_device(&q, i + 1, &t->block_devices[i]);
    add_metadata_options(&q, &t->metadata);
    if (t->detailed_monitoring)
        query_add(&q, truth(true), "LaunchTemplateData.Monitoring.Enabled");
    return buf_str(&q.body);
}

struct error *ec2_create_launch_template(const struct aws_call *c,
                                         const struct ec2_launch_template_new *t, struct str *id)
{
    struct xml answer;
    enum aws_effect effect = t->client_token.len ? AWS_CHANGES : AWS_CHANGES_ONCE;

    TRY(ec2_send(c, "CreateLaunchTemplate", effect, ec2_create_launch_template_request(c->arena, t),
                 &answer));
    *id = xml_text(&answer, "launchTemplate/launchTemplateId");
    return NULL;
}

struct error *ec2_delete_launch_template(const struct aws_call *c, struct str name)
{
    struct xml answer;
    struct query q = query_new(c->arena, &service_ec2, "DeleteLaunchTemplate");

    query_add(&q, name, "LaunchTemplateName");
    return ec2_send(c, "DeleteLaunchTemplate", AWS_CHANGES, buf_str(&q.body), &answer);
}

static void add_override(struct query *q, size_t place, const struct ec2_override *o)
{
    const struct {
        const char *name;
        struct str value;
    } texts[] = {
        {"InstanceType", o->instance_type},
        {"SubnetId", o->subnet_id},
        {"AvailabilityZone", o->zone},
        {"ImageId", o->image_id},
    };

    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
        if (texts[i].value.len)
            query_add(q, texts[i].value, "LaunchTemplateConfigs.1.Overrides.%zu.%s", place,
                      texts[i].name);
    if (o->priority >= 0)
        query_add_int(q, o->priority, "LaunchTemplateConfigs.1.Overrides.%zu.Priority", place);
}

struct str ec2_create_fleet_request(struct arena *a, const struct ec2_launch *l)
{
    struct query q = query_new(a, &service_ec2, "CreateFleet");
    struct str capacity_type = l->spot ? STR("spot") : STR("on-demand");

    query_add(&q, l->client_token, "ClientToken");
    query_add(&q, STR("instant"), "Type");
    query_add_int(&q, l->count, "TargetCapacitySpecification.TotalTargetCapacity");
    query_add(&q, capacity_type, "TargetCapacitySpecification.DefaultTargetCapacityType");
    add_text(&q, l->spot ? "SpotOptions.AllocationStrategy" : "OnDemandOptions.AllocationStrategy",
             l->allocation_strategy);
    query_add(&q, l->launch_template_name,
              "LaunchTemplateConfigs.1.LaunchTemplateSpecification.LaunchTemplateName");
    query_add(&q, template_version, "LaunchTemplateConfigs.1.LaunchTemplateSpecification.Version");
    for (size_t i = 0; i < l->override_count; i++)
        add_override(&q, i + 1, &l->overrides[i]);
    add_tag_specification(&q, 1, "instance", &l->tags);
    add_tag_specification(&q, 2, "volume", &l->tags);
    return buf_str(&q.body);
}

static void read_launched(struct arena *a, const struct xml *item, struct ec2_instances *out)
{
    const struct xml *ids = xml_get(item, "instanceIds");
    const struct xml *chosen = xml_at(item, "launchTemplateAndOverrides/overrides");

    for (const struct xml *id = NULL; (id = xml_next(ids, "item", id));)
        ARENA_PUSH(a, out->items, out->count, out->capacity,
                   (struct ec2_instance){
                       .id = id->text,
                       .instance_type = xml_text(item, "instanceType"),
                       .zone = xml_text(chosen, "availabilityZone"),
                       .image_id = xml_text(chosen, "imageId"),
                       .subnet_id = xml_text(chosen, "subnetId"),
                       .spot = ec2_is(item, "lifecycle", "spot"),
                   });
}

static struct ec2_launch_error launch_error(const struct xml *item)
{
    const struct xml *tried = xml_at(item, "launchTemplateAndOverrides/overrides");
    return (struct ec2_launch_error){
        .code = xml_text(item, "errorCode"),
        .message = xml_text(item, "errorMessage"),
        .instance_type = xml_text(tried, "instanceType"),
        .zone = xml_text(tried, "availabilityZone"),
        .subnet_id = xml_text(tried, "subnetId"),
        .spot = ec2_is(item, "lifecycle", "spot"),
        .kind = aws_error_kind(xml_text(item, "errorCode")),
    };
}

void ec2_read_fleet(struct arena *a, const struct xml *answer, struct ec2_launched *out)
{
    const struct xml *instances = xml_get(answer, "fleetInstanceSet");
    const struct xml *errors = xml_get(answer, "errorSet");

    *out = (struct ec2_launched){0};
    for (const struct xml *i = NULL; (i = xml_next(instances, "item", i));)
        read_launched(a, i, &out->instances);
    for (const struct xml *e = NULL; (e = xml_next(errors, "item", e));)
        ARENA_PUSH(a, out->errors, out->error_count, out->error_capacity, launch_error(e));
}

struct error *ec2_create_fleet(const struct aws_call *c, struct str request,
                               struct ec2_launched *out)
{
    struct xml answer;

    TRY(ec2_send(c, "CreateFleet", AWS_CHANGES, request, &answer));
    ec2_read_fleet(c->arena, &answer, out);
    return NULL;
}

struct error *ec2_terminate_instances(const struct aws_call *c, const struct str *ids, size_t count)
{
    struct xml answer;
    struct query q = query_new(c->arena, &service_ec2, "TerminateInstances");

    query_add_list(&q, "InstanceId", ids, count);
    return ec2_send(c, "TerminateInstances", AWS_CHANGES, buf_str(&q.body), &answer);
}
