#include "engine/aws/iam.h"
#include "provider/resource/of_aws.h"

struct policy {
    struct tf_string arn, description, id, name, path, path_prefix, policy, policy_id;
    struct tf_int attachment_count;
    struct tf_map tags;
};

/* clang-format off */
static const struct attr policy_attrs[] = {
    ATTR(policy, arn,              OPTIONAL | COMPUTED, .check = check_arn, .conflicts = "name,path_prefix", .describe = "ARN of the policy."),
    ATTR(policy, attachment_count, COMPUTED, .describe = "How many users, groups and roles it is attached to."),
    ATTR(policy, description,      COMPUTED, .describe = "Description."),
    ATTR(policy, id,               OPTIONAL | COMPUTED, .describe = "The ARN again."),
    ATTR(policy, name,             OPTIONAL | COMPUTED, .conflicts = "arn", .describe = "Name of the policy, to find it by where its ARN is not known. All policies are listed for it."),
    ATTR(policy, path,             COMPUTED, .describe = "Path of the name within IAM."),
    ATTR(policy, path_prefix,      OPTIONAL, .conflicts = "arn", .describe = "What the path begins with: only policies there are listed."),
    ATTR(policy, policy,           COMPUTED, .describe = "Policy document: the version in force."),
    ATTR(policy, policy_id,        COMPUTED, .describe = "Id by which IAM tells it from an earlier policy of the name."),
    ATTR(policy, tags,             OPTIONAL | COMPUTED, .describe = "Tags of the policy."),
};
/* clang-format on */

static bool is_text(struct tf_string s)
{
    return TF_IS_KNOWN(s) && s.v.len;
}

/* A name is taken only once, whatever the path; without one there may be several. */
static struct error *not_one(struct call *c, const struct policy *m, size_t matches)
{
    struct error *e = error_new(c->arena, matches ? ERROR_INVALID : ERROR_NOT_FOUND,
                                "%zu policies are named so", matches);

    e->detail = arena_printf(
        c->arena, "Looked for: name \"" STR_FMT "\" and a path that begins with \"" STR_FMT "\".%s",
        STR_ARG(m->name.v), STR_ARG(m->path_prefix.v),
        matches ? " Say more of it: name, path_prefix, or the ARN." : "");
    return error_at(e, is_text(m->name) ? STR("name") : STR("path_prefix"));
}

static struct error *find_arn(struct call *c, const struct policy *m, struct str *arn)
{
    struct aws_call aws = aws_call_of(c);
    struct iam_policies all;
    size_t matches = 0;

    TRY(iam_list_policies(&aws, m->path_prefix.v, &all));
    for (size_t i = 0; i < all.count; i++) {
        if (is_text(m->name) && !str_eq(all.items[i].name, m->name.v))
            continue;
        *arn = all.items[i].arn;
        matches++;
    }
    return matches == 1 ? NULL : not_one(c, m, matches);
}

static struct error *policy_read(struct call *c, void *model)
{
    struct policy *m = model;
    struct aws_call aws = aws_call_of(c);
    struct str arn = m->arn.v;
    struct iam_policy found;
    struct iam_policy_version version;

    if (!is_text(m->arn))
        TRY(find_arn(c, m, &arn));
    TRY(error_at(iam_get_policy(&aws, arn, &found), STR("arn")));
    TRY(iam_get_policy_version(&aws, arn, found.default_version, &version));
    m->arn = m->id = tf_string_of(found.arn);
    m->attachment_count = tf_int_of(found.attachment_count);
    m->description = tf_string_of(found.description);
    m->name = tf_string_of(found.name);
    m->path = tf_string_of(found.path);
    m->policy = tf_string_of(version.document);
    m->policy_id = tf_string_of(found.id);
    m->tags = tags_shown(c, &found.tags);
    return NULL;
}

extern const struct resource_type data_aws_iam_policy;
const struct resource_type data_aws_iam_policy = {
    .name = "aws_iam_policy",
    .describe = "A managed IAM policy: one of AWS's, or one that somebody else manages.",
    .subcategory = "IAM",
    .model = MODEL(policy, policy_attrs),
    .read = policy_read,
};
