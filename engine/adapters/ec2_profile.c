#include "engine/adapters/ec2_profile.h"

#include "engine/adapters/ec2_names.h"
#include "engine/adapters/ec2_tags.h"
#include "engine/aws/iam.h"
#include "engine/base/log.h"

static struct str name_of(struct arena *a, const struct ec2_options *options, struct str node_class)
{
    return ec2_profile_name(a, options->cluster, node_class, options->region);
}

/* IAM takes a role's name; a path or ARN in front of it says nothing more. */
static struct str role_name(struct str role)
{
    struct str rest = role, last = role;
    while (rest.ptr)
        last = str_cut(&rest, '/');
    return last;
}

static struct error *create(const struct aws_call *call, const struct ec2_options *options,
                            struct str name, const struct node_class *c,
                            struct iam_instance_profile *out)
{
    struct aws_tags tags = ec2_own_tags(call->arena, options, &c->tags);

    ec2_tag_set(call->arena, &tags, TAG_CLASS, c->name);
    struct error *e = iam_create_instance_profile(call, name, STR("/"), &tags, out);
    if (e && e->kind == ERROR_EXISTS) /* another process was faster */
        return iam_get_instance_profile(call, name, out);
    if (!e)
        log_event(LOG_INFO, "instance profile made", LOG_STR("profile", name),
                  LOG_STR("class", c->name));
    return e;
}

struct error *ec2_profile_ensure(const struct aws_call *call, const struct ec2_options *options,
                                 const struct node_class *c)
{
    struct str name = name_of(call->arena, options, c->name);
    struct str wanted = role_name(c->role);
    struct iam_instance_profile profile;
    struct error *e = iam_get_instance_profile(call, name, &profile);

    if (e && e->kind == ERROR_NOT_FOUND)
        e = create(call, options, name, c, &profile);
    TRY(e);
    if (str_eq(profile.role, wanted))
        return NULL;
    if (profile.role.len)
        TRY(iam_remove_role_from_instance_profile(call, name, profile.role));
    e = iam_add_role_to_instance_profile(call, name, wanted);
    return e && e->kind != ERROR_EXISTS ? error_at(e, STR("role")) : NULL;
}

static struct error *unless_gone(struct error *e)
{
    return e && e->kind == ERROR_NOT_FOUND ? NULL : e;
}

struct error *ec2_profile_forget(const struct aws_call *call, const struct ec2_options *options,
                                 struct str node_class)
{
    struct str name = name_of(call->arena, options, node_class);
    struct iam_instance_profile profile;
    struct error *e = iam_get_instance_profile(call, name, &profile);

    if (e)
        return unless_gone(e);
    if (!str_eq(ec2_tag(&profile.tags, TAG_CLUSTER), options->cluster))
        return NULL; /* of our name, but not made by us */
    if (profile.role.len)
        TRY(unless_gone(iam_remove_role_from_instance_profile(call, name, profile.role)));
    return unless_gone(iam_delete_instance_profile(call, name));
}
