#include "engine/aws/iam.h"

#include "engine/aws/client.h"
#include "engine/aws/query.h"
#include "engine/aws/sigv4.h"

/* Most of IAM is a name, an effect and a handful of parameters; a call is one table of them. */
struct parameter {
    const char *name;
    struct str value; /* ptr NULL: left out */
};
#define PARAMETERS(...) ((const struct parameter[]){__VA_ARGS__, {0}})

static struct query new_query(const struct aws_call *c, const char *operation,
                              const struct parameter *parameters)
{
    struct query q = query_new(c->arena, &service_iam, operation);

    for (; parameters->name; parameters++)
        if (parameters->value.ptr)
            query_add(&q, parameters->value, "%s", parameters->name);
    return q;
}

static struct error *send(const struct aws_call *c, const char *operation, enum aws_effect effect,
                          const struct query *q, struct xml *result)
{
    struct aws_answer answer;
    struct aws_request request = {
        .service = &service_iam,
        .operation = operation,
        .effect = effect,
        .body = buf_str(&q->body),
    };

    TRY(aws_send(c, c->arena, &request, &answer));
    *result = *xml_get(&answer.xml, arena_printf(c->arena, "%sResult", operation).ptr);
    return NULL;
}

/* A change without an answer worth reading. */
static struct error *act(const struct aws_call *c, const char *operation, enum aws_effect effect,
                         const struct parameter *parameters)
{
    struct query q = new_query(c, operation, parameters);
    struct xml result;

    return send(c, operation, effect, &q, &result);
}

static struct error *get(const struct aws_call *c, const char *operation,
                         const struct parameter *parameters, struct xml *result)
{
    struct query q = new_query(c, operation, parameters);

    return send(c, operation, AWS_READS, &q, result);
}

static struct error *tag(const struct aws_call *c, const char *operation, const char *parameter,
                         struct str name, const struct aws_tags *tags)
{
    struct query q = new_query(c, operation, PARAMETERS({parameter, name}));
    struct xml result;

    query_add_tags(&q, "Tags.member", tags);
    return send(c, operation, AWS_CHANGES, &q, &result);
}

static struct error *untag(const struct aws_call *c, const char *operation, const char *parameter,
                           struct str name, const struct str *keys, size_t count)
{
    struct query q = new_query(c, operation, PARAMETERS({parameter, name}));
    struct xml result;

    query_add_list(&q, "TagKeys.member", keys, count);
    return send(c, operation, AWS_CHANGES, &q, &result);
}

/* Walks a list that comes in pages: `take` is given each member of `list`. */
struct listing {
    const char *operation, *parameter, *list;
    void (*take)(struct arena *a, const struct xml *member, void *out);
};

static struct error *list(const struct aws_call *c, const struct listing *l, struct str of,
                          void *out)
{
    struct str marker = {0};

    do {
        struct xml result;
        struct query q = new_query(
            c, l->operation,
            PARAMETERS({l->parameter, of}, {"Marker", marker.len ? marker : (struct str){0}}));
        TRY(send(c, l->operation, AWS_READS, &q, &result));
        const struct xml *members = xml_get(&result, l->list);
        for (const struct xml *m = NULL; (m = xml_next(members, "member", m));)
            l->take(c->arena, m, out);
        struct aws_request request = {.service = &service_iam, .operation = l->operation};
        TRY(aws_next_page(c, &request, &marker,
                          str_eq(xml_text(&result, "IsTruncated"), STR("true"))
                              ? xml_text(&result, "Marker")
                              : STR("")));
    } while (marker.len);
    return NULL;
}

static void read_tags(struct arena *a, const struct xml *of, struct aws_tags *out)
{
    const struct xml *tags = xml_get(of, "Tags");

    *out = (struct aws_tags){0};
    for (const struct xml *m = NULL; (m = xml_next(tags, "member", m));)
        ARENA_PUSH(a, out->items, out->count, out->capacity,
                   (struct aws_tag){xml_text(m, "Key"), xml_text(m, "Value")});
}

static int64_t number_at(const struct xml *of, const char *name)
{
    int64_t n = 0;
    return str_to_int64(xml_text(of, name), &n) ? n : 0;
}

/* An answer without the thing that was asked for: a change may have happened all the same. */
static struct error *require(const struct aws_call *c, const char *operation, struct str id)
{
    if (id.len)
        return NULL;
    struct error *e = error_new(c->arena, ERROR_UNREACHABLE,
                                "calling IAM %s: the answer lacks what it is about", operation);
    e->outcome_unknown = str_starts_with(str_of(operation), STR("Create"));
    return e;
}

static struct str document(struct arena *a, struct str encoded)
{
    return uri_decode(a, encoded);
}

static struct error *read_role(const struct aws_call *c, const char *operation,
                               const struct xml *result, struct iam_role *out)
{
    const struct xml *role = xml_get(result, "Role");

    *out = (struct iam_role){
        .name = xml_text(role, "RoleName"),
        .arn = xml_text(role, "Arn"),
        .unique_id = xml_text(role, "RoleId"),
        .path = xml_text(role, "Path"),
        .description = xml_text(role, "Description"),
        .assume_role_policy = document(c->arena, xml_text(role, "AssumeRolePolicyDocument")),
        .permissions_boundary = xml_text(role, "PermissionsBoundary/PermissionsBoundaryArn"),
        .create_date = xml_text(role, "CreateDate"),
        .max_session_seconds = number_at(role, "MaxSessionDuration"),
    };
    read_tags(c->arena, role, &out->tags);
    return require(c, operation, out->name);
}

struct error *iam_create_role(const struct aws_call *c, const struct iam_role_new *role,
                              struct iam_role *out)
{
    struct xml result;
    struct query q = new_query(c, "CreateRole",
                               PARAMETERS({"RoleName", role->name}, {"Path", role->path},
                                          {"AssumeRolePolicyDocument", role->assume_role_policy},
                                          {"Description", role->description},
                                          {"PermissionsBoundary", role->permissions_boundary}));

    if (role->max_session_seconds)
        query_add_int(&q, role->max_session_seconds, "MaxSessionDuration");
    query_add_tags(&q, "Tags.member", &role->tags);
    TRY(send(c, "CreateRole", AWS_CHANGES_ONCE, &q, &result));
    return read_role(c, "CreateRole", &result, out);
}

struct error *iam_get_role(const struct aws_call *c, struct str name, struct iam_role *out)
{
    struct xml result;

    TRY(get(c, "GetRole", PARAMETERS({"RoleName", name}), &result));
    return read_role(c, "GetRole", &result, out);
}

struct error *iam_update_role(const struct aws_call *c, struct str name, struct str description,
                              int64_t max_session_seconds)
{
    return act(c, "UpdateRole", AWS_CHANGES,
               PARAMETERS({"RoleName", name},
                          {"Description", description.ptr ? description : STR("")},
                          {"MaxSessionDuration",
                           arena_printf(c->arena, "%lld", (long long)max_session_seconds)}));
}

struct error *iam_update_assume_role_policy(const struct aws_call *c, struct str name,
                                            struct str policy)
{
    return act(c, "UpdateAssumeRolePolicy", AWS_CHANGES,
               PARAMETERS({"RoleName", name}, {"PolicyDocument", policy}));
}

struct error *iam_put_role_permissions_boundary(const struct aws_call *c, struct str name,
                                                struct str policy_arn)
{
    return act(c, "PutRolePermissionsBoundary", AWS_CHANGES,
               PARAMETERS({"RoleName", name}, {"PermissionsBoundary", policy_arn}));
}

struct error *iam_delete_role_permissions_boundary(const struct aws_call *c, struct str name)
{
    return act(c, "DeleteRolePermissionsBoundary", AWS_CHANGES, PARAMETERS({"RoleName", name}));
}

struct error *iam_tag_role(const struct aws_call *c, struct str name, const struct aws_tags *tags)
{
    return tag(c, "TagRole", "RoleName", name, tags);
}

struct error *iam_untag_role(const struct aws_call *c, struct str name, const struct str *keys,
                             size_t count)
{
    return untag(c, "UntagRole", "RoleName", name, keys, count);
}

struct error *iam_delete_role(const struct aws_call *c, struct str name)
{
    return act(c, "DeleteRole", AWS_CHANGES, PARAMETERS({"RoleName", name}));
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
    static const struct listing l = {"ListRolePolicies", "RoleName", "PolicyNames", take_text};

    *out = (struct iam_names){0};
    return list(c, &l, role, out);
}

struct error *iam_get_role_policy(const struct aws_call *c, struct str role, struct str policy,
                                  struct str *text)
{
    struct xml result;

    TRY(get(c, "GetRolePolicy", PARAMETERS({"RoleName", role}, {"PolicyName", policy}), &result));
    *text = document(c->arena, xml_text(&result, "PolicyDocument"));
    return require(c, "GetRolePolicy", *text);
}

struct error *iam_put_role_policy(const struct aws_call *c, struct str role, struct str policy,
                                  struct str text)
{
    return act(c, "PutRolePolicy", AWS_CHANGES,
               PARAMETERS({"RoleName", role}, {"PolicyName", policy}, {"PolicyDocument", text}));
}

struct error *iam_delete_role_policy(const struct aws_call *c, struct str role, struct str policy)
{
    return act(c, "DeleteRolePolicy", AWS_CHANGES,
               PARAMETERS({"RoleName", role}, {"PolicyName", policy}));
}

struct error *iam_list_attached_role_policies(const struct aws_call *c, struct str role,
                                              struct iam_names *out)
{
    static const struct listing l = {"ListAttachedRolePolicies", "RoleName", "AttachedPolicies",
                                     take_policy_arn};

    *out = (struct iam_names){0};
    return list(c, &l, role, out);
}

struct error *iam_attach_role_policy(const struct aws_call *c, struct str role,
                                     struct str policy_arn)
{
    return act(c, "AttachRolePolicy", AWS_CHANGES,
               PARAMETERS({"RoleName", role}, {"PolicyArn", policy_arn}));
}

struct error *iam_detach_role_policy(const struct aws_call *c, struct str role,
                                     struct str policy_arn)
{
    return act(c, "DetachRolePolicy", AWS_CHANGES,
               PARAMETERS({"RoleName", role}, {"PolicyArn", policy_arn}));
}

static struct error *read_policy(const struct aws_call *c, const char *operation,
                                 const struct xml *result, struct iam_policy *out)
{
    const struct xml *policy = xml_get(result, "Policy");

    *out = (struct iam_policy){
        .name = xml_text(policy, "PolicyName"),
        .arn = xml_text(policy, "Arn"),
        .id = xml_text(policy, "PolicyId"),
        .path = xml_text(policy, "Path"),
        .description = xml_text(policy, "Description"),
        .default_version = xml_text(policy, "DefaultVersionId"),
        .attachment_count = number_at(policy, "AttachmentCount"),
    };
    read_tags(c->arena, policy, &out->tags);
    return require(c, operation, out->arn);
}

struct error *iam_create_policy(const struct aws_call *c, const struct iam_policy_new *policy,
                                struct iam_policy *out)
{
    struct xml result;
    struct query q = new_query(c, "CreatePolicy",
                               PARAMETERS({"PolicyName", policy->name}, {"Path", policy->path},
                                          {"Description", policy->description},
                                          {"PolicyDocument", policy->document}));

    query_add_tags(&q, "Tags.member", &policy->tags);
    TRY(send(c, "CreatePolicy", AWS_CHANGES_ONCE, &q, &result));
    return read_policy(c, "CreatePolicy", &result, out);
}

struct error *iam_get_policy(const struct aws_call *c, struct str arn, struct iam_policy *out)
{
    struct xml result;

    TRY(get(c, "GetPolicy", PARAMETERS({"PolicyArn", arn}), &result));
    return read_policy(c, "GetPolicy", &result, out);
}

static struct iam_policy_version policy_version(struct arena *a, const struct xml *v)
{
    return (struct iam_policy_version){
        .id = xml_text(v, "VersionId"),
        .document = document(a, xml_text(v, "Document")),
        .create_date = xml_text(v, "CreateDate"),
        .is_default = str_eq(xml_text(v, "IsDefaultVersion"), STR("true")),
    };
}

struct error *iam_get_policy_version(const struct aws_call *c, struct str arn, struct str version,
                                     struct iam_policy_version *out)
{
    struct xml result;

    TRY(get(c, "GetPolicyVersion", PARAMETERS({"PolicyArn", arn}, {"VersionId", version}),
            &result));
    *out = policy_version(c->arena, xml_get(&result, "PolicyVersion"));
    return require(c, "GetPolicyVersion", out->id);
}

struct error *iam_create_policy_version(const struct aws_call *c, struct str arn, struct str text)
{
    return act(
        c, "CreatePolicyVersion", AWS_CHANGES_ONCE,
        PARAMETERS({"PolicyArn", arn}, {"PolicyDocument", text}, {"SetAsDefault", STR("true")}));
}

static void take_version(struct arena *a, const struct xml *member, void *out)
{
    struct iam_policy_versions *versions = out;
    ARENA_PUSH(a, versions->items, versions->count, versions->capacity, policy_version(a, member));
}

struct error *iam_list_policy_versions(const struct aws_call *c, struct str arn,
                                       struct iam_policy_versions *out)
{
    static const struct listing l = {"ListPolicyVersions", "PolicyArn", "Versions", take_version};

    *out = (struct iam_policy_versions){0};
    return list(c, &l, arn, out);
}

struct error *iam_delete_policy_version(const struct aws_call *c, struct str arn,
                                        struct str version)
{
    return act(c, "DeletePolicyVersion", AWS_CHANGES,
               PARAMETERS({"PolicyArn", arn}, {"VersionId", version}));
}

struct error *iam_delete_policy(const struct aws_call *c, struct str arn)
{
    return act(c, "DeletePolicy", AWS_CHANGES, PARAMETERS({"PolicyArn", arn}));
}

struct error *iam_tag_policy(const struct aws_call *c, struct str arn, const struct aws_tags *tags)
{
    return tag(c, "TagPolicy", "PolicyArn", arn, tags);
}

struct error *iam_untag_policy(const struct aws_call *c, struct str arn, const struct str *keys,
                               size_t count)
{
    return untag(c, "UntagPolicy", "PolicyArn", arn, keys, count);
}

static struct iam_instance_profile instance_profile(struct arena *a, const struct xml *p)
{
    struct iam_instance_profile out = {
        .name = xml_text(p, "InstanceProfileName"),
        .arn = xml_text(p, "Arn"),
        .unique_id = xml_text(p, "InstanceProfileId"),
        .path = xml_text(p, "Path"),
        .create_date = xml_text(p, "CreateDate"),
        .role = xml_text(p, "Roles/member/RoleName"),
    };

    read_tags(a, p, &out.tags);
    return out;
}

struct error *iam_create_instance_profile(const struct aws_call *c, struct str name,
                                          struct str path, const struct aws_tags *tags,
                                          struct iam_instance_profile *out)
{
    struct xml result;
    struct query q = new_query(c, "CreateInstanceProfile",
                               PARAMETERS({"InstanceProfileName", name}, {"Path", path}));

    query_add_tags(&q, "Tags.member", tags);
    TRY(send(c, "CreateInstanceProfile", AWS_CHANGES_ONCE, &q, &result));
    *out = instance_profile(c->arena, xml_get(&result, "InstanceProfile"));
    return require(c, "CreateInstanceProfile", out->name);
}

struct error *iam_get_instance_profile(const struct aws_call *c, struct str name,
                                       struct iam_instance_profile *out)
{
    struct xml result;

    TRY(get(c, "GetInstanceProfile", PARAMETERS({"InstanceProfileName", name}), &result));
    *out = instance_profile(c->arena, xml_get(&result, "InstanceProfile"));
    return require(c, "GetInstanceProfile", out->name);
}

struct error *iam_delete_instance_profile(const struct aws_call *c, struct str name)
{
    return act(c, "DeleteInstanceProfile", AWS_CHANGES, PARAMETERS({"InstanceProfileName", name}));
}

/* Sent twice it would fail at its own first effect. */
struct error *iam_add_role_to_instance_profile(const struct aws_call *c, struct str profile,
                                               struct str role)
{
    return act(c, "AddRoleToInstanceProfile", AWS_CHANGES_ONCE,
               PARAMETERS({"InstanceProfileName", profile}, {"RoleName", role}));
}

struct error *iam_remove_role_from_instance_profile(const struct aws_call *c, struct str profile,
                                                    struct str role)
{
    return act(c, "RemoveRoleFromInstanceProfile", AWS_CHANGES,
               PARAMETERS({"InstanceProfileName", profile}, {"RoleName", role}));
}

struct error *iam_tag_instance_profile(const struct aws_call *c, struct str name,
                                       const struct aws_tags *tags)
{
    return tag(c, "TagInstanceProfile", "InstanceProfileName", name, tags);
}

struct error *iam_untag_instance_profile(const struct aws_call *c, struct str name,
                                         const struct str *keys, size_t count)
{
    return untag(c, "UntagInstanceProfile", "InstanceProfileName", name, keys, count);
}

static void take_profile(struct arena *a, const struct xml *member, void *out)
{
    struct iam_instance_profiles *profiles = out;
    ARENA_PUSH(a, profiles->items, profiles->count, profiles->capacity,
               instance_profile(a, member));
}

struct error *iam_list_instance_profiles_for_role(const struct aws_call *c, struct str role,
                                                  struct iam_instance_profiles *out)
{
    static const struct listing l = {"ListInstanceProfilesForRole", "RoleName", "InstanceProfiles",
                                     take_profile};

    *out = (struct iam_instance_profiles){0};
    return list(c, &l, role, out);
}
