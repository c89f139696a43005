#include "engine/cli/status_text.h"

#include "engine/cli/table.h"

enum { PODS_NAMED = 2 }; /* in a node's row; the rest is counted */

static struct str text(const struct json *object, const char *key)
{
    return json_string_or(json_get(object, key), (struct str){0});
}

/* A JSON number of dollars with four digits behind the point; "-" where there is none. */
static struct str dollars(struct arena *a, const struct json *object, const char *key)
{
    const struct json *j = json_get(object, key);
    struct str rest = j->text;
    int64_t whole = 0, micro = 0;

    if (j->kind != JSON_NUMBER || !str_to_int64(str_cut(&rest, '.'), &whole))
        return STR("-");
    for (size_t i = 0; i < 6; i++)
        micro = micro * 10 + (i < rest.len ? rest.ptr[i] - '0' : 0);
    return money_text(a, whole * 1000000 + micro, 4);
}

static struct str pods_text(struct arena *a, const struct json *pods)
{
    struct buf out = buf_in(a);

    for (size_t i = 0; i < pods->count && i < PODS_NAMED; i++) {
        buf_add(&out, i ? STR(" ") : (struct str){0});
        buf_add(&out, pods->items[i].text);
    }
    if (pods->count > PODS_NAMED)
        buf_printf(&out, " and %zu more", pods->count - PODS_NAMED);
    return pods->count ? buf_str(&out) : STR("-");
}

/* A run of digits at the front, without leading zeros, so that the longer one is the larger. */
static struct str take_number(struct str *s)
{
    size_t from = 0, to = 0;

    while (to < s->len && char_is_digit(s->ptr[to]))
        to++;
    while (from + 1 < to && s->ptr[from] == '0')
        from++;
    struct str number = str_slice(*s, from, to);
    *s = str_slice(*s, to, s->len);
    return number;
}

/* As people count: pool-2 before pool-10. */
static int name_cmp(struct str x, struct str y)
{
    while (x.len && y.len) {
        if (!char_is_digit(x.ptr[0]) || !char_is_digit(y.ptr[0])) {
            if (x.ptr[0] != y.ptr[0])
                break;
            x = str_slice(x, 1, x.len);
            y = str_slice(y, 1, y.len);
            continue;
        }
        struct str a = take_number(&x), b = take_number(&y);
        if (a.len != b.len)
            return a.len < b.len ? -1 : 1;
        if (!str_eq(a, b))
            return str_cmp(a, b);
    }
    return str_cmp(x, y);
}

static int by_name(const void *x, const void *y)
{
    return name_cmp(text(x, "name"), text(y, "name"));
}

static void print_nodes(struct buf *out, const struct json *unordered)
{
    static const struct table_column columns[] = {
        {"NODE", false},  {"TYPE", false}, {"ZONE", false}, {"CAPACITY", false},
        {"PHASE", false}, {"$/H", true},   {"PODS", false},
    };
    enum { COLUMNS = sizeof(columns) / sizeof(*columns) };
    struct arena *a = out->arena;
    size_t count = unordered->count;
    struct str *cells = ARENA_ARRAY(a, struct str, count * COLUMNS);
    struct json *nodes = ARENA_ARRAY(a, struct json, count);

    memcpy(nodes, unordered->items, count * sizeof(*nodes));
    qsort(nodes, count, sizeof(*nodes), by_name);
    for (size_t i = 0; i < count; i++) {
        const struct json *n = &nodes[i];
        struct str row[COLUMNS] = {
            text(n, "name"),
            text(n, "instance_type"),
            text(n, "zone"),
            text(n, "capacity_type"),
            text(n, "phase"),
            dollars(a, n, "hourly_usd"),
            pods_text(a, json_get(n, "pods")),
        };
        memcpy(cells + i * COLUMNS, row, sizeof(row));
    }
    table_print(out, columns, COLUMNS, cells, count);
}

/* How many pieces are there now of those to be kept. */
static struct str headroom_text(struct arena *a, const struct json *pool)
{
    int64_t wanted = 0, ready = 0;

    str_to_int64(json_get(pool, "headroom")->text, &wanted);
    str_to_int64(json_get(pool, "headroom_ready")->text, &ready);
    return wanted ? arena_printf(a, "%lld of %lld", (long long)ready, (long long)wanted) : STR("-");
}

static void print_pools(struct buf *out, const struct json *pools)
{
    static const struct table_column columns[] = {
        {"POOL", false}, {"NODES", true}, {"$/H", true}, {"HEADROOM", false}, {"CONVERGED", false}};
    enum { COLUMNS = sizeof(columns) / sizeof(*columns) };
    struct arena *a = out->arena;
    struct str *cells = ARENA_ARRAY(a, struct str, pools->count * COLUMNS);

    for (size_t i = 0; i < pools->count; i++) {
        const struct json *p = &pools->items[i];
        struct str row[COLUMNS] = {
            text(p, "name"),
            json_get(p, "nodes")->text,
            dollars(a, p, "hourly_usd"),
            headroom_text(a, p),
            json_bool_or(json_get(p, "converged"), false) ? STR("yes") : STR("no"),
        };
        memcpy(cells + i * COLUMNS, row, sizeof(row));
    }
    table_print(out, columns, COLUMNS, cells, pools->count);
}

static void print_waiting(struct buf *out, const struct json *waiting)
{
    static const struct table_column columns[] = {
        {"WAITING", false}, {"REASON", false}, {"MESSAGE", false}};
    enum { COLUMNS = sizeof(columns) / sizeof(*columns) };
    struct str *cells = ARENA_ARRAY(out->arena, struct str, waiting->count * COLUMNS);

    for (size_t i = 0; i < waiting->count; i++) {
        const struct json *w = &waiting->items[i];
        struct str row[COLUMNS] = {text(w, "pod"), text(w, "reason"), text(w, "message")};
        memcpy(cells + i * COLUMNS, row, sizeof(row));
    }
    table_print(out, columns, COLUMNS, cells, waiting->count);
}

void status_print(struct buf *out, const struct json *status)
{
    const struct json *nodes = json_get(status, "nodes"), *waiting = json_get(status, "waiting");
    const struct json *pools = json_get(status, "pools");
    struct str hourly = dollars(out->arena, status, "hourly_usd");
    struct str bound = dollars(out->arena, status, "bound_usd");
    struct str cluster = text(status, "cluster");
    struct str problem = text(json_get(status, "notices"), "problem");
    struct str stale = text(status, "stale");

    if (nodes->count) {
        print_nodes(out, nodes);
        buf_add_char(out, '\n');
    }
    if (waiting->count) {
        print_waiting(out, waiting);
        buf_add_char(out, '\n');
    }
    if (pools->count) {
        print_pools(out, pools);
        buf_add_char(out, '\n');
    }
    if (problem.len)
        buf_printf(out, "Interruptions are not heard of: " STR_FMT "\n\n", STR_ARG(problem));
    if (stale.len)
        buf_printf(out, "No node leaves that need not: " STR_FMT "\n\n", STR_ARG(stale));
    buf_printf(out, STR_FMT ": %zu nodes, " STR_FMT " $/h (nothing can be below " STR_FMT "), ",
               STR_ARG(cluster), nodes->count, STR_ARG(hourly), STR_ARG(bound));
    buf_printf(out, "%zu pods waiting\n", waiting->count);
}
