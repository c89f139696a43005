#include "engine/aws/iam_call.h"

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

    iam_read_tags(a, p, &out.tags);
    return out;
}

struct error *iam_create_instance_profile(const struct aws_call *c, struct str name,
                                          struct str path, const struct aws_tags *tags,
                                          struct iam_instance_profile *out)
{
    struct xml result;
    struct query q = iam_query(c, "CreateInstanceProfile",
                               PARAMETERS({"InstanceProfileName", name}, {"Path", path}));

    query_add_tags(&q, "Tags.member", tags);
    TRY(iam_send(c, "CreateInstanceProfile", AWS_CHANGES_ONCE, &q, &result));
    *out = instance_profile(c->arena, xml_get(&result, "InstanceProfile"));
    return iam_require(c, "CreateInstanceProfile", out->name);
}

struct error *iam_get_instance_profile(const struct aws_call *c, struct str name,
                                       struct iam_instance_profile *out)
{
    struct xml result;

    TRY(iam_get(c, "GetInstanceProfile", PARAMETERS({"InstanceProfileName", name}), &result));
    *out = instance_profile(c->arena, xml_get(&result, "InstanceProfile"));
    return iam_require(c, "GetInstanceProfile", out->name);
}

struct error *iam_delete_instance_profile(const struct aws_call *c, struct str name)
{
    return iam_act(c, "DeleteInstanceProfile", AWS_CHANGES,
                   PARAMETERS({"InstanceProfileName", name}));
}

/* Sent twice it fails at its own first effect, by a LimitExceeded that says so. */
struct error *iam_add_role_to_instance_profile(const struct aws_call *c, struct str profile,
                                               struct str role)
{
    return iam_act(c, "AddRoleToInstanceProfile", AWS_CHANGES,
                   PARAMETERS({"InstanceProfileName", profile}, {"RoleName", role}));
}

struct error *iam_remove_role_from_instance_profile(const struct aws_call *c, struct str profile,
                                                    struct str role)
{
    return iam_act(c, "RemoveRoleFromInstanceProfile", AWS_CHANGES,
                   PARAMETERS({"InstanceProfileName", profile}, {"RoleName", role}));
}

struct error *iam_tag_instance_profile(const struct aws_call *c, struct str name,
                                       const struct aws_tags *tags)
{
    return iam_tag_thing(c, "TagInstanceProfile", "InstanceProfileName", name, tags);
}

struct error *iam_untag_instance_profile(const struct aws_call *c, struct str name,
                                         const struct str *keys, size_t count)
{
    return iam_untag_thing(c, "UntagInstanceProfile", "InstanceProfileName", name, keys, count);
}

static void take_profile(struct arena *a, const struct xml *member, void *out)
{
    struct iam_instance_profiles *profiles = out;
    ARENA_PUSH(a, profiles->items, profiles->count, profiles->capacity,
               instance_profile(a, member));
}

struct error *iam_list_instance_profiles(const struct aws_call *c,
                                         struct iam_instance_profiles *out)
{
    static const struct iam_listing l = {"ListInstanceProfiles", "PathPrefix", "InstanceProfiles",
                                         take_profile};

    *out = (struct iam_instance_profiles){0};
    return iam_list(c, &l, STR("/"), out);
}

struct error *iam_list_instance_profiles_for_role(const struct aws_call *c, struct str role,
                                                  struct iam_instance_profiles *out)
{
    static const struct iam_listing l = {"ListInstanceProfilesForRole", "RoleName",
                                         "InstanceProfiles", take_profile};

    *out = (struct iam_instance_profiles){0};
    return iam_list(c, &l, role, out);
}
