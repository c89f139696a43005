#include "engine/kube/retry.h"

enum {
    BUSY_ATTEMPTS = 10,
    LOST_ATTEMPTS = 5,
    SETTING_ATTEMPTS = 3,
    FIRST_MS = 100,
    LAST_MS = 10000,
    BACKOFF_FIRST_MS = 500,
    BACKOFF_LAST_MS = 30000,
};

static int64_t doubled(int64_t first_ms, int times, int64_t last_ms)
{
    while (times-- > 0 && first_ms < last_ms)
        first_ms *= 2;
    return first_ms < last_ms ? first_ms : last_ms;
}

static int64_t half_chance(int64_t most_ms, uint64_t random)
{
    return most_ms - (int64_t)(random % (uint64_t)(most_ms / 2 + 1));
}

static int attempts(const struct kube_retry_case *c)
{
    const struct error *e = c->error;

    if (e->kind == ERROR_THROTTLED)
        return BUSY_ATTEMPTS;
    if (e->kind != ERROR_UNREACHABLE || (e->outcome_unknown && !c->idempotent))
        return 0;
    bool setting = str_eq(e->code, STR("HostNotFound")) || str_eq(e->code, STR("TlsFailed"));
    return setting ? SETTING_ATTEMPTS : LOST_ATTEMPTS;
}

int64_t kube_retry_ms(const struct kube_retry_case *c)
{
    if (c->attempt >= attempts(c))
        return KUBE_RETRY_NEVER;
    int64_t own_ms = half_chance(doubled(FIRST_MS, c->attempt - 1, LAST_MS), c->random);
    /* Chance on top of what the server asks for: it asks the same of everybody. */
    return c->retry_after_ms ? c->retry_after_ms + own_ms : own_ms;
}

int64_t kube_backoff_ms(int failures, uint64_t random)
{
    return half_chance(doubled(BACKOFF_FIRST_MS, failures - 1, BACKOFF_LAST_MS), random);
}
