#include "engine/aws/eks.h"
#include "provider/resources/eks_access.h"
#include "provider/resources/shared.h"

struct scope {
    struct tf_string type;
    struct tf_strings namespaces;
};
struct association {
    struct tf_string associated_at, cluster_name, id, modified_at, policy_arn, principal_arn,
        region;
    struct tf_blocks access_scope, timeouts;
};

/* clang-format off */
static const struct attr scope_attrs[] = {
    ATTR(scope, namespaces, OPTIONAL | FORCE_NEW | SET, .describe = "Namespaces in which the policy holds."),
    ATTR(scope, type,       REQUIRED | FORCE_NEW, .one_of = VALUES("cluster", "namespace"), .describe = "Where the policy holds."),
};
static const struct model scope_model = MODEL(scope, scope_attrs);

static const struct attr association_attrs[] = {
    ATTR(association, access_scope,  REQUIRED | FORCE_NEW, .min = 1, .max = 1, .nesting = BLOCK_LIST, .nested = &scope_model, .describe = "Where the policy holds."),
    ATTR(association, associated_at, COMPUTED, .describe = "When it was made."),
    ATTR(association, cluster_name,  REQUIRED | FORCE_NEW, CLUSTER_NAME, .describe = "Name of the cluster."),
    ATTR(association, id,            COMPUTED, .describe = "The cluster's name, the principal's ARN and the policy's, with # between."),
    ATTR(association, modified_at,   COMPUTED, .describe = "When it was last changed."),
    ATTR(association, policy_arn,    REQUIRED | FORCE_NEW, .min = 1, .check = check_arn, .describe = "ARN of EKS's policy: arn:aws:eks::aws:cluster-access-policy/AmazonEKSViewPolicy and its like."),
    ATTR(association, principal_arn, REQUIRED | FORCE_NEW, .min = 1, .check = check_arn, .describe = "ARN of the role or user, which has an access entry."),
    ATTR_REGION(association),
    ATTR(association, timeouts,      OPTIONAL, .nesting = BLOCK_SINGLE, .nested = &timeouts_cd, .describe = "How long an operation may take."),
};
/* clang-format on */

struct creation {
    struct eks_access_policy wanted, made;
};

static struct error *associate(struct call *c, void *self)
{
    struct creation *creation = self;
    struct aws_call aws = aws_call_of(c);
    return eks_associate_access_policy(&aws, &creation->wanted, &creation->made);
}

/* The entry may be as new as the association. */
static bool passes(const struct error *e)
{
    return is_missing(e) || eks_knows_not_yet(e);
}

static struct error *association_create(struct call *c, void *model)
{
    struct association *m = model;
    const struct scope *scope = TF_BLOCK(m->access_scope, struct scope, 0);
    struct creation creation = {
        .wanted =
            {
                .cluster = m->cluster_name.v,
                .principal_arn = m->principal_arn.v,
                .policy_arn = m->policy_arn.v,
                .scope = scope->type.v,
                .namespaces = {.items = scope->namespaces.v, .count = scope->namespaces.count},
            },
    };

    TRY(keep_trying(c, fresh_ms(c), associate, passes, &creation));
    m->id = tf_string_of(arena_printf(c->arena, STR_FMT "#" STR_FMT "#" STR_FMT,
                                      STR_ARG(m->cluster_name.v), STR_ARG(m->principal_arn.v),
                                      STR_ARG(m->policy_arn.v)));
    m->associated_at = tf_string_of(creation.made.associated);
    m->modified_at = tf_string_of(creation.made.modified);
    return NULL;
}

static struct error *take_id(struct call *c, struct str id, struct association *m)
{
    struct str policy = id, cluster = str_cut(&policy, '#'), principal = str_cut(&policy, '#');

    if (!cluster.len || !principal.len || !policy.len) {
        struct error *e =
            error_new(c->arena, ERROR_INVALID, "the import id is \"" STR_FMT "\"", STR_ARG(id));
        e->detail = STR("It must be the cluster's name, the principal's ARN and the policy's, with "
                        "# between.");
        return e;
    }
    m->cluster_name = tf_string_of(cluster);
    m->principal_arn = tf_string_of(principal);
    m->policy_arn = tf_string_of(policy);
    m->id = tf_string_of(id);
    return NULL;
}

static struct error *association_read(struct call *c, void *model)
{
    struct association *m = model;
    struct aws_call aws = aws_call_of(c);
    struct scope *scope = ARENA_NEW(c->arena, struct scope);
    struct eks_access_policy found;

    TRY(take_id(c, m->id.v, m));
    TRY(eks_get_access_policy(&aws, m->cluster_name.v, m->principal_arn.v, m->policy_arn.v,
                              &found));
    scope->type = tf_string_of(found.scope);
    if (found.namespaces.count)
        scope->namespaces =
            (struct tf_strings){TF_KNOWN, found.namespaces.items, found.namespaces.count};
    m->access_scope = (struct tf_blocks){TF_KNOWN, scope, 1};
    m->associated_at = tf_string_of(found.associated);
    m->modified_at = tf_string_of(found.modified);
    return NULL;
}

static struct error *association_destroy(struct call *c, const void *prior)
{
    const struct association *m = prior;
    struct aws_call aws = aws_call_of(c);
    return eks_disassociate_access_policy(&aws, m->cluster_name.v, m->principal_arn.v,
                                          m->policy_arn.v);
}

static struct error *association_import(struct call *c, struct str id, void *model)
{
    return take_id(c, id, model);
}

extern const struct resource_type aws_eks_access_policy_association;
const struct resource_type aws_eks_access_policy_association = {
    .name = "aws_eks_access_policy_association",
    .describe = "Gives one of EKS's own policies to whoever has an access entry of a cluster.",
    .subcategory = "EKS",
    .import_id = "{cluster_name}#{principal_arn}#{policy_arn}",
    .import_says = "the cluster's name, the principal's ARN and the policy's, with # between",
    .model = MODEL(association, association_attrs),
    .blame = BLAME({"ResourceNotFound*", "cluster", "cluster_name"},
                   {"ResourceNotFound*", NULL, "principal_arn"}, {NULL, "policyArn", "policy_arn"},
                   {NULL, "principalArn", "principal_arn"}, {NULL, "amespace", "access_scope"}),
    .create = association_create,
    .read = association_read,
    .destroy = association_destroy,
    .import = association_import,
};
