#include "engine/aws/events.h"

#include "engine/aws/client.h"

/* A request is an object of a few members; what starts one and what ends it. */
struct body {
    struct buf text;
    struct json_writer writer;
};

static struct json_writer *begin(struct arena *a, struct body *b)
{
    b->text = buf_in(a);
    b->writer = json_writer_to(&b->text);
    json_begin_object(&b->writer);
    return &b->writer;
}

static struct aws_request request_of(const char *operation, enum aws_effect effect, struct body *b)
{
    json_end_object(&b->writer);
    return (struct aws_request){
        .service = &service_events,
        .operation = operation,
        .effect = effect,
        .body = buf_str(&b->text),
    };
}

static struct error *send(const struct aws_call *c, const char *operation, enum aws_effect effect,
                          struct body *b, struct json *out)
{
    struct aws_request request = request_of(operation, effect, b);
    struct aws_answer answer;

    TRY(aws_send(c, c->arena, &request, &answer));
    *out = answer.json;
    return NULL;
}

static void member_if_set(struct json_writer *w, const char *key, struct str value)
{
    if (value.len)
        json_member(w, key, value);
}

static struct str text_of(const struct json *answer, const char *key)
{
    return json_string_or(json_get(answer, key), STR(""));
}

static void write_tags(struct json_writer *w, const struct aws_tags *tags)
{
    if (!tags || !tags->count)
        return;
    json_key(w, STR("Tags"));
    json_begin_array(w);
    for (size_t i = 0; i < tags->count; i++) {
        json_begin_object(w);
        json_member(w, "Key", tags->items[i].key);
        json_member(w, "Value", tags->items[i].value);
        json_end_object(w);
    }
    json_end_array(w);
}

/* What stands in both changes.  An empty description has to be said, or the old one stays. */
static void write_bus(struct json_writer *w, const struct events_bus *bus)
{
    json_member(w, "Name", bus->name);
    json_member(w, "Description", bus->description);
    member_if_set(w, "KmsKeyIdentifier", bus->kms_key);
    if (bus->dead_letter_arn.len) {
        json_key(w, STR("DeadLetterConfig"));
        json_begin_object(w);
        json_member(w, "Arn", bus->dead_letter_arn);
        json_end_object(w);
    }
    if (bus->log_level.len || bus->log_detail.len) {
        json_key(w, STR("LogConfig"));
        json_begin_object(w);
        member_if_set(w, "IncludeDetail", bus->log_detail);
        member_if_set(w, "Level", bus->log_level);
        json_end_object(w);
    }
}

struct error *events_create_bus(const struct aws_call *c, const struct events_bus *bus,
                                const struct aws_tags *tags, struct str *arn)
{
    struct body b;
    struct json answer;
    struct json_writer *w = begin(c->arena, &b);

    write_bus(w, bus);
    member_if_set(w, "EventSourceName", bus->source);
    write_tags(w, tags);
    TRY(send(c, "CreateEventBus", AWS_CHANGES_ONCE, &b, &answer));
    *arn = text_of(&answer, "EventBusArn");
    if (arn->len)
        return NULL;
    struct error *e =
        error_new(c->arena, ERROR_UNREACHABLE,
                  "calling EventBridge CreateEventBus: the answer has no EventBusArn");
    e->outcome_unknown = true;
    return e;
}

struct error *events_update_bus(const struct aws_call *c, const struct events_bus *bus)
{
    struct body b;
    struct json answer;

    write_bus(begin(c->arena, &b), bus);
    return send(c, "UpdateEventBus", AWS_CHANGES, &b, &answer);
}

struct error *events_delete_bus(const struct aws_call *c, struct str name)
{
    struct body b;
    struct json answer;

    json_member(begin(c->arena, &b), "Name", name);
    return send(c, "DeleteEventBus", AWS_CHANGES, &b, &answer);
}

struct error *events_put_permission(const struct aws_call *c,
                                    const struct events_permission *permission)
{
    struct body b;
    struct json answer;
    struct json_writer *w = begin(c->arena, &b);

    member_if_set(w, "EventBusName", permission->bus);
    json_member(w, "StatementId", permission->statement_id);
    json_member(w, "Principal", permission->principal);
    json_member(w, "Action", permission->action);
    if (permission->condition_type.len) {
        json_key(w, STR("Condition"));
        json_begin_object(w);
        json_member(w, "Type", permission->condition_type);
        json_member(w, "Key", permission->condition_key);
        json_member(w, "Value", permission->condition_value);
        json_end_object(w);
    }
    return send(c, "PutPermission", AWS_CHANGES, &b, &answer);
}

struct error *events_remove_permission(const struct aws_call *c, struct str bus,
                                       struct str statement_id)
{
    struct body b;
    struct json answer;
    struct json_writer *w = begin(c->arena, &b);

    member_if_set(w, "EventBusName", bus);
    json_member(w, "StatementId", statement_id);
    return send(c, "RemovePermission", AWS_CHANGES, &b, &answer);
}

/* Dates come as seconds since 1970, with a fraction that nobody needs. */
static int64_t date_of(const struct json *answer, const char *key)
{
    struct str seconds = json_get(answer, key)->text;
    int64_t n;

    return str_to_int64(str_cut(&seconds, '.'), &n) && n > 0 && n < INT64_MAX / 1000 ? n * 1000 : 0;
}

struct error *events_describe_bus(const struct aws_call *c, struct str name, struct events_bus *out)
{
    struct body b;
    struct json answer;

    json_member(begin(c->arena, &b), "Name", name);
    TRY(send(c, "DescribeEventBus", AWS_READS, &b, &answer));
    *out = (struct events_bus){
        .name = text_of(&answer, "Name"),
        .arn = text_of(&answer, "Arn"),
        .description = text_of(&answer, "Description"),
        .kms_key = text_of(&answer, "KmsKeyIdentifier"),
        .dead_letter_arn = text_of(json_get(&answer, "DeadLetterConfig"), "Arn"),
        .policy = text_of(&answer, "Policy"),
        .log_level = text_of(json_get(&answer, "LogConfig"), "Level"),
        .log_detail = text_of(json_get(&answer, "LogConfig"), "IncludeDetail"),
        .created_ms = date_of(&answer, "CreationTime"),
    };
    if (out->name.len)
        return NULL;
    return error_new(c->arena, ERROR_UNREACHABLE,
                     "calling EventBridge DescribeEventBus: the answer has no Name");
}

struct error *events_put_rule(const struct aws_call *c, const struct events_rule *rule,
                              const struct aws_tags *tags, struct str *arn)
{
    struct body b;
    struct json answer;
    struct json_writer *w = begin(c->arena, &b);

    json_member(w, "Name", rule->name);
    member_if_set(w, "EventBusName", rule->bus);
    member_if_set(w, "Description", rule->description);
    member_if_set(w, "EventPattern", rule->pattern);
    member_if_set(w, "ScheduleExpression", rule->schedule);
    member_if_set(w, "RoleArn", rule->role_arn);
    member_if_set(w, "State", rule->state);
    write_tags(w, tags);
    TRY(send(c, "PutRule", AWS_CHANGES, &b, &answer));
    *arn = text_of(&answer, "RuleArn");
    if (arn->len)
        return NULL;
    struct error *e = error_new(c->arena, ERROR_UNREACHABLE,
                                "calling EventBridge PutRule: the answer has no RuleArn");
    e->outcome_unknown = true;
    return e;
}

struct error *events_describe_rule(const struct aws_call *c, struct str bus, struct str name,
                                   struct events_rule *out)
{
    struct body b;
    struct json answer;
    struct json_writer *w = begin(c->arena, &b);

    json_member(w, "Name", name);
    member_if_set(w, "EventBusName", bus);
    TRY(send(c, "DescribeRule", AWS_READS, &b, &answer));
    *out = (struct events_rule){
        .bus = text_of(&answer, "EventBusName"),
        .name = text_of(&answer, "Name"),
        .arn = text_of(&answer, "Arn"),
        .description = text_of(&answer, "Description"),
        .pattern = text_of(&answer, "EventPattern"),
        .schedule = text_of(&answer, "ScheduleExpression"),
        .role_arn = text_of(&answer, "RoleArn"),
        .state = text_of(&answer, "State"),
    };
    if (out->name.len)
        return NULL;
    return error_new(c->arena, ERROR_UNREACHABLE,
                     "calling EventBridge DescribeRule: the answer has no Name");
}

struct error *events_delete_rule(const struct aws_call *c, struct str bus, struct str name,
                                 bool force)
{
    struct body b;
    struct json answer;
    struct json_writer *w = begin(c->arena, &b);

    json_member(w, "Name", name);
    member_if_set(w, "EventBusName", bus);
    if (force)
        json_member_bool(w, "Force", true);
    return send(c, "DeleteRule", AWS_CHANGES, &b, &answer);
}

struct error *events_list_tags(const struct aws_call *c, struct str arn, struct aws_tags *out)
{
    struct body b;
    struct json answer;

    *out = (struct aws_tags){0};
    json_member(begin(c->arena, &b), "ResourceARN", arn);
    TRY(send(c, "ListTagsForResource", AWS_READS, &b, &answer));
    const struct json *tags = json_get(&answer, "Tags");
    for (size_t i = 0; i < tags->count; i++)
        ARENA_PUSH(
            c->arena, out->items, out->count, out->capacity,
            (struct aws_tag){text_of(&tags->items[i], "Key"), text_of(&tags->items[i], "Value")});
    return NULL;
}

struct error *events_tag(const struct aws_call *c, struct str arn, const struct aws_tags *tags)
{
    struct body b;
    struct json answer;
    struct json_writer *w = begin(c->arena, &b);

    json_member(w, "ResourceARN", arn);
    write_tags(w, tags);
    return send(c, "TagResource", AWS_CHANGES, &b, &answer);
}

struct error *events_untag(const struct aws_call *c, struct str arn, const struct str *keys,
                           size_t count)
{
    struct body b;
    struct json answer;
    struct json_writer *w = begin(c->arena, &b);

    json_member(w, "ResourceARN", arn);
    json_key(w, STR("TagKeys"));
    json_begin_array(w);
    for (size_t i = 0; i < count; i++)
        json_string(w, keys[i]);
    json_end_array(w);
    return send(c, "UntagResource", AWS_CHANGES, &b, &answer);
}

static struct json_writer *begin_of_rule(struct arena *a, struct body *b, struct str bus,
                                         struct str rule)
{
    struct json_writer *w = begin(a, b);

    json_member(w, "Rule", rule);
    member_if_set(w, "EventBusName", bus);
    return w;
}

/* Such a call answers 200 even when it refuses: with an entry for each target that it did. */
static struct error *send_entry(const struct aws_call *c, const char *operation, struct body *b)
{
    struct aws_request request = request_of(operation, AWS_CHANGES, b);
    struct aws_answer answer;

    TRY(aws_send(c, c->arena, &request, &answer));
    const struct json *entries = json_get(&answer.json, "FailedEntries");
    if (!entries->count)
        return NULL;
    const struct json *first = &entries->items[0];
    return aws_refused_entry(c, &request, text_of(first, "ErrorCode"),
                             text_of(first, "ErrorMessage"), &answer);
}

struct error *events_put_target(const struct aws_call *c, struct str bus, struct str rule,
                                const struct json *target)
{
    struct body b;
    struct buf text = buf_in(c->arena);
    struct json_writer *w = begin_of_rule(c->arena, &b, bus, rule);

    json_print(&text, target, false);
    json_key(w, STR("Targets"));
    json_begin_array(w);
    json_raw(w, buf_str(&text));
    json_end_array(w);
    return send_entry(c, "PutTargets", &b);
}

struct error *events_remove_target(const struct aws_call *c, struct str bus, struct str rule,
                                   struct str id, bool force)
{
    struct body b;
    struct json_writer *w = begin_of_rule(c->arena, &b, bus, rule);

    json_key(w, STR("Ids"));
    json_begin_array(w);
    json_string(w, id);
    json_end_array(w);
    if (force)
        json_member_bool(w, "Force", true);
    return send_entry(c, "RemoveTargets", &b);
}

struct error *events_list_targets(const struct aws_call *c, struct str bus, struct str rule,
                                  struct json *out)
{
    struct str token = STR("");

    *out = json_new_array();
    do {
        struct body b;
        struct aws_answer answer;
        member_if_set(begin_of_rule(c->arena, &b, bus, rule), "NextToken", token);
        struct aws_request request = request_of("ListTargetsByRule", AWS_READS, &b);
        TRY(aws_send(c, c->arena, &request, &answer));
        const struct json *page = json_get(&answer.json, "Targets");
        for (size_t i = 0; i < page->count; i++)
            json_add(c->arena, out, page->items[i]);
        TRY(aws_next_page(c, &request, &token, text_of(&answer.json, "NextToken")));
    } while (token.len);
    return NULL;
}
