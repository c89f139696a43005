#include "engine/aws/eks.h"
#include "provider/grammar/names.h"
#include "provider/resources/eks_access.h"
#include "provider/resources/shared.h"

struct pod_identity {
    struct tf_string association_arn, association_id, cluster_name, external_id, id, namespace;
    struct tf_string policy, region, role_arn, service_account, target_role_arn;
    struct tf_bool disable_session_tags;
    struct tf_map tags, tags_all;
};

/* clang-format off */
static const struct attr pod_identity_attrs[] = {
    ATTR(pod_identity, association_arn,      COMPUTED, .describe = "ARN of the association."),
    ATTR(pod_identity, association_id,       COMPUTED, .describe = "Id of the association."),
    ATTR(pod_identity, cluster_name,         REQUIRED | FORCE_NEW, CLUSTER_NAME, .describe = "Name of the cluster."),
    ATTR(pod_identity, disable_session_tags, OPTIONAL | COMPUTED, .describe = "Whether sessions go without the tags that say which pod they are for."),
    ATTR(pod_identity, external_id,          COMPUTED, .describe = "What the target role's trust policy may ask for."),
    ATTR(pod_identity, id,                   COMPUTED, .describe = "The association's id again."),
    ATTR(pod_identity, namespace,            REQUIRED | FORCE_NEW, .min = 1, .describe = "Namespace of the service account."),
    ATTR(pod_identity, policy,               OPTIONAL, .check = check_json, .review = REVIEW_IDENTITY_POLICY, .equal = equal_iam_policy, .describe = "Policy that narrows what sessions may do."),
    ATTR_REGION(pod_identity),
    ATTR(pod_identity, role_arn,             REQUIRED, .min = 1, .check = check_arn, .describe = "ARN of the role that pods get."),
    ATTR(pod_identity, service_account,      REQUIRED | FORCE_NEW, .min = 1, .describe = "Name of the service account."),
    ATTR(pod_identity, tags,                 OPTIONAL | EMPTY_OK, .check_map = check_tags, .describe = "Tags of the association."),
    ATTR(pod_identity, tags_all,             COMPUTED, .describe = "Its tags and the provider's `default_tags`."),
    ATTR(pod_identity, target_role_arn,      OPTIONAL, .check = check_arn, .describe = "ARN of a role, perhaps of another account, that the first takes on for the pods."),
};
/* clang-format on */

static const struct tags_api identity_tags = {eks_tag, eks_untag};

static struct eks_pod_identity wanted_of(const struct pod_identity *m)
{
    return (struct eks_pod_identity){
        .cluster = m->cluster_name.v,
        .id = m->association_id.v,
        .namespace = m->namespace.v,
        .service_account = m->service_account.v,
        .role_arn = m->role_arn.v,
        .target_role_arn = m->target_role_arn.v,
        .policy = m->policy.v,
        .no_session_tags = m->disable_session_tags.v,
    };
}

struct change {
    struct eks_pod_identity wanted, made;
    struct str token;
};

static struct error *create_attempt(struct call *c, void *self)
{
    struct change *change = self;
    struct aws_call aws = aws_call_of(c);
    return eks_create_pod_identity(&aws, &change->wanted, change->token, &change->made);
}

static struct error *pod_identity_create(struct call *c, void *model)
{
    struct pod_identity *m = model;
    struct change change = {.wanted = wanted_of(m), .token = unique_suffix(c->arena)};

    change.wanted.tags = tags_of_new(c, &m->tags);
    TRY(keep_trying(c, fresh_ms(c), create_attempt, eks_knows_not_yet, &change));
    m->id = m->association_id = tf_string_of(change.made.id);
    m->association_arn = tf_string_of(change.made.arn);
    m->disable_session_tags = tf_bool_of(change.made.no_session_tags);
    m->external_id = tf_string_or_null(change.made.external_id);
    return NULL;
}

static struct error *pod_identity_read(struct call *c, void *model)
{
    struct pod_identity *m = model;
    struct aws_call aws = aws_call_of(c);
    struct eks_pod_identity found;

    TRY(eks_get_pod_identity(&aws, m->cluster_name.v, m->id.v, &found));
    struct tf_map tags = tags_from_aws(c, &found.tags);
    m->association_arn = tf_string_of(found.arn);
    m->association_id = tf_string_of(found.id);
    m->disable_session_tags = tf_bool_of(found.no_session_tags);
    m->external_id = tf_string_or_null(found.external_id);
    m->namespace = tf_string_of(found.namespace);
    m->policy = tf_string_or_null(found.policy);
    m->role_arn = tf_string_of(found.role_arn);
    m->service_account = tf_string_of(found.service_account);
    m->target_role_arn = tf_string_or_null(found.target_role_arn);
    call_tags_read(c, &tags, &m->tags, &m->tags_all);
    return NULL;
}

static struct error *update_attempt(struct call *c, void *self)
{
    struct change *change = self;
    struct aws_call aws = aws_call_of(c);
    return eks_update_pod_identity(&aws, &change->wanted, change->token);
}

static struct error *pod_identity_update(struct call *c, const void *prior, void *model)
{
    const struct pod_identity *was = prior;
    struct pod_identity *m = model;
    struct change change = {.wanted = wanted_of(m), .token = unique_suffix(c->arena)};
    bool same = str_eq(was->role_arn.v, m->role_arn.v) && str_eq(was->policy.v, m->policy.v) &&
                str_eq(was->target_role_arn.v, m->target_role_arn.v) &&
                was->disable_session_tags.v == m->disable_session_tags.v;

    if (!same)
        TRY(keep_trying(c, fresh_ms(c), update_attempt, eks_knows_not_yet, &change));
    call_applied(c, "role_arn");
    call_applied(c, "policy");
    call_applied(c, "target_role_arn");
    call_applied(c, "disable_session_tags");
    return tags_update(c, &identity_tags, m->association_arn.v, &was->tags_all, &m->tags_all);
}

static struct error *pod_identity_destroy(struct call *c, const void *prior)
{
    const struct pod_identity *m = prior;
    struct aws_call aws = aws_call_of(c);
    return eks_delete_pod_identity(&aws, m->cluster_name.v, m->id.v);
}

static struct error *pod_identity_import(struct call *c, struct str id, void *model)
{
    struct pod_identity *m = model;
    struct str association = id, cluster = str_cut(&association, ',');

    if (!cluster.len || !association.len) {
        struct error *e =
            error_new(c->arena, ERROR_INVALID, "the import id is \"" STR_FMT "\"", STR_ARG(id));
        e->detail = STR("It must be the cluster's name, a comma and the association's id: "
                        "dev,a-12345678.");
        return e;
    }
    m->cluster_name = tf_string_of(cluster);
    m->id = m->association_id = tf_string_of(association);
    return NULL;
}

extern const struct resource_type aws_eks_pod_identity_association;
const struct resource_type aws_eks_pod_identity_association = {
    .name = "aws_eks_pod_identity_association",
    .describe = "Gives a role to the pods of a service account of an EKS cluster.",
    .subcategory = "EKS",
    .import_id = "{cluster_name},{association_id}",
    .import_says = "the cluster's name, a comma and the association's id",
    .model = MODEL(pod_identity, pod_identity_attrs),
    .identity = {.required = "cluster_name,association_id", .optional = "account_id,region"},
    .blame = BLAME({"ResourceInUse*", NULL, "service_account"},
                   {"ResourceNotFound*", "cluster", "cluster_name"},
                   {NULL, "targetRoleArn", "target_role_arn"}, {NULL, "ole", "role_arn"},
                   {NULL, "amespace", "namespace"}, {NULL, "policy", "policy"}),
    .create = pod_identity_create,
    .read = pod_identity_read,
    .update = pod_identity_update,
    .destroy = pod_identity_destroy,
    .import = pod_identity_import,
};
