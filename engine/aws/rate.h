#ifndef ENGINE_AWS_RATE_H
#define ENGINE_AWS_RATE_H

#include <stdbool.h>
#include <stdint.h>

/* Two limits that a client puts on itself, as the AWS SDKs describe them.  Both are plain data
 * under the caller's lock, and are given the time.
 * https://docs.aws.amazon.com/sdkref/latest/guide/feature-retry-behavior.html */

/* Retries are paid for from a bucket that successes fill again: when much fails, little is
 * repeated.
 */
struct retry_quota {
    int64_t capacity, left; /* capacity 0: no limit */
};
struct retry_quota retry_quota_new(int64_t capacity);
/* What a repeat costs, or -1 when the bucket does not hold that much. */
int64_t retry_quota_take(struct retry_quota *q, bool timed_out);
/* After a success: what its last repeat cost, or one for a call that needed none. */
void retry_quota_give(struct retry_quota *q, int64_t taken);

/* Mode "adaptive": from the first throttling on, calls are spaced so that they stay under the rate
 * at which the service began to refuse, probing upwards along a cubic curve. */
struct pace {
    bool throttled_once;
    double rate, capacity, tokens; /* of the bucket: per second, and calls */
    double measured, max_rate, window_s;
    int64_t filled_at_ms, throttled_at_ms, measured_at_ms;
    int64_t counted;
};
/* Takes a call's token: how long to wait before sending it. */
int64_t pace_wait_ms(struct pace *p, int64_t now_ms);
/* After an answer. */
void pace_answered(struct pace *p, int64_t now_ms, bool throttled);

#endif
