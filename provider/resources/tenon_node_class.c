#include "engine/objects/class_document.h"
#include "engine/objects/class_form.h"
#include "provider/resources/fleet.h"

/* As with tenon_node_pool: rules are engine/objects', these rows are the shape. */

struct image_term_model {
    struct tf_string alias, id, name, owner, ssm_parameter;
    struct tf_map tags;
};
struct subnet_term_model {
    struct tf_string id;
    struct tf_map tags;
};
struct group_term_model {
    struct tf_string id, name;
    struct tf_map tags;
};
struct ebs_model {
    struct tf_string volume_size, volume_type, kms_key_id, snapshot_id;
    struct tf_bool encrypted, delete_on_termination;
    struct tf_int iops, throughput;
};
struct device_model {
    struct tf_string device_name;
    struct tf_bool root_volume;
    struct tf_blocks ebs;
};
struct metadata_model {
    struct tf_string http_endpoint, http_protocol_ipv6, http_tokens;
    struct tf_int http_put_response_hop_limit;
};
struct kubelet_model {
    struct tf_int max_pods, pods_per_core, eviction_max_pod_grace_period;
    struct tf_int image_gc_high_threshold_percent, image_gc_low_threshold_percent;
    struct tf_map system_reserved, kube_reserved, eviction_hard, eviction_soft;
    struct tf_map eviction_soft_grace_period;
    struct tf_bool cpu_cfs_quota;
    struct tf_strings cluster_dns;
};
struct class_model {
    struct fleet_head head;
    struct tf_string ami_family, instance_profile, role, user_data, instance_store_policy, context;
    struct tf_blocks ami_selector, subnet_selector, security_group_selector;
    struct tf_blocks block_device_mappings, metadata_options, kubelet;
    struct tf_map tags;
    struct tf_bool detailed_monitoring, associate_public_ip_address;
};

/* clang-format off */
static const struct attr image_term_attrs[] = {
    ATTR(image_term_model, alias,         OPTIONAL, .describe = "Family and version, such as `al2023@latest` or `al2@v20240807`. No other term may stand beside it."),
    ATTR(image_term_model, id,            OPTIONAL, .describe = "Id of the image."),
    ATTR(image_term_model, name,          OPTIONAL, .describe = "Name of the image, in which `*` and `?` stand for anything."),
    ATTR(image_term_model, owner,         OPTIONAL, .describe = "Account id of the owner, `self` or `amazon`."),
    ATTR(image_term_model, ssm_parameter, OPTIONAL, .describe = "Name of the SSM parameter that holds the image's id."),
    ATTR(image_term_model, tags,          OPTIONAL, .describe = "Tags of the image. The value `*` is any."),
};
static const struct attr subnet_term_attrs[] = {
    ATTR(subnet_term_model, id,   OPTIONAL, .describe = "Id of the subnet."),
    ATTR(subnet_term_model, tags, OPTIONAL, .describe = "Tags of the subnet. The value `*` is any."),
};
static const struct attr group_term_attrs[] = {
    ATTR(group_term_model, id,   OPTIONAL, .describe = "Id of the security group."),
    ATTR(group_term_model, name, OPTIONAL, .describe = "Name of the security group."),
    ATTR(group_term_model, tags, OPTIONAL, .describe = "Tags of the security group. The value `*` is any."),
};
static const struct attr ebs_attrs[] = {
    ATTR(ebs_model, volume_size,           OPTIONAL, .describe = "Size, such as `50Gi`. Unset: the snapshot's."),
    ATTR(ebs_model, volume_type,           OPTIONAL, .describe = "Type of the volume. Unset: EC2's choice."),
    ATTR(ebs_model, encrypted,             OPTIONAL, .describe = "Whether it is encrypted. Unset: as the account or the snapshot has it."),
    ATTR(ebs_model, delete_on_termination, OPTIONAL, .describe = "Whether it goes with its node."),
    ATTR(ebs_model, iops,                  OPTIONAL, .describe = "Operations per second, of `gp3`, `io1` and `io2`."),
    ATTR(ebs_model, throughput,            OPTIONAL, .describe = "MiB per second, of `gp3`."),
    ATTR(ebs_model, kms_key_id,            OPTIONAL, .describe = "KMS key that encrypts it."),
    ATTR(ebs_model, snapshot_id,           OPTIONAL, .describe = "Snapshot that it is made from."),
};
static const struct model ebs_model = MODEL(ebs_model, ebs_attrs);
static const struct attr device_attrs[] = {
    ATTR(device_model, device_name, REQUIRED, .describe = "Name of the device, such as `/dev/xvda`."),
    ATTR(device_model, root_volume, OPTIONAL, .describe = "Whether pods' ephemeral storage is on it. One mapping may say so. Unset everywhere: the device where the family keeps it."),
    ATTR(device_model, ebs,         REQUIRED, .nesting = NESTED_SINGLE, .nested = &ebs_model, .describe = "The volume."),
};
static const struct attr metadata_attrs[] = {
    ATTR(metadata_model, http_endpoint,               OPTIONAL, .describe = "Whether it answers at all."),
    ATTR(metadata_model, http_protocol_ipv6,          OPTIONAL, .describe = "Whether it answers over IPv6."),
    ATTR(metadata_model, http_put_response_hop_limit, OPTIONAL, .describe = "How many network hops its answers may travel. Pods without host network are one more away."),
    ATTR(metadata_model, http_tokens,                 OPTIONAL, .describe = "Whether requests need a session token (IMDSv2)."),
};
static const struct attr kubelet_attrs[] = {
    ATTR(kubelet_model, max_pods,                        OPTIONAL, .describe = "Pods a node. Unset: what the type's network interfaces allow."),
    ATTR(kubelet_model, pods_per_core,                   OPTIONAL, .describe = "Pods a vCPU. The smaller of the two numbers counts; 0 is no limit."),
    ATTR(kubelet_model, system_reserved,                 OPTIONAL, .describe = "What is kept for the system, by resource: `cpu`, `memory`, `ephemeral-storage`."),
    ATTR(kubelet_model, kube_reserved,                   OPTIONAL, .describe = "What is kept for the kubelet, by resource, in place of the family's own reservation."),
    ATTR(kubelet_model, eviction_hard,                   OPTIONAL, .describe = "Hard eviction thresholds by signal, such as `memory.available`: a quantity or a percentage."),
    ATTR(kubelet_model, eviction_soft,                   OPTIONAL, .describe = "Soft eviction thresholds by signal, as above. Each needs a grace period."),
    ATTR(kubelet_model, eviction_soft_grace_period,      OPTIONAL, .describe = "How long each soft threshold may be passed: a duration by signal."),
    ATTR(kubelet_model, eviction_max_pod_grace_period,   OPTIONAL, .describe = "Seconds that pods get at most when a soft threshold evicts them."),
    ATTR(kubelet_model, image_gc_high_threshold_percent, OPTIONAL, .describe = "Per cent of disk use at which images are collected."),
    ATTR(kubelet_model, image_gc_low_threshold_percent,  OPTIONAL, .describe = "Per cent of disk use at which collecting ends."),
    ATTR(kubelet_model, cpu_cfs_quota,                   OPTIONAL, .describe = "Whether CPU limits of containers are enforced by CFS quota. Unset: the kubelet's own default."),
    ATTR(kubelet_model, cluster_dns,                     OPTIONAL, .describe = "Addresses of the DNS servers of pods."),
};
static const struct model image_term_model = MODEL(image_term_model, image_term_attrs);
static const struct model subnet_term_model = MODEL(subnet_term_model, subnet_term_attrs);
static const struct model group_term_model = MODEL(group_term_model, group_term_attrs);
static const struct model device_model = MODEL(device_model, device_attrs);
static const struct model metadata_model = MODEL(metadata_model, metadata_attrs);
static const struct model kubelet_model = MODEL(kubelet_model, kubelet_attrs);

static const struct attr class_attrs[] = {
    FLEET_HEAD_ROWS(class_model, timeouts_cud),
    ATTR(class_model, ami_family,              OPTIONAL, .describe = "The kind of image, which decides how a node is told to join. Unset: that of the first alias in `ami_selector`, else `AL2023`. `Custom` and `Ubuntu` need an `ami_selector`."),
    ATTR(class_model, ami_selector,            OPTIONAL, .nesting = NESTED_LIST, .nested = &image_term_model, .describe = "Which images nodes start from. An image must satisfy one term, and all that the term says. Unset: the family's latest."),
    ATTR(class_model, subnet_selector,         REQUIRED, .nesting = NESTED_LIST, .nested = &subnet_term_model, .describe = "Which subnets nodes are launched in. A subnet must satisfy one term, and all that the term says."),
    ATTR(class_model, security_group_selector, REQUIRED, .nesting = NESTED_LIST, .nested = &group_term_model, .describe = "Which security groups nodes get. A group must satisfy one term, and all that the term says."),
    ATTR(class_model, instance_profile,        OPTIONAL, .describe = "Name of an instance profile that exists, or its ARN. Unset, and `role` too: the provider's `engine.default_instance_profile`."),
    ATTR(class_model, role,                    OPTIONAL, .describe = "Name of a role, or its ARN, for which the engine makes an instance profile and takes it away again. Conflicts with `instance_profile`."),
    ATTR(class_model, user_data,               OPTIONAL, .describe = "User data of your own, run before or merged with what the family needs to join."),
    ATTR(class_model, block_device_mappings,   OPTIONAL, .nesting = NESTED_LIST, .nested = &device_model, .describe = "Volumes. Unset: those of the image's family."),
    ATTR(class_model, metadata_options,        OPTIONAL, .nesting = NESTED_SINGLE, .nested = &metadata_model, .describe = "The instance metadata service of nodes."),
    ATTR(class_model, kubelet,                 OPTIONAL, .nesting = NESTED_SINGLE, .nested = &kubelet_model, .describe = "Settings of the kubelet. They also decide how much of a node is left for pods."),
    ATTR(class_model, tags,                    OPTIONAL, .describe = "Tags of instances and volumes, besides the engine's own and the provider's `default_tags`."),
    ATTR(class_model, detailed_monitoring,     OPTIONAL, .describe = "Whether CloudWatch gets values every minute instead of every five."),
    ATTR(class_model, associate_public_ip_address, OPTIONAL, .describe = "Whether nodes get public addresses. Unset: as the subnet says."),
    ATTR(class_model, instance_store_policy,   OPTIONAL, .describe = "What becomes of the instance's own disks. `RAID0`: one array, for pods' ephemeral storage."),
    ATTR(class_model, context,                 OPTIONAL, .describe = "The context of EC2 Fleet requests."),
};
/* clang-format on */

extern const struct resource_type tenon_node_class;

static const struct fleet_type class_type = {
    .resource = &tenon_node_class,
    .kind = SPEC_CLASS,
    .check = class_document_check,
    .equal = class_document_equal,
    .unheeded = class_document_unheeded,
};

static struct error *class_validate(struct call *c, const void *model)
{
    return fleet_validate(c, &class_type, model);
}

static struct error *class_plan(struct call *c, const void *prior, const void *config,
                                void *planned)
{
    return fleet_plan(c, &class_type, prior, config, planned);
}

static struct error *class_create(struct call *c, void *model)
{
    return fleet_create(c, &class_type, model);
}

static struct error *class_read(struct call *c, void *model)
{
    return fleet_read(c, &class_type, model);
}

static struct error *class_update(struct call *c, const void *prior, void *model)
{
    return fleet_update(c, &class_type, prior, model);
}

static struct error *class_destroy(struct call *c, const void *prior)
{
    return fleet_destroy(c, &class_type, prior);
}

static struct attr class_row(struct arena *a, const struct attr *row, struct str path)
{
    return fleet_row(a, &class_form, row, path);
}

const struct resource_type tenon_node_class = {
    .name = "tenon_node_class",
    .describe = "How nodes are made: their image, network, disks and identity. Pools name a class.",
    .notes = "Instances are launched from this description when a `tenon_node_pool` that names the "
             "class needs\n"
             "nodes. An apply that changes it applies the pools that name it too: nodes whose "
             "image, network or\n"
             "settings no longer agree with the class are replaced, the new one first. What the "
             "selectors find is\n"
             "looked up anew while the engine runs.\n"
             "\n"
             "A class that still has nodes refuses to go; pools are destroyed before it.",
    .subcategory = "Nodes",
    .import_id = "{name}",
    .import_says = "the class's name",
    .with_rules = class_row,
    .model = MODEL(class_model, class_attrs),
    .uses_engine = true,
    .timeouts = {.create_ms = 10 * 60000, .update_ms = 10 * 60000, .delete_ms = 20 * 60000},
    .validate = class_validate,
    .plan = class_plan,
    .create = class_create,
    .read = class_read,
    .update = class_update,
    .destroy = class_destroy,
};
