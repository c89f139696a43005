#include "engine/aws/iam.h"
#include "provider/grammar/arn.h"
#include "provider/grammar/names.h"
#include "provider/resources/attached.h"
#include "provider/resources/managed_policies.h"
#include "provider/resources/shared.h"

/* A managed policy with all that have it: who is attached besides is a difference, and is detached
 * by the next apply. */
struct policy_attachment {
    struct tf_string id, name, policy_arn;
    struct tf_strings groups, roles, users;
};

#define IAM_NAME_SAYS "letters, digits and _+=,.@-"

/* clang-format off */
static const struct attr attachment_attrs[] = {
    ATTR(policy_attachment, groups,     OPTIONAL | EMPTY_OK | SET, .pattern = "[A-Za-z0-9_+=,.@-]{1,128}", .pattern_says = "1 to 128 " IAM_NAME_SAYS, .describe = "Names of the groups that have the policy."),
    ATTR(policy_attachment, id,         COMPUTED, .describe = "The name again."),
    ATTR(policy_attachment, name,       REQUIRED | FORCE_NEW, .min = 1, .describe = "A name for Terraform's use. AWS has none."),
    ATTR(policy_attachment, policy_arn, REQUIRED | FORCE_NEW, .min = 1, .check = check_policy_arn, .advise = advise_managed_policy, .describe = "ARN of the managed policy."),
    ATTR(policy_attachment, roles,      OPTIONAL | EMPTY_OK | SET, .check = check_role_name, .describe = "Names of the roles that have the policy."),
    ATTR(policy_attachment, users,      OPTIONAL | EMPTY_OK | SET, .pattern = "[A-Za-z0-9_+=,.@-]{1,64}", .pattern_says = "1 to 64 " IAM_NAME_SAYS, .describe = "Names of the users that have the policy."),
};
/* clang-format on */

/* Others may be changing the same role, user or group. */
static const int64_t consistency_ms = 30 * 1000;

/* Those who may have a policy, of one kind. */
struct kind {
    const char *name;
    size_t offset; /* of the names in the model */
    MUST_CHECK struct error *(*attach)(const struct aws_call *c, struct str who, struct str arn);
    MUST_CHECK struct error *(*detach)(const struct aws_call *c, struct str who, struct str arn);
};
static const struct kind kinds[] = {
    {"role", offsetof(struct policy_attachment, roles), iam_attach_role_policy,
     iam_detach_role_policy},
    {"user", offsetof(struct policy_attachment, users), iam_attach_user_policy,
     iam_detach_user_policy},
    {"group", offsetof(struct policy_attachment, groups), iam_attach_group_policy,
     iam_detach_group_policy},
};
enum { KINDS = sizeof(kinds) / sizeof(*kinds) };

static const struct tf_strings *names_of(const struct kind *kind, const struct policy_attachment *m)
{
    return (const void *)((const char *)m + kind->offset);
}

static bool has(const struct tf_strings *names, struct str one)
{
    for (size_t i = 0; i < names->count; i++)
        if (str_eq(names->v[i], one))
            return true;
    return false;
}

/* One of them, on its way in or out. */
struct step {
    const struct kind *kind;
    struct str who, policy_arn;
};

static struct str link_of(struct call *c, const struct step *s)
{
    if (s->kind == &kinds[0]) /* as aws_iam_role_policy_attachment has it */
        return attachment_link(c, s->who, s->policy_arn);
    return arena_printf(c->arena, "%s attachment/" STR_FMT "/" STR_FMT, s->kind->name,
                        STR_ARG(s->who), STR_ARG(s->policy_arn));
}

static struct error *attach_attempt(struct call *c, void *self)
{
    const struct step *s = self;
    struct aws_call aws = aws_call_of(c);
    return s->kind->attach(&aws, s->who, s->policy_arn);
}

/* What was made a moment ago may not be known everywhere in IAM. */
static struct error *attach_fresh(struct call *c, void *self)
{
    return keep_trying(c, fresh_ms(c), attach_attempt, is_missing, self);
}

static struct error *detach_attempt(struct call *c, void *self)
{
    const struct step *s = self;
    struct aws_call aws = aws_call_of(c);
    return gone_is_fine(s->kind->detach(&aws, s->who, s->policy_arn));
}

/* The id goes in with the first of them: from then on there is something to be kept in state.  An
 * answer that was lost may have been the first. */
static struct error *attach_new(struct call *c, const struct kind *kind,
                                const struct policy_attachment *was, struct policy_attachment *m)
{
    const struct tf_strings *wanted = names_of(kind, m);
    struct step s = {.kind = kind, .policy_arn = m->policy_arn.v};

    for (size_t i = 0; i < wanted->count; i++) {
        s.who = wanted->v[i];
        if (was && has(names_of(kind, was), s.who))
            continue;
        struct error *e = keep_trying(c, consistency_ms, attach_fresh, is_conflict, &s);
        if (!e || e->outcome_unknown)
            m->id = m->name;
        if (e)
            return e;
        call_note_link(c, link_of(c, &s));
    }
    return NULL;
}

/* Those that another resource has attached in this very run, because they moved there, stay. */
static struct error *detach_old(struct call *c, const struct kind *kind,
                                const struct policy_attachment *was,
                                const struct policy_attachment *m)
{
    const struct tf_strings *had = names_of(kind, was);
    struct step s = {.kind = kind, .policy_arn = was->policy_arn.v};

    for (size_t i = 0; i < had->count; i++) {
        s.who = had->v[i];
        if ((m && has(names_of(kind, m), s.who)) || call_has_link(c, link_of(c, &s)))
            continue;
        TRY(keep_trying(c, consistency_ms, detach_attempt, is_conflict, &s));
    }
    return NULL;
}

static bool names_nobody(const struct policy_attachment *m)
{
    return !m->groups.count && !m->roles.count && !m->users.count;
}

/* Lists that are empty are no mistake: nobody is to have the policy, which hashicorp/aws cannot
 * say. */
static struct error *attachment_validate(struct call *c, const void *model)
{
    const struct policy_attachment *m = model;

    if (!TF_IS_NULL(m->groups) || !TF_IS_NULL(m->roles) || !TF_IS_NULL(m->users))
        return NULL;
    struct error *e = error_new(c->arena, ERROR_INVALID, "no roles, users or groups are set");
    e->detail = STR("One of them is needed at the least.");
    return error_at(e, STR("roles"));
}

static struct error *attachment_create(struct call *c, void *model)
{
    struct policy_attachment *m = model;

    for (size_t k = 0; k < KINDS; k++)
        TRY(attach_new(c, &kinds[k], NULL, m));
    m->id = m->name; /* of nobody, too */
    return NULL;
}

static struct tf_strings strings_of(const struct iam_names *names)
{
    return (struct tf_strings){TF_KNOWN, names->items, names->count};
}

/* An attachment is nothing but those who are attached: without them it is gone, unless that is what
 * was asked for. */
static struct error *attachment_read(struct call *c, void *model)
{
    struct policy_attachment *m = model;
    struct aws_call aws = aws_call_of(c);
    struct iam_entities found;

    TRY(iam_list_entities_for_policy(&aws, m->policy_arn.v, &found));
    bool has_none = !found.groups.count && !found.roles.count && !found.users.count;
    if (has_none && !names_nobody(m))
        return error_new(c->arena, ERROR_NOT_FOUND, STR_FMT " is attached to nobody",
                         STR_ARG(m->policy_arn.v));
    m->groups = strings_of(&found.groups);
    m->roles = strings_of(&found.roles);
    m->users = strings_of(&found.users);
    return NULL;
}

static struct error *attachment_update(struct call *c, const void *prior, void *model)
{
    /* First who is to have it, so that nobody who keeps it by another way is without. */
    for (size_t k = 0; k < KINDS; k++)
        TRY(attach_new(c, &kinds[k], prior, model));
    for (size_t k = 0; k < KINDS; k++)
        TRY(detach_old(c, &kinds[k], prior, model));
    return NULL;
}

static struct error *attachment_destroy(struct call *c, const void *prior)
{
    for (size_t k = 0; k < KINDS; k++)
        TRY(detach_old(c, &kinds[k], prior, NULL));
    return NULL;
}

static struct error *attachment_import(struct call *c, struct str id, void *model)
{
    struct policy_attachment *m = model;
    size_t mark = str_find_str(id, STR("/arn:"));

    if (!mark || mark == id.len) {
        struct error *e =
            error_new(c->arena, ERROR_INVALID, "the import id is \"" STR_FMT "\"", STR_ARG(id));
        e->detail = STR("It must be the attachment's name, a slash and the policy's ARN: "
                        "my-attachment/arn:aws:iam::123456789012:policy/my-policy.");
        return e;
    }
    m->id = m->name = tf_string_of(str_slice(id, 0, mark));
    m->policy_arn = tf_string_of(str_slice(id, mark + 1, id.len));
    return NULL;
}

extern const struct resource_type aws_iam_policy_attachment;
const struct resource_type aws_iam_policy_attachment = {
    .name = "aws_iam_policy_attachment",
    .describe = "Attaches a managed policy to just the users, roles and groups that are named.",
    .notes =
        "It claims the policy in the whole account: whoever else has it, by another resource or "
        "by hand, loses it with the next apply. To attach a policy to one role, and leave "
        "others alone, use `aws_iam_role_policy_attachment`. hashicorp/aws has no import of "
        "it.",
    .subcategory = "IAM",
    .import_id = "{name}/{policy_arn}",
    .import_says = "the attachment's name, which may be any, a slash and the policy's ARN",
    .model = MODEL(policy_attachment, attachment_attrs),
    .blame = BLAME({"NoSuchEntity*", "The role", "roles"}, {"NoSuchEntity*", "he user", "users"},
                   {"NoSuchEntity*", "he group", "groups"}, {"NoSuchEntity*", NULL, "policy_arn"},
                   {"PolicyNotAttachable*", NULL, "policy_arn"},
                   {"InvalidInput*", NULL, "policy_arn"}, {NULL, "'policyArn'", "policy_arn"},
                   {NULL, "PoliciesPerRole", "roles"}, {NULL, "PoliciesPerUser", "users"},
                   {NULL, "PoliciesPerGroup", "groups"}, {"UnmodifiableEntity*", NULL, "roles"}),
    .validate = attachment_validate,
    .create = attachment_create,
    .read = attachment_read,
    .update = attachment_update,
    .destroy = attachment_destroy,
    .import = attachment_import,
};
