#include "engine/aws/iam.h"
#include "provider/grammar/policy.h"
#include "provider/resources/shared.h"

/* A policy that is part of its role and goes with it.  PutRolePolicy makes it or takes the place of
 * one that has the name, so there is no telling the two apart, neither here nor in hashicorp/aws.
 */

struct role_policy {
    struct tf_string id, name, name_prefix, policy, role;
};

/* An ARN in this place is what users get wrong, and IAM's own words on it do not say so. */
static struct error *check_name_not_arn(struct arena *a, struct str value)
{
    if (!str_starts_with(value, STR("arn:")))
        return NULL;
    struct error *e = error_new(a, ERROR_INVALID, "an ARN: \"" STR_FMT "\"", STR_ARG(value));
    e->detail = STR("It must be the role's name, such as aws_iam_role.example.name.");
    return e;
}

/* clang-format off */
static const struct attr role_policy_attrs[] = {
    ATTR(role_policy, id,          COMPUTED, .describe = "The role's name, a colon and the policy's."),
    ATTR(role_policy, name,        OPTIONAL | COMPUTED | FORCE_NEW, .min = 1, .max = 128, .pattern = "[A-Za-z0-9_+=,.@-]+",
         .pattern_says = "letters, digits and _+=,.@-", .conflicts = "name_prefix", .describe = "Name of the policy within the role. Unset: made up."),
    ATTR(role_policy, name_prefix, OPTIONAL | COMPUTED | FORCE_NEW, .min = 1, .max = 102, .pattern = "[A-Za-z0-9_+=,.@-]+",
         .pattern_says = "letters, digits and _+=,.@-", .conflicts = "name", .describe = "What a made-up name begins with."),
    ATTR(role_policy, policy,      REQUIRED, .check = check_inline_policy, .review = REVIEW_IDENTITY_POLICY, .equal = equal_iam_policy, .normal = normal_inline_policy, .describe = "Policy document."),
    ATTR(role_policy, role,        REQUIRED | FORCE_NEW, .min = 1, .check = check_name_not_arn, .describe = "Name of the role."),
};
/* clang-format on */

/* Others may be changing the same role. */
static const int64_t consistency_ms = 30 * 1000;

static struct error *put(struct call *c, void *self)
{
    const struct role_policy *m = self;
    struct aws_call aws = aws_call_of(c);
    return iam_put_role_policy(&aws, m->role.v, m->name.v, m->policy.v);
}

/* A role, or what the policy names, made a moment ago may not be known everywhere in IAM. */
static struct error *put_fresh(struct call *c, void *self)
{
    return keep_trying(c, fresh_ms(c), put, is_missing, self);
}

static struct error *look(struct call *c, void *self)
{
    const struct role_policy *m = self;
    struct aws_call aws = aws_call_of(c);
    struct str document;

    TRY(iam_get_role_policy(&aws, m->role.v, m->name.v, &document));
    return equal_iam_policy(c->arena, document, m->policy.v) ? NULL
                                                             : not_yet(c, "the role's new policy");
}

static struct str id_of(struct call *c, const struct role_policy *m)
{
    return arena_printf(c->arena, STR_FMT ":" STR_FMT, STR_ARG(m->role.v), STR_ARG(m->name.v));
}

static struct str link_of(struct call *c, const struct role_policy *m)
{
    return arena_printf(c->arena, "role-policy/" STR_FMT, STR_ARG(id_of(c, m)));
}

static struct error *role_policy_create(struct call *c, void *model)
{
    struct role_policy *m = model;

    name_make(c, &m->name, &m->name_prefix, (struct str){0});
    struct error *e = keep_trying(c, consistency_ms, put_fresh, is_conflict, m);
    if (e && !e->outcome_unknown)
        return e;
    if (e)
        e = look_for_lost(c, look, m) ? in_doubt(c, e) : NULL;
    call_note_link(c, link_of(c, m));
    m->id = tf_string_of(id_of(c, m));
    return e;
}

/* State of hashicorp/aws has all of it in the id, and so has an import. */
static struct error *take_id(struct call *c, struct str id, struct role_policy *m)
{
    struct str name = id, role = str_cut(&name, ':');

    if (!role.len || !name.len) {
        struct error *e =
            error_new(c->arena, ERROR_INVALID, "the import id is \"" STR_FMT "\"", STR_ARG(id));
        e->detail = STR("It must be the role's name, a colon and the policy's name: "
                        "my-role:my-policy.");
        return e;
    }
    m->role = tf_string_of(role);
    m->name = tf_string_of(name);
    m->id = tf_string_of(id);
    return NULL;
}

static struct error *role_policy_read(struct call *c, void *model)
{
    struct role_policy *m = model;
    struct aws_call aws = aws_call_of(c);
    struct str document;

    TRY(take_id(c, m->id.v, m));
    TRY(iam_get_role_policy(&aws, m->role.v, m->name.v, &document));
    m->name_prefix = name_prefix_of(c, m->name.v, (struct str){0});
    m->policy = tf_string_of(document);
    return NULL;
}

static struct error *role_policy_update(struct call *c, const void *prior, void *model)
{
    const struct role_policy *was = prior;
    struct role_policy *m = model;

    if (equal_iam_policy(c->arena, was->policy.v, m->policy.v))
        return NULL;
    return keep_trying(c, consistency_ms, put_fresh, is_conflict, m);
}

static struct error *delete_attempt(struct call *c, void *self)
{
    const struct role_policy *m = self;
    struct aws_call aws = aws_call_of(c);
    return iam_delete_role_policy(&aws, m->role.v, m->name.v);
}

static struct error *role_policy_destroy(struct call *c, const void *prior)
{
    struct role_policy m = *(const struct role_policy *)prior;

    if (call_has_link(c, link_of(c, &m)))
        return NULL;
    return keep_trying(c, consistency_ms, delete_attempt, is_conflict, &m);
}

static struct error *role_policy_import(struct call *c, struct str id, void *model)
{
    return take_id(c, id, model);
}

extern const struct resource_type aws_iam_role_policy;
const struct resource_type aws_iam_role_policy = {
    .name = "aws_iam_role_policy",
    .describe = "An inline policy of an IAM role.",
    .notes = "Beside `inline_policy` of the same `aws_iam_role` the two would undo each other: use "
             "one.",
    .subcategory = "IAM",
    .import_id = "{role}:{name}",
    .import_says = "the role's name, a colon and the policy's name",
    .model = MODEL(role_policy, role_policy_attrs),
    .identity = {.required = "role,name", .optional = "account_id"},
    .blame = BLAME({"NoSuchEntity*", NULL, "role"}, {"UnmodifiableEntity*", NULL, "role"},
                   {"MalformedPolicyDocument*", NULL, "policy"},
                   {"LimitExceeded*", "olicy size", "policy"}, {NULL, "'policyDocument'", "policy"},
                   {NULL, "'policyName'", "name"}, {NULL, "'roleName'", "role"}),
    .create = role_policy_create,
    .read = role_policy_read,
    .update = role_policy_update,
    .destroy = role_policy_destroy,
    .import = role_policy_import,
};
