#include "engine/loop/fleet_json.h"

void json_member_usd(struct json_writer *w, const char *key, int64_t microusd)
{
    char text[32];
    int len = snprintf(text, sizeof(text), "%lld.%06lld", (long long)(microusd / 1000000),
                       (long long)(microusd % 1000000));

    while (text[len - 1] == '0')
        len--;
    if (text[len - 1] == '.')
        len--;
    json_key(w, str_of(key));
    json_raw(w, (struct str){text, (size_t)len});
}

static void write_allocatable(struct json_writer *w, const struct resource_table *resources,
                              const struct resources *r)
{
    json_key(w, STR("allocatable"));
    json_begin_object(w);
    for (size_t i = 0; i < resources->count; i++)
        if (r->amount[i] && r->amount[i] != INT64_MAX) { /* what has no limit is not listed */
            json_key(w, resources->name[i]);
            json_string(w, resource_amount_text(w->out->arena, i, r->amount[i]));
        }
    json_end_object(w);
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
        json_member(w, "effect", taint_effect_text(c->taints.items[i].effect));
        json_end_object(w);
    }
    json_end_array(w);
}

void json_begin_node(struct json_writer *w, const struct resource_table *resources,
                     const struct claim *c, struct str name, struct str phase)
{
    json_begin_object(w);
    json_member(w, "name", name);
    json_member(w, "instance_type", c->instance_type);
    json_member(w, "zone", c->zone);
    json_member(w, "capacity_type", capacity_type_text(c->capacity_type));
    json_member(w, "pool", c->pool);
    json_member(w, "phase", phase);
    json_member_usd(w, "hourly_usd", c->price_microusd_per_hour);
    write_allocatable(w, resources, &c->allocatable);
    write_labels_and_taints(w, c);
}

void json_waiting(struct json_writer *w, const struct waiting *x)
{
    json_begin_object(w);
    json_member(w, "pod", x->pod->name);
    json_member(w, "reason", str_of(reason_row(x->reason)->code));
    json_member(w, "message", x->message.len ? x->message : str_of(reason_row(x->reason)->meaning));
    json_end_object(w);
}
