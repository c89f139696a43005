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

/* "arn:aws:iam::123456789012:root" is that account; "*" stands as it is, or as all of AWS's. */
static struct str principal_of(const struct json *statement)
{
    const struct json *principal = json_get(statement, "Principal");
    struct str text = principal->kind == JSON_OBJECT
                          ? json_string_or(json_get(principal, "AWS"), STR(""))
                          : json_string_or(principal, STR(""));

    if (!str_starts_with(text, STR("arn:")))
        return text;
    for (size_t i = 0; i < 4; i++)
        str_cut(&text, ':');
    return str_cut(&text, ':');
}

/* {"StringEquals": {"aws:PrincipalOrgID": "o-1"}} */
static struct tf_blocks condition_of(struct call *c, const struct json *said)
{
    const struct json *values = said->kind == JSON_OBJECT && said->count ? &said->items[0] : NULL;
    struct condition *only = ARENA_NEW(c->arena, struct condition);
    bool there = values && values->kind == JSON_OBJECT && values->count;

    if (there) {
        only->type = tf_string_of(said->keys[0]);
        only->key = tf_string_of(values->keys[0]);
        only->value = tf_string_of(json_string_or(&values->items[0], STR("")));
    }
    return (struct tf_blocks){TF_KNOWN, only, there};
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
    m->principal = tf_string_of(principal_of(statement));
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
    .import_id = "{id}",
    .import_says =
        "the statement's id, after the bus's name and a slash where it is not the default bus",
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
