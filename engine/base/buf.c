#include "engine/base/buf.h"

#include <stdio.h>

static char *room_for(struct buf *b, size_t more)
{
    if (b->len + more + 1 > b->capacity) {
        size_t capacity = b->capacity ? b->capacity * 2 : 128;
        while (capacity < b->len + more + 1)
            capacity *= 2;
        char *grown = arena_alloc(b->arena, capacity);
        if (b->len)
            memcpy(grown, b->ptr, b->len);
        b->ptr = grown;
        b->capacity = capacity;
    }
    return b->ptr + b->len;
}

void buf_add(struct buf *b, struct str s)
{
    char *at = room_for(b, s.len);
    if (s.len)
        memcpy(at, s.ptr, s.len);
    b->len += s.len;
    b->ptr[b->len] = '\0';
}

void buf_add_char(struct buf *b, char c)
{
    buf_add(b, (struct str){&c, 1});
}

void buf_printf(struct buf *b, const char *fmt, ...)
{
    va_list args, again;

    va_start(args, fmt);
    va_copy(again, args);
    int len = vsnprintf(NULL, 0, fmt, args);
    char *at = room_for(b, (size_t)len);
    vsnprintf(at, (size_t)len + 1, fmt, again);
    b->len += (size_t)len;
    va_end(again);
    va_end(args);
}
