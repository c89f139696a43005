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
    char *at = room_for(b, 1);
    at[0] = c;
    at[1] = '\0';
    b->len++;
}

void buf_printf(struct buf *b, const char *fmt, ...)
{
    va_list args, again;

    va_start(args, fmt);
    va_copy(again, args);
    size_t room = b->capacity - b->len; /* written there if it fits; only else a second time */
    int len = vsnprintf(b->capacity ? b->ptr + b->len : NULL, room, fmt, args);
    if ((size_t)len >= room)
        vsnprintf(room_for(b, (size_t)len), (size_t)len + 1, fmt, again);
    b->len += (size_t)len;
    va_end(again);
    va_end(args);
}
