#include "engine/aws/events.h"
#include "provider/grammar/arn.h"
#include "provider/grammar/event_pattern.h"
#include "provider/grammar/names.h"
#include "provider/grammar/schedule.h"
#include "provider/resource/wire.h"
#include "provider/resources/event_names.h"
#include "provider/resources/shared.h"

struct rule {
    struct tf_string arn, description, event_bus_name, event_pattern, id, name, name_prefix;
    struct tf_string region, role_arn, schedule_expression, state;
    struct tf_bool force_destroy, is_enabled;
    struct tf_map tags, tags_all;
};

/* clang-format off */
static const struct attr rule_attrs[] = {
    ATTR(rule, arn,                 COMPUTED, .arn = "arn:{partition}:events:{region}:{account}:rule/{event_bus_name?}/{name}", .describe = "ARN of the rule."),
    ATTR(rule, description,         OPTIONAL | EMPTY_OK, .max = 512, .describe = "Description."),
    ATTR(rule, event_bus_name,      OPTIONAL | FORCE_NEW, .dflt = "default", .check = check_bus, .describe = "Name or ARN of the bus whose events it looks at."),
    ATTR(rule, event_pattern,       OPTIONAL, .check = check_event_pattern, .equal = equal_json, .normal = normal_event_pattern, .describe = "Which events it takes, as a JSON object. 4096 characters without white space at most."),
    ATTR(rule, force_destroy,       OPTIONAL, .dflt = "false", .describe = "Whether a destroy may delete a rule that an AWS service made."),
    ATTR(rule, id,                  COMPUTED, .describe = "Name of the rule, after the bus and a slash where that is not the default one."),
    ATTR(rule, is_enabled,          OPTIONAL | COMPUTED | FOLLOWS, .conflicts = "state", .deprecated = "Use state instead.", .describe = "Whether the rule is at work."),
    ATTR(rule, name,                OPTIONAL | COMPUTED | FORCE_NEW, .min = 1, .max = 64, .pattern = RULE_NAME_PATTERN,
         .pattern_says = RULE_NAME_SAYS, .conflicts = "name_prefix", .describe = "Name. Unset: made up."),
    ATTR(rule, name_prefix,         OPTIONAL | COMPUTED | FORCE_NEW, .min = 1, .max = 38, .pattern = "[A-Za-z0-9_.-]+",
         .pattern_says = RULE_NAME_SAYS, .conflicts = "name", .describe = "What a made-up name begins with."),
    ATTR_REGION(rule),
    ATTR(rule, role_arn,            OPTIONAL | EMPTY_OK, .check = check_role_of_iam, .describe = "Role with which EventBridge reaches the targets."),
    ATTR(rule, schedule_expression, OPTIONAL | EMPTY_OK, .max = 256, .check = check_schedule, .describe = "When it fires by itself, such as `rate(5 minutes)` or `cron(0 20 * * ? *)`."),
    ATTR(rule, state,               OPTIONAL | COMPUTED | FOLLOWS, .one_of = VALUES("ENABLED", "DISABLED", "ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS"),
         .conflicts = "is_enabled", .describe = "Whether the rule is at work, and whether CloudTrail's read-only management events count too."),
    ATTR(rule, tags,                OPTIONAL | EMPTY_OK, .check_map = check_tags, .describe = "Tags of the rule."),
    ATTR(rule, tags_all,            OPTIONAL | COMPUTED, .describe = "Its tags and the provider's `default_tags`."),
};
/* clang-format on */

/* A rule made a moment ago may not be known everywhere, nor may a role to EventBridge. */
static const int64_t consistency_ms = 120 * 1000;
/* Targets that were taken away may count for a while.  What takes away a target that only names
 * its rule in letters runs beside us, which is a matter of seconds. */
static const int64_t targets_gone_ms = 60 * 1000, targets_going_ms = 5 * 1000;

static const struct tags_api rule_tags = {events_tag, events_untag};

/* What the table cannot say. */

static struct error *check_set(struct call *c, const struct rule *m)
{
    if (!TF_IS_NULL(m->event_pattern) || !TF_IS_NULL(m->schedule_expression))
        return NULL;
    struct error *e =
        error_new(c->arena, ERROR_INVALID, "neither event_pattern nor schedule_expression is set");
    e->detail = STR("A rule fires on events or by the clock: set one of them, or both.");
    struct error *again = error_new(c->arena, ERROR_INVALID, STR_FMT, STR_ARG(e->summary));
    again->detail = e->detail;
    return error_join(error_at(e, STR("event_pattern")),
                      error_at(again, STR("schedule_expression")));
}

static struct error *rule_validate(struct call *c, const void *model)
{
    const struct rule *m = model;
    struct str bus = TF_IS_KNOWN(m->event_bus_name) ? m->event_bus_name.v : STR("");
    bool own_bus = !is_default_bus(bus) && !str_ends_with(bus, STR(":event-bus/default"));

    TRY(check_set(c, m));
    if (!own_bus || !TF_IS_KNOWN(m->schedule_expression) || !m->schedule_expression.v.len)
        return NULL;
    struct error *e = error_new(c->arena, ERROR_INVALID,
                                "schedule_expression is set on a bus that has no schedules");
    e->detail = STR("Only rules of the default event bus fire by the clock.");
    return error_at(e, STR("schedule_expression"));
}

/* Of a new rule that says neither, the plan says neither (schema.h, FOLLOWS). */
static struct error *rule_plan(struct call *c, const void *prior, const void *config, void *planned)
{
    const struct rule *was = prior, *wrote = config;
    struct rule *m = planned;

    keep_bus(c, was ? &was->event_bus_name : NULL, &m->event_bus_name);
    if (!prior && TF_IS_NULL(wrote->state))
        m->state = (struct tf_string){0};
    if (!prior && TF_IS_NULL(wrote->is_enabled))
        m->is_enabled = (struct tf_bool){0};
    return NULL;
}

/* `state` and `is_enabled` say the same.  The one that is written decides, and that is the one that
 * is new in a new rule, or not as it was; where neither is, a new rule is at work and another stays
 * as it is. */
static struct str wanted_state(const struct rule *was, const struct rule *m)
{
    bool by_state = TF_IS_KNOWN(m->state) && !(was && str_eq(was->state.v, m->state.v));
    bool by_enabled = TF_IS_KNOWN(m->is_enabled) && !(was && was->is_enabled.v == m->is_enabled.v);

    if (by_state || (was && !by_enabled))
        return m->state.v;
    return by_enabled && !m->is_enabled.v ? STR("DISABLED") : STR("ENABLED");
}

static void take_state(struct rule *m, struct str state)
{
    m->state = tf_string_of(state);
    m->is_enabled = tf_bool_of(!str_eq(state, STR("DISABLED")));
}

/* The four functions. */

struct writing {
    struct events_rule rule;
    struct aws_tags tags;
    struct str arn;
};

static struct writing writing_of(const struct rule *was, const struct rule *m)
{
    return (struct writing){
        .rule =
            {
                .bus = m->event_bus_name.v,
                .name = m->name.v,
                .description = m->description.v,
                .pattern = m->event_pattern.v,
                .schedule = m->schedule_expression.v,
                .role_arn = m->role_arn.v,
                .state = wanted_state(was, m),
            },
    };
}

static struct error *put_attempt(struct call *c, void *self)
{
    struct writing *writing = self;
    struct aws_call aws = aws_call_of(c);
    return events_put_rule(&aws, &writing->rule, &writing->tags, &writing->arn);
}

static bool is_passing(const struct error *e)
{
    return is_conflict(e) ||
           str_find_str(e->summary, STR("cannot be assumed by principal")) < e->summary.len;
}

static struct error *look(struct call *c, void *self)
{
    const struct writing *writing = self;
    struct aws_call aws = aws_call_of(c);
    struct events_rule found;
    return events_describe_rule(&aws, writing->rule.bus, writing->rule.name, &found);
}

/* A rule that was there before is as good as a new one when it says what was to be written. */
static struct error *look_written(struct call *c, void *self)
{
    struct writing *writing = self;
    struct aws_call aws = aws_call_of(c);
    struct events_rule found, *want = &writing->rule;

    TRY(events_describe_rule(&aws, want->bus, want->name, &found));
    if (!str_eq(found.description, want->description) || !str_eq(found.schedule, want->schedule) ||
        !str_eq(found.role_arn, want->role_arn) || !str_eq(found.state, want->state) ||
        !str_eq(normal_event_pattern(c->arena, found.pattern),
                normal_event_pattern(c->arena, want->pattern)))
        return not_yet(c, "what the rule was to say");
    writing->arn = found.arn;
    return NULL;
}

/* All that EventBridge knows a rule by. */
static struct str link_of(struct call *c, const struct rule *m)
{
    return arena_printf(c->arena, "rule/" STR_FMT "/" STR_FMT,
                        STR_ARG(plain_bus(c, m->event_bus_name.v)), STR_ARG(m->name.v));
}

static struct error *rule_create(struct call *c, void *model)
{
    struct rule *m = model;

    name_make(c, &m->name, &m->name_prefix, (struct str){0});
    struct writing writing = writing_of(NULL, m);
    writing.tags = tags_of_new(c, &m->tags);
    struct error *lost = keep_trying(c, consistency_ms, put_attempt, is_passing, &writing);
    if (lost && !lost->outcome_unknown)
        return lost;
    m->id = tf_string_of(rule_id(c->arena, m->event_bus_name.v, m->name.v));
    call_note_link(c, link_of(c, m));
    if (lost && look_for_lost(c, look_written, &writing))
        return in_doubt(c, lost);
    m->arn = tf_string_of(writing.arn);
    take_state(m, writing.rule.state);
    return keep_trying(c, consistency_ms, look, is_missing_or_not_yet, &writing);
}

static struct error *rule_read(struct call *c, void *model)
{
    struct rule *m = model;
    struct aws_call aws = aws_call_of(c);
    struct events_rule found;
    struct aws_tags tags = {0};

    TRY(events_describe_rule(&aws, m->event_bus_name.v, m->name.v, &found));
    TRY(events_list_tags(&aws, found.arn, &tags));
    struct tf_map remote = tags_from_aws(c, &tags);
    m->arn = tf_string_of(found.arn);
    m->description = tf_string_of(found.description);
    m->event_pattern = tf_string_or_null(found.pattern);
    m->name_prefix = name_prefix_of(c, m->name.v, (struct str){0});
    m->role_arn = tf_string_of(found.role_arn);
    m->schedule_expression = tf_string_of(found.schedule);
    take_state(m, found.state);
    call_tags_read(c, &remote, &m->tags, &m->tags_all);
    return NULL;
}

/* A rule is written as a whole, tags aside. */
static struct error *rule_update(struct call *c, const void *prior, void *model)
{
    static const char *const written[] = {"description", "event_pattern",       "is_enabled",
                                          "role_arn",    "schedule_expression", "state"};
    const struct rule *was = prior;
    struct rule *m = model;
    struct writing writing = writing_of(was, m);

    TRY(keep_trying(c, consistency_ms, put_attempt, is_passing, &writing));
    take_state(m, writing.rule.state);
    for (size_t i = 0; i < sizeof(written) / sizeof(*written); i++)
        call_applied(c, written[i]);
    return tags_update(c, &rule_tags, m->arn.v, &was->tags_all, &m->tags_all);
}

static struct error *delete_attempt(struct call *c, void *self)
{
    const struct rule *m = self;
    struct aws_call aws = aws_call_of(c);
    return events_delete_rule(&aws, m->event_bus_name.v, m->name.v, m->force_destroy.v);
}

static bool has_targets(const struct error *e)
{
    return str_find_str(e->summary, STR("has targets")) < e->summary.len;
}

static bool has_targets_yet(const struct error *e)
{
    return is_conflict(e) || has_targets(e);
}

/* Targets that this provider did not take away are somebody else's, and no waiting helps. */
static struct error *targets_of_others(struct call *c, const struct rule *m, struct error *e)
{
    struct aws_call aws = aws_call_of(c);
    struct json all = {0};
    struct buf names = buf_in(c->arena);
    size_t count = 0;

    if (events_list_targets(&aws, m->event_bus_name.v, m->name.v, &all))
        return NULL;
    for (size_t i = 0; i < all.count; i++) {
        struct str id = json_string_or(json_get(&all.items[i], "Id"), STR(""));
        struct str arn = json_string_or(json_get(&all.items[i], "Arn"), STR(""));
        struct str link = target_link(c, m->event_bus_name.v, m->name.v, id);
        if (!call_has_link(c, removed_link(c->arena, link)))
            buf_printf(&names, "%s" STR_FMT " (" STR_FMT ")", count++ ? ", " : "", STR_ARG(id),
                       STR_ARG(arn));
    }
    if (!count)
        return NULL;
    e->detail = arena_printf(c->arena,
                             "Its targets, which this configuration did not take away: " STR_FMT
                             ". Remove or import them; then the rule can go.",
                             STR_ARG(buf_str(&names)));
    return e;
}

static struct error *rule_destroy(struct call *c, const void *prior)
{
    struct rule m = *(const struct rule *)prior;

    if (call_has_link(c, link_of(c, &m)))
        return NULL;
    struct error *e = keep_trying(c, targets_going_ms, delete_attempt, has_targets_yet, &m);
    if (!e || !has_targets_yet(e) || (has_targets(e) && targets_of_others(c, &m, e)))
        return e;
    return keep_trying(c, targets_gone_ms, delete_attempt, has_targets_yet, &m);
}

/* "rule" or "bus/rule"; the id stays as it was given. */
static struct error *rule_import(struct call *c, struct str id, void *model)
{
    struct rule *m = model;
    struct str bus = id, name = cut_last(&bus);

    if (!name.len || (bus.len != id.len - name.len && !bus.len)) {
        struct error *e =
            error_new(c->arena, ERROR_INVALID, "the import id is \"" STR_FMT "\"", STR_ARG(id));
        e->detail = STR("It must be the rule's name, or the event bus's name or ARN, a slash and "
                        "the rule's name: my-bus/my-rule.");
        return e;
    }
    m->id = tf_string_of(id);
    m->event_bus_name = tf_string_of(bus.len ? bus : STR("default"));
    m->name = tf_string_of(name);
    m->force_destroy = tf_bool_of(false);
    return NULL;
}

/* Version 0 had neither force_destroy nor state. */
static struct error *rule_upgrade(struct call *c, int64_t from_version, struct json *state)
{
    const struct json *enabled = json_get(state, "is_enabled");

    (void)from_version;
    if (json_get(state, "force_destroy")->kind == JSON_NULL)
        json_set(c->arena, state, STR("force_destroy"), json_new_bool(false));
    if (json_get(state, "state")->kind == JSON_NULL && enabled->kind == JSON_BOOL)
        json_set(c->arena, state, STR("state"),
                 json_new_string(enabled->boolean ? STR("ENABLED") : STR("DISABLED")));
    return NULL;
}

extern const struct resource_type aws_cloudwatch_event_rule;
const struct resource_type aws_cloudwatch_event_rule = {
    .name = "aws_cloudwatch_event_rule",
    .describe = "An EventBridge rule: which events, or which schedule, set off its targets.",
    .notes = "At least one of `event_pattern` and `schedule_expression` is set.",
    .subcategory = "EventBridge",
    .import_id = "{event_bus_name}/{name}",
    .import_says = "the event bus's name or ARN, a slash and the rule's name; of a rule of the "
                   "default bus, the name is enough",
    .schema_version = 1,
    .model = MODEL(rule, rule_attrs),
    .identity = {.required = "name", .optional = "account_id,region"},
    .blame = BLAME({"InvalidEventPattern*", NULL, "event_pattern"},
                   {NULL, "EventPattern", "event_pattern"},
                   {NULL, "ScheduleExpression", "schedule_expression"},
                   {NULL, "assumed by principal", "role_arn"}, {NULL, "iam:PassRole", "role_arn"},
                   {NULL, "'roleArn'", "role_arn"}, {"ResourceNotFound*", NULL, "event_bus_name"},
                   {NULL, "vents:TagResource", "tags"}, {NULL, "'name'", "name"},
                   {NULL, "'description'", "description"}, {NULL, "'tags", "tags"}),
    .plan_asks = true, /* a bus by its ARN may be one by its name */
    .validate = rule_validate,
    .plan = rule_plan,
    .create = rule_create,
    .read = rule_read,
    .update = rule_update,
    .destroy = rule_destroy,
    .import = rule_import,
    .upgrade = rule_upgrade,
};
