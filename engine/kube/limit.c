#include "engine/kube/limit.h"

struct kube_limit kube_limit_new(int64_t per_second, int64_t burst, int64_t now_ms)
{
    return (struct kube_limit){per_second, burst, burst * 1000, now_ms};
}

int64_t kube_limit_wait_ms(struct kube_limit *l, int64_t now_ms)
{
    int64_t passed_ms = now_ms - l->filled_ms, full = l->burst * 1000;
    int64_t to_full_ms = (full - l->milli) / l->per_second + 1;

    /* A millisecond brings as many thousandths as a second brings requests. */
    l->milli = passed_ms >= to_full_ms ? full : l->milli + passed_ms * l->per_second;
    if (l->milli > full)
        l->milli = full;
    l->filled_ms = now_ms;
    if (l->milli < 1000)
        return (1000 - l->milli + l->per_second - 1) / l->per_second;
    l->milli -= 1000;
    return 0;
}
