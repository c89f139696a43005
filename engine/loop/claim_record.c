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
           str_to_int64(serial, &out->serial) && out->serial > 0 &&
           out->serial <= RECORD_COUNT_MOST;
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

static void write_names(struct json_writer *w, const char *key, const struct str *names,
                        size_t count)
{
    json_key(w, str_of(key));
    json_begin_array(w);
    for (size_t i = 0; i < count; i++)
        json_string(w, names[i]);
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
    json_member_int(&w, "premium_microusd_per_hour", c->claim.premium_microusd_per_hour);
    json_member_bool(&w, "exact", c->exact);
    json_member(&w, "image_id", c->image_id);
    write_amounts(&w, "capacity", s, &c->claim.capacity);
    write_amounts(&w, "allocatable", s, &c->claim.allocatable);
    write_labels(&w, &c->claim.labels);
    write_taints(&w, &c->claim.taints);
    write_choices(&w, c);
    write_names(&w, "planned_pods", c->claim.planned_pods, c->claim.planned_pod_count);
    write_names(&w, "replaces", c->claim.replaces, c->claim.replace_count);
    json_member_int(&w, "created_ms", c->claim.created_ms);
    json_member_int(&w, "changed_ms", c->claim.changed_ms);
    write_instant(&w, "ready_ms", c->claim.ready_ms);
    write_instant(&w, "empty_since_ms", c->claim.empty_since_ms);
    if (c->claim.unoffered_ms)
        json_member_int(&w, "unoffered_ms", c->claim.unoffered_ms);
    json_member_int(&w, "draining_ms", c->claim.draining_ms);
    json_member_bool(&w, "pods_unknown", c->claim.pods_unknown);
    json_member(&w, "hash", c->claim.hash);
    json_member(&w, "reason", c->claim.reason);
    if (c->claim.interruption != INTERRUPTION_NONE) {
        json_member(&w, "interruption", interruption_text(c->claim.interruption));
        write_instant(&w, "leave_by_ms", c->claim.leave_by_ms);
    }
    json_member(&w, "token", c->token);
    json_member(&w, "template", c->template_name);
    json_member(&w, "request", c->request);
    json_end_object(&w);
    return buf_str(&out);
}

/* Reading: what is kept is copied into the claim's arena. */

static struct str copy_text(struct arena *keep, const struct record *r, const char *key)
{
    return arena_str(keep, record_text(r, key));
}

static struct resources read_amounts(struct state *s, const struct record *r, const char *key)
{
    struct record amounts = record_object(r, key);
    struct resources out = {0};
    for (size_t i = 0; i < amounts.body->count; i++) {
        int64_t amount = record_int_at(&amounts, amounts.body, i, RECORD_AMOUNT_MOST);
        size_t at = state_resource(s, amounts.body->keys[i]);
        if (at < RESOURCES_MAX)
            out.amount[at] = amount;
    }
    return out;
}

static void read_labels(struct arena *keep, const struct record *r, struct labels *out)
{
    struct record labels = record_object(r, "labels");
    for (size_t i = 0; i < labels.body->count; i++)
        labels_set(keep, out, arena_str(keep, labels.body->keys[i]),
                   arena_str(keep, record_text_at(&labels, labels.body, i)));
}

static void read_taints(struct arena *keep, const struct record *r, struct taints *out)
{
    const struct json *list = record_list(r, "taints");
    for (size_t i = 0; i < list->count; i++) {
        struct record item = record_item(r, list, i);
        struct taint t = {
            .key = copy_text(keep, &item, "key"),
            .value = copy_text(keep, &item, "value"),
            .effect = (enum taint_effect)record_int(&item, "effect", EFFECT_NO_SCHEDULE,
                                                    EFFECT_NO_EXECUTE, EFFECT_NO_SCHEDULE),
        };
        ARENA_PUSH(keep, out->items, out->count, out->capacity, t);
    }
}

static enum capacity_type read_capacity_type(const struct record *r)
{
    return (enum capacity_type)record_int(r, "capacity_type", CAPACITY_ON_DEMAND, CAPACITY_SPOT,
                                          CAPACITY_ON_DEMAND);
}

static void read_choices(struct claim_entry *c, const struct record *r)
{
    const struct json *list = record_list(r, "choices");
    for (size_t i = 0; i < list->count; i++) {
        struct record item = record_item(r, list, i);
        struct claim_choice x = {
            .instance_type = copy_text(&c->arena, &item, "type"),
            .zone = copy_text(&c->arena, &item, "zone"),
            .capacity_type = read_capacity_type(&item),
        };
        ARENA_PUSH(&c->arena, c->choices, c->choice_count, c->choice_capacity, x);
    }
}

static const struct str *read_names(struct arena *keep, const struct record *r, const char *key,
                                    size_t *count)
{
    const struct json *list = record_list(r, key);
    struct str *names = ARENA_ARRAY(keep, struct str, list->count);
    for (size_t i = 0; i < list->count; i++)
        names[i] = arena_str(keep, record_text_at(r, list, i));
    *count = list->count;
    return names;
}

static int64_t read_date(const struct record *r, const char *key, int64_t absent)
{
    return record_int(r, key, 0, RECORD_DATE_MOST, absent);
}

static void read_claim(struct claim_entry *c, struct state *s, const struct record *r)
{
    struct arena *keep = &c->arena;
    c->node_class = copy_text(keep, r, "class");
    c->token = copy_text(keep, r, "token");
    c->template_name = copy_text(keep, r, "template");
    c->request = copy_text(&c->launch_arena, r, "request");
    c->image_id = copy_text(keep, r, "image_id");
    c->exact = record_bool(r, "exact", false);
    c->claim.phase =
        (enum claim_phase)record_int(r, "phase", CLAIM_RECORDED, CLAIM_TERMINATING, CLAIM_RECORDED);
    state_set_instance(s, c, record_text(r, "instance_id"));
    c->claim.instance_type = copy_text(keep, r, "instance_type");
    c->claim.zone = copy_text(keep, r, "zone");
    c->claim.capacity_type = read_capacity_type(r);
    c->claim.price_microusd_per_hour =
        record_int(r, "price_microusd_per_hour", 0, RECORD_COUNT_MOST, 0);
    c->claim.premium_microusd_per_hour =
        record_int(r, "premium_microusd_per_hour", 0, RECORD_COUNT_MOST, 0);
    c->claim.capacity = read_amounts(s, r, "capacity");
    c->claim.allocatable = read_amounts(s, r, "allocatable");
    read_labels(keep, r, &c->claim.labels);
    read_taints(keep, r, &c->claim.taints);
    read_choices(c, r);
    c->claim.planned_pods = read_names(keep, r, "planned_pods", &c->claim.planned_pod_count);
    c->claim.replaces = read_names(keep, r, "replaces", &c->claim.replace_count);
    c->claim.created_ms = read_date(r, "created_ms", 0);
    c->claim.changed_ms = read_date(r, "changed_ms", 0);
    c->claim.ready_ms = read_date(r, "ready_ms", NEVER_MS);
    c->claim.empty_since_ms = read_date(r, "empty_since_ms", NEVER_MS);
    c->claim.unoffered_ms = read_date(r, "unoffered_ms", 0);
    c->claim.draining_ms = read_date(r, "draining_ms", 0);
    c->claim.pods_unknown = record_bool(r, "pods_unknown", false);
    c->claim.hash = copy_text(keep, r, "hash");
    c->claim.reason = copy_text(keep, r, "reason");
    /* A word of another year is as good as none: what it announces is announced again, or comes. */
    if (interruption_parse(record_text(r, "interruption"), &c->claim.interruption))
        c->claim.leave_by_ms = read_date(r, "leave_by_ms", NEVER_MS);
}

/* A phase is not guessed, and without an instance there is only a launch to be repeated. */
static bool makes_sense(const struct claim_entry *c, const struct record *r)
{
    bool launched = c->claim.phase != CLAIM_RECORDED;
    return json_get(r->body, "phase")->kind == JSON_NUMBER &&
           (launched ? c->claim.instance_id.len : c->request.len) > 0;
}

struct error *claim_record_read(struct arena *a, struct state *s, struct str id,
                                const struct record *r)
{
    struct claim_id who;
    if (!claim_id_parse(id, &who))
        return error_new(a, ERROR_INVALID, "claim " STR_FMT " has no such name", STR_ARG(id));
    struct claim_entry *c = state_add_claim(s, id);
    claim_id_parse(c->id.key, &who);
    c->serial = who.serial;
    c->uid = who.uid;
    c->claim.pool = who.pool;
    read_claim(c, s, r);
    struct error *e = *r->wrong;
    if (!e && !makes_sense(c, r))
        e = error_new(a, ERROR_INVALID, "it has neither an instance nor a request to repeat");
    if (e)
        state_drop_claim(s, c);
    return e;
}
