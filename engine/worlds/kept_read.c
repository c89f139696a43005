#include "engine/worlds/kept.h"
#include "engine/worlds/slots.h"

/* The other way of kept_write.c, from bytes that anybody may have written: what is asked for is
 * never more than some hundred bytes for each of theirs. */

struct things {
    void **items;
    size_t count, capacity;
};

struct reader {
    struct arena *keep, *scratch;
    struct str in;
    size_t at;
    const char *wrong; /* NULL: nothing so far */
    struct slots slots;
    struct str *texts;
    size_t text_count, text_capacity;
    struct things shared[TABLE_COUNT];
    struct world *world;
};

static void fail(struct reader *r, const char *what)
{
    if (!r->wrong)
        r->wrong = what;
    r->at = r->in.len;
}

static char next(struct reader *r)
{
    return r->at < r->in.len ? r->in.ptr[r->at] : '\0';
}

static bool take(struct reader *r, char c)
{
    if (next(r) != c)
        return false;
    r->at++;
    return true;
}

/* A number up to the sign that ends it. */
static int64_t take_number(struct reader *r, char end)
{
    struct str rest = str_slice(r->in, r->at, r->in.len);
    size_t len = str_find(rest, end);
    int64_t n = 0;

    if (len == rest.len || !str_to_int64(str_slice(rest, 0, len), &n)) {
        fail(r, "a number is missing");
        return 0;
    }
    r->at += len + 1;
    return n;
}

static size_t take_size(struct reader *r, char end, size_t most)
{
    int64_t n = take_number(r, end);

    if (n < 0 || (uint64_t)n > most) {
        fail(r, "a number is too large");
        return 0;
    }
    return (size_t)n;
}

static int64_t get_number(struct reader *r, struct slot *s)
{
    if (!take(r, '.'))
        s->number = (int64_t)((uint64_t)s->number + (uint64_t)take_number(r, ' '));
    return s->number;
}

static struct str take_new_text(struct reader *r, const struct slot *s)
{
    size_t shared =
        take_size(r, ':', s->text.len < SHARED_PREFIX_MOST ? s->text.len : SHARED_PREFIX_MOST);
    size_t rest = take_size(r, ':', r->in.len - r->at);
    if (rest > r->in.len - r->at) {
        fail(r, "a text ends too early");
        return (struct str){0};
    }
    char *bytes = arena_alloc(r->keep, shared + rest + 1);
    struct str text = {bytes, shared + rest};
    if (shared)
        memcpy(bytes, s->text.ptr, shared);
    memcpy(bytes + shared, r->in.ptr + r->at, rest);
    r->at += rest;
    ARENA_PUSH(r->scratch, r->texts, r->text_count, r->text_capacity, text);
    return text;
}

static struct str get_text(struct reader *r, struct slot *s)
{
    if (take(r, '.'))
        return s->text;
    if (take(r, '-'))
        return s->text = (struct str){0};
    if (take(r, '"'))
        return s->text = take_new_text(r, s);
    size_t number = take_size(r, ' ', r->text_count ? r->text_count - 1 : 0);
    if (number >= r->text_count) {
        fail(r, "a text is named that is not there");
        return (struct str){0};
    }
    return s->text = r->texts[number];
}

static void get_amounts(struct reader *r, struct slot *s, struct resources *out)
{
    size_t count = take(r, '.') ? 0 : take_size(r, ' ', RESOURCES_MAX);

    for (size_t i = 0; i < count; i++) {
        struct slot one = {.number = s->amounts->amount[i]};
        s->amounts->amount[i] = get_number(r, &one);
    }
    *out = *s->amounts;
}

static void get_names(struct reader *r, struct resource_table *out)
{
    struct slot last = {0};

    out->count = take_size(r, ' ', RESOURCES_MAX);
    for (size_t i = 0; i < out->count; i++)
        out->name[i] = get_text(r, &last);
}

static void get_item(struct reader *r, enum table_name of, void *item, size_t place);

/* Each member takes a byte at least. */
static size_t bytes_least(const struct table *t)
{
    size_t n = 0;

    for (size_t i = 0; i < t->count; i++)
        n += t->rows[i].kind != ROW_LEFT_OUT;
    return n;
}

static void *get_items(struct reader *r, const struct row *row, size_t count, size_t place)
{
    const struct table *t = &tables[row->table];

    if (count > (r->in.len - r->at) / bytes_least(t)) {
        fail(r, "a list is longer than the text");
        return NULL;
    }
    char *items = arena_array(r->keep, count, t->size);
    for (size_t i = 0; i < count && !r->wrong; i++)
        get_item(r, row->table, items + i * t->size, place_in(row, i, place));
    return items;
}

static void *get_shared(struct reader *r, struct slot *s, enum table_name of)
{
    struct things *all = &r->shared[of];
    void *item = NULL;

    if (take(r, '.'))
        return (void *)(uintptr_t)s->pointer;
    if (take(r, '-')) {
        s->pointer = NULL;
        return NULL;
    }
    if (take(r, '+')) {
        item = arena_alloc(r->keep, tables[of].size);
        ARENA_PUSH(r->scratch, all->items, all->count, all->capacity, item);
        get_item(r, of, item, 0);
    } else {
        size_t number = take_size(r, ' ', all->count);
        if (number < all->count)
            item = all->items[number];
        else
            fail(r, "something is named that is not there");
    }
    s->pointer = item;
    return item;
}

static const struct instance_type *get_type(struct reader *r, struct slot *s)
{
    const struct things *all = &r->shared[TABLE_CATALOG];
    size_t number = take_size(r, ' ', all->count);

    if (!number)
        return get_shared(r, s, TABLE_INSTANCE_TYPE);
    const struct catalog *c = all->items[number - 1];
    size_t place = take_size(r, ' ', c->count);
    return place < c->count ? &c->types[place] : NULL;
}

static void get_option(struct reader *r, struct slot *s, struct launch_option *out)
{
    out->type = get_type(r, s);
    size_t place = take_size(r, ' ', SIZE_MAX);
    if (r->wrong || !out->type || place >= out->type->offering_count)
        fail(r, "an option is named that is not there");
    else
        out->offering = &out->type->offerings[place];
}

static const void *get_place(struct reader *r, struct slot *s, enum table_name of)
{
    const struct world *w = r->world;
    size_t count = of == TABLE_POD     ? w->pod_count
                   : of == TABLE_CLAIM ? w->claim_count
                                       : w->pool_count;
    int64_t place = get_number(r, s);

    if (place < 0 || (uint64_t)place > count)
        fail(r, "something of the world is named that is not there");
    if (place <= 0 || r->wrong)
        return NULL;
    if (of == TABLE_POD)
        return &w->pods[place - 1];
    if (of == TABLE_CLAIM)
        return &w->claims[place - 1];
    return &w->pools[place - 1];
}

static size_t get_count(struct reader *r, struct slot *s, void *item, const struct row *row)
{
    int64_t n = get_number(r, s);
    size_t count = n < 0 ? SIZE_MAX : (size_t)n;

    if (count > r->in.len) {
        fail(r, "a list is longer than the text");
        count = 0;
    }
    memcpy((char *)item + row->count, &count, sizeof(count));
    if (row->capacity != NO_MEMBER)
        memcpy((char *)item + row->capacity, &count, sizeof(count));
    return count;
}

static int64_t get_within(struct reader *r, struct slot *s, int64_t most)
{
    int64_t n = get_number(r, s);

    if (n < 0 || n > most)
        fail(r, "a word is not known");
    return r->wrong ? 0 : n;
}

static void get_pointer(struct reader *r, const struct row *row, struct slot *s, void *item,
                        size_t place)
{
    const void *to = NULL;

    if (row->kind == ROW_SHARED)
        to = get_shared(r, s, row->table);
    else if (row->kind == ROW_PLACE)
        to = get_place(r, s, row->table);
    else if (row->kind == ROW_BY_POOL)
        to = get_items(r, row, r->world->pool_count, place);
    else
        to = get_items(r, row, get_count(r, s, item, row), place);
    memcpy((char *)item + row->offset, &to, sizeof(to));
}

static void get_member(struct reader *r, const struct table *t, const struct row *row, void *item,
                       size_t place)
{
    void *at = (char *)item + row->offset;
    struct slot *s = slot_at(&r->slots, t, row, place);

    switch (row->kind) {
    case ROW_TEXT:
        *(struct str *)at = get_text(r, s);
        break;
    case ROW_INT:
        *(int64_t *)at = get_number(r, s);
        break;
    case ROW_BOOL:
        *(bool *)at = get_within(r, s, 1);
        break;
    case ROW_ENUM:
        *(int *)at = (int)get_within(r, s, row->most);
        break;
    case ROW_AMOUNTS:
        get_amounts(r, s, at);
        break;
    case ROW_NAMES:
        get_names(r, at);
        break;
    case ROW_PART:
        get_item(r, row->table, at, place);
        break;
    case ROW_OPTION:
        get_option(r, s, at);
        break;
    case ROW_LIST:
    case ROW_SERIES:
    case ROW_BY_POOL:
    case ROW_SHARED:
    case ROW_PLACE:
        get_pointer(r, row, s, item, place);
        break;
    case ROW_LEFT_OUT:
        break;
    }
}

static void get_item(struct reader *r, enum table_name of, void *item, size_t place)
{
    const struct table *t = &tables[of];

    for (size_t i = 0; i < t->count && !r->wrong; i++)
        get_member(r, t, &t->rows[i], item, place);
}

static void read_body(struct reader *r, struct kept *out)
{
    r->world = &out->world;
    get_item(r, TABLE_WORLD, &out->world, 0);
    if (!r->wrong && !out->world.resources)
        fail(r, "the names of resources are missing");
    out->decided = take(r, '+');
    if (out->decided)
        get_item(r, TABLE_DECISION, &out->decision, 0);
    else if (!r->wrong && !take(r, '-'))
        fail(r, "it ends too early");
    if (!r->wrong && r->at < r->in.len)
        fail(r, "something stands behind its end");
}

/* Version and members must be ours; and what follows as it was written. */
static struct error *check_head(struct arena *a, struct str text, struct str *body)
{
    struct str head = str_cut(&text, '\n'), right = kept_head(a, text.ptr ? text : STR(""));
    struct error *e = NULL;

    *body = text;
    right.len--; /* the end of the line */
    if (!str_starts_with(head, STR("tenon-world ")))
        e = error_new(a, ERROR_INVALID, "this is no kept world");
    else if (!str_eq(str_slice(head, 0, right.len - 16), str_slice(right, 0, right.len - 16)))
        e = error_new(a, ERROR_INVALID, "the world was kept by another version of Tenon");
    else if (!str_eq(head, right))
        e = error_new(a, ERROR_INVALID, "the kept world is damaged");
    if (e)
        e->detail = STR("The next decision of the engine keeps another.");
    return e;
}

struct error *kept_read(struct arena *a, struct str text, struct kept *out)
{
    ARENA_AUTO scratch = {0};
    struct reader r = {.keep = a, .scratch = &scratch};

    *out = (struct kept){0};
    r.slots.arena = &scratch;
    TRY(check_head(a, text, &r.in));
    read_body(&r, out);
    if (r.wrong)
        return error_new(a, ERROR_INVALID, "the kept world is damaged: %s", r.wrong);
    claims_take_pods(a, &out->world, (struct claim *)(uintptr_t)out->world.claims);
    return NULL;
}
