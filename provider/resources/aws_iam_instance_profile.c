#include "engine/aws/iam.h"
#include "provider/grammar/names.h"
#include "provider/resources/shared.h"

struct profile {
    struct tf_string arn, create_date, id, name, name_prefix, path, role, unique_id;
    struct tf_map tags, tags_all;
};

/* clang-format off */
static const struct attr profile_attrs[] = {
    ATTR(profile, arn,         COMPUTED, .arn = "arn:{partition}:iam::{account}:instance-profile{path}{name}", .describe = "ARN of the profile."),
    ATTR(profile, create_date, COMPUTED, .describe = "When it was made."),
    ATTR(profile, id,          COMPUTED, .describe = "Name of the profile."),
    ATTR(profile, name,        OPTIONAL | COMPUTED | FORCE_NEW, .min = 1, .max = 128, .pattern = "[A-Za-z0-9_+=,.@-]+",
         .pattern_says = "letters, digits and _+=,.@-", .conflicts = "name_prefix", .describe = "Name. Unset: made up."),
    ATTR(profile, name_prefix, OPTIONAL | COMPUTED | FORCE_NEW, .min = 1, .max = 102, .pattern = "[A-Za-z0-9_+=,.@-]+",
         .pattern_says = "letters, digits and _+=,.@-", .conflicts = "name", .describe = "What a made-up name begins with."),
    ATTR(profile, path,        OPTIONAL | FORCE_NEW, .dflt = "/", .max = 512, .check = check_iam_path, .describe = "Path of the name within IAM."),
    ATTR(profile, role,        OPTIONAL | EMPTY_OK | FOLLOWS, .check = check_role_name, .describe = "Name of the role that instances get."),
    ATTR(profile, tags,        OPTIONAL | EMPTY_OK, .check_map = check_iam_tags, .describe = "Tags of the profile."),
    ATTR(profile, tags_all,    OPTIONAL | COMPUTED, .describe = "Its tags and the provider's `default_tags`."),
    ATTR(profile, unique_id,   COMPUTED, .describe = "Id by which IAM tells it from an earlier profile of the name."),
};
/* clang-format on */

/* A profile made a moment ago may not be seen; one whose role left just now may still count as
 * holding it. */
static const int64_t consistency_ms = 30 * 1000;
static const struct tags_api profile_tags = {iam_tag_instance_profile, iam_untag_instance_profile};

static void take_in(struct call *c, struct profile *m, const struct iam_instance_profile *found)
{
    struct tf_map tags = tags_from_aws(c, &found->tags);

    m->arn = tf_string_of(found->arn);
    m->create_date = tf_string_of(to_the_second(c->arena, found->create_date));
    m->id = m->name = tf_string_of(found->name);
    m->name_prefix = name_prefix_of(c, found->name, (struct str){0});
    m->path = tf_string_of(found->path);
    m->role = tf_string_or_null(found->role);
    m->unique_id = tf_string_of(found->unique_id);
    call_tags_read(c, &tags, &m->tags, &m->tags_all);
}

/* Not repeatable either: where its answer was lost, the profile itself says whether it was heard.
 */
static struct error *add_role(struct call *c, void *self)
{
    const struct profile *m = self;
    struct aws_call aws = aws_call_of(c);
    struct iam_instance_profile found;
    struct error *e = iam_add_role_to_instance_profile(&aws, m->name.v, m->role.v);

    if (!e || (!e->outcome_unknown && !str_eq(e->code, STR("LimitExceeded"))))
        return e;
    struct error *unseen = iam_get_instance_profile(&aws, m->name.v, &found);
    return !unseen && str_eq(found.role, m->role.v) ? NULL : e;
}

struct creation {
    struct str name, path;
    struct aws_tags tags;
    struct iam_instance_profile made;
};

static struct error *create_attempt(struct call *c, void *self)
{
    struct creation *creation = self;
    struct aws_call aws = aws_call_of(c);
    return iam_create_instance_profile(&aws, creation->name, creation->path, &creation->tags,
                                       &creation->made);
}

static struct error *look(struct call *c, void *self)
{
    struct creation *creation = self;
    struct aws_call aws = aws_call_of(c);
    return iam_get_instance_profile(&aws, creation->name, &creation->made);
}

static struct error *profile_create(struct call *c, void *model)
{
    struct profile *m = model;

    name_make(c, &m->name, &m->name_prefix, (struct str){0});
    struct creation creation = {
        .name = m->name.v,
        .path = m->path.v,
        .tags = tags_of_new(c, &m->tags),
    };
    struct named_create how = {
        .create = create_attempt,
        .look = look,
        .limit_ms = consistency_ms,
        .create_date = &creation.made.create_date,
        .self = &creation,
        .name = m->name.v,
    };
    TRY(create_named(c, &how, &m->id));
    m->arn = tf_string_of(creation.made.arn);
    m->create_date = tf_string_of(to_the_second(c->arena, creation.made.create_date));
    m->unique_id = tf_string_of(creation.made.unique_id);
    TRY(keep_trying(c, consistency_ms, look, is_missing_or_not_yet, &creation));
    if (TF_IS_KNOWN(m->role) && m->role.v.len)
        TRY(error_at(keep_trying(c, fresh_ms(c), add_role, is_missing_or_conflict, m),
                     STR("role")));
    return NULL;
}

static struct error *profile_read(struct call *c, void *model)
{
    struct profile *m = model;
    struct aws_call aws = aws_call_of(c);
    struct iam_instance_profile found;

    TRY(iam_get_instance_profile(&aws, m->id.v, &found));
    TRY(no_stranger(c, found.name, date_ms(found.create_date)));
    take_in(c, m, &found);
    return NULL;
}

static struct error *profile_update(struct call *c, const void *prior, void *model)
{
    const struct profile *was = prior;
    struct profile *m = model;
    struct aws_call aws = aws_call_of(c);

    if (!str_eq(was->role.v, m->role.v)) {
        if (was->role.v.len)
            TRY(gone_is_fine(iam_remove_role_from_instance_profile(&aws, m->name.v, was->role.v)));
        if (m->role.v.len)
            TRY(error_at(keep_trying(c, fresh_ms(c), add_role, is_missing_or_conflict, m),
                         STR("role")));
        if (TF_IS_NULL(m->role))
            m->role = tf_string_of(STR("")); /* as hashicorp/aws leaves one that was taken away */
        call_applied(c, "role");
    }
    TRY(tags_update(c, &profile_tags, m->name.v, &was->tags_all, &m->tags_all));
    call_applied(c, "tags");
    call_applied(c, "tags_all");
    return NULL;
}

static struct error *delete_attempt(struct call *c, void *self)
{
    const struct profile *m = self;
    struct aws_call aws = aws_call_of(c);
    return iam_delete_instance_profile(&aws, m->id.v);
}

static struct error *profile_destroy(struct call *c, const void *prior)
{
    struct profile m = *(const struct profile *)prior;
    struct aws_call aws = aws_call_of(c);

    if (TF_IS_KNOWN(m.role) && m.role.v.len)
        TRY(gone_is_fine(iam_remove_role_from_instance_profile(&aws, m.id.v, m.role.v)));
    return keep_trying(c, consistency_ms, delete_attempt, is_conflict, &m);
}

extern const struct resource_type aws_iam_instance_profile;
const struct resource_type aws_iam_instance_profile = {
    .name = "aws_iam_instance_profile",
    .describe = "An IAM instance profile: what hands a role to EC2 instances.",
    .subcategory = "IAM",
    .import_id = "{name}",
    .import_says = "the profile's name",
    .model = MODEL(profile, profile_attrs),
    .identity = {.required = "name", .optional = "account_id"},
    .blame = BLAME({"EntityAlreadyExists*", NULL, "name"}, {NULL, "'instanceProfileName'", "name"},
                   {NULL, "'path'", "path"}, {NULL, "agInstanceProfile", "tags"},
                   {NULL, "'tags", "tags"}, {NULL, "ag keys", "tags"}),
    .create = profile_create,
    .read = profile_read,
    .update = profile_update,
    .destroy = profile_destroy,
};
