#include "provider/resource/provider_check.h"

#include <regex.h>

#include "engine/base/cidr.h"
#include "engine/base/time.h"
#include "provider/resource/schema.h"

struct error *check_role_arn(struct arena *a, struct str value)
{
    if (!value.len)
        return NULL;
    TRY(check_arn(a, value));
    if (str_find_str(value, STR(":iam:")) < value.len &&
        str_find_str(value, STR(":role/")) < value.len)
        return NULL;
    struct error *e =
        error_new(a, ERROR_INVALID, "not the ARN of a role: \"" STR_FMT "\"", STR_ARG(value));
    e->detail = STR("It reads arn:aws:iam::ACCOUNT:role/NAME.");
    return e;
}

struct error *check_session_duration(struct arena *a, struct str value)
{
    const int64_t minute_ms = 60 * 1000;
    int64_t ms = 0;

    if (!value.len)
        return NULL;
    TRY(check_duration(a, value));
    if (duration_parse(value, &ms) && ms >= 15 * minute_ms && ms <= 12 * 60 * minute_ms)
        return NULL;
    struct error *e = error_new(a, ERROR_INVALID, "\"" STR_FMT "\"", STR_ARG(value));
    e->detail = STR("A session lasts from 15 minutes to 12 hours: \"15m\" to \"12h\".");
    return e;
}

/* Instances are listed every eight seconds where nothing moves. */
struct error *check_staleness(struct arena *a, struct str value)
{
    int64_t ms = 0;

    if (!value.len)
        return NULL;
    TRY(check_duration(a, value));
    if (duration_parse(value, &ms) && ms >= 10 * 1000)
        return NULL;
    struct error *e = error_new(a, ERROR_INVALID, "\"" STR_FMT "\"", STR_ARG(value));
    e->detail = STR("Facts are asked for anew every few seconds, so that an age of less than 10 "
                    "seconds would hold everything back: \"10s\" or more.");
    return e;
}

struct error *check_cidr(struct arena *a, struct str value)
{
    struct cidr c;

    if (!value.len || cidr_parse(value, &c))
        return NULL;
    struct error *e = error_new(a, ERROR_INVALID, "not a network: \"" STR_FMT "\"", STR_ARG(value));
    e->detail = STR("A CIDR is the first address of an IPv4 or IPv6 network and the length of its "
                    "prefix, such as 10.100.0.0/16 or fd30:1c53:5f8a::/108.");
    return e;
}

struct error *check_proxy(struct arena *a, struct str value)
{
    static const char *const schemes[] = {"http://",   "https://",   "socks5://", "socks5h://",
                                          "socks4://", "socks4a://", NULL};
    bool good = value.len == 0;

    for (size_t i = 0; schemes[i]; i++)
        good |= str_starts_with(value, str_of(schemes[i])) && value.len > strlen(schemes[i]);
    if (good && str_find(value, ' ') == value.len)
        return NULL;
    struct error *e = error_new(a, ERROR_INVALID, "not the URL of a proxy");
    e->detail = STR("A proxy is written like http://proxy.example:3128; schemes are http, https, "
                    "socks5, socks5h, socks4 and socks4a. \"\" means no proxy.");
    return e;
}

/* The shape of every partition's region names, as AWS's own endpoint tables state it. */
static const char region_shape[] =
    "^((us|eu|ap|sa|ca|me|af|il|mx|cn|us-gov|us-iso|us-isob|us-isof|eu-isoe|eusc-de)-"
    "(north|south|east|west|central|northeast|northwest|southeast|southwest)-[0-9]+)$";

bool is_known_shape(struct str region)
{
    ARENA_AUTO scratch = {0};
    regex_t shape;

    if (regcomp(&shape, region_shape, REG_EXTENDED | REG_NOSUB) != 0)
        return true;
    bool good = regexec(&shape, arena_str(&scratch, region).ptr, 0, NULL, 0) == 0;
    regfree(&shape);
    return good;
}

struct error *not_a_region(struct arena *a, const char *attribute, struct str region)
{
    struct error *e =
        error_new(a, ERROR_INVALID, "%s is \"" STR_FMT "\"", attribute, STR_ARG(region));
    e->detail = STR("That is no name of an AWS region; they read like \"eu-central-1\". Set "
                    "skip_region_validation = true for a stand-in of AWS with names of its own.");
    return e;
}
