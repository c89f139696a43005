#ifndef ENGINE_KUBE_LIMIT_H
#define ENGINE_KUBE_LIMIT_H

#include <stdint.h>

/* How often we ask, so that a busy engine is no burden to an API server which others need: so many
 * requests a second, and a number of them at once after a quiet time.  Plain data, given the time.
 */
struct kube_limit {
    int64_t per_second, burst;
    int64_t milli; /* thousandths of requests that are free to be made */
    int64_t filled_ms;
};

struct kube_limit kube_limit_new(int64_t per_second, int64_t burst, int64_t now_ms);
/* 0: go, and it is counted.  Else how long there is to wait before asking here again. */
int64_t kube_limit_wait_ms(struct kube_limit *l, int64_t now_ms);

#endif
