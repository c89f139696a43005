#include "engine/aws/iam.h"
#include "provider/grammar/names.h"
#include "provider/resources/shared.h"

struct linked_role {
    struct tf_string arn, aws_service_name, create_date, custom_suffix, description, id, name, path;
    struct tf_string unique_id;
    struct tf_map tags, tags_all;
};

/* clang-format off */
static const struct attr linked_role_attrs[] = {
    ATTR(linked_role, arn,              COMPUTED, .describe = "ARN of the role."),
    ATTR(linked_role, aws_service_name, REQUIRED | FORCE_NEW, .min = 1, .max = 128, .pattern = "[A-Za-z0-9_+=,.@-]+\\.[A-Za-z0-9.-]+", .pattern_says = "a service's name, such as spot.amazonaws.com", .describe = "Service whose role it is: spot.amazonaws.com."),
    ATTR(linked_role, create_date,      COMPUTED, .describe = "When it was made."),
    ATTR(linked_role, custom_suffix,    OPTIONAL | EMPTY_OK | FORCE_NEW, .max = 64, .pattern = "[A-Za-z0-9_+=,.@-]*", .pattern_says = "letters, digits and _+=,.@-", .describe = "What the name ends with, for services that may have several."),
    ATTR(linked_role, description,      OPTIONAL | EMPTY_OK, .max = 1000, .check = check_iam_description, .describe = "Description."),
    ATTR(linked_role, id,               COMPUTED, .describe = "The ARN again."),
    ATTR(linked_role, name,             COMPUTED, .describe = "Name of the role."),
    ATTR(linked_role, path,             COMPUTED, .describe = "Path of the name within IAM."),
    ATTR(linked_role, tags,             OPTIONAL | EMPTY_OK, .check_map = check_iam_tags, .describe = "Tags of the role."),
    ATTR(linked_role, tags_all,         OPTIONAL | COMPUTED, .describe = "Its tags and the provider's `default_tags`."),
    ATTR(linked_role, unique_id,        COMPUTED, .describe = "Id by which IAM tells it from an earlier role of the name."),
};
/* clang-format on */

static const struct tags_api role_tags = {iam_tag_role, iam_untag_role};

static void take_in(struct call *c, struct linked_role *m, const struct iam_role *found)
{
    m->arn = m->id = tf_string_of(found->arn);
    m->name = tf_string_of(found->name);
    m->path = tf_string_of(found->path);
    m->unique_id = tf_string_of(found->unique_id);
    m->create_date = tf_string_of(to_the_second(c->arena, found->create_date));
}

/* The last part of arn:aws:iam::123456789012:role/aws-service-role/SERVICE/NAME, and the one
 * before.
 */
static void split(struct str arn, struct str *service, struct str *name)
{
    *name = *service = (struct str){0};
    while (arn.ptr) {
        *service = *name;
        *name = str_cut(&arn, '/');
    }
}

struct creation {
    const struct linked_role *wanted;
    struct iam_role made;
};

static struct error *create_attempt(struct call *c, void *self)
{
    struct creation *creation = self;
    const struct linked_role *m = creation->wanted;
    struct aws_call aws = aws_call_of(c);

    return iam_create_service_linked_role(&aws, m->aws_service_name.v, m->custom_suffix.v,
                                          m->description.v, &creation->made);
}

/* Roles of one service differ in the suffix alone.  Without one a name may end in anything. */
static bool is_named_so(const struct iam_role *role, struct str suffix)
{
    size_t mark = role->name.len - suffix.len;

    return !suffix.len || (role->name.len > suffix.len && str_ends_with(role->name, suffix) &&
                           role->name.ptr[mark - 1] == '_');
}

/* Its name follows from the service, but not by a rule that IAM tells.  So one whose name was in an
 * answer that was lost is looked for at the service's path: made just now, it is ours; what was
 * there before is not.  Where no suffix was asked for it is the shortest of these. */
static struct error *look(struct call *c, void *self)
{
    struct creation *creation = self;
    const struct linked_role *m = creation->wanted;
    struct aws_call aws = aws_call_of(c);
    const struct iam_role *found = NULL;
    struct iam_roles roles;

    TRY(iam_list_roles(
        &aws,
        arena_printf(c->arena, "/aws-service-role/" STR_FMT "/", STR_ARG(m->aws_service_name.v)),
        &roles));
    for (size_t i = 0; i < roles.count; i++) {
        const struct iam_role *role = &roles.items[i];
        bool ours =
            is_made_just_now(date_ms(role->create_date)) && is_named_so(role, m->custom_suffix.v);
        if (ours && (!found || role->name.len < found->name.len))
            found = role;
    }
    if (!found)
        return error_new(c->arena, ERROR_NOT_FOUND, STR_FMT " has got no new role",
                         STR_ARG(m->aws_service_name.v));
    creation->made = *found;
    return NULL;
}

static struct str arn_of(struct call *c, void *self)
{
    const struct creation *creation = self;
    (void)c;
    return creation->made.arn;
}

static struct error *linked_role_create(struct call *c, void *model)
{
    struct linked_role *m = model;
    struct aws_call aws = aws_call_of(c);
    struct aws_tags tags = tags_of_new(c, &m->tags);
    struct creation creation = {.wanted = m};
    struct named_create how = {
        .create = create_attempt,
        .look = look,
        .create_date = &creation.made.create_date,
        .self = &creation,
        .name = m->aws_service_name.v,
        .id = arn_of,
    };

    TRY(create_named(c, &how, &m->id));
    take_in(c, m, &creation.made);
    return tags.count ? iam_tag_role(&aws, creation.made.name, &tags) : NULL;
}

static struct error *linked_role_read(struct call *c, void *model)
{
    struct linked_role *m = model;
    struct aws_call aws = aws_call_of(c);
    struct str service, name;
    struct iam_role found;

    split(m->id.v, &service, &name);
    TRY(iam_get_role(&aws, name, &found));
    struct tf_map tags = tags_from_aws(c, &found.tags);
    take_in(c, m, &found);
    m->aws_service_name = tf_string_of(service);
    m->description = tf_string_of(found.description);
    size_t mark = str_find(found.name, '_');
    if (!m->custom_suffix.v.len && mark < found.name.len)
        m->custom_suffix = tf_string_of(str_slice(found.name, mark + 1, found.name.len));
    call_tags_read(c, &tags, &m->tags, &m->tags_all);
    return NULL;
}

static struct error *linked_role_update(struct call *c, const void *prior, void *model)
{
    const struct linked_role *was = prior;
    struct linked_role *m = model;
    struct aws_call aws = aws_call_of(c);
    struct iam_role found;

    if (!str_eq(was->description.v, m->description.v)) {
        TRY(iam_get_role(&aws, m->name.v, &found));
        TRY(iam_update_role(&aws, m->name.v, m->description.v, found.max_session_seconds));
    }
    call_applied(c, "description");
    return tags_update(c, &role_tags, m->name.v, &was->tags_all, &m->tags_all);
}

struct deletion {
    struct str task;
};

static struct error *look_whether_gone(struct call *c, void *self)
{
    const struct deletion *d = self;
    struct aws_call aws = aws_call_of(c);
    struct str status, why;

    TRY(iam_service_linked_role_deletion(&aws, d->task, &status, &why));
    if (str_eq(status, STR("SUCCEEDED")))
        return NULL;
    if (!str_eq(status, STR("FAILED")))
        return not_yet(c, "the role's deletion");
    struct error *e = error_new(c->arena, ERROR_CONFLICT, "the service still uses its role");
    e->detail = arena_printf(c->arena, "IAM says: " STR_FMT, STR_ARG(why));
    return e;
}

static struct error *linked_role_destroy(struct call *c, const void *prior)
{
    const struct linked_role *m = prior;
    struct aws_call aws = aws_call_of(c);
    struct deletion d;

    TRY(iam_delete_service_linked_role(&aws, m->name.v, &d.task));
    return keep_trying(c, INT64_MAX, look_whether_gone, is_not_yet, &d);
}

static struct error *linked_role_import(struct call *c, struct str id, void *model)
{
    struct linked_role *m = model;

    if (str_find_str(id, STR(":role/aws-service-role/")) == id.len) {
        struct error *e =
            error_new(c->arena, ERROR_INVALID, "the import id is \"" STR_FMT "\"", STR_ARG(id));
        e->detail = STR("It must be the ARN of a service-linked role: arn:aws:iam::123456789012:"
                        "role/aws-service-role/spot.amazonaws.com/AWSServiceRoleForEC2Spot.");
        return e;
    }
    m->id = tf_string_of(id);
    return NULL;
}

extern const struct resource_type aws_iam_service_linked_role;
const struct resource_type aws_iam_service_linked_role = {
    .name = "aws_iam_service_linked_role",
    .describe =
        "The role that a service of AWS's has in the account, such as that of spot instances.",
    .subcategory = "IAM",
    .import_id = "{arn}",
    .import_says = "the role's ARN",
    .model = MODEL(linked_role, linked_role_attrs),
    .identity = {.required = "arn"},
    .blame = BLAME({"InvalidInput*", "has been taken", "aws_service_name"},
                   {NULL, "uffix", "custom_suffix"}, {NULL, "escription", "description"},
                   {NULL, "TagRole", "tags"}, {"InvalidInput*", NULL, "aws_service_name"}),
    .create = linked_role_create,
    .read = linked_role_read,
    .update = linked_role_update,
    .destroy = linked_role_destroy,
    .import = linked_role_import,
};
