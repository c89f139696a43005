#include "engine/aws/events.h"
#include "engine/base/time.h"
#include "provider/grammar/names.h"
#include "provider/resources/shared.h"

struct dead_letters {
    struct tf_string arn;
};
struct logging {
    struct tf_string include_detail, level;
};
struct bus {
    struct tf_string arn, description, event_source_name, id, kms_key_identifier, name, region;
    struct tf_map tags, tags_all;
    struct tf_blocks dead_letter_config, log_config;
};

/* The one that every account has: rules name it, and nobody makes it. */
static struct error *check_custom_name(struct arena *a, struct str value)
{
    if (!str_eq(value, STR("default")))
        return NULL;
    struct error *e = error_new(a, ERROR_INVALID, "the bus \"default\" is there already");
    e->detail = STR("Every account has it, and it cannot be made. Rules are on it unless they say "
                    "otherwise.");
    return e;
}

/* clang-format off */
static const struct attr dead_letters_attrs[] = {
    ATTR(dead_letters, arn, OPTIONAL, .check = check_arn, .describe = "ARN of the queue."),
};
static const struct model dead_letters_model = MODEL(dead_letters, dead_letters_attrs);

static const struct attr logging_attrs[] = {
    ATTR(logging, include_detail, OPTIONAL | EMPTY_OK, .one_of = VALUES("NONE", "FULL"), .describe = "Whether records hold the events themselves."),
    ATTR(logging, level,          OPTIONAL | EMPTY_OK, .one_of = VALUES("OFF", "ERROR", "INFO", "TRACE"), .describe = "What is recorded."),
};
static const struct model logging_model = MODEL(logging, logging_attrs);

static const struct attr bus_attrs[] = {
    ATTR(bus, arn,                COMPUTED, .describe = "ARN of the bus."),
    ATTR(bus, description,        OPTIONAL | EMPTY_OK, .max = 512, .describe = "Description."),
    ATTR(bus, event_source_name,  OPTIONAL | FORCE_NEW, .max = 256, .pattern = "aws\\.partner(/[._A-Za-z0-9-]+){2,}", .pattern_says = "aws.partner/PARTNER/NAME",
         .describe = "Event source of a partner; the bus then has its name."),
    ATTR(bus, id,                 COMPUTED, .describe = "Name of the bus."),
    ATTR(bus, kms_key_identifier, OPTIONAL | EMPTY_OK, .max = 2048, .describe = "Key of KMS by which its events are kept: id, ARN or alias. Unset: one of AWS's own."),
    ATTR(bus, name,               REQUIRED | FORCE_NEW, .min = 1, .max = 256, .pattern = "[/._A-Za-z0-9-]+", .pattern_says = "letters, digits and /._-", .check = check_custom_name,
         .describe = "Name."),
    ATTR_REGION(bus),
    ATTR(bus, tags,               OPTIONAL | EMPTY_OK, .check_map = check_tags, .describe = "Tags of the bus."),
    ATTR(bus, tags_all,           OPTIONAL | COMPUTED, .describe = "Its tags and the provider's `default_tags`."),
    ATTR(bus, dead_letter_config, OPTIONAL, .max = 1, .nesting = BLOCK_LIST, .nested = &dead_letters_model, .describe = "Where events go that could not be delivered."),
    ATTR(bus, log_config,         OPTIONAL, .max = 1, .nesting = BLOCK_LIST, .nested = &logging_model, .describe = "What the bus writes of its work into the logs that are delivered from it."),
};
/* clang-format on */

/* Others may be changing the bus or its rules. */
static const int64_t consistency_ms = 30 * 1000;
static const struct tags_api bus_tags = {events_tag, events_untag};

static struct events_bus wanted_of(const struct bus *m)
{
    static const struct logging none;
    bool letters = m->dead_letter_config.count > 0;
    const struct logging *logging =
        m->log_config.count ? TF_BLOCK(m->log_config, struct logging, 0) : &none;

    return (struct events_bus){
        .name = m->name.v,
        .description = m->description.v,
        .source = m->event_source_name.v,
        .kms_key = m->kms_key_identifier.v,
        .log_level = logging->level.v,
        .log_detail = logging->include_detail.v,
        .dead_letter_arn =
            letters ? TF_BLOCK(m->dead_letter_config, struct dead_letters, 0)->arn.v : STR(""),
    };
}

struct creation {
    struct events_bus wanted;
    struct aws_tags tags;
    struct str arn, create_date;
};

static struct error *create_attempt(struct call *c, void *self)
{
    struct creation *creation = self;
    struct aws_call aws = aws_call_of(c);
    return events_create_bus(&aws, &creation->wanted, &creation->tags, &creation->arn);
}

static struct error *look(struct call *c, void *self)
{
    struct creation *creation = self;
    struct aws_call aws = aws_call_of(c);
    struct events_bus found;

    TRY(events_describe_bus(&aws, creation->wanted.name, &found));
    creation->arn = found.arn;
    creation->create_date = time_format(c->arena, found.created_ms, false);
    return NULL;
}

static struct error *bus_create(struct call *c, void *model)
{
    struct bus *m = model;
    struct creation creation = {.wanted = wanted_of(m), .tags = tags_of_new(c, &m->tags)};
    struct named_create how = {
        .create = create_attempt,
        .look = look,
        .passes = is_conflict,
        .limit_ms = consistency_ms,
        .create_date = &creation.create_date,
        .self = &creation,
        .name = m->name.v,
    };

    TRY(create_named(c, &how, &m->id));
    m->arn = tf_string_of(creation.arn);
    return NULL;
}

static struct tf_blocks letters_of(struct call *c, const struct events_bus *found)
{
    struct dead_letters *letters = ARENA_NEW(c->arena, struct dead_letters);

    letters->arn = tf_string_of(found->dead_letter_arn);
    return (struct tf_blocks){TF_KNOWN, letters, found->dead_letter_arn.len ? 1 : 0};
}

static struct tf_blocks logging_of(struct call *c, const struct events_bus *found)
{
    struct logging *logging = ARENA_NEW(c->arena, struct logging);

    logging->level = tf_string_of(found->log_level);
    logging->include_detail = tf_string_of(found->log_detail);
    return (struct tf_blocks){TF_KNOWN, logging, found->log_level.len ? 1 : 0};
}

static struct error *bus_read(struct call *c, void *model)
{
    struct bus *m = model;
    struct aws_call aws = aws_call_of(c);
    struct events_bus found;
    struct aws_tags tags;

    TRY(events_describe_bus(&aws, m->id.v, &found));
    TRY(no_stranger(c, found.name, found.created_ms));
    TRY(events_list_tags(&aws, found.arn, &tags));
    struct tf_map all = tags_from_aws(c, &tags);
    m->arn = tf_string_of(found.arn);
    m->dead_letter_config = letters_of(c, &found);
    m->log_config = logging_of(c, &found);
    m->description = tf_string_of(found.description);
    m->kms_key_identifier = tf_string_of(found.kms_key);
    m->name = tf_string_of(found.name);
    call_tags_read(c, &all, &m->tags, &m->tags_all);
    return NULL;
}

static struct error *update_attempt(struct call *c, void *self)
{
    const struct events_bus *wanted = self;
    struct aws_call aws = aws_call_of(c);
    return events_update_bus(&aws, wanted);
}

/* All settings go in one call. */
static struct error *bus_update(struct call *c, const void *prior, void *model)
{
    const struct bus *was = prior;
    struct bus *m = model;
    struct events_bus before = wanted_of(was), wanted = wanted_of(m);
    bool same =
        str_eq(before.description, wanted.description) && str_eq(before.kms_key, wanted.kms_key) &&
        str_eq(before.dead_letter_arn, wanted.dead_letter_arn) &&
        str_eq(before.log_level, wanted.log_level) && str_eq(before.log_detail, wanted.log_detail);

    if (!same)
        TRY(keep_trying(c, consistency_ms, update_attempt, is_conflict, &wanted));
    call_applied(c, "description");
    call_applied(c, "kms_key_identifier");
    call_applied(c, "dead_letter_config");
    call_applied(c, "log_config");
    return tags_update(c, &bus_tags, m->arn.v, &was->tags_all, &m->tags_all);
}

static struct error *delete_attempt(struct call *c, void *self)
{
    const struct bus *m = self;
    struct aws_call aws = aws_call_of(c);
    return events_delete_bus(&aws, m->id.v);
}

static struct error *bus_destroy(struct call *c, const void *prior)
{
    struct bus m = *(const struct bus *)prior;
    return keep_trying(c, consistency_ms, delete_attempt, is_conflict, &m);
}

extern const struct resource_type aws_cloudwatch_event_bus;
const struct resource_type aws_cloudwatch_event_bus = {
    .name = "aws_cloudwatch_event_bus",
    .describe = "A bus of EventBridge, beside the one that every account has.",
    .subcategory = "EventBridge",
    .import_id = "{name}",
    .import_says = "the bus's name",
    .model = MODEL(bus, bus_attrs),
    .identity = {.required = "name", .optional = "account_id,region"},
    .blame = BLAME({"ResourceAlreadyExists*", NULL, "name"},
                   {"ResourceNotFound*", "source", "event_source_name"},
                   {NULL, "EventSource", "event_source_name"}, {NULL, "Kms", "kms_key_identifier"},
                   {NULL, "DeadLetter", "dead_letter_config"}, {NULL, "LogConfig", "log_config"},
                   {NULL, "events:TagResource", "tags"}, {NULL, "bus name", "name"}),
    .create = bus_create,
    .read = bus_read,
    .update = bus_update,
    .destroy = bus_destroy,
};
