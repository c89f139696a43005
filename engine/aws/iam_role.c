#include "engine/aws/iam_call.h"

static struct iam_role role_of(struct arena *a, const struct xml *role)
{
    return (struct iam_role){
        .name = xml_text(role, "RoleName"),
        .arn = xml_text(role, "Arn"),
        .unique_id = xml_text(role, "RoleId"),
        .path = xml_text(role, "Path"),
        .description = xml_text(role, "Description"),
        .assume_role_policy = iam_document(a, xml_text(role, "AssumeRolePolicyDocument")),
        .permissions_boundary = xml_text(role, "PermissionsBoundary/PermissionsBoundaryArn"),
        .create_date = xml_text(role, "CreateDate"),
        .last_used_date = xml_text(role, "RoleLastUsed/LastUsedDate"),
        .last_used_region = xml_text(role, "RoleLastUsed/Region"),
        .max_session_seconds = iam_number(role, "MaxSessionDuration"),
    };
}

static struct error *read_role(const struct aws_call *c, const char *operation,
                               const struct xml *result, struct iam_role *out)
{
    const struct xml *role = xml_get(result, "Role");

    *out = role_of(c->arena, role);
    iam_read_tags(c->arena, role, &out->tags);
    return iam_require(c, operation, out->name);
}

struct error *iam_create_role(const struct aws_call *c, const struct iam_role_new *role,
                              struct iam_role *out)
{
    struct xml result;
    struct query q = iam_query(c, "CreateRole",
                               PARAMETERS({"RoleName", role->name}, {"Path", role->path},
                                          {"AssumeRolePolicyDocument", role->assume_role_policy},
                                          {"Description", role->description},
                                          {"PermissionsBoundary", role->permissions_boundary}));

    if (role->max_session_seconds)
        query_add_int(&q, role->max_session_seconds, "MaxSessionDuration");
    query_add_tags(&q, "Tags.member", &role->tags);
    TRY(iam_send(c, "CreateRole", AWS_CHANGES_ONCE, &q, &result));
    return read_role(c, "CreateRole", &result, out);
}

struct error *iam_get_role(const struct aws_call *c, struct str name, struct iam_role *out)
{
    struct xml result;

    TRY(iam_get(c, "GetRole", PARAMETERS({"RoleName", name}), &result));
    return read_role(c, "GetRole", &result, out);
}

static void take_role(struct arena *a, const struct xml *member, void *out)
{
    struct iam_roles *roles = out;
    ARENA_PUSH(a, roles->items, roles->count, roles->capacity, role_of(a, member));
}

struct error *iam_list_roles(const struct aws_call *c, struct str path_prefix,
                             struct iam_roles *out)
{
    static const struct iam_listing l = {"ListRoles", "PathPrefix", "Roles", take_role};

    *out = (struct iam_roles){0};
    return iam_list(c, &l, path_prefix, out);
}

struct error *iam_update_role(const struct aws_call *c, struct str name, struct str description,
                              int64_t max_session_seconds)
{
    return iam_act(c, "UpdateRole", AWS_CHANGES,
                   PARAMETERS({"RoleName", name},
                              {"Description", description.ptr ? description : STR("")},
                              {"MaxSessionDuration",
                               arena_printf(c->arena, "%lld", (long long)max_session_seconds)}));
}

struct error *iam_update_assume_role_policy(const struct aws_call *c, struct str name,
                                            struct str policy)
{
    return iam_act(c, "UpdateAssumeRolePolicy", AWS_CHANGES,
                   PARAMETERS({"RoleName", name}, {"PolicyDocument", policy}));
}

struct error *iam_put_role_permissions_boundary(const struct aws_call *c, struct str name,
                                                struct str policy_arn)
{
    return iam_act(c, "PutRolePermissionsBoundary", AWS_CHANGES,
                   PARAMETERS({"RoleName", name}, {"PermissionsBoundary", policy_arn}));
}

struct error *iam_delete_role_permissions_boundary(const struct aws_call *c, struct str name)
{
    return iam_act(c, "DeleteRolePermissionsBoundary", AWS_CHANGES, PARAMETERS({"RoleName", name}));
}

struct error *iam_tag_role(const struct aws_call *c, struct str name, const struct aws_tags *tags)
{
    return iam_tag_thing(c, "TagRole", "RoleName", name, tags);
}

struct error *iam_untag_role(const struct aws_call *c, struct str name, const struct str *keys,
                             size_t count)
{
    return iam_untag_thing(c, "UntagRole", "RoleName", name, keys, count);
}

struct error *iam_delete_role(const struct aws_call *c, struct str name)
{
    return iam_act(c, "DeleteRole", AWS_CHANGES, PARAMETERS({"RoleName", name}));
}

static void take_text(struct arena *a, const struct xml *member, void *out)
{
    struct iam_names *names = out;
    ARENA_PUSH(a, names->items, names->count, names->capacity, member->text);
}

static void take_policy_arn(struct arena *a, const struct xml *member, void *out)
{
    struct iam_names *names = out;
    ARENA_PUSH(a, names->items, names->count, names->capacity, xml_text(member, "PolicyArn"));
}

struct error *iam_list_role_policies(const struct aws_call *c, struct str role,
                                     struct iam_names *out)
{
    static const struct iam_listing l = {"ListRolePolicies", "RoleName", "PolicyNames", take_text};

    *out = (struct iam_names){0};
    return iam_list(c, &l, role, out);
}

struct error *iam_get_role_policy(const struct aws_call *c, struct str role, struct str policy,
                                  struct str *text)
{
    struct xml result;

    TRY(iam_get(c, "GetRolePolicy", PARAMETERS({"RoleName", role}, {"PolicyName", policy}),
                &result));
    *text = iam_document(c->arena, xml_text(&result, "PolicyDocument"));
    return iam_require(c, "GetRolePolicy", *text);
}

struct error *iam_put_role_policy(const struct aws_call *c, struct str role, struct str policy,
                                  struct str text)
{
    return iam_act(
        c, "PutRolePolicy", AWS_CHANGES,
        PARAMETERS({"RoleName", role}, {"PolicyName", policy}, {"PolicyDocument", text}));
}

struct error *iam_delete_role_policy(const struct aws_call *c, struct str role, struct str policy)
{
    return iam_act(c, "DeleteRolePolicy", AWS_CHANGES,
                   PARAMETERS({"RoleName", role}, {"PolicyName", policy}));
}

struct error *iam_list_attached_role_policies(const struct aws_call *c, struct str role,
                                              struct iam_names *out)
{
    static const struct iam_listing l = {"ListAttachedRolePolicies", "RoleName", "AttachedPolicies",
                                         take_policy_arn};

    *out = (struct iam_names){0};
    return iam_list(c, &l, role, out);
}

struct error *iam_attach_role_policy(const struct aws_call *c, struct str role,
                                     struct str policy_arn)
{
    return iam_act(c, "AttachRolePolicy", AWS_CHANGES,
                   PARAMETERS({"RoleName", role}, {"PolicyArn", policy_arn}));
}

struct error *iam_detach_role_policy(const struct aws_call *c, struct str role,
                                     struct str policy_arn)
{
    return iam_act(c, "DetachRolePolicy", AWS_CHANGES,
                   PARAMETERS({"RoleName", role}, {"PolicyArn", policy_arn}));
}

struct error *iam_create_service_linked_role(const struct aws_call *c, struct str service,
                                             struct str suffix, struct str description,
                                             struct iam_role *out)
{
    struct xml result;
    struct query q = iam_query(c, "CreateServiceLinkedRole",
                               PARAMETERS({"AWSServiceName", service},
                                          {"CustomSuffix", suffix.len ? suffix : (struct str){0}},
                                          {"Description", description}));

    TRY(iam_send(c, "CreateServiceLinkedRole", AWS_CHANGES_ONCE, &q, &result));
    return read_role(c, "CreateServiceLinkedRole", &result, out);
}

struct error *iam_delete_service_linked_role(const struct aws_call *c, struct str role,
                                             struct str *task)
{
    struct query q = iam_query(c, "DeleteServiceLinkedRole", PARAMETERS({"RoleName", role}));
    struct xml result;

    TRY(iam_send(c, "DeleteServiceLinkedRole", AWS_CHANGES, &q, &result));
    *task = xml_text(&result, "DeletionTaskId");
    return NULL;
}

struct error *iam_service_linked_role_deletion(const struct aws_call *c, struct str task,
                                               struct str *status, struct str *why)
{
    struct xml result;

    TRY(iam_get(c, "GetServiceLinkedRoleDeletionStatus", PARAMETERS({"DeletionTaskId", task}),
                &result));
    *status = xml_text(&result, "Status");
    *why = xml_text(&result, "Reason/Reason");
    return NULL;
}
