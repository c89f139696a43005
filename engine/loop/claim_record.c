#include "engine/loop/claim_record.h"

#include "engine/base/digest.h"
#include "engine/base/json.h"

/* What follows the last slash, which is taken off; all of a text without one. */
static struct str cut_last(struct str *rest)
{
    size_t end = rest->len;
    while (end && rest->ptr[end - 1] != '/')
        end--;
    struct str last = str_slice(*rest, end, rest->len);
    *rest = str_slice(*rest, 0, end ? end - 1 : 0);
    return last;
}

/* From the end, because a cluster may have slashes in its name, and nothing else has. */
bool claim_id_parse(struct str text, struct claim_id *out)
{
    struct str rest = text, serial = cut_last(&rest);
    *out = (struct claim_id){0};
    out->uid = cut_last(&rest);
    out->pool = cut_last(&rest);
    out->cluster = rest;
    return out->cluster.len && out->pool.len && out->uid.len &&
           str_to_int64(serial, &out->serial) && out->serial > 0;
}

struct str claim_id_text(struct arena *a, const struct claim_id *id)
{
    return arena_printf(a, STR_FMT "/" STR_FMT "/" STR_FMT "/%lld", STR_ARG(id->cluster),
                        STR_ARG(id->pool), STR_ARG(id->uid), (long long)id->serial);
}

struct str claim_token(struct arena *a, struct str id)
{
    return str_slice(sha256_hex(a, id), 0, 32);
}

static void write_amounts(struct json_writer *w, const char *key, const struct state *s,
                          const struct resources *r)
{
    json_key(w, str_of(key));
    json_begin_object(w);
    for (size_t i = 0; i < s->resources.count; i++)
        if (r->amount[i]) {
            json_key(w, s->resources.name[i]);
            json_int(w, r->amount[i]);
        }
    json_end_object(w);
}

static void write_labels(struct json_writer *w, const struct labels *l)
{
    json_key(w, STR("labels"));
    json_begin_object(w);
    for (size_t i = 0; i < l->count; i++) {
        json_key(w, l->items[i].key);
        json_string(w, l->items[i].value);
    }
    json_end_object(w);
}

static void write_taints(struct json_writer *w, const struct taints *t)
{
    json_key(w, STR("taints"));
    json_begin_array(w);
    for (size_t i = 0; i < t->count; i++) {
        json_begin_object(w);
        json_member(w, "key", t->items[i].key);
        json_member(w, "value", t->items[i].value);
        json_member_int(w, "effect", t->items[i].effect);
        json_end_object(w);
    }
    json_end_array(w);
}

static void write_choices(struct json_writer *w, const struct claim_entry *c)
{
    json_key(w, STR("choices"));
    json_begin_array(w);
    for (size_t i = 0; i < c->choice_count; i++) {
        json_begin_object(w);
        json_member(w, "type", c->choices[i].instance_type);
        json_member(w, "zone", c->choices[i].zone);
        json_member_int(w, "capacity_type", c->choices[i].capacity_type);
        json_end_object(w);
    }
    json_end_array(w);
}

static void write_planned(struct json_writer *w, const struct claim *c)
{
    json_key(w, STR("planned_pods"));
    json_begin_array(w);
    for (size_t i = 0; i < c->planned_pod_count; i++)
        json_string(w, c->planned_pods[i]);
    json_end_array(w);
}

static void write_instant(struct json_writer *w, const char *key, int64_t instant_ms)
{
    if (instant_ms != NEVER_MS)
        json_member_int(w, key, instant_ms);
}

struct str claim_record_write(struct arena *a, const struct state *s, const struct claim_entry *c)
{
    struct buf out = buf_in(a);
    struct json_writer w = json_writer_to(&out);

    json_begin_object(&w);
    json_member(&w, "class", c->node_class);
    json_member_int(&w, "phase", c->claim.phase);
    json_member(&w, "instance_id", c->claim.instance_id);
    json_member(&w, "instance_type", c->claim.instance_type);
    json_member(&w, "zone", c->claim.zone);
    json_member_int(&w, "capacity_type", c->claim.capacity_type);
    json_member_int(&w, "price_microusd_per_hour", c->claim.price_microusd_per_hour);
    json_member_bool(&w, "exact", c->exact);
    json_member(&w, "image_id", c->image_id);
    write_amounts(&w, "capacity", s, &c->claim.capacity);
    write_amounts(&w, "allocatable", s, &c->claim.allocatable);
    write_labels(&w, &c->claim.labels);
    write_taints(&w, &c->claim.taints);
    write_choices(&w, c);
    write_planned(&w, &c->claim);
    json_member_int(&w, "created_ms", c->claim.created_ms);
    write_instant(&w, "ready_ms", c->claim.ready_ms);
    write_instant(&w, "empty_since_ms", c->claim.empty_since_ms);
    json_member_bool(&w, "pods_unknown", c->claim.pods_unknown);
    json_member(&w, "hash", c->claim.hash);
    json_member(&w, "reason", c->claim.reason);
    json_member(&w, "token", c->token);
    json_member(&w, "template", c->template_name);
    json_member(&w, "request", c->request);
    json_end_object(&w);
    return buf_str(&out);
}

static struct str copy_text(struct arena *keep, const struct json *body, const char *key)
{
    return arena_str(keep, json_string_or(json_get(body, key), (struct str){0}));
}

static int64_t number(const struct json *body, const char *key, int64_t otherwise)
{
    int64_t n = otherwise;
    return json_to_int64(json_get(body, key), &n) ? n : otherwise;
}

static struct resources read_amounts(struct state *s, const struct json *object)
{
    struct resources r = {0};
    for (size_t i = 0; object->kind == JSON_OBJECT && i < object->count; i++) {
        size_t at = state_resource(s, object->keys[i]);
        if (at < RESOURCES_MAX && !json_to_int64(&object->items[i], &r.amount[at]))
            r.amount[at] = 0;
    }
    return r;
}

static void read_labels(struct arena *keep, const struct json *object, struct labels *out)
{
    for (size_t i = 0; object->kind == JSON_OBJECT && i < object->count; i++)
        labels_set(keep, out, arena_str(keep, object->keys[i]),
                   arena_str(keep, json_string_or(&object->items[i], STR(""))));
}

static void read_taints(struct arena *keep, const struct json *list, struct taints *out)
{
    for (size_t i = 0; list->kind == JSON_ARRAY && i < list->count; i++) {
        struct taint t = {
            .key = copy_text(keep, &list->items[i], "key"),
            .value = copy_text(keep, &list->items[i], "value"),
            .effect = (enum taint_effect)number(&list->items[i], "effect", EFFECT_NO_SCHEDULE),
        };
        ARENA_PUSH(keep, out->items, out->count, out->capacity, t);
    }
}

static void read_choices(struct claim_entry *c, const struct json *list)
{
    for (size_t i = 0; list->kind == JSON_ARRAY && i < list->count; i++) {
        struct claim_choice x = {
            .instance_type = copy_text(&c->arena, &list->items[i], "type"),
            .zone = copy_text(&c->arena, &list->items[i], "zone"),
            .capacity_type = (enum capacity_type)number(&list->items[i], "capacity_type", 0),
        };
        ARENA_PUSH(&c->arena, c->choices, c->choice_count, c->choice_capacity, x);
    }
}

static void read_planned(struct claim_entry *c, const struct json *list)
{
    if (list->kind != JSON_ARRAY)
        return;
    struct str *names = ARENA_ARRAY(&c->arena, struct str, list->count);
    for (size_t i = 0; i < list->count; i++)
        names[i] = arena_str(&c->arena, json_string_or(&list->items[i], STR("")));
    c->claim.planned_pods = names;
    c->claim.planned_pod_count = list->count;
}

struct error *claim_record_read(struct arena *a, struct state *s, struct str id, struct str body)
{
    struct json j;
    struct claim_id who;
    TRY(json_parse(a, body, &j));
    int64_t phase = number(&j, "phase", -1);
    if (!claim_id_parse(id, &who) || phase < CLAIM_RECORDED || phase > CLAIM_TERMINATING)
        return error_new(a, ERROR_INVALID, "the record of claim " STR_FMT " is damaged",
                         STR_ARG(id));

    struct claim_entry *c = state_add_claim(s, id);
    struct arena *keep = &c->arena;
    claim_id_parse(c->id.key, &who);
    c->serial = who.serial;
    c->uid = who.uid;
    c->node_class = copy_text(keep, &j, "class");
    c->token = copy_text(keep, &j, "token");
    c->template_name = copy_text(keep, &j, "template");
    c->request = copy_text(&c->launch_arena, &j, "request");
    c->image_id = copy_text(keep, &j, "image_id");
    c->exact = json_bool_or(json_get(&j, "exact"), false);
    c->claim.pool = who.pool;
    c->claim.phase = (enum claim_phase)phase;
    c->claim.instance_id = copy_text(keep, &j, "instance_id");
    c->claim.instance_type = copy_text(keep, &j, "instance_type");
    c->claim.zone = copy_text(keep, &j, "zone");
    c->claim.capacity_type = (enum capacity_type)number(&j, "capacity_type", CAPACITY_ON_DEMAND);
    c->claim.price_microusd_per_hour = number(&j, "price_microusd_per_hour", 0);
    c->claim.capacity = read_amounts(s, json_get(&j, "capacity"));
    c->claim.allocatable = read_amounts(s, json_get(&j, "allocatable"));
    read_labels(keep, json_get(&j, "labels"), &c->claim.labels);
    read_taints(keep, json_get(&j, "taints"), &c->claim.taints);
    read_choices(c, json_get(&j, "choices"));
    read_planned(c, json_get(&j, "planned_pods"));
    c->claim.created_ms = number(&j, "created_ms", 0);
    c->claim.ready_ms = number(&j, "ready_ms", NEVER_MS);
    c->claim.empty_since_ms = number(&j, "empty_since_ms", NEVER_MS);
    c->claim.pods_unknown = json_bool_or(json_get(&j, "pods_unknown"), false);
    c->claim.hash = copy_text(keep, &j, "hash");
    c->claim.reason = copy_text(keep, &j, "reason");
    return NULL;
}
