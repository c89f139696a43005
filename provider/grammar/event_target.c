#include "provider/grammar/event_target.h"

#include "provider/grammar/arn.h"
#include "provider/grammar/faults.h"

/* https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-targets.html.  New kinds come from
 * time to time, so what is not known here passes. */

enum { PATH_CHARS = 256, NAME_CHARS = 256 };

/* Reached with a role that EventBridge takes: "RoleArn is required for target ..." */
static const char *const with_role[] = {"states",
                                        "kinesis",
                                        "firehose",
                                        "ecs",
                                        "batch",
                                        "codebuild",
                                        "codepipeline",
                                        "redshift",
                                        "redshift-serverless",
                                        "sagemaker",
                                        "appsync",
                                        "ssm",
                                        NULL};
/* Known for other things than being set off. */
static const char *const never[] = {"iam", "s3",         "dynamodb", "sts",
                                    "rds", "cloudfront", "route53",  "secretsmanager",
                                    "kms", "ecr",        NULL};
static const char *const of_a_region[] = {"lambda",       "sqs",       "sns",   "states",
                                          "kinesis",      "ecs",       "batch", "firehose",
                                          "codepipeline", "codebuild", "logs",  NULL};

static struct error *refused(struct arena *a, struct str value, const char *why, struct str allowed)
{
    struct error *e = error_new(a, ERROR_INVALID, STR_FMT " %s", STR_ARG(quoted(a, value)), why);

    e->detail = allowed;
    return e;
}

static const struct str arn_form = STR_INIT(
    "It must be the ARN of something to set off, with region and account: a function, a queue, a "
    "topic, a stream, a state machine, an event bus and so on.");

struct error *check_target_arn(struct arena *a, struct str value)
{
    struct arn_pattern arn = arn_pattern_split(value);
    bool whole = arn.parts == 6 && str_eq(arn.prefix, STR("arn")) &&
                 is_partition_name(arn.partition) && arn.service.len && arn.resource.len &&
                 (!arn.region.len || is_region_name(arn.region));

    if (!whole)
        return refused(a, value, "is not an ARN", arn_form);
    if (is_one_of(arn.service, never))
        return refused(a, value, "is nothing that EventBridge sets off", arn_form);
    if (is_one_of(arn.service, of_a_region) && (!arn.region.len || !is_account_id(arn.account)))
        return refused(a, value, "lacks its region or account", arn_form);
    return NULL;
}

static bool is_queue(const struct arn_pattern *arn)
{
    return arn->parts == 6 && str_eq(arn->service, STR("sqs"));
}

static bool is_fifo(const struct arn_pattern *arn)
{
    return is_queue(arn) && str_ends_with(arn->resource, STR(".fifo"));
}

struct error *check_dead_letter_arn(struct arena *a, struct str value)
{
    struct arn_pattern arn = arn_pattern_split(value);
    const struct str allowed = STR("It must be the ARN of a standard queue of SQS: "
                                   "arn:aws:sqs:REGION:ACCOUNT:NAME.");

    if (!value.len)
        return NULL;
    TRY(check_target_arn(a, value));
    if (is_queue(&arn) && !is_fifo(&arn))
        return NULL;
    return refused(a, value, is_fifo(&arn) ? "is a FIFO queue" : "is no queue", allowed);
}

struct error *check_json_path(struct arena *a, struct str value)
{
    bool good = value.len && value.ptr[0] == '$' &&
                (value.len == 1 || value.ptr[1] == '.' || value.ptr[1] == '[') &&
                (value.len == 1 || value.ptr[value.len - 1] != '.');

    if (!value.len || (good && value.len <= PATH_CHARS))
        return NULL;
    return refused(
        a, value, "is no JSON path",
        STR("It begins with $, which is the whole event, and has 256 characters at most: "
            "$.detail, $.detail.items[0]."));
}

static bool is_name(struct str name)
{
    for (size_t i = 0; i < name.len; i++) {
        char c = char_lower(name.ptr[i]);
        if (!char_is_digit(c) && (c < 'a' || c > 'z') && c != '_' && c != '-')
            return false;
    }
    return name.len > 0 && name.len <= NAME_CHARS;
}

static struct error *check_input_name(struct arena *a, struct str name)
{
    if (str_starts_with(arena_lower(a, str_slice(name, 0, 3)), STR("aws")))
        return refused(a, name, "is a name that EventBridge keeps for itself",
                       STR("Names that begin with AWS are its own."));
    if (!is_name(name))
        return refused(a, name, "is no name",
                       STR("A name has letters, digits, _ and -, 256 at most."));
    return NULL;
}

struct error *check_input_paths(struct arena *a, const struct str *keys, const struct str *values,
                                size_t count)
{
    struct error *errors = NULL;

    for (size_t i = 0; i < count; i++) {
        errors = error_join(errors, check_input_name(a, keys[i]));
        errors = error_join(errors, check_json_path(a, values[i]));
    }
    return errors;
}

static bool is_among(struct str name, const struct str *names, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (str_eq(names[i], name))
            return true;
    return false;
}

struct error *check_template(struct arena *a, struct str template_text, const struct str *names,
                             size_t count)
{
    struct str rest = template_text;

    for (str_cut(&rest, '<'); rest.ptr; str_cut(&rest, '<')) {
        size_t end = str_find(rest, '>');
        struct str name = str_slice(rest, 0, end);
        if (end == rest.len || !is_name(name) || is_among(name, names, count))
            continue; /* no placeholder, or one that is known; <aws.events...> has dots */
        return refused(a, arena_printf(a, "<" STR_FMT ">", STR_ARG(name)),
                       "stands in the template, and no path has the name",
                       STR("Each <name> of a template is a key of input_paths."));
    }
    return NULL;
}

bool target_needs_role(struct str text)
{
    struct arn_pattern arn = arn_pattern_split(text);

    return arn.parts == 6 && (is_one_of(arn.service, with_role) ||
                              (str_eq(arn.service, STR("events")) &&
                               str_starts_with(arn.resource, STR("api-destination/"))));
}

const char *target_needs_block(struct str text)
{
    struct arn_pattern arn = arn_pattern_split(text);

    if (arn.parts == 6 && str_eq(arn.service, STR("ecs")))
        return "ecs_target";
    if (arn.parts == 6 && str_eq(arn.service, STR("batch")))
        return "batch_target";
    return is_fifo(&arn) ? "sqs_target" : NULL;
}
