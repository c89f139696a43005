#include <assert.h>
#include <regex.h>

#include "engine/base/time.h"
#include "provider/resource/schema.h"

/* The checks of one value that rows name in `.check`. */

struct error *check_json(struct arena *a, struct str value)
{
    struct json tree;
    if (!value.len)
        return NULL;
    bool marked = str_starts_with(value, STR("\xef\xbb\xbf"));
    struct error *broken =
        marked ? error_new(a, ERROR_INVALID, "it begins with a byte order mark, which AWS refuses")
               : json_parse(a, value, &tree);
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
    if (value.len && !json_parse(a, value, &tree) && tree.kind == JSON_OBJECT && tree.count > 0)
        return NULL;
    struct error *e = error_new(a, ERROR_INVALID, "not a policy document");
    e->detail = STR("A policy is a JSON object that is not empty; jsonencode({ Version = "
                    "\"2012-10-17\", Statement = [...] }) makes one.");
    return e;
}

static bool is_matched(const char *pattern, struct str s)
{
    char text[64];
    regex_t compiled;

    if (s.len >= sizeof(text))
        return false;
    memcpy(text, s.ptr, s.len);
    text[s.len] = 0;
    int broken = regcomp(&compiled, pattern, REG_EXTENDED | REG_NOSUB);
    assert(broken == 0);
    bool hit = strlen(text) == s.len && regexec(&compiled, text, 0, NULL, 0) == 0;
    regfree(&compiled);
    return hit;
}

/* The same places are looked at, and as closely, as in hashicorp/aws. */
static bool is_arn(struct str value)
{
    struct str rest = value;
    struct str prefix = str_cut(&rest, ':'), partition = str_cut(&rest, ':');
    struct str service = str_cut(&rest, ':'), region = str_cut(&rest, ':');
    struct str account = str_cut(&rest, ':');

    (void)service; /* may even be empty */
    return str_eq(prefix, STR("arn")) && is_matched("^aws(-[a-z]+)*$", partition) && rest.len &&
           (!region.len || is_matched("^[a-z]{2}(-[a-z]+)+-[0-9]{1,2}$", region)) &&
           (!account.len ||
            is_matched("^(aws|aws-managed|third-party|aws-marketplace|[0-9]{12}|cw.{10})$",
                       account));
}

struct error *check_arn(struct arena *a, struct str value)
{
    if (!value.len || is_arn(value))
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
