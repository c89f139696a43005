#include "engine/aws/rate.h"

#include <math.h>

enum { RETRY_COST = 5, TIMEOUT_COST = 10 };

struct retry_quota retry_quota_new(int64_t capacity)
{
    return (struct retry_quota){capacity, capacity};
}

int64_t retry_quota_take(struct retry_quota *q, bool timed_out)
{
    int64_t cost = timed_out ? TIMEOUT_COST : RETRY_COST;

    if (!q->capacity)
        return 0;
    if (q->left < cost)
        return -1;
    q->left -= cost;
    return cost;
}

void retry_quota_give(struct retry_quota *q, int64_t taken)
{
    if (!q->capacity)
        return;
    q->left += taken ? taken : 1;
    if (q->left > q->capacity)
        q->left = q->capacity;
}

/* The curve's constants, as the SDKs have them. */
static const double scale = 0.4, backoff = 0.7, smoothing = 0.8, lowest_rate = 0.5;

static double seconds(int64_t from_ms, int64_t to_ms)
{
    return (double)(to_ms - from_ms) / 1000.0;
}

/* Calls per second, smoothed over half seconds. */
static void measure(struct pace *p, int64_t now_ms)
{
    if (!p->measured_at_ms)
        p->measured_at_ms = now_ms;
    p->counted++;
    double passed = seconds(p->measured_at_ms, now_ms);
    if (passed < 0.5)
        return;
    p->measured = (double)p->counted / passed * smoothing + p->measured * (1 - smoothing);
    p->counted = 0;
    p->measured_at_ms = now_ms;
}

/* Before the first half second is over there is only the count. */
static double rate_so_far(const struct pace *p)
{
    return p->measured > 0 ? p->measured : (double)p->counted / 0.5;
}

static void fill(struct pace *p, int64_t now_ms)
{
    if (p->filled_at_ms)
        p->tokens = fmin(p->capacity, p->tokens + seconds(p->filled_at_ms, now_ms) * p->rate);
    p->filled_at_ms = now_ms;
}

static void set_rate(struct pace *p, int64_t now_ms, double rate)
{
    fill(p, now_ms);
    p->rate = fmax(rate, lowest_rate);
    p->capacity = fmax(rate, 1);
    p->tokens = fmin(p->tokens, p->capacity);
}

int64_t pace_wait_ms(struct pace *p, int64_t now_ms)
{
    if (!p->throttled_once)
        return 0;
    fill(p, now_ms);
    p->tokens -= 1;
    return p->tokens >= 0 ? 0 : (int64_t)ceil(-p->tokens / p->rate * 1000);
}

void pace_answered(struct pace *p, int64_t now_ms, bool throttled)
{
    double rate;

    measure(p, now_ms);
    if (throttled) {
        double used = p->throttled_once ? fmin(rate_so_far(p), p->rate) : rate_so_far(p);
        p->max_rate = used;
        p->window_s = cbrt(used * (1 - backoff) / scale);
        p->throttled_at_ms = now_ms;
        p->throttled_once = true;
        rate = used * backoff;
    } else {
        double passed = seconds(p->throttled_at_ms, now_ms) - p->window_s;
        rate = scale * passed * passed * passed + p->max_rate;
    }
    if (p->throttled_once)
        set_rate(p, now_ms, fmin(rate, 2 * rate_so_far(p)));
}
