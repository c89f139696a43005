#ifndef ENGINE_BASE_ARENA_H
#define ENGINE_BASE_ARENA_H

#include <stdarg.h>

#include "engine/base/str.h"

/* Memory with one lifetime: an RPC, a tick, a parsed document.  What it gives is zeroed and
 * 16-byte aligned.  Allocation cannot fail; running out ends the process, because neither a plan
 * nor a packing is worth half an answer.  An arena belongs to one thread at a time. */
struct arena {
    struct arena_chunk *head;
};

void *arena_alloc(struct arena *a, size_t size);
/* As arena_alloc for `count` of `size` bytes; a product that overflows ends the process. */
void *arena_array(struct arena *a, size_t count, size_t size);
/* A NUL-terminated copy that lives as long as the arena. */
struct str arena_str(struct arena *a, struct str s);
/* As arena_str, with ASCII letters in lower case. */
struct str arena_lower(struct arena *a, struct str s);
struct str arena_printf(struct arena *a, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));
struct str arena_vprintf(struct arena *a, const char *fmt, va_list args)
    __attribute__((format(printf, 2, 0)));
/* Takes back what was given since the mark: a trial, or a copy of what is there already.  Marks
 * made since are void, and so is one that was made before an arena_free. */
struct arena_mark {
    struct arena_chunk *head;
    size_t used;
};
struct arena_mark arena_mark(const struct arena *a);
void arena_rewind(struct arena *a, struct arena_mark mark);
/* Frees everything; the arena is then empty and may be used again. */
void arena_free(struct arena *a);
/* The same for an arena that held secrets: every byte is overwritten first. */
void arena_wipe(struct arena *a);

#define ARENA_NEW(a, type)      ((type *)arena_alloc((a), sizeof(type)))
#define ARENA_ARRAY(a, type, n) ((type *)arena_array((a), (n), sizeof(type)))
#define ARENA_AUTO              __attribute__((cleanup(arena_free))) struct arena
#define ARENA_SECRET            __attribute__((cleanup(arena_wipe))) struct arena

/* Room for `more` elements behind those that are there and for no others, for arrays whose length
 * is known; what is appended then leaves no old blocks behind. */
#define ARENA_RESERVE(a, items, count, capacity, more)                     \
    do {                                                                   \
        if ((capacity) < (count) + (more)) {                               \
            (capacity) = (count) + (more);                                 \
            void *grown_ = arena_array((a), (capacity), sizeof(*(items))); \
            if (count)                                                     \
                memcpy(grown_, (items), (count) * sizeof(*(items)));       \
            (items) = grown_;                                              \
        }                                                                  \
    } while (0)

/* Appends one element to an array that grows in the arena: `items`, `count` and `capacity` are
 * lvalues.  Old blocks stay until the arena dies, at most as much again as the final array. */
#define ARENA_PUSH(a, items, count, capacity, ...)                         \
    do {                                                                   \
        if ((count) == (capacity)) {                                       \
            (capacity) = (capacity) ? (capacity)*2 : 8;                    \
            void *grown_ = arena_array((a), (capacity), sizeof(*(items))); \
            if (count)                                                     \
                memcpy(grown_, (items), (count) * sizeof(*(items)));       \
            (items) = grown_;                                              \
        }                                                                  \
        (items)[(count)++] = __VA_ARGS__;                                  \
    } while (0)

#endif
