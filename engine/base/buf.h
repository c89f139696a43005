#ifndef ENGINE_BASE_BUF_H
#define ENGINE_BASE_BUF_H

#include "engine/base/arena.h"

/* Bytes that grow at the end, in an arena.  Always followed by a NUL that is not counted. */
struct buf {
    struct arena *arena;
    char *ptr;
    size_t len, capacity;
};

static inline struct buf buf_in(struct arena *a)
{
    return (struct buf){.arena = a};
}

void buf_add(struct buf *b, struct str s);
void buf_add_char(struct buf *b, char c);
void buf_printf(struct buf *b, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* What was written so far; valid until the next addition. */
static inline struct str buf_str(const struct buf *b)
{
    return (struct str){b->ptr ? b->ptr : "", b->len};
}

#endif
