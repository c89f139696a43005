#include "engine/aws/events.h"
#include "engine/base/json.h"
#include "provider/resources/event_names.h"
#include "provider/resources/shared.h"

struct condition {
    struct tf_string key, type, value;
};
struct permission {
    struct tf_string action, event_bus_name, id, principal, region, statement_id;
    struct tf_blocks condition;
};

/* clang-format off */
static const struct attr condition_attrs[] = {
    ATTR(condition, key,   REQUIRED, .one_of = VALUES("aws:PrincipalOrgID"), .describe = "What is asked of whoever sends."),
    ATTR(condition, type,  REQUIRED, .one_of = VALUES("StringEquals"), .describe = "How it is held against the value."),
    ATTR(condition, value, REQUIRED, .min = 1, .describe = "The value: the id of an organization."),
};
static const struct model condition_model = MODEL(condition, condition_attrs);

static const struct attr permission_attrs[] = {
    ATTR(permission, action,         OPTIONAL, .dflt = "events:PutEvents", .min = 1, .max = 64, .pattern = "events:[A-Za-z]+", .pattern_says = "events: and letters", .describe = "What is allowed."),
    ATTR(permission, event_bus_name, OPTIONAL | FORCE_NEW, .dflt = "default", .check = check_bus, .describe = "Name or ARN of the bus."),
    ATTR(permission, id,             COMPUTED, .describe = "The statement's id, after the bus's name and a slash where it is not the default bus."),
    ATTR(permission, principal,      REQUIRED, .pattern = "[0-9]{12}|\\*", .pattern_says = "12 digits, or *", .describe = "Account that may send events, or `*` for all that the condition lets."),
    ATTR_REGION(permission),
    ATTR(permission, statement_id,   REQUIRED | FORCE_NEW, .min = 1, .max = 64, .pattern = "[A-Za-z0-9_-]+", .pattern_says = "letters, digits, _ and -", .describe = "Id of the statement within the policy of the bus."),
    ATTR(permission, condition,      OPTIONAL, .max = 1, .nesting = BLOCK_LIST, .nested = &condition_model, .describe = "Whom of them it is for."),
};
/* clang-format on */

/* Others may be changing the policy of the same bus. */
static const int64_t consistency_ms = 30 * 1000;

static struct error *put(struct call *c, void *self)
{
    const struct permission *m = self;
    struct aws_call aws = aws_call_of(c);
    struct events_permission wanted = {
        .bus = m->event_bus_name.v,
        .statement_id = m->statement_id.v,
        .principal = m->principal.v,
        .action = m->action.v,
    };

    if (m->condition.count) {
        const struct condition *only = TF_BLOCK(m->condition, struct condition, 0);
        wanted.condition_type = only->type.v;
        wanted.condition_key = only->key.v;
        wanted.condition_value = only->value.v;
    }
    return events_put_permission(&aws, &wanted);
}

/* A bus made a moment ago may not be known everywhere. */
static bool passes(const struct error *e)
{
    return is_missing(e) || is_conflict(e);
}

static struct error *permission_create(struct call *c, void *model)
{
    struct permission *m = model;

    TRY(keep_trying(c, fresh_ms(c), put, passes, m));
    m->id = tf_string_of(rule_id(c->arena, m->event_bus_name.v, m->statement_id.v));
    return NULL;
}

/* A policy that others wrote may say more than one of what there is one of here.  All of it is
 * shown, with commas between, so that a plan sees what is too much and puts it right. */
static void join(struct buf *out, struct str text)
{
    if (out->len)
        buf_add(out, STR(","));
    buf_add(out, text);
}

static void join_texts(struct buf *out, const struct json *said, struct str (*as)(struct str text))
{
    if (said->kind == JSON_STRING)
        join(out, as ? as(said->text) : said->text);
    for (size_t i = 0; said->kind == JSON_ARRAY && i < said->count; i++)
        join_texts(out, &said->items[i], as);
}

/* "arn:aws:iam::123456789012:root" is that account; "*" stands as it is, or as all of AWS's. */
static struct str account_of(struct str text)
{
    if (!str_starts_with(text, STR("arn:")))
        return text;
    for (size_t i = 0; i < 4; i++)
        str_cut(&text, ':');
    return str_cut(&text, ':');
}

static struct str principal_of(struct arena *a, const struct json *statement)
{
    const struct json *principal = json_get(statement, "Principal");
    struct buf out = buf_in(a);

    join_texts(&out, principal->kind == JSON_OBJECT ? json_get(principal, "AWS") : principal,
               account_of);
    return buf_str(&out);
}

/* {"StringEquals": {"aws:PrincipalOrgID": "o-1"}} */
static struct tf_blocks condition_of(struct call *c, const struct json *said)
{
    struct condition *only = ARENA_NEW(c->arena, struct condition);
    struct buf types = buf_in(c->arena), keys = buf_in(c->arena), values = buf_in(c->arena);
    size_t there = said->kind == JSON_OBJECT ? said->count : 0;

    for (size_t i = 0; i < there; i++) {
        const struct json *of_type = &said->items[i];
        join(&types, said->keys[i]);
        for (size_t k = 0; of_type->kind == JSON_OBJECT && k < of_type->count; k++) {
            join(&keys, of_type->keys[k]);
            join_texts(&values, &of_type->items[k], NULL);
        }
    }
    only->type = tf_string_of(buf_str(&types));
    only->key = tf_string_of(buf_str(&keys));
    only->value = tf_string_of(buf_str(&values));
    return (struct tf_blocks){TF_KNOWN, only, there ? 1 : 0};
}

static const struct json *statement_of(const struct json *policy, struct str id)
{
    const struct json *all = json_get(policy, "Statement");

    if (all->kind == JSON_OBJECT)
        return str_eq(json_string_or(json_get(all, "Sid"), STR("")), id) ? all : NULL;
    for (size_t i = 0; all->kind == JSON_ARRAY && i < all->count; i++)
        if (str_eq(json_string_or(json_get(&all->items[i], "Sid"), STR("")), id))
            return &all->items[i];
    return NULL;
}

static struct error *permission_read(struct call *c, void *model)
{
    struct permission *m = model;
    struct aws_call aws = aws_call_of(c);
    struct str bus = m->id.v, id = cut_last(&bus);
    struct json policy = json_new_object();
    struct events_bus found;

    bus = bus.len ? bus : STR("default");
    TRY(events_describe_bus(&aws, bus, &found));
    if (found.policy.len)
        TRY(json_parse(c->arena, found.policy, &policy));
    const struct json *statement = statement_of(&policy, id);
    if (!statement)
        return error_new(c->arena, ERROR_NOT_FOUND, "bus " STR_FMT " has no statement " STR_FMT,
                         STR_ARG(bus), STR_ARG(id));
    m->event_bus_name = tf_string_of(bus);
    m->statement_id = tf_string_of(id);
    m->action = tf_string_of(json_string_or(json_get(statement, "Action"), STR("")));
    m->principal = tf_string_of(principal_of(c->arena, statement));
    m->condition = condition_of(c, json_get(statement, "Condition"));
    return NULL;
}

static struct error *permission_update(struct call *c, const void *prior, void *model)
{
    (void)prior;
    return keep_trying(c, consistency_ms, put, is_conflict, model);
}

static struct error *remove_attempt(struct call *c, void *self)
{
    const struct permission *m = self;
    struct aws_call aws = aws_call_of(c);
    return events_remove_permission(&aws, m->event_bus_name.v, m->statement_id.v);
}

static struct error *permission_destroy(struct call *c, const void *prior)
{
    struct permission m = *(const struct permission *)prior;
    return keep_trying(c, consistency_ms, remove_attempt, is_conflict, &m);
}

extern const struct resource_type aws_cloudwatch_event_permission;
const struct resource_type aws_cloudwatch_event_permission = {
    .name = "aws_cloudwatch_event_permission",
    .describe = "Lets another account, or an organization, send events to a bus.",
    .subcategory = "EventBridge",
    .import_id = "{event_bus_name}/{statement_id}",
    .import_says = "the event bus's name, a slash and the statement's id; of a statement of the "
                   "default bus, its id is enough",
    .model = MODEL(permission, permission_attrs),
    .identity = {.required = "statement_id", .optional = "account_id,region"},
    .blame = BLAME({"ResourceNotFound*", NULL, "event_bus_name"}, {NULL, "rincipal", "principal"},
                   {NULL, "ondition", "condition"}, {NULL, "ction", "action"},
                   {"PolicyLengthExceeded*", NULL, "statement_id"}),
    .create = permission_create,
    .read = permission_read,
    .update = permission_update,
    .destroy = permission_destroy,
};
