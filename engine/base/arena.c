#include "engine/base/arena.h"

#include <stdint.h>

#include "engine/base/memory.h"

enum { CHUNK_BYTES = 16 * 1024, ALIGN = 16 };

struct arena_chunk {
    struct arena_chunk *next;
    size_t used, size;
    _Alignas(ALIGN) unsigned char bytes[];
};

static struct arena_chunk *chunk_new(size_t size, struct arena_chunk *next)
{
    struct arena_chunk *c = must_have(malloc(sizeof(*c) + size));
    *c = (struct arena_chunk){.next = next, .size = size};
    return c;
}

static size_t room(const struct arena *a)
{
    return a->head ? a->head->size - a->head->used : 0;
}

void *arena_alloc(struct arena *a, size_t size)
{
    if (size > SIZE_MAX / 2)
        out_of_memory();
    size = (size + ALIGN - 1) & ~(size_t)(ALIGN - 1);
    if (!a->head || room(a) < size)
        a->head = chunk_new(size > CHUNK_BYTES ? size : CHUNK_BYTES, a->head);
    void *p = a->head->bytes + a->head->used;
    a->head->used += size;
    return memset(p, 0, size); /* not the whole chunk: most are never filled */
}

void *arena_array(struct arena *a, size_t count, size_t size)
{
    size_t bytes;
    if (__builtin_mul_overflow(count, size, &bytes))
        out_of_memory();
    return arena_alloc(a, bytes);
}

struct str arena_str(struct arena *a, struct str s)
{
    char *p = arena_alloc(a, s.len + 1);
    if (s.len)
        memcpy(p, s.ptr, s.len);
    return (struct str){p, s.len};
}

struct str arena_lower(struct arena *a, struct str s)
{
    char *out = arena_alloc(a, s.len + 1);

    for (size_t i = 0; i < s.len; i++)
        out[i] = char_lower(s.ptr[i]);
    return (struct str){out, s.len};
}

/* Written where it will stand, if there is room; only else a second time. */
struct str arena_vprintf(struct arena *a, const char *fmt, va_list args)
{
    size_t left = room(a);
    char *p = left ? (char *)a->head->bytes + a->head->used : NULL;
    va_list again;

    va_copy(again, args);
    int len = vsnprintf(p, left, fmt, args);
    if ((size_t)len < left) {
        a->head->used += ((size_t)len + ALIGN) & ~(size_t)(ALIGN - 1);
    } else {
        p = arena_alloc(a, (size_t)len + 1);
        vsnprintf(p, (size_t)len + 1, fmt, again);
    }
    va_end(again);
    return (struct str){p, (size_t)len};
}

struct str arena_printf(struct arena *a, const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    struct str s = arena_vprintf(a, fmt, args);
    va_end(args);
    return s;
}

struct arena_mark arena_mark(const struct arena *a)
{
    return (struct arena_mark){a->head, a->head ? a->head->used : 0};
}

void arena_rewind(struct arena *a, struct arena_mark mark)
{
    while (a->head != mark.head) {
        struct arena_chunk *newest = a->head;
        a->head = newest->next;
        free(newest);
    }
    if (a->head)
        a->head->used = mark.used;
}

void arena_free(struct arena *a)
{
    while (a->head) {
        struct arena_chunk *next = a->head->next;
        free(a->head);
        a->head = next;
    }
}

void arena_wipe(struct arena *a)
{
    for (struct arena_chunk *c = a->head; c; c = c->next)
        explicit_bzero(c->bytes, c->used);
    arena_free(a);
}
