#include "engine/aws/iam.h"
#include "provider/resource/of_aws.h"

struct last_use {
    struct tf_string last_used_date, region;
};
struct role {
    struct tf_string arn, assume_role_policy, create_date, description, id, name, path;
    struct tf_string permissions_boundary, unique_id;
    struct tf_int max_session_duration;
    struct tf_blocks role_last_used;
    struct tf_map tags;
};

/* clang-format off */
static const struct attr last_use_attrs[] = {
    ATTR(last_use, last_used_date, COMPUTED, .describe = "When."),
    ATTR(last_use, region,         COMPUTED, .describe = "In which region."),
};
static const struct model last_use_model = MODEL(last_use, last_use_attrs);

static const struct attr role_attrs[] = {
    ATTR(role, arn,                  COMPUTED, .describe = "ARN of the role."),
    ATTR(role, assume_role_policy,   COMPUTED, .describe = "Trust policy: who may take the role."),
    ATTR(role, create_date,          COMPUTED, .describe = "When it was made."),
    ATTR(role, description,          COMPUTED, .describe = "Description."),
    ATTR(role, id,                   OPTIONAL | COMPUTED, .describe = "The name again."),
    ATTR(role, max_session_duration, COMPUTED, .describe = "Seconds that a session of the role may last."),
    ATTR(role, name,                 REQUIRED, .describe = "Name of the role."),
    ATTR(role, path,                 COMPUTED, .describe = "Path of the name within IAM."),
    ATTR(role, permissions_boundary, COMPUTED, .describe = "ARN of the policy that bounds what the role may ever do."),
    ATTR(role, role_last_used,       COMPUTED, .nesting = BLOCK_LIST_COMPUTED, .nested = &last_use_model, .describe = "Its last use: one object, whose members are empty where IAM knows of none in the last 400 days."),
    ATTR(role, tags,                 OPTIONAL | COMPUTED, .describe = "Tags of the role."),
    ATTR(role, unique_id,            COMPUTED, .describe = "Id by which IAM tells it from an earlier role of the name."),
};
/* clang-format on */

/* IAM always answers with something about it, empty where it knows of no use; hashicorp/aws makes
 * one object of that, so users write role_last_used[0]. */
static struct tf_blocks last_use_of(struct call *c, const struct iam_role *found)
{
    struct last_use *use = ARENA_NEW(c->arena, struct last_use);

    use->last_used_date = tf_string_of(to_the_second(c->arena, found->last_used_date));
    use->region = tf_string_of(found->last_used_region);
    return (struct tf_blocks){TF_KNOWN, use, 1};
}

static struct error *role_read(struct call *c, void *model)
{
    struct role *m = model;
    struct aws_call aws = aws_call_of(c);
    struct iam_role found;

    TRY(error_at(iam_get_role(&aws, m->name.v, &found), STR("name")));
    m->arn = tf_string_of(found.arn);
    m->assume_role_policy = tf_string_of(found.assume_role_policy);
    m->create_date = tf_string_of(to_the_second(c->arena, found.create_date));
    m->description = tf_string_of(found.description);
    m->id = m->name = tf_string_of(found.name);
    m->max_session_duration = tf_int_of(found.max_session_seconds);
    m->path = tf_string_of(found.path);
    m->permissions_boundary = tf_string_of(found.permissions_boundary);
    m->role_last_used = last_use_of(c, &found);
    m->tags = tags_shown(c, &found.tags);
    m->unique_id = tf_string_of(found.unique_id);
    return NULL;
}

extern const struct resource_type data_aws_iam_role;
const struct resource_type data_aws_iam_role = {
    .name = "aws_iam_role",
    .describe = "An IAM role that somebody else manages.",
    .subcategory = "IAM",
    .model = MODEL(role, role_attrs),
    .read = role_read,
};
