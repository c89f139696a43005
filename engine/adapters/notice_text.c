#include "engine/adapters/notice_text.h"

#include "engine/base/json.h"
#include "engine/base/time.h"

/* The events that rules send, in the shapes that EC2 and AWS Health give them.  A queue may hold
 * anything: rules match more than was meant, people send messages by hand. */

static struct str text(const struct json *object, const char *key)
{
    return json_string_or(json_get(object, key), STR(""));
}

static bool is_instance(struct str id)
{
    return str_starts_with(id, STR("i-"));
}

static void broken(struct cloud_notice *n, struct str why)
{
    n->kind = NOTICE_BROKEN;
    n->what = why;
}

static void read_instance(struct arena *a, const struct json *detail, struct cloud_notice *n)
{
    struct str *id = ARENA_NEW(a, struct str);

    *id = arena_str(a, text(detail, "instance-id"));
    n->instances = id;
    n->instance_count = 1;
    if (!is_instance(*id))
        broken(n, STR("it names no instance"));
}

/* Only an instance that ends is news: one that starts is found in lists. */
static void read_state(struct arena *a, const struct json *detail, struct cloud_notice *n)
{
    static const char *const ends[] = {"stopping", "stopped", "shutting-down", "terminated"};
    struct str state = text(detail, "state");
    bool is_end = false;

    for (size_t i = 0; i < sizeof(ends) / sizeof(*ends); i++)
        is_end = is_end || str_eq(state, str_of(ends[i]));
    if (is_end)
        read_instance(a, detail, n);
    else
        n->kind = NOTICE_OTHER;
}

/* An entity is an id or an ARN. */
static void read_entities(struct arena *a, const struct json *entities, struct cloud_notice *n)
{
    struct str *ids = ARENA_ARRAY(a, struct str, entities->count);

    for (size_t i = 0; i < entities->count; i++) {
        struct str id = text(&entities->items[i], "entityValue"), rest = id;
        while (rest.ptr) /* what follows the last slash */
            id = str_cut(&rest, '/');
        if (is_instance(id))
            ids[n->instance_count++] = arena_str(a, id);
    }
    n->instances = ids;
}

/* Health speaks of all services, and of troubles as well as of appointments; one that is over comes
 * again as "closed". */
static void read_health(struct arena *a, const struct json *detail, struct cloud_notice *n)
{
    struct str starts = text(detail, "startTime");

    n->kind = NOTICE_OTHER;
    if (!str_eq(text(detail, "service"), STR("EC2")) ||
        !str_eq(text(detail, "eventTypeCategory"), STR("scheduledChange")) ||
        str_eq(text(detail, "statusCode"), STR("closed")))
        return;
    read_entities(a, json_get(detail, "affectedEntities"), n);
    if (n->instance_count)
        n->kind = NOTICE_MAINTENANCE;
    if (!time_parse_http(starts, &n->starts_ms) && !time_parse(starts, &n->starts_ms))
        n->starts_ms = NEVER_MS;
}

static const struct event_type {
    const char *source, *detail_type;
    enum notice_kind kind;
    void (*read)(struct arena *a, const struct json *detail, struct cloud_notice *n);
} event_types[] = {
    {"aws.ec2", "EC2 Spot Instance Interruption Warning", NOTICE_SPOT, read_instance},
    {"aws.ec2", "EC2 Instance Rebalance Recommendation", NOTICE_REBALANCE, read_instance},
    {"aws.ec2", "EC2 Instance State-change Notification", NOTICE_STOPPED, read_state},
    {"aws.ec2", "EC2 Capacity Reservation Instance Interruption Warning", NOTICE_RESERVATION,
     read_instance},
    {"aws.health", "AWS Health Event", NOTICE_MAINTENANCE, read_health},
};

static const struct event_type *type_of(struct str source, struct str detail_type)
{
    for (size_t i = 0; i < sizeof(event_types) / sizeof(*event_types); i++)
        if (str_eq(source, str_of(event_types[i].source)) &&
            str_eq(detail_type, str_of(event_types[i].detail_type)))
            return &event_types[i];
    return NULL;
}

static void read_envelope(struct arena *a, const struct json *envelope, struct cloud_notice *n)
{
    struct str source = text(envelope, "source"), detail_type = text(envelope, "detail-type");
    const struct event_type *type = type_of(source, detail_type);

    if (!source.len || !detail_type.len) {
        broken(n, STR("it is no event of EventBridge"));
        return;
    }
    n->kind = type ? type->kind : NOTICE_OTHER;
    n->what = arena_str(a, detail_type);
    n->account = arena_str(a, text(envelope, "account"));
    n->region = arena_str(a, text(envelope, "region"));
    if (type)
        type->read(a, json_get(envelope, "detail"), n);
}

struct cloud_notice notice_read(struct arena *a, struct str body)
{
    ARENA_AUTO scratch = {0};
    struct cloud_notice n = {.starts_ms = NEVER_MS};
    struct json envelope;
    struct error *e = json_parse(&scratch, body, &envelope);

    if (e)
        broken(&n, arena_str(a, e->summary));
    else if (envelope.kind != JSON_OBJECT)
        broken(&n, STR("it is no JSON object"));
    else
        read_envelope(a, &envelope, &n);
    return n;
}
