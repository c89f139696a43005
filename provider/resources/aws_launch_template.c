#include "engine/aws/ec2.h"
#include "engine/base/time.h"
#include "provider/grammar/names.h"
#include "provider/resources/launch_template_blocks.h"
#include "provider/resources/launch_template_data.h"
#include "provider/resources/shared.h"

#define TEMPLATE_NAME      "[A-Za-z0-9()./_-]+"
#define TEMPLATE_NAME_SAYS "letters, digits and ()./_-"

/* The script itself instead of its base64 is the usual mistake. */
static struct error *check_user_data(struct arena *a, struct str value)
{
    for (size_t i = 0; i < value.len; i++) {
        char c = value.ptr[i];
        bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
        if (letter || (c && strchr("+/=\r\n", c)))
            continue;
        struct error *e = error_new(a, ERROR_INVALID, "user_data is not base64");
        e->detail = STR("EC2 takes it encoded: user_data = base64encode(...), or "
                        "filebase64(\"...\").");
        return e;
    }
    return NULL;
}

/* clang-format off */
#define BLOCK(member, most, its_model, wire, text) \
    ATTR(launch_template, member, OPTIONAL, .max = most, .nesting = BLOCK_LIST, .nested = &its_model, .api = wire, .describe = text)
static const struct attr template_attrs[] = {
    ATTR(launch_template, arn,                     COMPUTED, .describe = "ARN of the template."),
    ATTR(launch_template, default_version,         OPTIONAL | COMPUTED, .min = 1, .conflicts = "update_default_version", .describe = "The version that is meant where none is named."),
    ATTR(launch_template, description,             OPTIONAL | EMPTY_OK, .max = 255, .describe = "Description of the version."),
    ATTR(launch_template, disable_api_stop,        OPTIONAL | EMPTY_OK | FOLLOWS, .api = "DisableApiStop", .describe = "Whether instances are protected from being stopped."),
    ATTR(launch_template, disable_api_termination, OPTIONAL | EMPTY_OK | FOLLOWS, .api = "DisableApiTermination", .describe = "Whether instances are protected from being terminated."),
    ATTR(launch_template, ebs_optimized,           OPTIONAL | EMPTY_OK, .one_of = TRUTH_OR_UNSET, .api = "EbsOptimized", .describe = "Whether volumes have bandwidth of their own."),
    ATTR(launch_template, id,                      COMPUTED, .describe = "Id of the template."),
    ATTR(launch_template, image_id,                OPTIONAL | EMPTY_OK, .api = "ImageId", .describe = "Id of the image, or `resolve:ssm:` and the name of a parameter that holds it."),
    ATTR(launch_template, instance_initiated_shutdown_behavior, OPTIONAL | EMPTY_OK, .one_of = VALUES("", "stop", "terminate"), .api = "InstanceInitiatedShutdownBehavior", .describe = "What becomes of an instance that shuts itself down."),
    ATTR(launch_template, instance_type,           OPTIONAL | EMPTY_OK, .conflicts = "instance_requirements", .api = "InstanceType", .describe = "Type of the instances."),
    ATTR(launch_template, kernel_id,               OPTIONAL | EMPTY_OK, .api = "KernelId", .describe = "Id of a kernel, for paravirtual images."),
    ATTR(launch_template, key_name,                OPTIONAL | EMPTY_OK, .api = "KeyName", .describe = "Name of the SSH key."),
    ATTR(launch_template, latest_version,          COMPUTED, .describe = "The newest version, which this resource describes."),
    ATTR(launch_template, name,                    OPTIONAL | COMPUTED | FORCE_NEW, .min = 3, .max = 128, .pattern = TEMPLATE_NAME, .pattern_says = TEMPLATE_NAME_SAYS, .conflicts = "name_prefix", .describe = "Name. Unset: made up."),
    ATTR(launch_template, name_prefix,             OPTIONAL | COMPUTED | FORCE_NEW, .min = 1, .max = 102, .pattern = TEMPLATE_NAME, .pattern_says = TEMPLATE_NAME_SAYS, .conflicts = "name", .describe = "What a made-up name begins with."),
    ATTR(launch_template, ram_disk_id,             OPTIONAL | EMPTY_OK, .api = "RamDiskId", .describe = "Id of a RAM disk, for paravirtual images."),
    ATTR_REGION(launch_template),
    ATTR(launch_template, security_group_names,    OPTIONAL | EMPTY_OK | SET, .conflicts = "vpc_security_group_ids", .api = "SecurityGroup", .describe = "Names of security groups, in a default VPC."),
    ATTR(launch_template, tags,                    OPTIONAL | EMPTY_OK, .check_map = check_tags, .describe = "Tags of the template. Those of instances are in `tag_specifications`."),
    ATTR(launch_template, tags_all,                OPTIONAL | COMPUTED, .describe = "Its tags and the provider's `default_tags`."),
    ATTR(launch_template, update_default_version,  OPTIONAL, .conflicts = "default_version", .describe = "Whether each new version becomes the default."),
    ATTR(launch_template, user_data,               OPTIONAL | EMPTY_OK, .check = check_user_data, .api = "UserData", .describe = "What instances are told as they start, in base64."),
    ATTR(launch_template, vpc_security_group_ids,  OPTIONAL | EMPTY_OK | SET, .conflicts = "security_group_names", .api = "SecurityGroupId", .describe = "Ids of security groups. Not beside `network_interfaces`, which bring their own."),
    BLOCK(block_device_mappings,              0, block_device_model,          "BlockDeviceMapping", "A volume, or a device that the image has."),
    BLOCK(capacity_reservation_specification, 1, capacity_reservation_model,  "CapacityReservationSpecification", "Which capacity reservations are used."),
    BLOCK(cpu_options,                        1, cpu_options_model,           "CpuOptions", "Cores and threads."),
    BLOCK(credit_specification,               1, credit_specification_model,  "CreditSpecification", "Credits of types that burst. It is sent beside an `instance_type` that does, and else has no effect."),
    BLOCK(elastic_gpu_specifications,         0, elastic_gpu_model,           "ElasticGpuSpecification", "AWS offers this no longer."),
    BLOCK(elastic_inference_accelerator,      1, elastic_accelerator_model,   "ElasticInferenceAccelerator", "AWS offers this no longer."),
    BLOCK(enclave_options,                    1, enclave_options_model,       "EnclaveOptions", "Nitro Enclaves."),
    BLOCK(hibernation_options,                1, hibernation_options_model,   "HibernationOptions", "Hibernation."),
    BLOCK(iam_instance_profile,               1, profile_of_instances_model,  "IamInstanceProfile", "The instance profile."),
    BLOCK(instance_market_options,            1, market_options_model,        "InstanceMarketOptions", "How instances are bought, if not on demand."),
    ATTR(launch_template, instance_requirements, OPTIONAL, .max = 1, .nesting = BLOCK_LIST, .nested = &instance_requirements_model, .conflicts = "instance_type",
         .api = "InstanceRequirements", .describe = "What instances must be like, in place of their type."),
    ATTR(launch_template, license_specification, OPTIONAL, .nesting = BLOCK_SET, .nested = &license_specification_model, .api = "LicenseSpecification", .describe = "A license configuration that instances count towards."),
    BLOCK(maintenance_options,                1, maintenance_options_model,   "MaintenanceOptions", "What happens when hardware fails."),
    ATTR(launch_template, metadata_options, OPTIONAL | FOLLOWS, .max = 1, .nesting = BLOCK_LIST, .nested = &metadata_options_model,
         .api = "MetadataOptions", .describe = "How instances ask for their metadata. Taken out, it stays as it was."),
    BLOCK(monitoring,                         1, monitoring_model,            "Monitoring", "Detailed monitoring."),
    BLOCK(network_interfaces,                 0, network_interface_model,     "NetworkInterface", "A network interface."),
    BLOCK(network_performance_options,        1, network_performance_model,   "NetworkPerformanceOptions", "What bandwidth is for."),
    BLOCK(placement,                          1, placement_model,             "Placement", "Where instances are."),
    BLOCK(private_dns_name_options,           1, private_dns_model,           "PrivateDnsNameOptions", "Names of instances in the VPC."),
    BLOCK(secondary_interfaces,               0, secondary_interface_model,   "SecondaryInterface", "An interface in a secondary subnet."),
    BLOCK(tag_specifications,                 0, tag_specification_model,     "TagSpecification", "Tags of what is launched."),
};
/* clang-format on */
static const struct model template_model = MODEL(launch_template, template_attrs);

/* A template made a moment ago may not be known to all of EC2. */
static const int64_t consistency_ms = 60 * 1000;

static struct error *template_validate(struct call *c, const void *model)
{
    enum { BLOCK_MINUTES = 60 };
    const struct launch_template *m = model;
    const struct market_options *market = m->instance_market_options.v;
    const struct spot_options *spot =
        m->instance_market_options.count ? market->spot_options.v : NULL;

    if (!spot || !market->spot_options.count || spot->block_duration_minutes.v % BLOCK_MINUTES == 0)
        return NULL;
    return error_at(error_new(c->arena, ERROR_INVALID, "%lld is no multiple of 60",
                              (long long)spot->block_duration_minutes.v),
                    STR("instance_market_options[0].spot_options[0].block_duration_minutes"));
}

/* Versions. */

/* Whether what a version says is another. */
static bool differ(const struct launch_template *a, const struct launch_template *b)
{
    for (size_t i = 0; i < template_model.count; i++) {
        const struct attr *row = &template_model.attrs[i];
        if ((row->api || str_eq(str_of(row->name), STR("description"))) && !attr_eq(row, a, b))
            return true;
    }
    return false;
}

static struct error *first_is_one(struct call *c, const struct launch_template *m)
{
    if (!TF_IS_KNOWN(m->default_version) || m->default_version.v == 1)
        return NULL;
    return error_at(error_new(c->arena, ERROR_INVALID,
                              "a new template has version 1 alone, and no version %lld",
                              (long long)m->default_version.v),
                    STR("default_version"));
}

/* A change of what is launched is a new version, whose number nobody can promise: others may make
 * versions, too. */
static struct error *template_plan(struct call *c, const void *prior, const void *config,
                                   void *planned)
{
    const struct launch_template *was = prior, *wrote = config;
    struct launch_template *m = planned;

    if (!was)
        return first_is_one(c, wrote);
    if (!wrote->metadata_options.count && TF_IS_KNOWN(wrote->metadata_options))
        m->metadata_options = was->metadata_options; /* as hashicorp/aws has it */
    /* What is not known yet may turn out to be true: then the number must not be promised. */
    bool may_follow = m->update_default_version.v || TF_IS_UNKNOWN(m->update_default_version);
    bool moves = may_follow && !was->update_default_version.v;
    if (differ(was, m)) {
        m->latest_version = (struct tf_int){.state = TF_UNKNOWN};
        moves = may_follow;
    }
    if (moves && TF_IS_NULL(wrote->default_version))
        m->default_version = (struct tf_int){.state = TF_UNKNOWN};
    return NULL;
}

/* EC2 refuses credits for a type that does not burst, and takes them for one that does;
 * hashicorp/aws looks first, so that a module may set them whatever the type. */
static struct error *bursts(struct call *c, const struct launch_template *m, bool *out)
{
    struct aws_call aws = aws_call_of(c);
    struct ec2_instance_types types;
    struct ec2_query query = {.ids = &m->instance_type.v, .id_count = 1};

    *out = false;
    if (!m->credit_specification.count || !m->instance_type.v.len)
        return NULL;
    TRY(ec2_describe_instance_types(&aws, &query, &types));
    *out = types.count && types.items[0].burstable;
    return NULL;
}

static struct error *version_of(struct call *c, const struct launch_template *m,
                                struct ec2_template_version *out)
{
    struct launch_template sent = *m;
    struct json *data = ARENA_NEW(c->arena, struct json);
    bool credits;

    TRY(bursts(c, m, &credits));
    if (!credits)
        sent.credit_specification = (struct tf_blocks){0};
    *data = launch_template_data(c->arena, &template_model, &sent);
    *out = (struct ec2_template_version){
        .client_token = unique_suffix(c->arena),
        .description = m->description.v,
        .data = data,
    };
    return NULL;
}

/* A version that was made a moment ago may not be shown at once. */
struct sight {
    struct str id, description;
    int64_t number;
    const struct xml *data;
};

static struct error *look_at_version(struct call *c, void *self)
{
    struct sight *s = self;
    struct aws_call aws = aws_call_of(c);
    return ec2_describe_template_version(&aws, s->id, s->number, &s->description, &s->data);
}

static struct error *take_version(struct call *c, struct launch_template *m, int64_t patience_ms)
{
    struct sight s = {.id = m->id.v, .number = m->latest_version.v};

    TRY(keep_trying(c, patience_ms, look_at_version, is_missing, &s));
    m->description = tf_string_of(s.description);
    return launch_template_take(c->arena, &template_model, s.data, m);
}

static struct error *arn_of(struct call *c, struct launch_template *m)
{
    struct str account, region = call_region(c), partition = call_partition(c);

    TRY(call_account_id(c, &account));
    m->arn = tf_string_of(arena_printf(
        c->arena, "arn:" STR_FMT ":ec2:" STR_FMT ":" STR_FMT ":launch-template/" STR_FMT,
        STR_ARG(partition), STR_ARG(region), STR_ARG(account), STR_ARG(m->id.v)));
    return NULL;
}

/* The four functions. */

struct creation {
    struct str name, create_date;
    struct ec2_template_version first;
    struct aws_tags tags;
    struct ec2_launch_template made;
};

static struct error *create_attempt(struct call *c, void *self)
{
    struct creation *creation = self;
    struct aws_call aws = aws_call_of(c);
    return ec2_create_template(&aws, creation->name, &creation->first, &creation->tags,
                               &creation->made);
}

/* By its name: its id was in the answer that was lost. */
static struct error *look(struct call *c, void *self)
{
    struct creation *creation = self;
    struct aws_call aws = aws_call_of(c);
    struct ec2_launch_templates found;
    struct ec2_filter named = {STR("launch-template-name"), &creation->name, 1};

    TRY(ec2_describe_launch_templates(
        &aws, &(struct ec2_query){.filters = &named, .filter_count = 1}, &found));
    if (!found.count)
        return error_new(c->arena, ERROR_NOT_FOUND, "there is no launch template " STR_FMT,
                         STR_ARG(creation->name));
    creation->made = found.items[0];
    creation->create_date = time_format(c->arena, found.items[0].created_ms, false);
    return NULL;
}

static struct str id_of(struct call *c, void *self)
{
    const struct creation *creation = self;
    (void)c;
    return creation->made.id;
}

static struct error *template_create(struct call *c, void *model)
{
    struct launch_template *m = model;

    name_make(c, &m->name, &m->name_prefix, (struct str){0});
    struct creation creation = {.name = m->name.v, .tags = tags_of_new(c, &m->tags)};
    TRY(version_of(c, m, &creation.first));
    struct named_create how = {
        .create = create_attempt,
        .look = look,
        .create_date = &creation.create_date,
        .self = &creation,
        .name = m->name.v,
        .id = id_of,
    };
    TRY(create_named(c, &how, &m->id));
    m->default_version = m->latest_version = tf_int_of(1);
    TRY(arn_of(c, m));
    return take_version(c, m, consistency_ms);
}

static struct error *find(struct call *c, const struct launch_template *m,
                          struct ec2_launch_template *out)
{
    struct aws_call aws = aws_call_of(c);
    struct ec2_launch_templates found;

    TRY(ec2_describe_launch_templates(&aws, &(struct ec2_query){.ids = &m->id.v, .id_count = 1},
                                      &found));
    if (!found.count)
        return error_new(c->arena, ERROR_NOT_FOUND, "there is no launch template " STR_FMT,
                         STR_ARG(m->id.v));
    *out = found.items[0];
    return NULL;
}

static struct error *template_read(struct call *c, void *model)
{
    struct launch_template *m = model;
    struct ec2_launch_template found;

    TRY(find(c, m, &found));
    TRY(no_stranger(c, found.name, found.created_ms));
    struct tf_map tags = tags_from_aws(c, &found.tags);
    m->name = tf_string_of(found.name);
    m->name_prefix = name_prefix_of(c, found.name, (struct str){0});
    m->default_version = tf_int_of(found.default_version);
    m->latest_version = tf_int_of(found.latest_version);
    call_tags_read(c, &tags, &m->tags, &m->tags_all);
    TRY(arn_of(c, m));
    return take_version(c, m, 0);
}

/* Which version is the default once this is done; 0: the one that is. */
static int64_t wanted_default(const struct launch_template *was, const struct launch_template *m)
{
    if (m->update_default_version.v)
        return m->latest_version.v == was->default_version.v ? 0 : m->latest_version.v;
    bool moves = TF_IS_KNOWN(m->default_version) && m->default_version.v != was->default_version.v;
    return moves ? m->default_version.v : 0;
}

static struct error *template_update(struct call *c, const void *prior, void *model)
{
    static const struct tags_api template_tags = {ec2_set_tags, ec2_take_tags};
    const struct launch_template *was = prior;
    struct launch_template *m = model;
    struct aws_call aws = aws_call_of(c);
    bool anew = differ(was, m);

    m->latest_version = was->latest_version;
    if (anew) {
        struct ec2_template_version next;
        TRY(version_of(c, m, &next));
        TRY(ec2_create_template_version(&aws, m->id.v, &next, &m->latest_version.v));
    }
    int64_t number = wanted_default(was, m);
    if (number)
        TRY(ec2_set_default_template_version(&aws, m->id.v, number));
    if (!TF_IS_KNOWN(m->default_version))
        m->default_version = number ? tf_int_of(number) : was->default_version;
    TRY(tags_update(c, &template_tags, m->id.v, &was->tags_all, &m->tags_all));
    return anew ? take_version(c, m, consistency_ms) : NULL;
}

static struct error *template_destroy(struct call *c, const void *prior)
{
    const struct launch_template *m = prior;
    struct aws_call aws = aws_call_of(c);
    return ec2_delete_template(&aws, m->id.v);
}

extern const struct resource_type aws_launch_template;
const struct resource_type aws_launch_template = {
    .name = "aws_launch_template",
    .describe = "What EC2 launches instances with, in versions.",
    .notes = "A change of anything but name and tags is a new version; versions stay until the "
             "template goes. `tenon_node_pool` needs none of these: the engine makes its own.",
    .subcategory = "EC2",
    .import_id = "{id}",
    .import_says = "the template's id",
    .model = MODEL(launch_template, template_attrs),
    .blame = BLAME({"InvalidLaunchTemplateName*", NULL, "name"},
                   {"InvalidLaunchTemplateId.VersionNotFound", NULL, "default_version"},
                   {"InvalidLaunchTemplateVersion*", NULL, "default_version"},
                   {"InvalidUserData*", NULL, "user_data"}, {NULL, "BASE64", "user_data"},
                   {NULL, "ec2:CreateTags", "tags"}, {"InvalidInstanceType", NULL, "instance_type"},
                   {NULL, "iamInstanceProfile", "iam_instance_profile"},
                   {"InvalidAMIID*", NULL, "image_id"}, {NULL, "ImageId", "image_id"},
                   {NULL, "SecurityGroup", "vpc_security_group_ids"}),
    .validate = template_validate,
    .plan = template_plan,
    .create = template_create,
    .read = template_read,
    .update = template_update,
    .destroy = template_destroy,
};
