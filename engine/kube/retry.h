#ifndef ENGINE_KUBE_RETRY_H
#define ENGINE_KUBE_RETRY_H

#include "engine/base/error.h"

/* Whether and when a request is made again: pure, so that every case is a row of a test. */
struct kube_retry_case {
    int attempt; /* the one that failed, from 1 */
    const struct error *error;
    bool idempotent;        /* the same however often it is sent */
    int64_t retry_after_ms; /* what the server asks for; 0: nothing */
    uint64_t random;        /* uniform */
};
enum { KUBE_RETRY_NEVER = -1 };

/* Milliseconds to wait before the next attempt, or KUBE_RETRY_NEVER.  What the server has refused
 * for being busy is made again ten times, not before it says so; what found no answer five times,
 * unless it may have taken effect and would not be the same twice.  A name that does not resolve
 * and TLS that does not come about are wrong settings, and given up after three. */
int64_t kube_retry_ms(const struct kube_retry_case *c);

/* How long a list or watch pauses that failed so many times in a row: half a second at first, half
 * a minute in the end, of which half is chance, so that many who lost the same server do not come
 * back at once. */
int64_t kube_backoff_ms(int failures, uint64_t random);

#endif
