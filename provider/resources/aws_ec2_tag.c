#include "engine/aws/ec2.h"
#include "provider/resources/shared.h"

/* One tag of something that others manage.  Whoever manages it sees the tag as a difference, unless
 * its provider's ignore_tags says otherwise. */
struct one_tag {
    struct tf_string id, key, region, resource_id, value;
};

/* AWS keeps tags that begin with aws: to itself. */
static struct error *check_own_key(struct arena *a, struct str value)
{
    return str_starts_with(value, STR("aws:"))
               ? error_new(a, ERROR_INVALID, "\"" STR_FMT "\" begins with aws:", STR_ARG(value))
               : NULL;
}

/* clang-format off */
static const struct attr tag_attrs[] = {
    ATTR(one_tag, id,          COMPUTED, .describe = "The resource's id, a comma and the key."),
    ATTR(one_tag, key,         REQUIRED | FORCE_NEW, .min = 1, .max = 128, .check = check_own_key, .describe = "Key of the tag."),
    ATTR_REGION(one_tag),
    ATTR(one_tag, resource_id, REQUIRED | FORCE_NEW, .min = 1, .describe = "Id of what is tagged: an instance, a subnet, a VPC."),
    ATTR(one_tag, value,       REQUIRED, .max = 256, .describe = "Value of the tag."),
};
/* clang-format on */

static struct error *set(struct call *c, void *self)
{
    const struct one_tag *m = self;
    struct aws_call aws = aws_call_of(c);
    struct aws_tag tag = {m->key.v, m->value.v};
    struct aws_tags tags = {.items = &tag, .count = 1};
    return ec2_set_tags(&aws, m->resource_id.v, &tags);
}

static struct error *tag_create(struct call *c, void *model)
{
    struct one_tag *m = model;

    TRY(keep_trying(c, fresh_ms(c), set, is_missing, m));
    m->id = tf_string_of(
        arena_printf(c->arena, STR_FMT "," STR_FMT, STR_ARG(m->resource_id.v), STR_ARG(m->key.v)));
    return NULL;
}

static struct error *take_id(struct call *c, struct str id, struct one_tag *m)
{
    struct str key = id, resource = str_cut(&key, ',');

    if (!resource.len || !key.len) {
        struct error *e =
            error_new(c->arena, ERROR_INVALID, "the import id is \"" STR_FMT "\"", STR_ARG(id));
        e->detail = STR("It must be the resource's id, a comma and the key: subnet-0123,Name.");
        return e;
    }
    m->resource_id = tf_string_of(resource);
    m->key = tf_string_of(key);
    m->id = tf_string_of(id);
    return NULL;
}

static struct error *tag_read(struct call *c, void *model)
{
    struct one_tag *m = model;
    struct aws_call aws = aws_call_of(c);
    struct str value;
    bool found;

    TRY(take_id(c, m->id.v, m));
    TRY(ec2_describe_tag(&aws, m->resource_id.v, m->key.v, &value, &found));
    if (!found)
        return error_new(c->arena, ERROR_NOT_FOUND, STR_FMT " has no tag " STR_FMT,
                         STR_ARG(m->resource_id.v), STR_ARG(m->key.v));
    m->value = tf_string_of(value);
    return NULL;
}

static struct error *tag_update(struct call *c, const void *prior, void *model)
{
    (void)prior;
    return set(c, model);
}

static struct error *tag_destroy(struct call *c, const void *prior)
{
    const struct one_tag *m = prior;
    struct aws_call aws = aws_call_of(c);
    return ec2_take_tags(&aws, m->resource_id.v, &m->key.v, 1);
}

static struct error *tag_import(struct call *c, struct str id, void *model)
{
    return take_id(c, id, model);
}

extern const struct resource_type aws_ec2_tag;
const struct resource_type aws_ec2_tag = {
    .name = "aws_ec2_tag",
    .describe = "One tag of something of EC2's that is managed elsewhere.",
    .notes = "Where the same provider manages what is tagged, the two would undo each other: set "
             "the tag "
             "there, or have `ignore_tags` leave it alone.",
    .subcategory = "EC2",
    .import_id = "{resource_id},{key}",
    .import_says = "the resource's id, a comma and the key",
    .model = MODEL(one_tag, tag_attrs),
    .blame = BLAME({"*NotFound", NULL, "resource_id"}, {"InvalidID", NULL, "resource_id"},
                   {"*Malformed", NULL, "resource_id"}, {"TagLimitExceeded", NULL, "key"},
                   {NULL, "Tag keys", "key"}, {NULL, "Tag value", "value"}),
    .create = tag_create,
    .read = tag_read,
    .update = tag_update,
    .destroy = tag_destroy,
    .import = tag_import,
};
