#include "engine/base/time.h"
#include "provider/resource/schema.h"

/* The checks of one value that rows name in `.check`. */

struct error *check_json(struct arena *a, struct str value)
{
    struct json tree;
    struct error *broken = json_parse(a, value, &tree);
    if (!broken)
        return NULL;
    struct error *e = error_new(a, ERROR_INVALID, "not a JSON document");
    e->detail = arena_printf(a, STR_FMT "%s" STR_FMT, STR_ARG(broken->summary),
                             broken->detail.len ? ": " : "", STR_ARG(broken->detail));
    return e;
}

struct error *check_policy_json(struct arena *a, struct str value)
{
    struct json tree;
    TRY(check_json(a, value));
    if (!json_parse(a, value, &tree) && tree.kind == JSON_OBJECT && tree.count > 0)
        return NULL;
    struct error *e = error_new(a, ERROR_INVALID, "not a policy document");
    e->detail = STR("A policy is a JSON object that is not empty; jsonencode({ Version = "
                    "\"2012-10-17\", Statement = [...] }) makes one.");
    return e;
}

static bool is_partition(struct str s)
{
    return str_eq(s, STR("aws")) || (s.len <= 16 && str_starts_with(s, STR("aws-")));
}

struct error *check_arn(struct arena *a, struct str value)
{
    struct str rest = value;
    struct str prefix = str_cut(&rest, ':'), partition = str_cut(&rest, ':');
    struct str service = str_cut(&rest, ':');
    str_cut(&rest, ':'); /* region and account may be empty */
    str_cut(&rest, ':');
    if (str_eq(prefix, STR("arn")) && is_partition(partition) && service.len && rest.len)
        return NULL;
    struct error *e = error_new(a, ERROR_INVALID, "not an ARN: \"" STR_FMT "\"", STR_ARG(value));
    e->detail = STR("An ARN reads arn:PARTITION:SERVICE:REGION:ACCOUNT:RESOURCE, for example "
                    "arn:aws:iam::aws:policy/AmazonSSMManagedInstanceCore.");
    return e;
}

struct error *check_duration(struct arena *a, struct str value)
{
    int64_t ms;
    if (duration_parse(value, &ms))
        return NULL;
    struct error *e =
        error_new(a, ERROR_INVALID, "not a duration: \"" STR_FMT "\"", STR_ARG(value));
    e->detail = STR("A duration is written with its units, for example \"90s\", \"10m\" or "
                    "\"1h30m\".");
    return e;
}
