#include "engine/aws/iam.h"
#include "provider/grammar/arn.h"
#include "provider/grammar/names.h"
#include "provider/grammar/policy.h"
#include "provider/resource/wire.h"
#include "provider/resources/attached.h"
#include "provider/resources/managed_policies.h"
#include "provider/resources/shared.h"

struct inline_policy {
    struct tf_string name, policy;
};
struct role {
    struct tf_string arn, assume_role_policy, create_date, description, id, name, name_prefix, path;
    struct tf_string permissions_boundary, unique_id;
    struct tf_bool force_detach_policies;
    struct tf_int max_session_duration;
    struct tf_strings managed_policy_arns;
    struct tf_map tags, tags_all;
    struct tf_blocks inline_policy;
};

/* clang-format off */
static const struct attr inline_attrs[] = {
    ATTR(inline_policy, name,   OPTIONAL, .min = 1, .max = 128, .pattern = "[A-Za-z0-9_+=,.@-]+", .pattern_says = "letters, digits and _+=,.@-",
         .describe = "Name of the policy."),
    ATTR(inline_policy, policy, OPTIONAL, .check = check_inline_policy, .review = REVIEW_IDENTITY_POLICY, .equal = equal_iam_policy, .normal = normal_inline_policy, .describe = "Policy document."),
};
static const struct model inline_model = MODEL(inline_policy, inline_attrs);

static const struct attr role_attrs[] = {
    ATTR(role, arn,                   COMPUTED, .arn = "arn:{partition}:iam::{account}:role{path}{name}", .describe = "ARN of the role."),
    ATTR(role, assume_role_policy,    REQUIRED, .check = check_trust_policy, .review = REVIEW_TRUST_POLICY, .advise = advise_trust_policy, .equal = equal_iam_policy, .normal = normal_json,
         .describe = "Trust policy: who may take the role."),
    ATTR(role, create_date,           COMPUTED, .describe = "When it was made."),
    ATTR(role, description,           OPTIONAL | EMPTY_OK, .max = 1000, .check = check_iam_description, .describe = "Description."),
    ATTR(role, force_detach_policies, OPTIONAL, .dflt = "false", .describe = "Whether a destroy first takes away the policies that others attached to it."),
    ATTR(role, id,                    COMPUTED, .describe = "Name of the role."),
    ATTR(role, managed_policy_arns,   OPTIONAL | COMPUTED | FOLLOWS | SET, .check = check_policy_arn, .advise = advise_managed_policy, .describe = "ARNs of all managed policies attached to the role; others are detached. An empty list detaches all, and unset leaves them to others.",
         .deprecated = "Use aws_iam_role_policy_attachment for each policy instead."),
    ATTR(role, max_session_duration,  OPTIONAL, .dflt = "3600", .min = 3600, .max = 43200, .describe = "Seconds that a session of the role may last."),
    ATTR(role, name,                  OPTIONAL | COMPUTED | FORCE_NEW, .min = 1, .max = 64, .pattern = "[A-Za-z0-9_+=,.@-]+",
         .pattern_says = "letters, digits and _+=,.@-", .conflicts = "name_prefix", .describe = "Name. Unset: made up."),
    ATTR(role, name_prefix,           OPTIONAL | COMPUTED | FORCE_NEW, .min = 1, .max = 38, .pattern = "[A-Za-z0-9_+=,.@-]+",
         .pattern_says = "letters, digits and _+=,.@-", .conflicts = "name", .describe = "What a made-up name begins with."),
    ATTR(role, path,                  OPTIONAL | FORCE_NEW, .dflt = "/", .max = 512, .check = check_iam_path, .describe = "Path of the name within IAM."),
    ATTR(role, permissions_boundary,  OPTIONAL | EMPTY_OK, .check = check_policy_arn, .advise = advise_managed_policy, .describe = "ARN of the policy that bounds what the role may ever do."),
    ATTR(role, tags,                  OPTIONAL | EMPTY_OK, .check_map = check_iam_tags, .describe = "Tags of the role."),
    ATTR(role, tags_all,              OPTIONAL | COMPUTED, .describe = "Its tags and the provider's `default_tags`."),
    ATTR(role, unique_id,             COMPUTED, .describe = "Id by which IAM tells it from an earlier role of the name."),
    ATTR(role, inline_policy,         OPTIONAL | COMPUTED, .nesting = BLOCK_SET_COMPUTED, .nested = &inline_model,
         .deprecated = "Use aws_iam_role_policy for each policy instead.",
         .describe = "All inline policies of the role; others are removed. One empty block removes all, and without blocks they are left to others."),
};
/* clang-format on */

extern const struct resource_type aws_iam_role;

/* A principal made a moment ago is "invalid" in a trust policy until IAM has spread it; a role from
 * which something was taken just now may still count as in use. */
static const int64_t consistency_ms = 30 * 1000;
static const struct tags_api role_tags = {iam_tag_role, iam_untag_role};

/* Inline policies and attachments, as sets. */

static const struct inline_policy *inline_at(const struct tf_blocks *blocks, size_t i)
{
    const struct inline_policy *p = TF_BLOCK(*blocks, struct inline_policy, i);
    return TF_IS_KNOWN(p->name) && p->name.v.len ? p : NULL; /* NULL: the empty block */
}

static const struct inline_policy *inline_named(const struct tf_blocks *blocks, struct str name)
{
    for (size_t i = 0; i < blocks->count; i++) {
        const struct inline_policy *p = inline_at(blocks, i);
        if (p && str_eq(p->name.v, name))
            return p;
    }
    return NULL;
}

static struct error *inline_attempt(struct call *c, void *self)
{
    const struct role *m = self;
    const struct tf_blocks *want = &m->inline_policy;
    struct str role = m->id.v;
    struct aws_call aws = aws_call_of(c);
    struct iam_names have = {0};

    TRY(iam_list_role_policies(&aws, role, &have));
    for (size_t i = 0; i < have.count; i++)
        if (!inline_named(want, have.items[i]))
            TRY(gone_is_fine(iam_delete_role_policy(&aws, role, have.items[i])));
    for (size_t i = 0; i < want->count; i++) {
        const struct inline_policy *p = inline_at(want, i);
        if (p)
            TRY(iam_put_role_policy(&aws, role, p->name.v, p->policy.v));
    }
    return NULL;
}

/* With blocks, they are all there may be; without any, inline policies are somebody else's. */
static struct error *inline_make_so(struct call *c, struct role *m)
{
    if (!m->inline_policy.count)
        return NULL;
    return error_at(keep_trying(c, fresh_ms(c), inline_attempt, is_missing_or_conflict, m),
                    STR("inline_policy"));
}

static struct error *inline_take_in(struct call *c, struct role *m)
{
    struct aws_call aws = aws_call_of(c);
    struct iam_names have = {0};
    bool one_empty_block = m->inline_policy.count == 1 && !inline_at(&m->inline_policy, 0);

    TRY(iam_list_role_policies(&aws, m->id.v, &have));
    struct inline_policy *found = ARENA_ARRAY(c->arena, struct inline_policy, have.count + 1);
    for (size_t i = 0; i < have.count; i++) {
        const struct inline_policy *was = inline_named(&m->inline_policy, have.items[i]);
        struct str document;
        TRY(iam_get_role_policy(&aws, m->id.v, have.items[i], &document));
        bool same = was && equal_iam_policy(c->arena, was->policy.v, document);
        found[i].name = tf_string_of(have.items[i]);
        found[i].policy = same ? was->policy : tf_string_of(document);
    }
    m->inline_policy = (struct tf_blocks){TF_KNOWN, found, have.count};
    if (have.count || !one_empty_block)
        return NULL;
    /* None, written as one block without content, stays written so. */
    found[0] = (struct inline_policy){tf_string_of(STR("")), tf_string_of(STR(""))};
    m->inline_policy.count = 1;
    return NULL;
}

static bool strings_have(const struct tf_strings *set, struct str s)
{
    for (size_t i = 0; i < set->count; i++)
        if (str_eq(set->v[i], s))
            return true;
    return false;
}

static struct error *attachments_attempt(struct call *c, void *self)
{
    const struct role *m = self;
    const struct tf_strings *want = &m->managed_policy_arns;
    struct str role = m->id.v;
    struct aws_call aws = aws_call_of(c);
    struct iam_names have = {0};

    TRY(iam_list_attached_role_policies(&aws, role, &have));
    for (size_t i = 0; i < have.count; i++)
        if (!strings_have(want, have.items[i]))
            TRY(gone_is_fine(iam_detach_role_policy(&aws, role, have.items[i])));
    for (size_t i = 0; i < want->count; i++)
        TRY(iam_attach_role_policy(&aws, role, want->v[i]));
    return NULL;
}

/* The role, or a policy that it names, may have been made a moment ago. */
static struct error *attachments_make_so(struct call *c, struct role *m)
{
    return error_at(keep_trying(c, fresh_ms(c), attachments_attempt, is_missing_or_conflict, m),
                    STR("managed_policy_arns"));
}

/* IAM counts all inline policies of a role together.  One of them alone is its row's matter. */
static struct error *role_validate(struct call *c, const void *model)
{
    const struct role *m = model;
    size_t sum = 0, most = 0;

    for (size_t i = 0; i < m->inline_policy.count; i++) {
        const struct inline_policy *p = inline_at(&m->inline_policy, i);
        size_t count = p && TF_IS_KNOWN(p->policy) ? policy_characters(c->arena, p->policy.v) : 0;
        sum += count;
        most = count > most ? count : most;
    }
    if (sum <= MOST_INLINE_CHARACTERS || most > MOST_INLINE_CHARACTERS)
        return NULL;
    struct error *e =
        error_new(c->arena, ERROR_INVALID, "the inline policies have %zu characters", sum);
    e->detail = arena_printf(c->arena,
                             "IAM allows %d for all of a role's together, white space not counted. "
                             "Managed policies have quotas of their own.",
                             MOST_INLINE_CHARACTERS);
    return error_at(e, STR("inline_policy"));
}

/* The four functions. */

/* To hashicorp/aws an empty set is as good as none in a new role, and it leaves it open. */
static struct error *role_plan(struct call *c, const void *prior, const void *config, void *planned)
{
    const struct role *was = prior, *wrote = config;
    struct role *m = planned;
    bool wants_none = wrote->inline_policy.count == 1 && !inline_at(&wrote->inline_policy, 0) &&
                      TF_IS_NULL(TF_BLOCK(wrote->inline_policy, struct inline_policy, 0)->name);

    (void)c;
    if (!prior && TF_IS_KNOWN(m->managed_policy_arns) && m->managed_policy_arns.count == 0)
        m->managed_policy_arns.state = TF_UNKNOWN;
    /* One block without content wants none, which holds where there are none. */
    if (wants_none && was && TF_IS_KNOWN(was->inline_policy) && !was->inline_policy.count)
        m->inline_policy = was->inline_policy;
    return NULL;
}

struct creation {
    struct iam_role_new wanted;
    struct iam_role made;
};

static struct error *create_attempt(struct call *c, void *self)
{
    struct creation *creation = self;
    struct aws_call aws = aws_call_of(c);
    return iam_create_role(&aws, &creation->wanted, &creation->made);
}

static struct error *look(struct call *c, void *self)
{
    struct creation *creation = self;
    struct aws_call aws = aws_call_of(c);
    return iam_get_role(&aws, creation->wanted.name, &creation->made);
}

/* What a create may name: principals, and the policy that bounds the role. */
static bool is_not_spread(const struct error *e)
{
    return is_missing(e) || (str_eq(e->code, STR("MalformedPolicyDocument")) &&
                             str_find_str(e->summary, STR("Invalid principal")) < e->summary.len);
}

static struct error *role_create(struct call *c, void *model)
{
    struct role *m = model;

    name_make(c, &m->name, &m->name_prefix, (struct str){0});
    struct creation creation = {
        .wanted =
            {
                .name = m->name.v,
                .path = m->path.v,
                .description = m->description.v,
                .assume_role_policy = m->assume_role_policy.v,
                .permissions_boundary = m->permissions_boundary.v,
                .max_session_seconds = m->max_session_duration.v,
                .tags = tags_of_new(c, &m->tags),
            },
    };
    struct named_create how = {
        .create = create_attempt,
        .look = look,
        .passes = is_not_spread,
        .limit_ms = consistency_ms,
        .create_date = &creation.made.create_date,
        .self = &creation,
        .name = m->name.v,
    };
    TRY(create_named(c, &how, &m->id));
    m->arn = tf_string_of(creation.made.arn);
    m->unique_id = tf_string_of(creation.made.unique_id);
    m->create_date = tf_string_of(to_the_second(c->arena, creation.made.create_date));
    TRY(inline_make_so(c, m));
    if (!TF_IS_KNOWN(m->inline_policy))
        m->inline_policy = (struct tf_blocks){.state = TF_KNOWN};
    if (TF_IS_KNOWN(m->managed_policy_arns))
        return attachments_make_so(c, m);
    m->managed_policy_arns = (struct tf_strings){.state = TF_KNOWN};
    return NULL;
}

static struct error *role_read(struct call *c, void *model)
{
    struct role *m = model;
    struct aws_call aws = aws_call_of(c);
    struct iam_role found;
    struct iam_names attached;

    TRY(iam_get_role(&aws, m->id.v, &found));
    TRY(no_stranger(c, found.name, date_ms(found.create_date)));
    TRY(attached_policies(c, m->id.v, &attached));
    struct tf_map tags = tags_from_aws(c, &found.tags);
    m->arn = tf_string_of(found.arn);
    m->assume_role_policy = tf_string_of(found.assume_role_policy);
    m->create_date = tf_string_of(to_the_second(c->arena, found.create_date));
    m->description = tf_string_of(found.description);
    m->max_session_duration = tf_int_of(found.max_session_seconds);
    m->name = tf_string_of(found.name);
    m->name_prefix = name_prefix_of(c, found.name, (struct str){0});
    m->path = tf_string_of(found.path);
    m->permissions_boundary = tf_string_of(found.permissions_boundary);
    m->unique_id = tf_string_of(found.unique_id);
    m->managed_policy_arns = (struct tf_strings){TF_KNOWN, attached.items, attached.count};
    call_tags_read(c, &tags, &m->tags, &m->tags_all);
    return inline_take_in(c, m);
}

static struct error *trust_attempt(struct call *c, void *self)
{
    const struct role *m = self;
    struct aws_call aws = aws_call_of(c);
    return iam_update_assume_role_policy(&aws, m->id.v, m->assume_role_policy.v);
}

static struct error *boundary_attempt(struct call *c, void *self)
{
    const struct role *m = self;
    struct aws_call aws = aws_call_of(c);

    if (m->permissions_boundary.v.len)
        return iam_put_role_permissions_boundary(&aws, m->id.v, m->permissions_boundary.v);
    return gone_is_fine(iam_delete_role_permissions_boundary(&aws, m->id.v));
}

static struct error *boundary_make_so(struct call *c, struct role *m)
{
    return error_at(keep_trying(c, fresh_ms(c), boundary_attempt, is_missing_or_conflict, m),
                    STR("permissions_boundary"));
}

static struct error *settings_make_so(struct call *c, const struct role *m)
{
    struct aws_call aws = aws_call_of(c);
    struct str description = m->description.v.ptr ? m->description.v : STR("");

    return iam_update_role(&aws, m->id.v, description, m->max_session_duration.v);
}

static struct error *role_update(struct call *c, const void *prior, void *model)
{
    const struct role *was = prior;
    struct role *m = model;

    if (!equal_iam_policy(c->arena, was->assume_role_policy.v, m->assume_role_policy.v))
        TRY(error_at(keep_trying(c, consistency_ms, trust_attempt, is_not_spread, m),
                     STR("assume_role_policy")));
    call_applied(c, "assume_role_policy");
    if (!str_eq(was->description.v, m->description.v) ||
        was->max_session_duration.v != m->max_session_duration.v)
        TRY(settings_make_so(c, m));
    call_applied(c, "description");
    call_applied(c, "max_session_duration");
    if (!str_eq(was->permissions_boundary.v, m->permissions_boundary.v))
        TRY(boundary_make_so(c, m));
    call_applied(c, "permissions_boundary");
    if (!attr_eq(model_row(&aws_iam_role.model, STR("inline_policy")), was, m))
        TRY(inline_make_so(c, m));
    call_applied(c, "inline_policy");
    if (TF_IS_KNOWN(m->managed_policy_arns) &&
        !attr_eq(model_row(&aws_iam_role.model, STR("managed_policy_arns")), was, m))
        TRY(attachments_make_so(c, m));
    call_applied(c, "managed_policy_arns");
    return tags_update(c, &role_tags, m->id.v, &was->tags_all, &m->tags_all);
}

static struct error *leave_profiles(struct call *c, struct str role)
{
    struct aws_call aws = aws_call_of(c);
    struct iam_instance_profiles profiles = {0};

    TRY(iam_list_instance_profiles_for_role(&aws, role, &profiles));
    for (size_t i = 0; i < profiles.count; i++)
        TRY(gone_is_fine(
            iam_remove_role_from_instance_profile(&aws, profiles.items[i].name, role)));
    return NULL;
}

static struct error *drop_inline(struct call *c, struct str role)
{
    struct aws_call aws = aws_call_of(c);
    struct iam_names names = {0};

    TRY(iam_list_role_policies(&aws, role, &names));
    for (size_t i = 0; i < names.count; i++)
        TRY(gone_is_fine(iam_delete_role_policy(&aws, role, names.items[i])));
    return NULL;
}

static struct error *delete_attempt(struct call *c, void *self)
{
    const struct role *m = self;
    struct aws_call aws = aws_call_of(c);
    return iam_delete_role(&aws, m->id.v);
}

static void add_names(struct buf *text, const char *what, const struct iam_names *names)
{
    for (size_t i = 0; i < names->count; i++)
        buf_printf(text, "%s" STR_FMT, i ? ", " : what, STR_ARG(names->items[i]));
    if (names->count)
        buf_add(text, STR(". "));
}

/* IAM's own words name the kind of thing that keeps a role, but no names. */
static struct error *say_what_keeps(struct call *c, struct str role, struct error *conflict)
{
    struct aws_call aws = aws_call_of(c);
    struct iam_names attached = {0}, inlined = {0};
    struct buf text = buf_in(c->arena);

    if (iam_list_attached_role_policies(&aws, role, &attached) ||
        iam_list_role_policies(&aws, role, &inlined) || attached.count + inlined.count == 0)
        return conflict; /* with IAM's words alone */
    add_names(&text, "Still attached: ", &attached);
    add_names(&text, "Still inline: ", &inlined);
    buf_add(&text, STR("This resource does not manage them. Take them away where they were added, "
                       "or set force_detach_policies = true, apply, and destroy again. "));
    buf_add(&text, conflict->detail);
    conflict->detail = buf_str(&text);
    return conflict;
}

/* IAM lets a role go only when nothing hangs on it.  What this resource manages is taken away; what
 * others attached, only if they said so by force_detach_policies. */
static struct error *role_destroy(struct call *c, const void *prior)
{
    struct role m = *(const struct role *)prior;
    bool force = m.force_detach_policies.v, attached = m.managed_policy_arns.count > 0;

    TRY(leave_profiles(c, m.id.v));
    m.managed_policy_arns = (struct tf_strings){.state = TF_KNOWN};
    if (force || attached)
        TRY(keep_trying(c, consistency_ms, attachments_attempt, is_conflict, &m));
    if (force || m.inline_policy.count)
        TRY(drop_inline(c, m.id.v));
    struct error *e = keep_trying(c, consistency_ms, delete_attempt, is_conflict, &m);
    return e && is_conflict(e) ? say_what_keeps(c, m.id.v, e) : e;
}

static struct error *role_import(struct call *c, struct str id, void *model)
{
    struct role *m = model;

    (void)c;
    m->id = tf_string_of(id);
    m->force_detach_policies = tf_bool_of(false);
    return NULL;
}

const struct resource_type aws_iam_role = {
    .name = "aws_iam_role",
    .describe =
        "An IAM role: permissions that a service, an account or an identity takes for a while.",
    .subcategory = "IAM",
    .import_id = "{name}",
    .import_says = "the role's name",
    .model = MODEL(role, role_attrs),
    .identity = {.required = "name", .optional = "account_id"},
    .blame =
        BLAME({"EntityAlreadyExists*", NULL, "name"}, {NULL, "'roleName'", "name"},
              {"MalformedPolicyDocument*", NULL, "assume_role_policy"},
              {NULL, "ACLSizePerRole", "assume_role_policy"},
              {NULL, "ssumeRolePolicyDocument'", "assume_role_policy"},
              {NULL, "not attachable", "permissions_boundary"},
              {NULL, "'permissionsBoundary'", "permissions_boundary"},
              {NULL, "'maxSessionDuration'", "max_session_duration"},
              {NULL, "MaxSessionDuration", "max_session_duration"},
              {NULL, "'description'", "description"}, {NULL, "'path'", "path"},
              {NULL, "iam:TagRole", "tags"}, {NULL, "iam:UntagRole", "tags"},
              {NULL, "'tags", "tags"}, {NULL, "TagsPerRole", "tags"}, {NULL, "ag keys", "tags"}),
    .validate = role_validate,
    .plan = role_plan,
    .create = role_create,
    .read = role_read,
    .update = role_update,
    .destroy = role_destroy,
    .import = role_import,
};
