#include "engine/aws/events.h"
#include "provider/grammar/arn.h"
#include "provider/grammar/event_target.h"
#include "provider/resource/wire.h"
#include "provider/resources/event_names.h"
#include "provider/resources/event_target_blocks.h"
#include "provider/resources/shared.h"

struct target {
    struct tf_string arn, event_bus_name, id, input, input_path, region, role_arn, rule, target_id;
    struct tf_bool force_destroy;
    struct tf_blocks appsync_target, batch_target, dead_letter_config, ecs_target, http_target;
    struct tf_blocks input_transformer, kinesis_target, redshift_target, retry_policy;
    struct tf_blocks run_command_targets, sagemaker_pipeline_target, sqs_target;
};

/* clang-format off */
#define BLOCK(member, most, its_model, wire, text) \
    ATTR(target, member, OPTIONAL, .max = most, .nesting = BLOCK_LIST, .nested = &its_model, .api = wire, .describe = text)
static const struct attr target_attrs[] = {
    ATTR(target, arn,            REQUIRED, .check = check_target_arn, .api = "Arn", .describe = "What is set off."),
    ATTR(target, event_bus_name, OPTIONAL | FORCE_NEW, .dflt = "default", .check = check_bus, .describe = "Name or ARN of the rule's bus."),
    ATTR(target, force_destroy,  OPTIONAL, .dflt = "false", .describe = "Whether a destroy may take the target from a rule that an AWS service made."),
    ATTR(target, id,             COMPUTED, .describe = "A name for Terraform's use. AWS has none."),
    ATTR(target, input,          OPTIONAL | EMPTY_OK, .max = 8192, .check = check_json, .conflicts = "input_path,input_transformer", .api = "Input", .describe = "JSON text that the target is given in place of the event."),
    ATTR(target, input_path,     OPTIONAL | EMPTY_OK, .max = 256, .check = check_json_path, .conflicts = "input,input_transformer", .api = "InputPath", .describe = "JSON path of the part of the event that the target is given, such as `$.detail`."),
    ATTR_REGION(target),
    ATTR(target, role_arn,       OPTIONAL | EMPTY_OK, .check = check_role_of_iam, .api = "RoleArn", .describe = "Role with which EventBridge reaches the target."),
    ATTR(target, rule,           REQUIRED | FORCE_NEW, .min = 1, .max = 64, .pattern = RULE_NAME_PATTERN, .pattern_says = RULE_NAME_SAYS, .describe = "Name of the rule."),
    ATTR(target, target_id,      OPTIONAL | COMPUTED | FORCE_NEW, .min = 1, .max = 64, .pattern = RULE_NAME_PATTERN, .pattern_says = RULE_NAME_SAYS,
         .api = "Id", .describe = "Name of the target within its rule. Unset: made up."),
    BLOCK(appsync_target,            1, appsync_target_model,            "AppSyncParameters",                     "For an AppSync API."),
    BLOCK(batch_target,              1, batch_target_model,              "BatchParameters",                       "For a Batch job queue: the job to submit."),
    BLOCK(dead_letter_config,        1, dead_letter_config_model,        "DeadLetterConfig",                      "Where events go that could not be delivered."),
    BLOCK(ecs_target,                1, ecs_target_model,                "EcsParameters",                         "For an ECS cluster: the tasks to run."),
    BLOCK(http_target,               1, http_target_model,               "HttpParameters",                        "For an API Gateway stage or an API destination: what is sent besides the event."),
    ATTR(target, input_transformer, OPTIONAL, .max = 1, .nesting = BLOCK_LIST, .nested = &input_transformer_model, .conflicts = "input,input_path",
         .api = "InputTransformer", .describe = "Makes what the target is given out of parts of the event."),
    BLOCK(kinesis_target,            1, kinesis_target_model,            "KinesisParameters",                     "For a Kinesis stream."),
    BLOCK(redshift_target,           1, redshift_target_model,           "RedshiftDataParameters",                "For a Redshift cluster or workgroup: the statement to run."),
    BLOCK(retry_policy,              1, retry_policy_model,              "RetryPolicy",                           "How often and how long delivery is tried again."),
    BLOCK(run_command_targets,       5, run_command_target_model,        "RunCommandParameters/RunCommandTargets", "For Systems Manager's Run Command: the instances, which must match one of the blocks."),
    BLOCK(sagemaker_pipeline_target, 1, sagemaker_pipeline_target_model, "SageMakerPipelineParameters",           "For a SageMaker pipeline."),
    BLOCK(sqs_target,                1, sqs_target_model,                "SqsParameters",                         "For a FIFO queue. Other queues need no block."),
};
/* clang-format on */

static const struct model target_model = MODEL(target, target_attrs);

/* A target put a moment ago may not be listed yet, nor may EventBridge know a fresh role. */
static const int64_t consistency_ms = 60 * 1000;

enum { LEAST_AGE_SECONDS = 60 };

/* Whether one of the blocks that a kind of target may need is there, or may be. */
static bool has_block(const struct target *m, const char *name)
{
    const struct attr *row = model_row(&target_model, str_of(name));
    const struct tf_blocks *block = (const void *)((const char *)m + row->offset);

    return TF_IS_UNKNOWN(*block) || block->count > 0;
}

/* What the kind of the target asks for. */
static struct error *check_kind(struct call *c, const struct target *m)
{
    struct error *errors = NULL;

    if (!TF_IS_KNOWN(m->arn))
        return NULL;
    const char *block = target_needs_block(m->arn.v);
    if (target_needs_role(m->arn.v) && !TF_IS_UNKNOWN(m->role_arn) && !m->role_arn.v.len) {
        struct error *e = error_new(c->arena, ERROR_INVALID, "role_arn is not set");
        e->detail = STR("EventBridge reaches a target of this kind with a role alone.");
        errors = error_at(e, STR("role_arn"));
    }
    if (block && !has_block(m, block)) {
        struct error *e = error_new(c->arena, ERROR_INVALID, "the block %s is not set", block);
        e->detail = STR("EventBridge takes a target of this kind only with what it says.");
        errors = error_join(errors, error_at(e, STR("arn")));
    }
    return errors;
}

static struct error *check_transformer(struct call *c, const struct target *m)
{
    const struct input_transformer *t = m->input_transformer.v;

    if (m->input_transformer.count != 1 || TF_IS_UNKNOWN(t->input_paths) ||
        !TF_IS_KNOWN(t->input_template))
        return NULL;
    return error_at(
        check_template(c->arena, t->input_template.v, t->input_paths.keys, t->input_paths.count),
        STR("input_transformer[0].input_template"));
}

/* 0 is how no age is written here. */
static struct error *check_age(struct call *c, const struct target *m)
{
    const struct retry_policy *policy = m->retry_policy.v;
    int64_t age = m->retry_policy.count ? policy->maximum_event_age_in_seconds.v : 0;

    if (age <= 0 || age >= LEAST_AGE_SECONDS)
        return NULL;
    struct error *e =
        error_new(c->arena, ERROR_INVALID, "maximum_event_age_in_seconds is %lld", (long long)age);
    e->detail = STR("EventBridge allows 60 to 86400 seconds.");
    return error_at(e, STR("retry_policy[0].maximum_event_age_in_seconds"));
}

static struct error *target_validate(struct call *c, const void *model)
{
    const struct target *m = model;
    struct error *errors = check_kind(c, m);

    errors = error_join(errors, check_transformer(c, m));
    return error_join(errors, check_age(c, m));
}

/* What EventBridge writes otherwise than rows can say. */

static struct json tags_out(struct arena *a, const struct tf_map *tags)
{
    struct json list = json_new_array();

    for (size_t i = 0; i < tags->count; i++) {
        struct json tag = json_new_object();
        json_set(a, &tag, STR("Key"), json_new_string(tags->keys[i]));
        json_set(a, &tag, STR("Value"), json_new_string(tags->v[i]));
        json_add(a, &list, tag);
    }
    return list;
}

static struct tf_map tags_in(struct arena *a, const struct json *list)
{
    struct tf_map tags = {.state = TF_KNOWN, .count = list->count};

    tags.keys = ARENA_ARRAY(a, struct str, list->count);
    tags.v = ARENA_ARRAY(a, struct str, list->count);
    for (size_t i = 0; i < list->count; i++) {
        tags.keys[i] = json_string_or(json_get(&list->items[i], "Key"), STR(""));
        tags.v[i] = json_string_or(json_get(&list->items[i], "Value"), STR(""));
    }
    return tags;
}

static void ecs_out(struct arena *a, const struct ecs_target *ecs, struct json *wire)
{
    const struct ecs_network *network = ecs->network_configuration.v;

    if (ecs->tags.count)
        json_set(a, wire, STR("Tags"), tags_out(a, &ecs->tags));
    if (!ecs->network_configuration.count)
        return;
    struct json configuration = *json_get(wire, "NetworkConfiguration");
    struct json vpc = *json_get(&configuration, "awsvpcConfiguration");
    if (vpc.kind != JSON_OBJECT)
        vpc = json_new_object();
    json_set(a, &vpc, STR("AssignPublicIp"),
             json_new_string(network->assign_public_ip.v ? STR("ENABLED") : STR("DISABLED")));
    json_set(a, &configuration, STR("awsvpcConfiguration"), vpc);
    json_set(a, wire, STR("NetworkConfiguration"), configuration);
}

static void ecs_in(struct arena *a, const struct json *wire, struct ecs_target *ecs)
{
    struct ecs_network *network = ecs->network_configuration.v;
    const struct json *assign =
        json_path(wire, "NetworkConfiguration", "awsvpcConfiguration", "AssignPublicIp", NULL);

    ecs->tags = tags_in(a, json_get(wire, "Tags"));
    if (ecs->network_configuration.count)
        network->assign_public_ip =
            tf_bool_of(str_eq(json_string_or(assign, STR("")), STR("ENABLED")));
}

static struct json without(struct arena *a, const struct json *object, struct str key)
{
    struct json out = json_new_object();

    for (size_t i = 0; i < object->count; i++)
        if (!str_eq(object->keys[i], key))
            json_set(a, &out, object->keys[i], object->items[i]);
    return out;
}

static bool says_nothing(const struct tf_blocks *retry_policy)
{
    const struct retry_policy *policy = retry_policy->v;
    return retry_policy->count && TF_IS_NULL(policy->maximum_event_age_in_seconds) &&
           TF_IS_NULL(policy->maximum_retry_attempts);
}

/* EventBridge refuses an age of 0, which is how no age is written here, and a block without content
 * is no policy. */
static void retry_out(struct arena *a, const struct target *m, struct json *wire)
{
    const struct str name = STR("RetryPolicy"), age = STR("MaximumEventAgeInSeconds");
    const struct retry_policy *policy = m->retry_policy.v;
    struct json retry = *json_get_str(wire, name);

    if (retry.kind != JSON_OBJECT)
        return;
    if (!policy->maximum_event_age_in_seconds.v)
        retry = without(a, &retry, age);
    if (says_nothing(&m->retry_policy))
        *wire = without(a, wire, name);
    else
        json_set(a, wire, name, retry);
}

static struct json target_out(struct arena *a, const struct target *m)
{
    struct json wire = wire_of(a, &target_model, m);

    retry_out(a, m, &wire);

    if (m->ecs_target.count) {
        struct json ecs = *json_get(&wire, "EcsParameters");
        ecs_out(a, m->ecs_target.v, &ecs);
        json_set(a, &wire, STR("EcsParameters"), ecs);
    }
    return wire;
}

static struct error *target_in(struct arena *a, const struct json *wire, struct target *m)
{
    const struct tf_blocks retry = m->retry_policy;

    TRY(wire_take(a, &target_model, wire, m));
    if (!m->retry_policy.count && says_nothing(&retry))
        m->retry_policy = retry; /* it was never sent */
    if (m->ecs_target.count)
        ecs_in(a, json_get(wire, "EcsParameters"), m->ecs_target.v);
    return NULL;
}

/* The bus of a target is its rule's, by name or by ARN. */
static struct error *target_plan(struct call *c, const void *prior, const void *config,
                                 void *planned)
{
    const struct target *was = prior;
    struct target *m = planned;

    (void)config;
    keep_bus(c, was ? &was->event_bus_name : NULL, &m->event_bus_name);
    return NULL;
}

static struct str link_of(struct call *c, const struct target *m)
{
    return target_link(c, m->event_bus_name.v, m->rule.v, m->target_id.v);
}

/* The four functions. */

static struct error *find(struct call *c, const struct target *m, const struct json **out)
{
    struct aws_call aws = aws_call_of(c);
    struct json *all = ARENA_NEW(c->arena, struct json);

    TRY(events_list_targets(&aws, m->event_bus_name.v, m->rule.v, all));
    for (size_t i = 0; i < all->count; i++) {
        *out = &all->items[i];
        if (str_eq(json_string_or(json_get(*out, "Id"), STR("")), m->target_id.v))
            return NULL;
    }
    return error_new(c->arena, ERROR_NOT_FOUND, "rule " STR_FMT " has no target " STR_FMT,
                     STR_ARG(m->rule.v), STR_ARG(m->target_id.v));
}

struct sight {
    struct target *target;
    const struct json *found;
};

static struct error *look(struct call *c, void *self)
{
    struct sight *sight = self;
    return find(c, sight->target, &sight->found);
}

/* Waits until the target is listed and takes in what came of it. */
static struct error *look_at(struct call *c, struct target *m)
{
    struct sight sight = {.target = m};

    TRY(keep_trying(c, consistency_ms, look, is_missing_or_not_yet, &sight));
    return target_in(c->arena, sight.found, m);
}

static struct error *put_attempt(struct call *c, void *self)
{
    const struct target *m = self;
    struct aws_call aws = aws_call_of(c);
    struct json wire = target_out(c->arena, m);

    return events_put_target(&aws, m->event_bus_name.v, m->rule.v, &wire);
}

/* The rule may have been made a moment ago. */
static struct error *put_fresh(struct call *c, void *self)
{
    return keep_trying(c, fresh_ms(c), put_attempt, is_missing, self);
}

static bool is_passing(const struct error *e)
{
    return is_conflict(e) ||
           str_find_str(e->summary, STR("cannot be assumed by principal")) < e->summary.len;
}

static struct error *target_create(struct call *c, void *model)
{
    struct target *m = model;

    if (!TF_IS_KNOWN(m->target_id) || !m->target_id.v.len) {
        struct str suffix = unique_suffix(c->arena);
        m->target_id = tf_string_of(arena_printf(c->arena, "terraform-" STR_FMT, STR_ARG(suffix)));
    }
    struct error *lost = keep_trying(c, consistency_ms, put_fresh, is_passing, m);
    if (lost && !lost->outcome_unknown)
        return lost;
    m->id = tf_string_of(target_id_of(c->arena, m->event_bus_name.v, m->rule.v, m->target_id.v));
    call_note_link(c, link_of(c, m));
    struct sight sight = {.target = m};
    if (lost && look_for_lost(c, look, &sight))
        return in_doubt(c, lost);
    return lost ? target_in(c->arena, sight.found, m) : look_at(c, m);
}

static struct error *target_read(struct call *c, void *model)
{
    struct target *m = model;
    const struct json *found;

    TRY(find(c, m, &found));
    return target_in(c->arena, found, m);
}

/* A target is written as a whole. */
static struct error *target_update(struct call *c, const void *prior, void *model)
{
    (void)prior;
    TRY(keep_trying(c, consistency_ms, put_attempt, is_passing, model));
    return look_at(c, model);
}

static struct error *remove_attempt(struct call *c, void *self)
{
    const struct target *m = self;
    struct aws_call aws = aws_call_of(c);

    return events_remove_target(&aws, m->event_bus_name.v, m->rule.v, m->target_id.v,
                                m->force_destroy.v);
}

static struct error *target_destroy(struct call *c, const void *prior)
{
    struct target m = *(const struct target *)prior;

    if (call_has_link(c, link_of(c, &m)))
        return NULL;
    TRY(keep_trying(c, consistency_ms, remove_attempt, is_conflict, &m));
    call_note_link(c, removed_link(c->arena, link_of(c, &m))); /* its rule may be next */
    return NULL;
}

static struct error *target_import(struct call *c, struct str id, void *model)
{
    struct target *m = model;
    struct str bus = id, target = cut_last(&bus), rule = cut_last(&bus);

    if (!target.len || !rule.len) {
        struct error *e =
            error_new(c->arena, ERROR_INVALID, "the import id is \"" STR_FMT "\"", STR_ARG(id));
        e->detail = STR("It must be the rule's name, a slash and the target's id, with the event "
                        "bus's name or ARN and a slash in front unless that is the default one: "
                        "my-bus/my-rule/my-target.");
        return e;
    }
    m->event_bus_name = tf_string_of(bus.len ? bus : STR("default"));
    m->rule = tf_string_of(rule);
    m->target_id = tf_string_of(target);
    m->id = tf_string_of(target_id_of(c->arena, m->event_bus_name.v, rule, target));
    m->force_destroy = tf_bool_of(false);
    return NULL;
}

/* Version 0 knew the default bus only. */
static struct error *target_upgrade(struct call *c, int64_t from_version, struct json *state)
{
    (void)from_version;
    json_set(c->arena, state, STR("event_bus_name"), json_new_string(STR("default")));
    if (json_get(state, "force_destroy")->kind == JSON_NULL)
        json_set(c->arena, state, STR("force_destroy"), json_new_bool(false));
    return NULL;
}

extern const struct resource_type aws_cloudwatch_event_target;
const struct resource_type aws_cloudwatch_event_target = {
    .name = "aws_cloudwatch_event_target",
    .describe =
        "What an EventBridge rule sets off: a queue, a function, a stream, a task or another bus.",
    .notes =
        "A block for the target's kind says what only that kind needs; most targets need none.",
    .subcategory = "EventBridge",
    .import_id = "{event_bus_name}/{rule}/{target_id}",
    .import_says = "the event bus's name or ARN, the rule's name and the target's id with slashes "
                   "between; of a rule of the default bus, `RULE/TARGET_ID` is enough",
    .schema_version = 1,
    .model = MODEL(target, target_attrs),
    .identity = {.required = "event_bus_name,rule,target_id", .optional = "account_id,region"},
    .blame =
        BLAME({NULL, "assumed by principal", "role_arn"}, {NULL, "iam:PassRole", "role_arn"},
              {NULL, "RoleArn", "role_arn"}, {"ResourceNotFound*", "Rule", "rule"},
              {"ResourceNotFound*", NULL, "event_bus_name"},
              {NULL, "InputTransformer", "input_transformer"},
              {NULL, "InputTemplate", "input_transformer"}, {NULL, "InputPath", "input_path"},
              {NULL, "JSON syntax error in input", "input"}, {NULL, "EcsParameters", "ecs_target"},
              {NULL, "SqsParameters", "sqs_target"}, {NULL, "RetryPolicy", "retry_policy"},
              {NULL, "DeadLetter", "dead_letter_config"}, {NULL, "Arn", "arn"},
              {"LimitExceeded*", NULL, "rule"}),
    .validate = target_validate,
    .plan_asks = true, /* as a rule's */
    .plan = target_plan,
    .create = target_create,
    .read = target_read,
    .update = target_update,
    .destroy = target_destroy,
    .import = target_import,
    .upgrade = target_upgrade,
};
