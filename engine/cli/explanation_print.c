#include "engine/cli/explanation.h"

#include "engine/cli/table.h"
#include "engine/loop/fleet_json.h"

enum { ALTERNATIVES_SHOWN = 6 };

/* ---- JSON ---- */

static void write_option(struct json_writer *w, const struct launch_option *o)
{
    json_begin_object(w);
    json_member(w, "instance_type", o->type->name);
    json_member(w, "zone", o->offering->zone);
    json_member(w, "capacity_type", capacity_type_text(o->offering->capacity_type));
    json_member_usd(w, "hourly_usd", o->offering->price_microusd_per_hour);
    json_end_object(w);
}

static void write_place(struct json_writer *w, const struct explanation *e)
{
    ARENA_AUTO scratch = {0};
    struct claim c = planned_claim(&scratch, e->node);

    json_key(w, STR("node"));
    json_begin_node(w, e->fleet->world->resources, &c, c.id, STR("planned"));
    json_key(w, STR("pods"));
    json_begin_array(w);
    for (size_t i = 0; i < e->node->pod_count; i++)
        json_string(w, e->node->pods[i]->name);
    json_end_array(w);
    json_end_object(w);
    json_key(w, STR("alternatives"));
    json_begin_array(w);
    for (size_t i = 1; i < e->node->launch->option_count; i++)
        write_option(w, &e->node->launch->options[i]);
    json_end_array(w);
}

static void write_why(struct json_writer *w, const struct waiting *why)
{
    json_member(w, "reason", str_of(reason_row(why->reason)->code));
    json_member(w, "message",
                why->message.len ? why->message : str_of(reason_row(why->reason)->meaning));
}

static void write_recorded(struct json_writer *w, const struct explanation *e)
{
    struct buf node = buf_in(w->out->arena);

    if (e->recorded_node) {
        json_print(&node, e->recorded_node, false);
        json_key(w, STR("node"));
        json_raw(w, buf_str(&node));
    }
    if (e->recorded_waiting) {
        json_member(w, "reason", json_get(e->recorded_waiting, "reason")->text);
        json_member(w, "message", json_get(e->recorded_waiting, "message")->text);
    }
}

static void write_answer(struct json_writer *w, const struct pool_answer *x)
{
    json_begin_object(w);
    json_member(w, "pool", x->pool->name);
    json_member_int(w, "weight", x->pool->weight);
    json_member_bool(w, "takes", x->takes);
    if (x->takes) {
        json_key(w, STR("cheapest"));
        write_option(w, &x->option);
    } else {
        json_member(w, "reason", str_of(reason_row(x->reason)->code));
        json_member(w, "message", x->message);
    }
    json_end_object(w);
}

static void write_without(struct json_writer *w, const struct explanation *e,
                          const struct without *x)
{
    json_begin_object(w);
    json_member(w, "constraint", x->constraint);
    json_member_usd(w, "hourly_usd", x->microusd_per_hour);
    json_member_int(w, "pods_placed", (int64_t)x->placed_count);
    if (!e->node)
        json_member_bool(w, "places", x->places);
    json_end_object(w);
}

void explanation_json(struct buf *out, const struct explanation *e)
{
    struct json_writer w = json_writer_to(out);

    json_begin_object(&w);
    json_member(&w, "pod", e->pod->name);
    if (e->of_store)
        write_recorded(&w, e);
    else if (e->node)
        write_place(&w, e);
    else if (e->why)
        write_why(&w, e->why);
    json_key(&w, STR("pools"));
    json_begin_array(&w);
    for (size_t i = 0; i < e->fleet->world->pool_count; i++)
        write_answer(&w, &e->pools[i]);
    json_end_array(&w);
    json_member_usd(&w, "hourly_usd", e->fleet->microusd_per_hour);
    json_member_int(&w, "pods_placed", (int64_t)e->fleet->placed_count);
    json_key(&w, STR("without"));
    json_begin_array(&w);
    for (size_t i = 0; i < e->without_count; i++)
        write_without(&w, e, &e->without[i]);
    json_end_array(&w);
    json_end_object(&w);
    buf_add_char(out, '\n');
}

/* ---- for people ---- */

static struct str option_text(struct arena *a, const struct launch_option *o)
{
    return arena_printf(a, STR_FMT " in " STR_FMT ", " STR_FMT ", " STR_FMT " $/h",
                        STR_ARG(o->type->name), STR_ARG(o->offering->zone),
                        STR_ARG(capacity_type_text(o->offering->capacity_type)),
                        STR_ARG(money_text(a, o->offering->price_microusd_per_hour, 4)));
}

static void print_place(struct buf *out, const struct explanation *e)
{
    const struct action *launch = e->node->launch;
    struct arena *a = out->arena;
    size_t others = e->node->pod_count - 1;

    buf_printf(out, STR_FMT " is on " STR_FMT ", a node of pool " STR_FMT ": " STR_FMT "\n",
               STR_ARG(e->pod->name), STR_ARG(planned_name(a, e->node)),
               STR_ARG(launch->pool->name), STR_ARG(option_text(a, planned_option(e->node))));
    if (others)
        buf_printf(out, "It shares it with %zu other pod%s.\n", others, others == 1 ? "" : "s");
    if (launch->option_count > 1)
        buf_add(out, STR("For these pods the node could as well be:\n"));
    for (size_t i = 1; i < launch->option_count && i <= ALTERNATIVES_SHOWN; i++)
        buf_printf(out, "  " STR_FMT "\n", STR_ARG(option_text(a, &launch->options[i])));
    if (launch->option_count > ALTERNATIVES_SHOWN + 1)
        buf_printf(out, "  and %zu more\n", launch->option_count - ALTERNATIVES_SHOWN - 1);
}

static void print_why(struct buf *out, const struct explanation *e)
{
    const struct reason_row *row = reason_row(e->why->reason);

    buf_printf(out, STR_FMT " has no place: %s, %s\n", STR_ARG(e->pod->name), row->code,
               row->meaning);
    if (e->why->message.len)
        buf_printf(out, "  " STR_FMT "\n", STR_ARG(e->why->message));
}

static void print_recorded(struct buf *out, const struct explanation *e)
{
    const struct json *n = e->recorded_node, *x = e->recorded_waiting;

    if (n)
        buf_printf(out,
                   STR_FMT " is on " STR_FMT ", a node of pool " STR_FMT ": " STR_FMT " in " STR_FMT
                           ", " STR_FMT ", " STR_FMT " $/h, " STR_FMT "\n",
                   STR_ARG(e->pod->name), STR_ARG(json_get(n, "name")->text),
                   STR_ARG(json_get(n, "pool")->text), STR_ARG(json_get(n, "instance_type")->text),
                   STR_ARG(json_get(n, "zone")->text), STR_ARG(json_get(n, "capacity_type")->text),
                   STR_ARG(json_get(n, "hourly_usd")->text), STR_ARG(json_get(n, "phase")->text));
    if (x)
        buf_printf(out, STR_FMT " waits: " STR_FMT "\n  " STR_FMT "\n", STR_ARG(e->pod->name),
                   STR_ARG(json_get(x, "reason")->text), STR_ARG(json_get(x, "message")->text));
    if (!n && !x)
        buf_printf(out, STR_FMT ": the engine has not seen it yet\n", STR_ARG(e->pod->name));
    buf_printf(out,
               "\nOf a fleet made from nothing, with the pods, types and prices that the engine "
               "saw " STR_FMT " ago:\n",
               STR_ARG(e->seen_ago));
}

static void print_pools(struct buf *out, const struct explanation *e)
{
    static const struct table_column columns[] = {
        {"POOL", false}, {"WEIGHT", true}, {"ANSWER", false}, {"WHAT IT SAYS", false}};
    enum { COLUMNS = sizeof(columns) / sizeof(*columns) };
    struct arena *a = out->arena;
    size_t count = e->fleet->world->pool_count;
    struct str *cells = ARENA_ARRAY(a, struct str, count * COLUMNS);

    for (size_t i = 0; i < count; i++) {
        const struct pool_answer *x = &e->pools[i];
        struct str row[COLUMNS] = {
            x->pool->name,
            arena_printf(a, "%lld", (long long)x->pool->weight),
            x->takes                   ? STR("takes it")
            : x->reason == REASON_NONE ? STR("-")
                                       : str_of(reason_row(x->reason)->code),
            x->takes
                ? arena_printf(a, "alone at best " STR_FMT, STR_ARG(option_text(a, &x->option)))
                : x->message,
        };
        memcpy(cells + i * COLUMNS, row, sizeof(row));
    }
    if (count) {
        buf_add_char(out, '\n');
        table_print(out, columns, COLUMNS, cells, count);
    }
}

/* "3.1000 $/h less" */
static struct str change_text(struct arena *a, const struct explanation *e, const struct without *x)
{
    int64_t more = x->microusd_per_hour - e->fleet->microusd_per_hour;
    int64_t placed = (int64_t)x->placed_count - (int64_t)e->fleet->placed_count;
    struct str money = more == 0 ? STR("costs the same")
                                 : arena_printf(a, STR_FMT " $/h %s",
                                                STR_ARG(money_text(a, more < 0 ? -more : more, 4)),
                                                more < 0 ? "less" : "more");

    if (placed == 0)
        return money;
    return arena_printf(a, STR_FMT ", %lld pod%s %s placed%s", STR_ARG(money),
                        (long long)(placed < 0 ? -placed : placed),
                        placed == 1 || placed == -1 ? "" : "s", placed < 0 ? "fewer" : "more",
                        x->places ? ", this one too" : "");
}

static void print_without(struct buf *out, const struct explanation *e)
{
    static const struct table_column columns[] = {
        {"WITHOUT", false}, {"$/H", true}, {"THE WHOLE FLEET", false}};
    enum { COLUMNS = sizeof(columns) / sizeof(*columns) };
    struct arena *a = out->arena;
    struct str *cells = ARENA_ARRAY(a, struct str, e->without_count * COLUMNS);

    for (size_t i = 0; i < e->without_count; i++) {
        const struct without *x = &e->without[i];
        struct str row[COLUMNS] = {x->constraint, money_text(a, x->microusd_per_hour, 4),
                                   change_text(a, e, x)};
        memcpy(cells + i * COLUMNS, row, sizeof(row));
    }
    if (e->without_count) {
        buf_add_char(out, '\n');
        table_print(out, columns, COLUMNS, cells, e->without_count);
    }
}

void explanation_table(struct buf *out, const struct explanation *e)
{
    if (e->of_store)
        print_recorded(out, e);
    if (e->node)
        print_place(out, e);
    else if (e->why)
        print_why(out, e);
    print_pools(out, e);
    print_without(out, e);
}
