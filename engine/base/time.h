#ifndef ENGINE_BASE_TIME_H
#define ENGINE_BASE_TIME_H

#include "engine/base/arena.h"

/* Instants are milliseconds since 1970-01-01T00:00:00Z, durations milliseconds; both int64_t. */
#define NEVER_MS INT64_MAX

/* `start + after`, with NEVER_MS absorbing and overflow becoming NEVER_MS. */
static inline int64_t time_add_ms(int64_t start_ms, int64_t after_ms)
{
    return after_ms > NEVER_MS - (start_ms > 0 ? start_ms : 0) ? NEVER_MS : start_ms + after_ms;
}

int64_t time_now_ms(void);       /* wall clock: for records and adapters, never in a decision */
int64_t time_monotonic_ms(void); /* for deadlines */

/* "2026-11-24T03:16:00Z", and with `ms` three fraction digits. */
struct str time_format(struct arena *a, int64_t instant_ms, bool ms);
/* RFC 3339 with any offset and fraction. */
bool time_parse(struct str text, int64_t *instant_ms);
/* An HTTP date as servers write it: "Sun, 06 Nov 1994 08:49:37 GMT". */
bool time_parse_http(struct str text, int64_t *instant_ms);
/* Go's time.ParseDuration: "1h30m", "90s", "1.5h", "300ms", "0"; no days, no sign. */
bool duration_parse(struct str text, int64_t *duration_ms);
/* As Go prints it for whole seconds: "1h30m0s" shortened to "1h30m", "45s", "0s", "250ms". */
struct str duration_format(struct arena *a, int64_t duration_ms);

#endif
