#include "provider/grammar/redrive.h"

#include "provider/grammar/arn.h"
#include "provider/grammar/faults.h"

enum { MOST_RECEIVES = 1000, MOST_SOURCES = 10 };

static bool is_queue_arn(const struct json *value)
{
    struct arn_pattern arn = arn_pattern_split(json_string_or(value, STR("")));

    return str_eq(arn.prefix, STR("arn")) && is_partition_name(arn.partition) &&
           str_eq(arn.service, STR("sqs")) && arn.region.len && is_account_id(arn.account) &&
           arn.resource.len && str_find(arn.resource, ':') == arn.resource.len;
}

static void wrong(struct faults *f, const struct spot *at, struct str allowed)
{
    fault(f, at, arena_printf(f->arena, "it is " STR_FMT, STR_ARG(shown(f->arena, at->value))),
          allowed);
}

/* SQS: "Only following attributes are supported". */
static void check_keys(struct faults *f, const struct spot *whole, const char *const *known)
{
    for (size_t i = 0; i < whole->value->count; i++) {
        struct spot member = spot_member(whole, i);
        if (!is_one_of(member.key, known))
            fault(
                f, &member, STR("SQS knows nothing of this name here"),
                arena_printf(f->arena, "It knows " STR_FMT ".", STR_ARG(one_of(f->arena, known))));
    }
}

static bool find(struct faults *f, const struct spot *whole, const char *key, struct spot *out,
                 bool required)
{
    for (size_t i = 0; i < whole->value->count; i++)
        if (str_eq(whole->value->keys[i], str_of(key))) {
            *out = spot_member(whole, i);
            return true;
        }
    if (required)
        fault(f, whole, arena_printf(f->arena, "it has no \"%s\"", key), STR("It is required."));
    return false;
}

/* Either is known to SQS as a number or as the text of one. */
static bool count_of(const struct json *value, int64_t *count)
{
    return value->kind == JSON_STRING ? str_to_int64(value->text, count)
                                      : json_to_int64(value, count);
}

static const struct str queue_form =
    STR_INIT("It must be the ARN of a queue: arn:aws:sqs:REGION:ACCOUNT:NAME.");

static void check_redrive(struct faults *f, const struct spot *whole)
{
    static const char *const known[] = {"deadLetterTargetArn", "maxReceiveCount", NULL};
    struct spot target, count;
    int64_t most;

    check_keys(f, whole, known);
    if (find(f, whole, known[0], &target, true) && !is_queue_arn(target.value))
        wrong(f, &target, queue_form);
    if (find(f, whole, known[1], &count, true) &&
        (!count_of(count.value, &most) || most < 1 || most > MOST_RECEIVES))
        wrong(f, &count, STR("It must be a whole number from 1 to 1000."));
}

static void check_sources(struct faults *f, const struct spot *sources)
{
    const struct json *list = sources->value;

    if (list->kind != JSON_ARRAY || !list->count || list->count > MOST_SOURCES) {
        wrong(f, sources, STR("It must be a list of 1 to 10 ARNs of queues."));
        return;
    }
    for (size_t i = 0; i < list->count; i++) {
        struct spot source = spot_item(sources, i);
        if (!is_queue_arn(source.value))
            wrong(f, &source, queue_form);
    }
}

static void check_allow(struct faults *f, const struct spot *whole)
{
    static const char *const known[] = {"redrivePermission", "sourceQueueArns", NULL};
    static const char *const permissions[] = {"allowAll", "denyAll", "byQueue", NULL};
    struct spot permission, sources;
    bool by_queue = false;

    check_keys(f, whole, known);
    if (find(f, whole, known[0], &permission, true)) {
        struct str text = json_string_or(permission.value, STR(""));
        by_queue = str_eq(text, str_of(permissions[2]));
        if (!is_one_of(text, permissions))
            wrong(f, &permission,
                  arena_printf(f->arena, "It must be " STR_FMT ".",
                               STR_ARG(one_of(f->arena, permissions))));
    }
    if (!find(f, whole, known[1], &sources, by_queue))
        return;
    if (!by_queue)
        fault(f, &sources, STR("sources are named"),
              STR("Only with the redrivePermission \"byQueue\" may they be."));
    else
        check_sources(f, &sources);
}

static struct error *check(struct arena *a, struct str value,
                           void (*check_whole)(struct faults *f, const struct spot *whole))
{
    struct faults f = {.arena = a, .text = value};
    struct json document;

    if (!value.len)
        return NULL;
    TRY(faults_begin(&f, &document));
    struct spot whole = spot_of(&document);
    if (document.kind != JSON_OBJECT)
        wrong(&f, &whole, STR("It must be a JSON object."));
    else
        check_whole(&f, &whole);
    return f.errors;
}

struct error *check_redrive_policy(struct arena *a, struct str value)
{
    return check(a, value, check_redrive);
}

struct error *check_redrive_allow_policy(struct arena *a, struct str value)
{
    return check(a, value, check_allow);
}

struct str redrive_target(struct arena *a, struct str redrive_policy)
{
    struct json document;

    if (!redrive_policy.len || json_parse(a, redrive_policy, &document))
        return STR("");
    return json_string_or(json_get(&document, "deadLetterTargetArn"), STR(""));
}
