#include "engine/base/rng.h"

#include <errno.h>
#include <sys/random.h>

uint64_t rng_next(struct rng *r)
{
    uint64_t z = (r->state += UINT64_C(0x9e3779b97f4a7c15));
    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return z ^ (z >> 31);
}

uint64_t rng_below(struct rng *r, uint64_t bound)
{
    /* The last, incomplete run of `bound` numbers is thrown away: it would favour small results. */
    uint64_t unfair = (UINT64_MAX % bound + 1) % bound;
    uint64_t x;

    do
        x = rng_next(r);
    while (x > UINT64_MAX - unfair);
    return x % bound;
}

void rng_system(void *bytes, size_t count)
{
    char *at = bytes;

    while (count > 0) {
        ssize_t n = getrandom(at, count, 0);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0) {
            fputs("panic: tenon: the system gives no random bytes\n", stderr);
            abort();
        }
        at += n;
        count -= (size_t)n;
    }
}
