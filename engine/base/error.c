#include "engine/base/error.h"

struct error *error_new(struct arena *a, enum error_kind kind, const char *fmt, ...)
{
    struct error *e = ARENA_NEW(a, struct error);
    va_list args;

    va_start(args, fmt);
    e->kind = kind;
    e->summary = arena_vprintf(a, fmt, args);
    va_end(args);
    return e;
}

struct error *error_at(struct error *e, struct str path)
{
    if (e && e->path.len == 0)
        e->path = path;
    return e;
}

struct error *error_in(struct arena *a, struct error *e, const char *fmt, ...)
{
    va_list args;

    va_start(args, fmt);
    struct str outer = arena_vprintf(a, fmt, args);
    va_end(args);
    for (struct error *each = e; each; each = each->next) {
        const char *join = each->path.len == 0 || each->path.ptr[0] == '[' ? "" : ".";
        each->path =
            arena_printf(a, STR_FMT "%s" STR_FMT, STR_ARG(outer), join, STR_ARG(each->path));
    }
    return e;
}

struct error *error_join(struct error *list, struct error *more)
{
    struct error *last = list;

    if (!list)
        return more;
    while (last->next)
        last = last->next;
    last->next = more;
    return list;
}

struct error *error_copy(struct arena *a, const struct error *e)
{
    struct error *copy = ARENA_NEW(a, struct error);

    *copy = *e;
    copy->next = NULL;
    copy->code = arena_str(a, e->code);
    copy->summary = arena_str(a, e->summary);
    copy->detail = arena_str(a, e->detail);
    copy->path = arena_str(a, e->path);
    copy->request_id = arena_str(a, e->request_id);
    return copy;
}
