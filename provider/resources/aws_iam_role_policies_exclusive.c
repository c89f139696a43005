#include "provider/grammar/arn.h"
#include "provider/resources/role_exclusive.h"

/* clang-format off */
static const struct attr exclusive_attrs[] = {
    ATTR_AS("policy_names", role_exclusive, wanted, REQUIRED | SET, .describe = "Names of the policies that are part of the role. Those that are there besides are deleted."),
    ROLE_EXCLUSIVE_ROW,
};
/* clang-format on */

static const struct role_exclusive_kind kind = {iam_list_role_policies, NULL,
                                                iam_delete_role_policy};

static struct error *exclusive_create(struct call *c, void *model)
{
    return role_exclusive_make_so(c, &kind, model);
}

static struct error *exclusive_read(struct call *c, void *model)
{
    return role_exclusive_read(c, &kind, model);
}

static struct error *exclusive_update(struct call *c, const void *prior, void *model)
{
    (void)prior;
    return role_exclusive_make_so(c, &kind, model);
}

/* The role keeps what it has. */
static struct error *exclusive_destroy(struct call *c, const void *prior)
{
    (void)c;
    (void)prior;
    return NULL;
}

extern const struct resource_type aws_iam_role_policies_exclusive;
const struct resource_type aws_iam_role_policies_exclusive = {
    .name = "aws_iam_role_policies_exclusive",
    .describe = "Holds a role to the policies within it that are named here, and deletes others.",
    .notes = "It makes no policy: `aws_iam_role_policy` does. When it is destroyed the role keeps "
             "what it has.",
    .subcategory = "IAM",
    .import_id = "{role_name}",
    .import_says = "the role's name",
    .model = MODEL(role_exclusive, exclusive_attrs),
    .blame = BLAME({"NoSuchEntity*", "ole", "role_name"}, {"NoSuchEntity*", NULL, "policy_names"},
                   {"PolicyNotAttachable*", NULL, "policy_names"},
                   {NULL, "PoliciesPerRole", "policy_names"},
                   {"UnmodifiableEntity*", NULL, "role_name"}),
    .create = exclusive_create,
    .read = exclusive_read,
    .update = exclusive_update,
    .destroy = exclusive_destroy,
    .import = role_exclusive_import,
};
