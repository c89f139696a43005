#include "engine/cli/metrics.h"

#include <stdlib.h>

#include "engine/base/version.h"

static void begin(struct buf *out, const char *name, const char *type, const char *help)
{
    buf_printf(out, "# HELP %s %s\n# TYPE %s %s\n", name, help, name, type);
}

static void add_label_value(struct buf *out, struct str value)
{
    for (size_t i = 0; i < value.len; i++)
        switch (value.ptr[i]) {
        case '\n':
            buf_add(out, STR("\\n"));
            break;
        case '\\':
        case '"':
            buf_add_char(out, '\\');
            buf_add_char(out, value.ptr[i]);
            break;
        default:
            buf_add_char(out, value.ptr[i]);
        }
}

/* {a="x",b="y"} of these members. */
static struct str labels_of(struct arena *a, const struct json *of, const char *const *members)
{
    struct buf out = buf_in(a);

    for (size_t i = 0; members[i]; i++) {
        buf_printf(&out, "%s%s=\"", i ? "," : "{", members[i]);
        add_label_value(&out, json_string_or(json_get(of, members[i]), STR("")));
        buf_add_char(&out, '"');
    }
    buf_add_char(&out, '}');
    return buf_str(&out);
}
#define MEMBERS(...) ((const char *const[]){__VA_ARGS__, NULL})

/* Numbers and truths; what is not known is not said. */
static void add_sample(struct buf *out, const char *name, struct str labels,
                       const struct json *value)
{
    struct str text = value->kind == JSON_NUMBER ? value->text
                      : value->kind == JSON_BOOL ? (value->boolean ? STR("1") : STR("0"))
                                                 : STR("");
    if (text.len)
        buf_printf(out, "%s" STR_FMT " " STR_FMT "\n", name, STR_ARG(labels), STR_ARG(text));
}

static size_t length_of(const struct json *list)
{
    return list->kind == JSON_ARRAY ? list->count : 0;
}

static int by_text(const void *a, const void *b)
{
    return str_cmp(*(const struct str *)a, *(const struct str *)b);
}

/* How many of a list there are of each kind. */
static void add_counts(struct buf *out, const char *name, const struct json *list,
                       const char *const *members)
{
    size_t count = length_of(list);
    struct str *kinds = ARENA_ARRAY(out->arena, struct str, count + 1);

    for (size_t i = 0; i < count; i++)
        kinds[i] = labels_of(out->arena, &list->items[i], members);
    qsort(kinds, count, sizeof(*kinds), by_text);
    for (size_t i = 0, from = 0; i < count; i++) {
        if (i + 1 < count && str_eq(kinds[i], kinds[i + 1]))
            continue;
        buf_printf(out, "%s" STR_FMT " %zu\n", name, STR_ARG(kinds[i]), i + 1 - from);
        from = i + 1;
    }
}

static void print_fleet(struct buf *out, const struct json *picture)
{
    static const struct {
        const char *name, *member, *help;
    } rows[] = {
        {"tenon_fleet_hourly_usd", "hourly_usd", "What all nodes cost, in dollars per hour."},
        {"tenon_fleet_bound_hourly_usd", "bound_usd",
         "What no fleet for the same pods can cost less than."},
    };
    struct str labels = labels_of(out->arena, picture, MEMBERS("cluster"));

    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        begin(out, rows[i].name, "gauge", rows[i].help);
        add_sample(out, rows[i].name, labels, json_get(picture, rows[i].member));
    }
    begin(out, "tenon_facts_stale", "gauge",
          "1: what is known is so old that no node leaves by it.");
    struct json stale = json_new_bool(json_string_or(json_get(picture, "stale"), STR("")).len > 0);
    add_sample(out, "tenon_facts_stale", labels, &stale);
}

static void print_pools(struct buf *out, const struct json *pools)
{
    static const struct {
        const char *name, *member, *help;
    } rows[] = {
        {"tenon_pool_nodes", "nodes", "Nodes of the pool, those on their way among them."},
        {"tenon_pool_hourly_usd", "hourly_usd", "What they cost, in dollars per hour."},
        {"tenon_pool_converged", "converged", "1: all is as the pool says."},
        {"tenon_pool_headroom", "headroom", "Pieces of room that are to be kept free."},
        {"tenon_pool_headroom_ready", "headroom_ready", "Those that are on ready nodes."},
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        begin(out, rows[i].name, "gauge", rows[i].help);
        for (size_t k = 0; k < length_of(pools); k++) {
            const struct json *pool = &pools->items[k];
            const struct json pool_label = *json_get(pool, "name");
            struct json named = json_new_object();
            json_set(out->arena, &named, STR("pool"), pool_label);
            add_sample(out, rows[i].name, labels_of(out->arena, &named, MEMBERS("pool")),
                       json_get(pool, rows[i].member));
        }
    }
}

static void print_notices(struct buf *out, const struct json *notices)
{
    static const char *const kinds[] = {"ours", "not_ours", "other", "broken"};

    begin(out, "tenon_interruption_messages_total", "counter",
          "Messages of the interruption queue, by what they were about.");
    for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++)
        add_sample(out, "tenon_interruption_messages_total",
                   arena_printf(out->arena, "{about=\"%s\"}", kinds[i]),
                   json_get(notices, kinds[i]));
}

void metrics_print(struct buf *out, const struct json *picture)
{
    begin(out, "tenon_build_info", "gauge", "Which version runs.");
    buf_printf(out, "tenon_build_info{version=\"%s\"} 1\n", TENON_VERSION);
    print_fleet(out, picture);
    print_pools(out, json_get(picture, "pools"));
    begin(out, "tenon_nodes", "gauge", "Nodes by what they are.");
    add_counts(out, "tenon_nodes", json_get(picture, "nodes"),
               MEMBERS("pool", "instance_type", "zone", "capacity_type", "phase"));
    begin(out, "tenon_pods_waiting", "gauge", "Pods without a node, by why.");
    add_counts(out, "tenon_pods_waiting", json_get(picture, "waiting"), MEMBERS("reason"));
    print_notices(out, json_get(picture, "notices"));
}
