#ifndef ENGINE_AWS_RETRY_H
#define ENGINE_AWS_RETRY_H

#include "engine/base/error.h"

/* Whether and when to try again: pure, so that every case is a row of a test. */
struct retry_case {
    int attempt;      /* the one that failed, from 1 */
    int max_attempts; /* 0: 26 where the service throttles, 9 where no good answer comes */
    const struct error *error;
    bool changes, idempotent; /* of the request */
    bool custom_endpoint;
    uint64_t random; /* uniform */
};
enum { RETRY_NEVER = -1 };

/* Milliseconds to wait before the next attempt, or RETRY_NEVER.  Full jitter under a bound that
 * doubles to 20 s, faster for lost answers than for throttling.  Of conflicts
 * only that of two requests at once is tried again.  A change whose outcome is unknown is repeated
 * only when it is idempotent.  A name that does not resolve, TLS that does not come
 * about and, at a custom endpoint, a port that nobody listens on are given up after three attempts:
 * that is a wrong setting, not a bad moment. */
int64_t retry_delay_ms(const struct retry_case *c);

#endif
