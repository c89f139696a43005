#include "engine/base/buf.h"
#include "engine/base/digest.h"
#include "engine/worlds/kept.h"
#include "engine/worlds/seen.h"
#include "engine/worlds/slots.h"

/* The text is a row of signs.  "." is "as the last time"; a number is written as the change from
 * the last one, up to a space; what has been seen before is named by its number.  A new text is
 * `"`, how much of its beginning it has from the last one, and the rest: `"12:5:xyz42`.  A new
 * shared thing is "+" and its members; nothing at all is "-". */

struct keeper {
    struct buf out;
    struct arena *arena;
    struct slots slots;
    struct seen texts, shared[TABLE_COUNT];
    const struct world *world;
    struct stretch {
        size_t from, to;
    } * passing; /* of the text: what changes by itself */
    size_t passing_count, passing_capacity;
};

static void put_digits(struct keeper *w, int64_t n)
{
    char digits[24], *at = digits + sizeof(digits);
    uint64_t rest = n < 0 ? 0 - (uint64_t)n : (uint64_t)n;

    for (bool first = true; rest || first; first = false, rest /= 10)
        *--at = (char)('0' + rest % 10);
    if (n < 0)
        *--at = '-';
    buf_add(&w->out, (struct str){at, (size_t)(digits + sizeof(digits) - at)});
}

static void put_plain(struct keeper *w, size_t n)
{
    put_digits(w, (int64_t)n);
    buf_add_char(&w->out, ' ');
}

/* Changes wrap, so that any two numbers have one. */
static void put_number(struct keeper *w, struct slot *s, int64_t n)
{
    if (n == s->number) {
        buf_add_char(&w->out, '.');
        return;
    }
    put_digits(w, (int64_t)((uint64_t)n - (uint64_t)s->number));
    buf_add_char(&w->out, ' ');
    s->number = n;
}

static size_t common_prefix(struct str x, struct str y)
{
    size_t n = 0, most = x.len < y.len ? x.len : y.len;

    if (most > SHARED_PREFIX_MOST)
        most = SHARED_PREFIX_MOST;
    while (n < most && x.ptr[n] == y.ptr[n])
        n++;
    return n;
}

static void put_new_text(struct keeper *w, struct slot *s, struct str text)
{
    size_t shared = common_prefix(s->text, text);

    buf_add_char(&w->out, '"');
    put_digits(w, (int64_t)shared);
    buf_add_char(&w->out, ':');
    put_digits(w, (int64_t)(text.len - shared));
    buf_add_char(&w->out, ':');
    buf_add(&w->out, str_slice(text, shared, text.len));
}

static void put_text(struct keeper *w, struct slot *s, struct str text)
{
    bool found;

    if (str_eq(text, s->text) && !text.ptr == !s->text.ptr) {
        buf_add_char(&w->out, '.');
        return;
    }
    if (!text.ptr) {
        buf_add_char(&w->out, '-');
    } else {
        size_t number = seen_number(&w->texts, text, &found);
        if (found)
            put_plain(w, number);
        else
            put_new_text(w, s, text);
    }
    s->text = text;
}

/* As many amounts as have changed, up to the last that has. */
static void put_amounts(struct keeper *w, struct slot *s, const struct resources *r)
{
    size_t count = RESOURCES_MAX;

    while (count && r->amount[count - 1] == s->amounts->amount[count - 1])
        count--;
    if (!count) {
        buf_add_char(&w->out, '.');
        return;
    }
    put_plain(w, count);
    for (size_t i = 0; i < count; i++) {
        struct slot one = {.number = s->amounts->amount[i]};
        put_number(w, &one, r->amount[i]);
    }
    *s->amounts = *r;
}

static void put_names(struct keeper *w, const struct resource_table *names)
{
    struct slot last = {0};

    put_plain(w, names->count);
    for (size_t i = 0; i < names->count; i++) {
        put_text(w, &last, names->name[i]);
        last.text = names->name[i];
    }
}

static void put_item(struct keeper *w, enum table_name of, const void *item, size_t place);

static void put_items(struct keeper *w, const struct row *r, const void *items, size_t count,
                      size_t place)
{
    for (size_t i = 0; i < count; i++)
        put_item(w, r->table, (const char *)items + i * tables[r->table].size,
                 place_in(r, i, place));
}

static void put_shared(struct keeper *w, struct slot *s, enum table_name of, const void *item)
{
    bool found;

    if (item == s->pointer) {
        buf_add_char(&w->out, '.');
        return;
    }
    s->pointer = item;
    if (!item) {
        buf_add_char(&w->out, '-');
        return;
    }
    size_t number = seen_number(&w->shared[of], (struct str){item, 0}, &found);
    if (found) {
        put_plain(w, number);
        return;
    }
    buf_add_char(&w->out, '+');
    put_item(w, of, item, 0);
}

/* 1 + the number of the catalog that has the type; 0: none that was written. */
static size_t catalog_with(const struct keeper *w, const struct instance_type *t)
{
    const struct seen *all = &w->shared[TABLE_CATALOG];

    for (size_t i = 0; i < all->count; i++) {
        const struct catalog *c = (const void *)all->items[i].ptr;
        if (t >= c->types && t < c->types + c->count)
            return i + 1;
    }
    return 0;
}

static void put_option(struct keeper *w, struct slot *s, const struct launch_option *o)
{
    size_t catalog = catalog_with(w, o->type);

    put_plain(w, catalog);
    if (catalog) {
        const struct catalog *c = (const void *)w->shared[TABLE_CATALOG].items[catalog - 1].ptr;
        put_plain(w, (size_t)(o->type - c->types));
    } else {
        put_shared(w, s, TABLE_INSTANCE_TYPE, o->type);
    }
    put_plain(w, (size_t)(o->offering - o->type->offerings));
}

/* 1 + its place in the world; 0: there is none. */
static void put_place(struct keeper *w, struct slot *s, enum table_name of, const void *item)
{
    const struct world *x = w->world;
    size_t place = 0;

    if (item && of == TABLE_POD)
        place = (size_t)((const struct pod *)item - x->pods) + 1;
    else if (item && of == TABLE_CLAIM)
        place = (size_t)((const struct claim *)item - x->claims) + 1;
    else if (item)
        place = (size_t)((const struct pool *)item - x->pools) + 1;
    put_number(w, s, (int64_t)place);
}

static size_t count_at(const void *item, const struct row *r)
{
    size_t n;

    memcpy(&n, (const char *)item + r->count, sizeof(n));
    return n;
}

static void put_member(struct keeper *w, const struct table *t, const struct row *r,
                       const void *item, size_t place)
{
    const void *at = (const char *)item + r->offset;
    struct slot *s = slot_at(&w->slots, t, r, place);
    const void *pointer = NULL;

    if (r->kind >= ROW_LIST && r->kind != ROW_OPTION && r->kind != ROW_LEFT_OUT)
        memcpy(&pointer, at, sizeof(pointer));
    switch (r->kind) {
    case ROW_TEXT:
        put_text(w, s, *(const struct str *)at);
        break;
    case ROW_INT:
        put_number(w, s, *(const int64_t *)at);
        break;
    case ROW_BOOL:
        put_number(w, s, *(const bool *)at);
        break;
    case ROW_ENUM:
        put_number(w, s, *(const int *)at);
        break;
    case ROW_AMOUNTS:
        put_amounts(w, s, at);
        break;
    case ROW_NAMES:
        put_names(w, at);
        break;
    case ROW_PART:
        put_item(w, r->table, at, place);
        break;
    case ROW_LIST:
    case ROW_SERIES:
        put_number(w, s, (int64_t)count_at(item, r));
        put_items(w, r, pointer, count_at(item, r), place);
        break;
    case ROW_BY_POOL:
        put_items(w, r, pointer, w->world->pool_count, place);
        break;
    case ROW_SHARED:
        put_shared(w, s, r->table, pointer);
        break;
    case ROW_OPTION:
        put_option(w, s, at);
        break;
    case ROW_PLACE:
        put_place(w, s, r->table, pointer);
        break;
    case ROW_LEFT_OUT:
        break;
    }
}

static void put_item(struct keeper *w, enum table_name of, const void *item, size_t place)
{
    const struct table *t = &tables[of];

    for (size_t i = 0; i < t->count; i++) {
        size_t from = buf_str(&w->out).len;
        put_member(w, t, &t->rows[i], item, place);
        if (t->rows[i].passes)
            ARENA_PUSH(w->arena, w->passing, w->passing_count, w->passing_capacity,
                       (struct stretch){from, buf_str(&w->out).len});
    }
}

/* ---- the first line ---- */

enum { FORMAT_VERSION = 1 };

/* Of all members there are, and of how many words their enums have: text with others cannot be
 * read. */
static uint64_t fingerprint(void)
{
    uint64_t sum = 0;

    for (size_t t = 0; t < TABLE_COUNT; t++)
        for (size_t i = 0; i < tables[t].count; i++) {
            const struct row *r = &tables[t].rows[i];
            sum = sum * 31 + str_hash(str_of(tables[t].name));
            sum = sum * 31 + str_hash(str_of(r->name));
            sum = sum * 31 + (uint64_t)r->kind * TABLE_COUNT + r->table;
            sum = sum * 31 + (uint64_t)r->most; /* enums are kept as numbers */
        }
    return sum;
}

struct str kept_head(struct arena *a, struct str body)
{
    return arena_printf(a, "tenon-world %d %016llx " STR_FMT "\n", FORMAT_VERSION,
                        (unsigned long long)fingerprint(),
                        STR_ARG(str_slice(sha256_hex(a, body), 0, 16)));
}

struct keeper *keeper_begin(struct arena *a, const struct world *world)
{
    struct keeper *w = ARENA_NEW(a, struct keeper);

    *w = (struct keeper){.out = buf_in(a), .arena = a, .world = world};
    w->slots.arena = w->texts.arena = a;
    for (size_t i = 0; i < TABLE_COUNT; i++)
        w->shared[i] = (struct seen){.arena = a, .by_address = true};
    put_item(w, TABLE_WORLD, world, 0);
    return w;
}

struct str keeper_end(struct keeper *w, const struct decision *d)
{
    buf_add_char(&w->out, d ? '+' : '-');
    if (d)
        put_item(w, TABLE_DECISION, d, 0);
    struct str body = buf_str(&w->out), head = kept_head(w->arena, body);
    char *text = arena_alloc(w->arena, head.len + body.len + 1);

    memcpy(text, head.ptr, head.len);
    memcpy(text + head.len, body.ptr, body.len);
    return (struct str){text, head.len + body.len};
}

struct str kept_write(struct arena *a, const struct world *w, const struct decision *d)
{
    ARENA_AUTO scratch = {0};

    return arena_str(a, keeper_end(keeper_begin(&scratch, w), d));
}

uint64_t keeper_digest(const struct keeper *w)
{
    struct str body = buf_str(&w->out);
    uint64_t digest = 0;
    size_t from = 0;

    for (size_t i = 0; i <= w->passing_count; i++) {
        size_t to = i < w->passing_count ? w->passing[i].from : body.len;
        digest = digest * 31 + str_hash(str_slice(body, from, to));
        from = i < w->passing_count ? w->passing[i].to : to;
    }
    return digest;
}

/* Behind the first line and the first number, which is the instant. */
static struct str without_instant(struct str text)
{
    str_cut(&text, '\n');
    str_cut(&text, ' ');
    return text;
}

bool kept_is_same(struct str x, struct str y)
{
    return str_eq(without_instant(x), without_instant(y));
}
