#include "engine/aws/eks.h"
#include "provider/grammar/names.h"
#include "provider/resources/eks_access.h"
#include "provider/resources/shared.h"

struct entry {
    struct tf_string access_entry_arn, cluster_name, created_at, id, modified_at, principal_arn;
    struct tf_string region, type, user_name;
    struct tf_strings kubernetes_groups;
    struct tf_map tags, tags_all;
    struct tf_blocks timeouts;
};

/* clang-format off */
static const struct attr entry_attrs[] = {
    ATTR(entry, access_entry_arn,  COMPUTED, .describe = "ARN of the entry."),
    ATTR(entry, cluster_name,      REQUIRED | FORCE_NEW, CLUSTER_NAME, .describe = "Name of the cluster."),
    ATTR(entry, created_at,        COMPUTED, .describe = "When it was made."),
    ATTR(entry, id,                COMPUTED, .describe = "The cluster's name, a colon and the principal's ARN."),
    ATTR(entry, kubernetes_groups, OPTIONAL | COMPUTED | SET, .describe = "Groups of Kubernetes' that the principal is in."),
    ATTR(entry, modified_at,       COMPUTED | VOLATILE, .describe = "When it was last changed."),
    ATTR(entry, principal_arn,     REQUIRED | FORCE_NEW, .min = 1, .check = check_arn, .describe = "ARN of the role or user that is let in."),
    ATTR_REGION(entry),
    ATTR(entry, tags,              OPTIONAL | EMPTY_OK, .check_map = check_tags, .describe = "Tags of the entry."),
    ATTR(entry, tags_all,          OPTIONAL | COMPUTED, .describe = "Its tags and the provider's `default_tags`."),
    ATTR(entry, type,              OPTIONAL | FORCE_NEW, .dflt = "STANDARD", .one_of = VALUES("STANDARD", "EC2", "EC2_LINUX", "EC2_WINDOWS", "FARGATE_LINUX", "HYBRID_LINUX", "HYPERPOD_LINUX"),
         .describe = "What the principal is: people and programs (`STANDARD`), or nodes."),
    ATTR(entry, user_name,         OPTIONAL | COMPUTED, .describe = "Its name within Kubernetes. Unset: EKS makes one of the ARN."),
    ATTR(entry, timeouts,          OPTIONAL, .nesting = BLOCK_SINGLE, .nested = &timeouts_cd, .describe = "How long an operation may take."),
};
/* clang-format on */

static const struct tags_api entry_tags = {eks_tag, eks_untag};

static struct eks_access_entry wanted_of(const struct entry *m)
{
    return (struct eks_access_entry){
        .cluster = m->cluster_name.v,
        .principal_arn = m->principal_arn.v,
        .type = m->type.v,
        .user_name = m->user_name.v,
        .groups = {.items = m->kubernetes_groups.v, .count = m->kubernetes_groups.count},
    };
}

static struct tf_strings groups_of(const struct eks_access_entry *found)
{
    return (struct tf_strings){TF_KNOWN, found->groups.items, found->groups.count};
}

struct creation {
    struct eks_access_entry wanted, made;
    struct str token;
};

static struct error *create_attempt(struct call *c, void *self)
{
    struct creation *creation = self;
    struct aws_call aws = aws_call_of(c);
    return eks_create_access_entry(&aws, &creation->wanted, creation->token, &creation->made);
}

static struct error *entry_create(struct call *c, void *model)
{
    struct entry *m = model;
    struct creation creation = {.wanted = wanted_of(m), .token = unique_suffix(c->arena)};

    creation.wanted.tags = tags_of_new(c, &m->tags);
    TRY(keep_trying(c, fresh_ms(c), create_attempt, eks_knows_not_yet, &creation));
    m->id = tf_string_of(access_entry_id(c, m->cluster_name.v, m->principal_arn.v));
    m->access_entry_arn = tf_string_of(creation.made.arn);
    m->created_at = tf_string_of(creation.made.created);
    m->modified_at = tf_string_of(creation.made.modified);
    m->user_name = tf_string_of(creation.made.user_name);
    m->kubernetes_groups = groups_of(&creation.made);
    return NULL;
}

static struct error *take_id(struct call *c, struct str id, struct entry *m)
{
    struct str principal = id, cluster = str_cut(&principal, ':');

    if (!cluster.len || !str_starts_with(principal, STR("arn:"))) {
        struct error *e =
            error_new(c->arena, ERROR_INVALID, "the import id is \"" STR_FMT "\"", STR_ARG(id));
        e->detail = STR("It must be the cluster's name, a colon and the principal's ARN: "
                        "dev:arn:aws:iam::123456789012:role/admin.");
        return e;
    }
    m->cluster_name = tf_string_of(cluster);
    m->principal_arn = tf_string_of(principal);
    m->id = tf_string_of(id);
    return NULL;
}

static struct error *entry_read(struct call *c, void *model)
{
    struct entry *m = model;
    struct aws_call aws = aws_call_of(c);
    struct eks_access_entry found;

    TRY(take_id(c, m->id.v, m));
    TRY(eks_get_access_entry(&aws, m->cluster_name.v, m->principal_arn.v, &found));
    struct tf_map tags = tags_from_aws(c, &found.tags);
    m->access_entry_arn = tf_string_of(found.arn);
    m->created_at = tf_string_of(found.created);
    m->modified_at = tf_string_of(found.modified);
    m->type = tf_string_of(found.type);
    m->user_name = tf_string_of(found.user_name);
    m->kubernetes_groups = groups_of(&found);
    call_tags_read(c, &tags, &m->tags, &m->tags_all);
    return NULL;
}

static bool same_groups(const struct tf_strings *x, const struct tf_strings *y)
{
    bool same = x->count == y->count;

    for (size_t i = 0; same && i < x->count; i++) {
        same = false;
        for (size_t k = 0; k < y->count && !same; k++)
            same = str_eq(x->v[i], y->v[k]);
    }
    return same;
}

static struct error *entry_update(struct call *c, const void *prior, void *model)
{
    const struct entry *was = prior;
    struct entry *m = model;
    struct aws_call aws = aws_call_of(c);
    struct eks_access_entry wanted = wanted_of(m);

    if (!str_eq(was->user_name.v, m->user_name.v) ||
        !same_groups(&was->kubernetes_groups, &m->kubernetes_groups))
        TRY(eks_update_access_entry(&aws, &wanted));
    call_applied(c, "kubernetes_groups");
    call_applied(c, "user_name");
    TRY(tags_update(c, &entry_tags, m->access_entry_arn.v, &was->tags_all, &m->tags_all));
    TRY(eks_get_access_entry(&aws, m->cluster_name.v, m->principal_arn.v, &wanted));
    m->modified_at = tf_string_of(wanted.modified);
    return NULL;
}

static struct error *entry_destroy(struct call *c, const void *prior)
{
    const struct entry *m = prior;
    struct aws_call aws = aws_call_of(c);
    return eks_delete_access_entry(&aws, m->cluster_name.v, m->principal_arn.v);
}

static struct error *entry_import(struct call *c, struct str id, void *model)
{
    return take_id(c, id, model);
}

extern const struct resource_type aws_eks_access_entry;
const struct resource_type aws_eks_access_entry = {
    .name = "aws_eks_access_entry",
    .describe = "Lets a role or user into an EKS cluster.",
    .subcategory = "EKS",
    .import_id = "{cluster_name}:{principal_arn}",
    .import_says = "the cluster's name, a colon and the principal's ARN",
    .model = MODEL(entry, entry_attrs),
    .identity = {.required = "cluster_name,principal_arn", .optional = "account_id,region"},
    .blame = BLAME({"ResourceInUse*", NULL, "principal_arn"},
                   {"ResourceNotFound*", "cluster", "cluster_name"},
                   {NULL, "principalArn", "principal_arn"}, {NULL, "username", "user_name"},
                   {NULL, "kubernetesGroups", "kubernetes_groups"}, {NULL, "type", "type"}),
    .create = entry_create,
    .read = entry_read,
    .update = entry_update,
    .destroy = entry_destroy,
    .import = entry_import,
};
