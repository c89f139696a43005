#include "engine/objects/class_form.h"

#include "engine/objects/names.h"
#include "engine/objects/user_data.h"

static void check_name(struct reader *r, const struct place *at, const struct json *j,
                       const void *filled)
{
    if (!is_dns_label(*(const struct str *)filled))
        reader_refuse(r, at, j, DNS_LABEL_RULE);
}

/* A name, or an ARN of the kind of thing that is to be named. */
static void check_iam(struct reader *r, const struct place *at, const struct json *j,
                      struct str value, const char *kind, size_t longest)
{
    struct str arn = arena_printf(r->keep, ":%s/", kind), name = iam_name(value);

    if (value.len == 0)
        return; /* as unset */
    if (str_starts_with(value, STR("arn:")) ? str_find_str(value, arn) == value.len
                                            : str_find(value, ':') < value.len)
        reader_refuse(r, at, j,
                      "It names an %s: NAME, or an ARN that reads arn:aws:iam::ACCOUNT:%s/NAME.",
                      kind, kind);
    else if (!is_iam_name(name) || name.len > longest)
        reader_refuse(r, at, j, "IAM's names have 1 to %zu letters, digits and +=,.@_-", longest);
}

static void check_role(struct reader *r, const struct place *at, const struct json *j,
                       const void *filled)
{
    check_iam(r, at, j, *(const struct str *)filled, "role", 64);
}

static void check_instance_profile(struct reader *r, const struct place *at, const struct json *j,
                                   const void *filled)
{
    check_iam(r, at, j, *(const struct str *)filled, "instance-profile", 128);
}

/* Keys by which instances are found and collected: by us, by Karpenter, by AWS itself. */
static bool tag_is_ours(struct str key)
{
    const char *const prefixes[] = {"aws:",
                                    "tenon.dev/",
                                    "kubernetes.io/cluster",
                                    "eks:eks-cluster-name",
                                    "karpenter.sh/nodepool",
                                    "karpenter.sh/nodeclaim",
                                    "karpenter.sh/provisioner-name",
                                    "karpenter.sh/managed-by",
                                    "karpenter.k8s.aws/ec2nodeclass"};
    for (size_t i = 0; i < sizeof(prefixes) / sizeof(*prefixes); i++)
        if (str_starts_with(key, str_of(prefixes[i])))
            return true;
    return false;
}

static void check_tags(struct reader *r, const struct place *at, const struct json *j,
                       const void *filled)
{
    const struct labels *tags = filled;

    for (size_t i = 0; i < tags->count; i++) {
        struct place each = place_key(at, tags->items[i].key);
        if (tag_is_ours(tags->items[i].key))
            reader_fault(r, &each, j, STR("is a tag that a class may not set"),
                         STR("By this key Tenon, Karpenter or AWS find their instances: use "
                             "another."));
        else if (tags->items[i].key.len == 0 || tags->items[i].key.len > 128 ||
                 tags->items[i].value.len > 256)
            reader_fault(r, &each, j, STR("is too long or empty"),
                         STR("EC2 allows keys of 1 to 128 characters and values of up to 256."));
    }
}

#define GIB ((int64_t)1 << 30)

static void check_volume_size(struct reader *r, const struct place *at, const struct json *j,
                              const void *filled)
{
    int64_t bytes = *(const int64_t *)filled;
    if (bytes < 1000 * 1000 * 1000 || bytes > 64 * 1024 * GIB)
        reader_refuse(r, at, j, "A size from 1G to 64Ti is expected, such as 50Gi.");
}

static void check_ebs(struct reader *r, const struct place *at, const struct json *j,
                      const void *filled)
{
    const struct ebs_settings *e = filled;
    struct place size = place_member(at, "volume_size"), through = place_member(at, "throughput"),
                 iops = place_member(at, "iops");
    bool takes_iops = str_eq(e->volume_type, STR("gp3")) || str_eq(e->volume_type, STR("io1")) ||
                      str_eq(e->volume_type, STR("io2"));

    if (json_get(j, "volume_size")->kind == JSON_NULL &&
        json_get(j, "snapshot_id")->kind == JSON_NULL)
        reader_missing(r, &size, j, "Set volume_size (\"50Gi\") or snapshot_id.");
    if (e->throughput && e->volume_type.len && !str_eq(e->volume_type, STR("gp3")))
        reader_refuse(r, &through, json_get(j, "throughput"), "Only gp3 volumes take throughput.");
    if (e->iops && e->volume_type.len && !takes_iops)
        reader_refuse(r, &iops, json_get(j, "iops"), "Only gp3, io1 and io2 volumes take iops.");
}

static const struct field ebs_fields[] = {
    FIELD_AS(QUANTITY, "volume_size", ebs_settings, volume_size_bytes, .check = check_volume_size),
    FIELD(STRING, ebs_settings, volume_type,
          .words = WORDS("gp3", "gp2", "io1", "io2", "st1", "sc1", "standard")),
    FIELD(BOOL, ebs_settings, encrypted),
    FIELD(BOOL, ebs_settings, delete_on_termination, .dflt = "true"),
    FIELD(INT, ebs_settings, iops, .min = 100, .max = 256000),
    FIELD(INT, ebs_settings, throughput, .min = 125, .max = 2000),
    FIELD(STRING, ebs_settings, kms_key_id),
    FIELD(STRING, ebs_settings, snapshot_id),
};
static const struct form ebs_form = FORM(ebs_settings, ebs_fields, .check = check_ebs);

static const struct field block_device_fields[] = {
    FIELD(STRING, block_device, device_name, .flags = FIELD_REQUIRED),
    FIELD(BOOL, block_device, root_volume, .dflt = "false"),
    FIELD(OBJECT, block_device, ebs, .flags = FIELD_REQUIRED, .form = &ebs_form),
};
static const struct form block_device_form = FORM(block_device, block_device_fields);

static void check_block_devices(struct reader *r, const struct place *at, const struct json *j,
                                const void *filled)
{
    const struct list *list = filled;
    const struct block_device *devices = list->items;
    bool root = false;

    for (size_t i = 0; i < list->count; i++) {
        struct place each = place_index(at, i), here = place_member(&each, "root_volume");
        struct place name = place_member(&each, "device_name");
        if (devices[i].root_volume.on && root)
            reader_fault(r, &here, j, STR("is true a second time"),
                         STR("One mapping at most is the root volume."));
        root |= devices[i].root_volume.on;
        for (size_t k = 0; k < i; k++)
            if (devices[i].device_name.len &&
                str_eq(devices[i].device_name, devices[k].device_name))
                reader_refuse(r, &name, json_get(&j->items[i], "device_name"),
                              "block_device_mappings[%zu] has that name already.", k);
    }
}

static const struct field metadata_fields[] = {
    FIELD(STRING, metadata_options, http_endpoint, .dflt = "\"enabled\"",
          .words = WORDS("enabled", "disabled")),
    FIELD(STRING, metadata_options, http_protocol_ipv6, .dflt = "\"disabled\"",
          .words = WORDS("enabled", "disabled")),
    FIELD(INT, metadata_options, http_put_response_hop_limit, .min = 1, .max = 64, .dflt = "1"),
    FIELD(STRING, metadata_options, http_tokens, .dflt = "\"required\"",
          .words = WORDS("required", "optional")),
};
static const struct form metadata_form = FORM(metadata_options, metadata_fields);

static struct json alias_of(const struct json *document)
{
    const struct json *terms = json_get(document, "ami_selector");
    return terms->kind == JSON_ARRAY && terms->count ? *json_get(&terms->items[0], "alias")
                                                     : (struct json){0};
}

static void check_family(struct reader *r, const struct place *at, const struct json *j,
                         const struct node_class *c)
{
    struct place family = place_member(at, "ami_family"), images = place_member(at, "ami_selector");
    struct json alias = alias_of(j);
    enum ami_family named;

    if (c->ami_family.len && alias.kind == JSON_STRING && alias_family(alias.text, &named) &&
        !str_eq(c->ami_family, ami_family_text(named)))
        reader_refuse(r, &family, json_get(j, "ami_family"),
                      "The alias " STR_FMT " is of the family " STR_FMT
                      ": make them agree, or remove ami_family.",
                      STR_ARG(alias.text), STR_ARG(ami_family_text(named)));
    if ((str_eq(c->ami_family, STR("Custom")) || str_eq(c->ami_family, STR("Ubuntu"))) &&
        json_get(j, "ami_selector")->kind == JSON_NULL)
        reader_missing(r, &images, j,
                       "The families Custom and Ubuntu have no image of their own: name one by id, "
                       "name, ssm_parameter or tags.");
}

static void check_user_data(struct reader *r, const struct place *at, const struct json *j,
                            const struct node_class *c)
{
    struct place here = place_member(at, "user_data");
    struct user_parts parts = {0};

    if (c->user_data.len > USER_DATA_LIMIT)
        reader_fault(r, &here, json_get(j, "user_data"),
                     arena_printf(r->keep, "has %zu bytes", c->user_data.len),
                     STR("EC2 takes up to 16384 bytes of user data, and what joins the node to "
                         "the cluster comes on top: have the script fetch the rest."));
    struct error *e = user_data_split(r->keep, family_of(j), c->user_data, &parts);
    if (e)
        reader_keep(r, e);
}

static void check_class(struct reader *r, const struct place *at, const struct json *j,
                        const void *filled)
{
    const struct node_class *c = filled;
    struct place role = place_member(at, "role");

    check_family(r, at, j, c);
    check_user_data(r, at, j, c);
    if (c->role.len && c->instance_profile.len)
        reader_fault(r, &role, j, STR("stands beside instance_profile"),
                     STR("Set instance_profile to use a profile that exists, or role to have one "
                         "made: remove one of the two."));
}

/* The families that the EC2 adapter launches. */
static bool family_is_heeded(const struct json *j)
{
    return str_eq(j->text, STR("AL2")) || str_eq(j->text, STR("AL2023")) ||
           str_eq(j->text, STR("Custom"));
}

static const struct field class_fields[] = {
    FIELD(STRING, node_class, name, .flags = FIELD_REQUIRED, .check = check_name),
    /* Unset is the alias's family or AL2023: see family_of. */
    FIELD(STRING, node_class, ami_family, .flags = FIELD_SHAPES_NODES,
          .words = WORDS("AL2", "AL2023", "Bottlerocket", "Ubuntu", "Windows2019", "Windows2022",
                         "Windows2025", "Custom"),
          .unheeded =
              "This version launches AL2, AL2023 and Custom only: no node of this family is "
              "made.",
          .heeded = family_is_heeded),
    FIELD(LIST, node_class, ami_selector, .min = 1, .max = 30, .form = &image_term_form,
          .check = check_image_terms),
    FIELD(LIST, node_class, subnet_selector, .flags = FIELD_REQUIRED, .min = 1, .max = 30,
          .form = &subnet_term_form),
    FIELD(LIST, node_class, security_group_selector, .flags = FIELD_REQUIRED | FIELD_SHAPES_NODES,
          .min = 1, .max = 30, .form = &group_term_form),
    FIELD(STRING, node_class, instance_profile, .flags = FIELD_SHAPES_NODES | FIELD_IAM_NAME,
          .check = check_instance_profile),
    FIELD(STRING, node_class, role, .flags = FIELD_SHAPES_NODES | FIELD_IAM_NAME,
          .check = check_role),
    FIELD(STRING, node_class, user_data, .flags = FIELD_SHAPES_NODES),
    FIELD(LIST, node_class, block_device_mappings, .flags = FIELD_SHAPES_NODES, .dflt = "[]",
          .max = 50, .form = &block_device_form, .check = check_block_devices),
    FIELD(OBJECT, node_class, metadata_options, .flags = FIELD_SHAPES_NODES, .dflt = "{}",
          .form = &metadata_form),
    FIELD(OBJECT, node_class, kubelet, .flags = FIELD_SHAPES_NODES, .dflt = "{}",
          .form = &kubelet_form),
    FIELD(MAP, node_class, tags, .flags = FIELD_SHAPES_NODES, .dflt = "{}", .max = 40,
          .check = check_tags),
    FIELD(BOOL, node_class, detailed_monitoring, .flags = FIELD_SHAPES_NODES, .dflt = "false"),
    FIELD(BOOL, node_class, associate_public_ip_address, .flags = FIELD_SHAPES_NODES),
    FIELD(STRING, node_class, instance_store_policy, .flags = FIELD_SHAPES_NODES,
          .words = WORDS("RAID0"), .unheeded = "This version leaves instance stores as they are."),
    FIELD(STRING, node_class, context, .flags = FIELD_SHAPES_NODES,
          .unheeded = "This version launches without a fleet context."),
};
const struct form class_form = FORM(node_class, class_fields, .check = check_class);

enum ami_family family_of(const struct json *document)
{
    struct str written = json_string_or(json_get(document, "ami_family"), STR(""));
    struct json alias = alias_of(document);
    enum ami_family family = FAMILY_AL2023;

    for (int i = FAMILY_AL2; written.len && i <= FAMILY_CUSTOM; i++)
        if (str_eq(written, ami_family_text((enum ami_family)i)))
            return (enum ami_family)i;
    if (alias.kind == JSON_STRING)
        alias_family(alias.text, &family);
    return family;
}
