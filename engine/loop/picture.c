#include "engine/loop/picture.h"

#include "engine/base/json.h"
#include "engine/core/quantity.h"
#include "engine/loop/act.h"

/* Dollars as a JSON number with up to six digits behind the point. */
static void money(struct arena *a, struct json_writer *w, const char *key, int64_t microusd)
{
    struct str s = arena_printf(a, "%lld.%06lld", (long long)(microusd / 1000000),
                                (long long)(microusd % 1000000));
    while (s.ptr[s.len - 1] == '0')
        s.len--;
    if (s.ptr[s.len - 1] == '.')
        s.len--;
    json_key(w, str_of(key));
    json_raw(w, s);
}

static struct str amount_text(struct arena *a, size_t place, int64_t amount)
{
    if (place == RESOURCE_CPU)
        return quantity_format_milli(a, amount);
    if (place == RESOURCE_MEMORY || place == RESOURCE_EPHEMERAL_STORAGE)
        return quantity_format_bytes(a, amount);
    return arena_printf(a, "%lld", (long long)amount);
}

static void write_allocatable(struct arena *a, struct json_writer *w, const struct state *s,
                              const struct resources *r)
{
    json_key(w, STR("allocatable"));
    json_begin_object(w);
    for (size_t i = 0; i < s->resources.count; i++)
        if (r->amount[i]) {
            json_key(w, s->resources.name[i]);
            json_string(w, amount_text(a, i, r->amount[i]));
        }
    json_end_object(w);
}

static const char *effect_text(enum taint_effect e)
{
    static const char *const texts[] = {
        [EFFECT_NO_SCHEDULE] = "NoSchedule",
        [EFFECT_PREFER_NO_SCHEDULE] = "PreferNoSchedule",
        [EFFECT_NO_EXECUTE] = "NoExecute",
    };
    return texts[e];
}

static void write_labels_and_taints(struct json_writer *w, const struct claim *c)
{
    json_key(w, STR("labels"));
    json_begin_object(w);
    for (size_t i = 0; i < c->labels.count; i++) {
        json_key(w, c->labels.items[i].key);
        json_string(w, c->labels.items[i].value);
    }
    json_end_object(w);
    json_key(w, STR("taints"));
    json_begin_array(w);
    for (size_t i = 0; i < c->taints.count; i++) {
        json_begin_object(w);
        json_member(w, "key", c->taints.items[i].key);
        json_member(w, "value", c->taints.items[i].value);
        json_member(w, "effect", str_of(effect_text(c->taints.items[i].effect)));
        json_end_object(w);
    }
    json_end_array(w);
}

static void write_pods(struct json_writer *w, const struct state *s, struct str claim)
{
    json_key(w, STR("pods"));
    json_begin_array(w);
    for (size_t i = 0; i < s->bindings.count; i++)
        if (str_eq(BINDING_AT(s, i)->claim, claim))
            json_string(w, BINDING_AT(s, i)->pod.key);
    json_end_array(w);
}

static void write_node(struct arena *a, struct json_writer *w, const struct state *s,
                       const struct claim_entry *c)
{
    json_begin_object(w);
    json_member(w, "name", claim_node_name(a, c));
    json_member(w, "claim", c->id.key);
    json_member(w, "instance_id", c->claim.instance_id);
    json_member(w, "instance_type", c->claim.instance_type);
    json_member(w, "zone", c->claim.zone);
    json_member(w, "capacity_type", capacity_type_text(c->claim.capacity_type));
    json_member(w, "pool", c->claim.pool);
    json_member(w, "phase", claim_phase_text(c->claim.phase));
    json_member(w, "reason", c->claim.reason);
    json_member(w, "created", time_format(a, c->claim.created_ms, false));
    money(a, w, "hourly_usd", c->claim.price_microusd_per_hour);
    write_allocatable(a, w, s, &c->claim.allocatable);
    write_labels_and_taints(w, &c->claim);
    write_pods(w, s, c->id.key);
    json_end_object(w);
}

/* What runs costs; what is only recorded does not yet. */
static int64_t cost(const struct state *s, struct str pool, int64_t *nodes)
{
    int64_t sum = 0;
    for (size_t i = 0; i < s->claims.count; i++) {
        const struct claim *c = &CLAIM_AT(s, i)->claim;
        if ((pool.ptr && !str_eq(c->pool, pool)) || c->phase == CLAIM_RECORDED)
            continue;
        sum += c->price_microusd_per_hour;
        if (nodes)
            ++*nodes;
    }
    return sum;
}

static void write_pool(struct arena *a, struct json_writer *w, const struct state *s,
                       const struct pool_entry *p)
{
    int64_t nodes = 0, microusd = cost(s, p->name.key, &nodes);
    struct json document = {0};
    json_begin_object(w);
    json_member(w, "name", p->name.key);
    json_member_int(w, "nodes", nodes);
    money(a, w, "hourly_usd", microusd);
    json_key(w, STR("limits"));
    struct buf limits = buf_in(a);
    bool parsed = p->text.document.len && !json_parse(a, p->text.document, &document);
    if (parsed && json_get(&document, "limits")->kind == JSON_OBJECT)
        json_print(&limits, json_get(&document, "limits"), true);
    json_raw(w, limits.len ? buf_str(&limits) : STR("{}"));
    json_member_bool(w, "converged", p->status.settled);
    json_member_bool(w, "deleting", p->text.deleting);
    json_end_object(w);
}

static void write_waiting(struct json_writer *w, const struct waiting *x)
{
    json_begin_object(w);
    json_member(w, "pod", x->pod->name);
    json_member(w, "reason", str_of(reason_row(x->reason)->code));
    json_member(w, "message", x->message.len ? x->message : str_of(reason_row(x->reason)->meaning));
    json_end_object(w);
}

struct str picture_of(struct arena *a, const struct state *s, const struct decision *d)
{
    struct buf out = buf_in(a);
    struct json_writer w = json_writer_to(&out);
    json_begin_object(&w);
    json_member(&w, "cluster", s->cluster);
    money(a, &w, "hourly_usd", cost(s, (struct str){0}, NULL));
    money(a, &w, "bound_usd", s->bound_microusd_per_hour);
    json_key(&w, STR("pools"));
    json_begin_array(&w);
    for (size_t i = 0; i < s->pools.count; i++)
        write_pool(a, &w, s, POOL_AT(s, i));
    json_end_array(&w);
    json_key(&w, STR("nodes"));
    json_begin_array(&w);
    for (size_t i = 0; i < s->claims.count; i++)
        write_node(a, &w, s, CLAIM_AT(s, i));
    json_end_array(&w);
    json_key(&w, STR("waiting"));
    json_begin_array(&w);
    for (size_t i = 0; i < d->waiting_count; i++)
        write_waiting(&w, &d->waiting[i]);
    json_end_array(&w);
    json_end_object(&w);
    return buf_str(&out);
}
