#include "engine/aws/iam_call.h"

static struct iam_policy policy_of(const struct xml *policy)
{
    return (struct iam_policy){
        .name = xml_text(policy, "PolicyName"),
        .arn = xml_text(policy, "Arn"),
        .id = xml_text(policy, "PolicyId"),
        .path = xml_text(policy, "Path"),
        .description = xml_text(policy, "Description"),
        .default_version = xml_text(policy, "DefaultVersionId"),
        .create_date = xml_text(policy, "CreateDate"),
        .attachment_count = iam_number(policy, "AttachmentCount"),
    };
}

static struct error *read_policy(const struct aws_call *c, const char *operation,
                                 const struct xml *result, struct iam_policy *out)
{
    const struct xml *policy = xml_get(result, "Policy");

    *out = policy_of(policy);
    iam_read_tags(c->arena, policy, &out->tags);
    return iam_require(c, operation, out->arn);
}

struct error *iam_create_policy(const struct aws_call *c, const struct iam_policy_new *policy,
                                struct iam_policy *out)
{
    struct xml result;
    struct query q = iam_query(c, "CreatePolicy",
                               PARAMETERS({"PolicyName", policy->name}, {"Path", policy->path},
                                          {"Description", policy->description},
                                          {"PolicyDocument", policy->document}));

    query_add_tags(&q, "Tags.member", &policy->tags);
    TRY(iam_send(c, "CreatePolicy", AWS_CHANGES_ONCE, &q, &result));
    return read_policy(c, "CreatePolicy", &result, out);
}

struct error *iam_get_policy(const struct aws_call *c, struct str arn, struct iam_policy *out)
{
    struct xml result;

    TRY(iam_get(c, "GetPolicy", PARAMETERS({"PolicyArn", arn}), &result));
    return read_policy(c, "GetPolicy", &result, out);
}

static void take_policy(struct arena *a, const struct xml *member, void *out)
{
    struct iam_policies *p = out;
    ARENA_PUSH(a, p->items, p->count, p->capacity, policy_of(member));
}

struct error *iam_list_policies(const struct aws_call *c, struct str path_prefix,
                                struct iam_policies *out)
{
    static const struct iam_listing l = {"ListPolicies", "PathPrefix", "Policies", take_policy};

    *out = (struct iam_policies){0};
    return iam_list(c, &l, path_prefix.len ? path_prefix : (struct str){0}, out);
}

static struct iam_policy_version policy_version(struct arena *a, const struct xml *v)
{
    return (struct iam_policy_version){
        .id = xml_text(v, "VersionId"),
        .document = iam_document(a, xml_text(v, "Document")),
        .create_date = xml_text(v, "CreateDate"),
        .is_default = str_eq(xml_text(v, "IsDefaultVersion"), STR("true")),
    };
}

struct error *iam_get_policy_version(const struct aws_call *c, struct str arn, struct str version,
                                     struct iam_policy_version *out)
{
    struct xml result;

    TRY(iam_get(c, "GetPolicyVersion", PARAMETERS({"PolicyArn", arn}, {"VersionId", version}),
                &result));
    *out = policy_version(c->arena, xml_get(&result, "PolicyVersion"));
    return iam_require(c, "GetPolicyVersion", out->id);
}

struct error *iam_create_policy_version(const struct aws_call *c, struct str arn, struct str text,
                                        bool in_force, struct str *version)
{
    struct xml result;
    struct query q = iam_query(c, "CreatePolicyVersion",
                               PARAMETERS({"PolicyArn", arn}, {"PolicyDocument", text},
                                          {"SetAsDefault", in_force ? STR("true") : STR("false")}));

    *version = STR("");
    TRY(iam_send(c, "CreatePolicyVersion", AWS_CHANGES_ONCE, &q, &result));
    *version = xml_text(xml_get(&result, "PolicyVersion"), "VersionId");
    return NULL;
}

struct error *iam_set_default_policy_version(const struct aws_call *c, struct str arn,
                                             struct str version)
{
    return iam_act(c, "SetDefaultPolicyVersion", AWS_CHANGES,
                   PARAMETERS({"PolicyArn", arn}, {"VersionId", version}));
}

static void take_version(struct arena *a, const struct xml *member, void *out)
{
    struct iam_policy_versions *versions = out;
    ARENA_PUSH(a, versions->items, versions->count, versions->capacity, policy_version(a, member));
}

struct error *iam_list_policy_versions(const struct aws_call *c, struct str arn,
                                       struct iam_policy_versions *out)
{
    static const struct iam_listing l = {"ListPolicyVersions", "PolicyArn", "Versions",
                                         take_version};

    *out = (struct iam_policy_versions){0};
    return iam_list(c, &l, arn, out);
}

struct error *iam_delete_policy_version(const struct aws_call *c, struct str arn,
                                        struct str version)
{
    return iam_act(c, "DeletePolicyVersion", AWS_CHANGES,
                   PARAMETERS({"PolicyArn", arn}, {"VersionId", version}));
}

struct error *iam_delete_policy(const struct aws_call *c, struct str arn)
{
    return iam_act(c, "DeletePolicy", AWS_CHANGES, PARAMETERS({"PolicyArn", arn}));
}

struct error *iam_tag_policy(const struct aws_call *c, struct str arn, const struct aws_tags *tags)
{
    return iam_tag_thing(c, "TagPolicy", "PolicyArn", arn, tags);
}

struct error *iam_untag_policy(const struct aws_call *c, struct str arn, const struct str *keys,
                               size_t count)
{
    return iam_untag_thing(c, "UntagPolicy", "PolicyArn", arn, keys, count);
}
