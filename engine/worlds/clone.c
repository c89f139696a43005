#include "engine/worlds/clone.h"

#include <assert.h>

#include "engine/base/memory.h"

/* Everything is gone through twice: to count the bytes, and to write them into one block. */
struct block {
    char *at; /* NULL: they are being counted */
    size_t used;
};

enum { ALIGN = 16 };

static char *take(struct block *b, const void *from, size_t size, size_t room)
{
    char *to = b->at ? b->at + b->used : NULL;

    if (to && size)
        memcpy(to, from, size);
    b->used += (room + ALIGN - 1) & ~(size_t)(ALIGN - 1);
    return to;
}

static void *pointer_at(const char *member)
{
    void *p;
    memcpy(&p, member, sizeof(p));
    return p;
}

static size_t size_at(const char *object, uint16_t offset)
{
    size_t n;
    memcpy(&n, object + offset, sizeof(n));
    return n;
}

/* With the NUL that makers of texts promise. */
static void clone_text(struct block *b, const char *from, char *to)
{
    struct str text;

    memcpy(&text, from, sizeof(text));
    if (!text.ptr)
        return;
    text.ptr = take(b, text.ptr, text.len, text.len + 1);
    if (to)
        memcpy(to, &text, sizeof(text));
}

static void clone_names(struct block *b, const char *from, char *to)
{
    size_t first = offsetof(struct resource_table, name),
           count = size_at(from, offsetof(struct resource_table, count));

    for (size_t i = 0; i < count; i++) {
        size_t at = first + i * sizeof(struct str);
        clone_text(b, from + at, to ? to + at : NULL);
    }
}

static char *clone_items(struct block *b, const struct table *t, const char *items, size_t count);

static void clone_list(struct block *b, const struct row *r, const char *object, char *copy,
                       size_t count)
{
    char *items = NULL;

    if (count)
        items = clone_items(b, &tables[r->table], pointer_at(object + r->offset), count);
    if (!copy)
        return;
    memcpy(copy + r->offset, &items, sizeof(items));
    if (r->capacity != NO_MEMBER && r->kind != ROW_SHARED)
        memcpy(copy + r->capacity, &count, sizeof(count));
}

static void clone_members(struct block *b, const struct table *t, const char *object, char *copy)
{
    for (size_t i = 0; i < t->count; i++) {
        const struct row *r = &t->rows[i];
        const char *from = object + r->offset;
        char *to = copy ? copy + r->offset : NULL;
        switch (r->kind) {
        case ROW_INT:
        case ROW_BOOL:
        case ROW_ENUM:
        case ROW_AMOUNTS:
            break; /* they came with the struct */
        case ROW_TEXT:
            clone_text(b, from, to);
            break;
        case ROW_NAMES:
            clone_names(b, from, to);
            break;
        case ROW_PART:
            clone_members(b, &tables[r->table], from, to);
            break;
        case ROW_LIST:
        case ROW_SERIES:
            clone_list(b, r, object, copy, size_at(object, r->count));
            break;
        case ROW_SHARED:
            clone_list(b, r, object, copy, pointer_at(from) != NULL);
            break;
        case ROW_LEFT_OUT:
            if (to)
                memset(to, 0, r->size);
            break;
        case ROW_BY_POOL:
        case ROW_OPTION:
        case ROW_PLACE:
            assert(!"what points into a world is cloned with it, or not at all");
        }
    }
}

static char *clone_items(struct block *b, const struct table *t, const char *items, size_t count)
{
    char *copies = take(b, items, count * t->size, count * t->size);

    for (size_t i = 0; i < count; i++)
        clone_members(b, t, items + i * t->size, copies ? copies + i * t->size : NULL);
    return copies;
}

static size_t bytes_of(enum table_name of, const void *items, size_t count)
{
    struct block counted = {0};

    clone_items(&counted, &tables[of], items, count);
    return counted.used;
}

void *parts_clone(enum table_name of, const void *items, size_t count)
{
    /* (Of nothing there is a block, too.) */
    struct block b = {.at = must_have(malloc(bytes_of(of, items, count) + 1))};

    return clone_items(&b, &tables[of], items, count);
}

void *parts_clone_in(struct arena *a, enum table_name of, const void *items, size_t count)
{
    struct block b = {.at = arena_alloc(a, bytes_of(of, items, count) + 1)};

    return clone_items(&b, &tables[of], items, count);
}

static bool texts_eq(const char *x, const char *y)
{
    struct str a, b;

    memcpy(&a, x, sizeof(a));
    memcpy(&b, y, sizeof(b));
    return str_eq(a, b);
}

static bool names_eq(const char *x, const char *y)
{
    size_t count = size_at(x, offsetof(struct resource_table, count));
    bool eq = count == size_at(y, offsetof(struct resource_table, count));

    for (size_t i = 0; eq && i < count; i++) {
        size_t at = offsetof(struct resource_table, name) + i * sizeof(struct str);
        eq = texts_eq(x + at, y + at);
    }
    return eq;
}

static bool members_eq(const struct table *t, const char *x, const char *y);

static bool member_eq(const struct row *r, const char *x, const char *y)
{
    const char *a = x + r->offset, *b = y + r->offset;

    switch (r->kind) {
    case ROW_INT:
    case ROW_BOOL:
    case ROW_ENUM:
    case ROW_AMOUNTS:
        return memcmp(a, b, r->size) == 0;
    case ROW_TEXT:
        return texts_eq(a, b);
    case ROW_NAMES:
        return names_eq(a, b);
    case ROW_PART:
        return members_eq(&tables[r->table], a, b);
    case ROW_LIST:
    case ROW_SERIES:
        return parts_eq(r->table, pointer_at(a), size_at(x, r->count), pointer_at(b),
                        size_at(y, r->count));
    case ROW_SHARED:
        return parts_eq(r->table, pointer_at(a), pointer_at(a) != NULL, pointer_at(b),
                        pointer_at(b) != NULL);
    case ROW_LEFT_OUT:
        return true;
    case ROW_BY_POOL:
    case ROW_OPTION:
    case ROW_PLACE:
        assert(!"what points into a world says nothing without it");
    }
    return false;
}

static bool members_eq(const struct table *t, const char *x, const char *y)
{
    bool eq = true;

    for (size_t i = 0; eq && i < t->count; i++)
        eq = member_eq(&t->rows[i], x, y);
    return eq;
}

bool parts_eq(enum table_name of, const void *x, size_t x_count, const void *y, size_t y_count)
{
    const struct table *t = &tables[of];
    bool eq = x_count == y_count;

    for (size_t i = 0; eq && x != y && i < x_count; i++)
        eq = members_eq(t, (const char *)x + i * t->size, (const char *)y + i * t->size);
    return eq;
}
