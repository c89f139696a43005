#include "engine/aws/iam_call.h"

/* A managed policy seen from its own side: users, groups and roles that have it.  What is asked of
 * a role alone is in iam_role.c. */

static void take_names(struct arena *a, const struct xml *page, const char *list, const char *name,
                       struct iam_names *out)
{
    const struct xml *members = xml_get(page, list);

    for (const struct xml *m = NULL; (m = xml_next(members, "member", m));)
        ARENA_PUSH(a, out->items, out->count, out->capacity, xml_text(m, name));
}

/* A page has some of each list, and the next goes on with all three. */
static void take_entities(struct arena *a, const struct xml *page, void *out)
{
    struct iam_entities *entities = out;

    take_names(a, page, "PolicyGroups", "GroupName", &entities->groups);
    take_names(a, page, "PolicyRoles", "RoleName", &entities->roles);
    take_names(a, page, "PolicyUsers", "UserName", &entities->users);
}

struct error *iam_list_entities_for_policy(const struct aws_call *c, struct str policy_arn,
                                           struct iam_entities *out)
{
    static const struct iam_listing l = {"ListEntitiesForPolicy", "PolicyArn", NULL, take_entities};

    *out = (struct iam_entities){0};
    return iam_list(c, &l, policy_arn, out);
}

struct error *iam_attach_user_policy(const struct aws_call *c, struct str user,
                                     struct str policy_arn)
{
    return iam_act(c, "AttachUserPolicy", AWS_CHANGES,
                   PARAMETERS({"UserName", user}, {"PolicyArn", policy_arn}));
}

struct error *iam_detach_user_policy(const struct aws_call *c, struct str user,
                                     struct str policy_arn)
{
    return iam_act(c, "DetachUserPolicy", AWS_CHANGES,
                   PARAMETERS({"UserName", user}, {"PolicyArn", policy_arn}));
}

struct error *iam_attach_group_policy(const struct aws_call *c, struct str group,
                                      struct str policy_arn)
{
    return iam_act(c, "AttachGroupPolicy", AWS_CHANGES,
                   PARAMETERS({"GroupName", group}, {"PolicyArn", policy_arn}));
}

struct error *iam_detach_group_policy(const struct aws_call *c, struct str group,
                                      struct str policy_arn)
{
    return iam_act(c, "DetachGroupPolicy", AWS_CHANGES,
                   PARAMETERS({"GroupName", group}, {"PolicyArn", policy_arn}));
}
