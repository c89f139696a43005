#include "engine/aws/retry.h"

enum {
    CAP_MS = 20000,
    LOST_BASE_MS = 100,
    THROTTLED_BASE_MS = 500,
    SETTING_ATTEMPTS = 3,
    /* When nobody says how often: throttling ends some time, what is broken may not. */
    THROTTLED_ATTEMPTS = 26,
    LOST_ATTEMPTS = 9,
};

static bool may_be_repeated(const struct retry_case *c)
{
    switch (c->error->kind) {
    case ERROR_THROTTLED:
        return true;
    case ERROR_CONFLICT: /* of two requests at once; with all else the caller knows for how long */
        return str_starts_with(c->error->code, STR("ConcurrentModification"));
    case ERROR_UNREACHABLE:
        return !c->changes || !c->error->outcome_unknown || c->idempotent;
    case ERROR_INVALID:
    case ERROR_NOT_FOUND:
    case ERROR_EXISTS:
    case ERROR_DENIED:
    case ERROR_NO_CAPACITY:
    case ERROR_CANCELLED:
    case ERROR_TIMEOUT:
    case ERROR_BUG:
        return false;
    }
    return false;
}

/* AWS's own names resolve and listen; if not, the network is down and may come back.  Of a custom
 * endpoint it says that the address is wrong. */
static int allowed_attempts(const struct retry_case *c)
{
    bool no_such_host = str_eq(c->error->code, STR("HostNotFound"));
    bool nobody_there = str_eq(c->error->code, STR("ConnectFailed")) && c->custom_endpoint;
    bool no_tls = str_eq(c->error->code, STR("TlsFailed"));

    int allowed = c->max_attempts                     ? c->max_attempts
                  : c->error->kind == ERROR_THROTTLED ? THROTTLED_ATTEMPTS
                                                      : LOST_ATTEMPTS;

    if ((no_such_host || nobody_there || no_tls) && allowed > SETTING_ATTEMPTS)
        return SETTING_ATTEMPTS;
    return allowed;
}

int64_t retry_delay_ms(const struct retry_case *c)
{
    if (!may_be_repeated(c) || c->attempt >= allowed_attempts(c))
        return RETRY_NEVER;
    int64_t bound = c->error->kind == ERROR_UNREACHABLE ? LOST_BASE_MS : THROTTLED_BASE_MS;
    for (int i = 1; i < c->attempt && bound < CAP_MS; i++)
        bound *= 2;
    if (bound > CAP_MS)
        bound = CAP_MS;
    return (int64_t)(c->random % (uint64_t)(bound + 1));
}
