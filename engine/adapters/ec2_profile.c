#include "engine/adapters/ec2_profile.h"

#include "engine/adapters/ec2_names.h"
#include "engine/adapters/ec2_tags.h"
#include "engine/aws/iam.h"
#include "engine/base/log.h"
#include "engine/base/near_names.h"
#include "engine/base/time.h"

static struct str name_of(struct arena *a, const struct ec2_options *options, struct str node_class)
{
    return ec2_profile_name(a, options->cluster, node_class, options->region);
}

/* One question or change about a profile. */
struct asked {
    const struct aws_call *call;
    struct str name, role;
    struct iam_instance_profile found;
};

/* IAM shows what it has made some seconds later. */
static struct error *until_seen(struct asked *q, struct error *(*attempt)(struct asked *))
{
    enum { VISIBLE_MS = 10 * 1000, LOOK_MS = 1000 };
    int64_t give_up_ms = time_monotonic_ms() + VISIBLE_MS;
    struct error *e;

    while ((e = attempt(q)) && e->kind == ERROR_NOT_FOUND && time_monotonic_ms() < give_up_ms &&
           !cancel_wait_ms(q->call->cancel, LOOK_MS))
        continue;
    return e;
}

static struct error *look(struct asked *q)
{
    return iam_get_instance_profile(q->call, q->name, &q->found);
}

/* Neither change can be sent twice: where an answer was lost, or says that it is so already, the
 * profile itself tells. */
static struct error *add_role(struct asked *q)
{
    struct error *e = iam_add_role_to_instance_profile(q->call, q->name, q->role);

    if (!e ||
        !(e->outcome_unknown || e->kind == ERROR_EXISTS || str_eq(e->code, STR("LimitExceeded"))))
        return e;
    struct error *unseen = look(q);
    return !unseen && str_eq(q->found.role, q->role) ? NULL : e;
}

static struct error *create(struct asked *q, const struct ec2_options *options,
                            const struct node_class *c)
{
    struct aws_tags tags = ec2_own_tags(q->call->arena, options, &c->tags);

    ec2_tag_set(q->call->arena, &tags, TAG_CLASS, c->name);
    struct error *e = iam_create_instance_profile(q->call, q->name, STR("/"), &tags, &q->found);
    if (!e)
        log_event(LOG_INFO, "instance profile made", LOG_STR("profile", q->name),
                  LOG_STR("class", c->name));
    if (!e || (!e->outcome_unknown && e->kind != ERROR_EXISTS))
        return e;
    /* Another process was faster, or it was ourselves. */
    struct error *unseen = until_seen(q, look);
    return unseen && unseen->kind == ERROR_NOT_FOUND ? e : unseen;
}

static struct error *unless_gone(struct error *e)
{
    return e && e->kind == ERROR_NOT_FOUND ? NULL : e;
}

struct error *ec2_profile_ensure(const struct aws_call *call, const struct ec2_options *options,
                                 const struct node_class *c)
{
    struct asked q = {
        .call = call, .name = name_of(call->arena, options, c->name), .role = c->role};
    struct error *e = look(&q);

    if (e && e->kind == ERROR_NOT_FOUND)
        e = create(&q, options, c);
    TRY(e);
    if (str_eq(q.found.role, c->role))
        return NULL;
    if (q.found.role.len)
        TRY(unless_gone(iam_remove_role_from_instance_profile(call, q.name, q.found.role)));
    e = until_seen(&q, add_role);
    return e ? error_at(e, STR("role")) : NULL;
}

/* " Those of a like name: a, b.", or how many there are. */
static struct str others(const struct aws_call *call, struct str name)
{
    struct iam_instance_profiles all = {0};

    if (iam_list_instance_profiles(call, &all)) /* not allowed to look: nothing is said of others */
        return (struct str){0};
    struct str *names = ARENA_ARRAY(call->arena, struct str, all.count);
    for (size_t i = 0; i < all.count; i++)
        names[i] = all.items[i].name;
    struct str near = near_names(call->arena, name, names, all.count);
    return near.len
               ? arena_printf(call->arena, " Those of a like name: " STR_FMT ".", STR_ARG(near))
               : arena_printf(call->arena, " The account has %zu, none of a like name.", all.count);
}

static struct error *look_for_role(struct asked *q)
{
    TRY(look(q));
    return q->found.role.len ? NULL : error_new(q->call->arena, ERROR_NOT_FOUND, "it has no role");
}

struct error *ec2_profile_check(const struct aws_call *call, struct str name)
{
    struct asked q = {.call = call, .name = name};
    struct error *e = until_seen(&q, look_for_role);
    bool is_there = q.found.name.len > 0;

    if (!e || e->kind == ERROR_DENIED) /* not allowed to look: EC2 will say */
        return NULL;
    if (e->kind != ERROR_NOT_FOUND)
        return e;
    e = error_new(call->arena, ERROR_INVALID, "instance profile " STR_FMT " %s", STR_ARG(name),
                  is_there ? "has no role" : "does not exist");
    e->detail = is_there ? STR("EC2 launches nothing with a profile without a role. Add the role "
                               "that nodes work as.")
                         : arena_printf(call->arena,
                                        "IAM has none of that name." STR_FMT
                                        " Correct the name, or set role instead to have a profile "
                                        "made.",
                                        STR_ARG(others(call, name)));
    return error_at(e, STR("instance_profile"));
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
