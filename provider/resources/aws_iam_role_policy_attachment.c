#include "engine/aws/iam.h"
#include "provider/grammar/arn.h"
#include "provider/grammar/names.h"
#include "provider/resources/attached.h"
#include "provider/resources/managed_policies.h"
#include "provider/resources/shared.h"

struct attachment {
    struct tf_string id, policy_arn, role;
};

/* Unlike an instance profile's, it cannot be none. */
static struct error *check_role_attached(struct arena *a, struct str value)
{
    return value.len ? check_role_name(a, value)
                     : error_new(a, ERROR_INVALID, "no policy is attached to no role");
}

/* clang-format off */
static const struct attr attachment_attrs[] = {
    ATTR(attachment, id,         COMPUTED, .describe = "A name for Terraform's use. AWS has none."),
    ATTR(attachment, policy_arn, REQUIRED | FORCE_NEW, .check = check_policy_arn, .advise = advise_managed_policy, .describe = "ARN of the managed policy."),
    ATTR(attachment, role,       REQUIRED | FORCE_NEW, .check = check_role_attached, .describe = "Name of the role."),
};
/* clang-format on */

/* Others may be attaching to the same role, or taking away. */
static const int64_t consistency_ms = 30 * 1000;

static struct error *attach(struct call *c, void *self)
{
    const struct attachment *m = self;
    struct aws_call aws = aws_call_of(c);
    return iam_attach_role_policy(&aws, m->role.v, m->policy_arn.v);
}

/* A role or policy made a moment ago may not be known everywhere in IAM. */
static struct error *attach_fresh(struct call *c, void *self)
{
    return keep_trying(c, fresh_ms(c), attach, is_missing, self);
}

static struct error *look(struct call *c, void *self)
{
    const struct attachment *m = self;
    struct iam_names arns;

    TRY(attached_policies(c, m->role.v, &arns));
    for (size_t i = 0; i < arns.count; i++)
        if (str_eq(arns.items[i], m->policy_arn.v))
            return NULL;
    return error_new(c->arena, ERROR_NOT_FOUND, "role " STR_FMT " has no attached policy " STR_FMT,
                     STR_ARG(m->role.v), STR_ARG(m->policy_arn.v));
}

static struct error *attachment_create(struct call *c, void *model)
{
    struct attachment *m = model;

    struct error *e = keep_trying(c, consistency_ms, attach_fresh, is_conflict, m);
    if (e && !e->outcome_unknown)
        return e;
    if (e)
        e = look_for_lost(c, look, m) ? in_doubt(c, e) : NULL;
    call_note_link(c, attachment_link(c, m->role.v, m->policy_arn.v));
    struct str suffix = unique_suffix(c->arena);
    m->id = tf_string_of(
        arena_printf(c->arena, STR_FMT "-" STR_FMT, STR_ARG(m->role.v), STR_ARG(suffix)));
    return e;
}

static struct error *attachment_read(struct call *c, void *model)
{
    return look(c, model);
}

static struct error *detach(struct call *c, void *self)
{
    const struct attachment *m = self;
    struct aws_call aws = aws_call_of(c);
    return iam_detach_role_policy(&aws, m->role.v, m->policy_arn.v);
}

static struct error *attachment_destroy(struct call *c, const void *prior)
{
    struct attachment m = *(const struct attachment *)prior;

    if (call_has_link(c, attachment_link(c, m.role.v, m.policy_arn.v)))
        return NULL;
    return keep_trying(c, consistency_ms, detach, is_conflict, &m);
}

static struct error *attachment_import(struct call *c, struct str id, void *model)
{
    struct attachment *m = model;
    struct str rest = id;
    struct str role = str_cut(&rest, '/');

    if (!role.len || !str_starts_with(rest, STR("arn:"))) {
        struct error *e =
            error_new(c->arena, ERROR_INVALID, "the import id is \"" STR_FMT "\"", STR_ARG(id));
        e->detail = STR("It must be the role's name, a slash and the policy's ARN: "
                        "my-role/arn:aws:iam::123456789012:policy/my-policy.");
        return e;
    }
    m->role = tf_string_of(role);
    m->policy_arn = tf_string_of(rest);
    m->id = tf_string_of(arena_printf(c->arena, STR_FMT "-" STR_FMT, STR_ARG(role), STR_ARG(rest)));
    return NULL;
}

extern const struct resource_type aws_iam_role_policy_attachment;
const struct resource_type aws_iam_role_policy_attachment = {
    .name = "aws_iam_role_policy_attachment",
    .describe = "Attaches a managed policy to an IAM role.",
    .notes = "Beside `managed_policy_arns` of the same `aws_iam_role` the two would undo each "
             "other: use one.",
    .subcategory = "IAM",
    .import_id = "{role}/{policy_arn}",
    .import_says = "the role's name, a slash and the policy's ARN",
    .model = MODEL(attachment, attachment_attrs),
    .identity = {.required = "role,policy_arn", .optional = "account_id"},
    .blame =
        BLAME({"NoSuchEntity*", "The role", "role"}, {"NoSuchEntity*", NULL, "policy_arn"},
              {"PolicyNotAttachable*", NULL, "policy_arn"}, {"InvalidInput*", NULL, "policy_arn"},
              {NULL, "'policyArn'", "policy_arn"}, {NULL, "'roleName'", "role"},
              {NULL, "PoliciesPerRole", "role"}, {"UnmodifiableEntity*", NULL, "role"}),
    .create = attachment_create,
    .read = attachment_read,
    .destroy = attachment_destroy,
    .import = attachment_import,
};
