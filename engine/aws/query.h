#ifndef ENGINE_AWS_QUERY_H
#define ENGINE_AWS_QUERY_H

#include "engine/aws/service.h"
#include "engine/base/buf.h"

/* The body of a form-encoded call: names are ours, values are escaped by construction. */
struct query {
    struct buf body;
};

struct query query_new(struct arena *a, const struct aws_service *service, const char *operation);
/* A parameter whose name is made from `fmt`: query_add(&q, key, "Tags.member.%zu.Key", i). */
void query_add(struct query *q, struct str value, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
void query_add_int(struct query *q, int64_t value, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
/* prefix.1, prefix.2, ... (prefix "Keys.member" for IAM's lists) */
void query_add_list(struct query *q, const char *prefix, const struct str *values, size_t count);
/* prefix.1.Key, prefix.1.Value, ... */
void query_add_tags(struct query *q, const char *prefix, const struct aws_tags *tags);

#endif
