#include "engine/aws/query.h"

#include "engine/aws/sigv4.h"

struct query query_new(struct arena *a, const struct aws_service *service, const char *operation)
{
    struct query q = {.body = buf_in(a)};

    buf_printf(&q.body, "Action=%s&Version=%s", operation, service->version);
    return q;
}

static void add_named(struct query *q, struct str value, const char *fmt, va_list args)
    __attribute__((format(printf, 3, 0)));
static void add_named(struct query *q, struct str value, const char *fmt, va_list args)
{
    buf_add_char(&q->body, '&');
    buf_add(&q->body, arena_vprintf(q->body.arena, fmt, args));
    buf_add_char(&q->body, '=');
    uri_encode(&q->body, value, false);
}

void query_add(struct query *q, struct str value, const char *fmt, ...)
{
    va_list args;

    va_start(args, fmt);
    add_named(q, value, fmt, args);
    va_end(args);
}

void query_add_int(struct query *q, int64_t value, const char *fmt, ...)
{
    va_list args;

    va_start(args, fmt);
    add_named(q, arena_printf(q->body.arena, "%lld", (long long)value), fmt, args);
    va_end(args);
}

void query_add_list(struct query *q, const char *prefix, const struct str *values, size_t count)
{
    for (size_t i = 0; i < count; i++)
        query_add(q, values[i], "%s.%zu", prefix, i + 1);
}

void query_add_tags(struct query *q, const char *prefix, const struct aws_tags *tags)
{
    for (size_t i = 0; i < tags->count; i++) {
        query_add(q, tags->items[i].key, "%s.%zu.Key", prefix, i + 1);
        query_add(q, tags->items[i].value, "%s.%zu.Value", prefix, i + 1);
    }
}
