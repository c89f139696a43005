#include "engine/loop/state.h"

#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include "engine/base/memory.h"
#include "engine/loop/homes.h"
#include "engine/loop/learning.h"

static void *block_new(size_t size)
{
    void *p = must_have(calloc(1, size));
    return p;
}

void state_init(struct state *s, struct str cluster)
{
    *s = (struct state){
        .cluster = cluster,
        .resources = resource_table_new(),
        .batch_first_ms = NEVER_MS,
        .decide_ms = NEVER_MS,
    };
}

static void claim_free(struct claim_entry *c)
{
    arena_free(&c->launch_arena);
    arena_free(&c->arena);
    free(c);
}

struct claim_entry *state_claim(const struct state *s, struct str id)
{
    return map_find(&s->claims, id);
}

struct claim_entry *state_add_claim(struct state *s, struct str id)
{
    struct claim_entry *c = block_new(sizeof(*c));
    c->id.key = arena_str(&c->arena, id);
    c->claim = (struct claim){.id = c->id.key, .ready_ms = NEVER_MS, .empty_since_ms = NEVER_MS};
    map_add(&s->claims, &c->id);
    s->claims_came = true;
    return c;
}

void state_end_claim(struct state *s, struct claim_entry *c)
{
    for (size_t i = s->bindings.count; i-- > 0;)
        if (str_eq(BINDING_AT(s, i)->claim, c->id.key))
            state_unbind(s, BINDING_AT(s, i)->pod.key);
    state_delete_record(s, STR("claim"), c->id.key);
    state_drop_claim(s, c);
}

static void forget_instance(struct state *s, struct claim_entry *c)
{
    if (map_find(&s->by_instance, c->instance.key) == &c->instance)
        map_remove(&s->by_instance, c->instance.key);
}

/* Of two records that name one instance the first has it. */
void state_set_instance(struct state *s, struct claim_entry *c, struct str id)
{
    forget_instance(s, c);
    c->claim.instance_id = c->instance.key = arena_str(&c->arena, id);
    if (id.len && !map_find(&s->by_instance, id))
        map_add(&s->by_instance, &c->instance);
    s->nodes_doubted = true;
}

struct claim_entry *state_claim_of_instance(const struct state *s, struct str id)
{
    char *found = map_find(&s->by_instance, id);
    return found ? (struct claim_entry *)(void *)(found - offsetof(struct claim_entry, instance))
                 : NULL;
}

void state_drop_claim(struct state *s, struct claim_entry *c)
{
    forget_instance(s, c);
    map_remove(&s->claims, c->id.key);
    homes_lose_claim(s, c);
    claim_free(c);
}

void claim_set_phase(struct claim_entry *c, enum claim_phase phase, int64_t now_ms)
{
    if (c->claim.phase == phase)
        return;
    c->claim.phase = phase;
    c->since_ms = now_ms;
    c->retry_ms = 0;
    c->attempts = 0;
    c->dirty = true;
}

void claim_set_label(struct claim_entry *c, struct str key, struct str value)
{
    labels_set(&c->arena, &c->claim.labels, arena_str(&c->arena, key), arena_str(&c->arena, value));
}

const struct instance_type *catalog_type(const struct catalog *catalog, struct str name)
{
    for (size_t i = 0; i < catalog->count; i++)
        if (str_eq(catalog->types[i].name, name))
            return &catalog->types[i];
    return NULL;
}

bool state_put_spec(struct spec_text *t, const struct spec_text *from)
{
    bool same = t->generation == from->generation && t->deleting == from->deleting &&
                t->drain_by_ms == from->drain_by_ms && str_eq(t->uid, from->uid) &&
                str_eq(t->document, from->document);
    if (same && t->uid.ptr)
        return false;
    arena_free(&t->arena);
    *t = (struct spec_text){.generation = from->generation,
                            .deleting = from->deleting,
                            .drain_by_ms = from->drain_by_ms};
    t->uid = arena_str(&t->arena, from->uid);
    t->document = arena_str(&t->arena, from->document);
    t->content = spec_content(&t->arena, t->document);
    return true;
}

struct pool_entry *state_pool(const struct state *s, struct str name)
{
    return map_find(&s->pools, name);
}

struct class_entry *state_class(const struct state *s, struct str name)
{
    return map_find(&s->classes, name);
}

bool claim_may_launch(const struct state *s, const struct claim_entry *c)
{
    const struct pool_entry *p = state_pool(s, c->claim.pool);
    return p && !p->text.deleting;
}

bool class_means_image(const struct class_entry *c, struct str image_id)
{
    if (!c || !c->answer || !c->current || !c->answer->image_count || !image_id.len)
        return true;
    for (size_t i = 0; i < c->answer->image_count; i++)
        if (str_eq(c->answer->images[i], image_id))
            return true;
    return false;
}

/* An entry and its key in one block. */
static struct keyed *keyed_new(size_t size, struct str key)
{
    char *p = block_new(size + key.len + 1);
    memcpy(p + size, key.ptr, key.len);
    struct keyed *entry = (struct keyed *)(void *)p;
    entry->key = (struct str){p + size, key.len};
    return entry;
}

struct pool_entry *state_add_pool(struct state *s, struct str name)
{
    struct keyed *k = keyed_new(sizeof(struct pool_entry), name);
    map_add(&s->pools, k);
    s->nodes_doubted = true;
    return (struct pool_entry *)k;
}

struct class_entry *state_add_class(struct state *s, struct str name)
{
    struct keyed *k = keyed_new(sizeof(struct class_entry), name);
    map_add(&s->classes, k);
    return (struct class_entry *)k;
}

static void pool_free(struct pool_entry *p)
{
    arena_free(&p->failed.arena);
    arena_free(&p->text.arena);
    free((char *)p->status.written.ptr);
    free(p);
}

static void class_free(struct class_entry *c)
{
    arena_free(&c->text.arena);
    free((char *)c->status.written.ptr);
    event_free(c->answer);
    learning_forget(c);
    free(c);
}

void state_remove_pool(struct state *s, struct pool_entry *p)
{
    map_remove(&s->pools, p->name.key);
    s->nodes_doubted = true;
    pool_free(p);
}

void state_remove_class(struct state *s, struct class_entry *c)
{
    map_remove(&s->classes, c->name.key);
    class_free(c);
}

bool state_knows_cluster(const struct state *s)
{
    return s->told == WORKLOAD_ALL;
}

struct str state_binding(const struct state *s, struct str pod)
{
    const struct binding_entry *b = map_find(&s->bindings, pod);
    return b ? b->claim : (struct str){0};
}

static void set_binding(struct state *s, struct str pod, struct binding_entry *b)
{
    struct pod_entry *e = pods_find(&s->pods, pod);

    if (!e)
        return;
    e->binding = b;
    pod_settle(s, e);
}

void state_bind(struct state *s, struct str pod, struct str claim, struct str spec, bool dirty)
{
    free(map_remove(&s->bindings, pod));
    struct binding_entry *b = block_new(sizeof(*b) + pod.len + claim.len + spec.len);
    memcpy(b->bytes, pod.ptr, pod.len);
    memcpy(b->bytes + pod.len, claim.ptr, claim.len);
    memcpy(b->bytes + pod.len + claim.len, spec.ptr, spec.len);
    b->pod.key = (struct str){b->bytes, pod.len};
    b->claim = (struct str){b->bytes + pod.len, claim.len};
    b->spec = (struct str){b->bytes + pod.len + claim.len, spec.len};
    b->dirty = dirty;
    map_add(&s->bindings, &b->pod);
    set_binding(s, b->pod.key, b);
}

void state_unbind(struct state *s, struct str pod)
{
    state_delete_record(s, STR("binding"), pod);
    struct binding_entry *b = map_remove(&s->bindings, pod);
    if (b)
        set_binding(s, b->pod.key, NULL);
    free(b);
}

void state_changed(struct state *s, int64_t now_ms)
{
    if (s->batch_first_ms == NEVER_MS)
        s->batch_first_ms = now_ms;
    s->batch_last_ms = now_ms;
}

void state_decide_at(struct state *s, int64_t at_ms)
{
    if (at_ms < s->decide_ms)
        s->decide_ms = at_ms;
}

void state_decide_now(struct state *s, int64_t now_ms)
{
    s->batch_first_ms = s->batch_last_ms = NEVER_MS;
    state_decide_at(s, now_ms);
}

void state_list_soon(struct state *s, int64_t now_ms)
{
    s->list_pause_ms = 0;
    if (s->list_ms > now_ms)
        s->list_ms = now_ms;
}

int64_t backoff_ms(unsigned attempts, int64_t most_ms)
{
    int64_t pause = (int64_t)1000 << (attempts < 10 ? attempts : 10);
    return pause < most_ms ? pause : most_ms;
}

void keep_problem(char *into, size_t size, const struct error *e)
{
    snprintf(into, size, STR_FMT "%s" STR_FMT, STR_ARG(e->summary), e->detail.len ? ": " : "",
             STR_ARG(e->detail));
}

void state_add_extra(struct state *s, struct str instance, struct str claim)
{
    if (map_find(&s->extras, instance))
        return;
    struct extra *x = block_new(sizeof(*x) + instance.len + claim.len);
    memcpy(x->bytes, instance.ptr, instance.len);
    memcpy(x->bytes + instance.len, claim.ptr, claim.len);
    x->instance.key = (struct str){x->bytes, instance.len};
    x->claim = (struct str){x->bytes + instance.len, claim.len};
    map_add(&s->extras, &x->instance);
}

void state_write_record(struct state *s, struct str kind, struct str key, struct str body)
{
    struct arena *a = &s->outbox_arena;
    struct store_record r = {.kind = arena_str(a, kind), .key = arena_str(a, key)};
    if (body.ptr)
        r.body = arena_str(a, body);
    ARENA_PUSH(a, s->outbox, s->outbox_count, s->outbox_capacity, r);
}

void state_delete_record(struct state *s, struct str kind, struct str key)
{
    state_write_record(s, kind, key, (struct str){0});
}

void state_write_changed(struct state *s, struct str kind, struct str key, struct str body,
                         struct str *last)
{
    if (last->ptr && str_eq(*last, body))
        return;
    state_write_record(s, kind, key, body);
    free((char *)last->ptr);
    char *copy = block_new(body.len + 1);
    memcpy(copy, body.ptr, body.len);
    *last = (struct str){copy, body.len};
}

size_t state_resource(struct state *s, struct str name)
{
    size_t at = resource_table_find(&s->resources, name);
    return at < RESOURCES_MAX ? at : resource_table_add(&s->resources, arena_str(&s->names, name));
}

static void free_all(struct map *m)
{
    for (size_t i = 0; i < m->count; i++)
        free(m->items[i]);
    map_free(m);
}

void state_finish(struct state *s)
{
    for (size_t i = 0; i < s->claims.count; i++)
        claim_free(CLAIM_AT(s, i));
    for (size_t i = 0; i < s->pools.count; i++)
        pool_free(POOL_AT(s, i));
    for (size_t i = 0; i < s->classes.count; i++)
        class_free(CLASS_AT(s, i));
    for (size_t i = 0; i < RECEIPT_STAGES; i++)
        arena_free(&s->receipts[i].arena);
    map_free(&s->by_instance);
    map_free(&s->claims);
    map_free(&s->pools);
    map_free(&s->classes);
    free_all(&s->bindings);
    free_all(&s->marks);
    trail_finish(&s->journal);
    trail_finish(&s->keeping.trail);
    free((char *)(uintptr_t)s->keeping.last.ptr);
    free_all(&s->applying);
    free_all(&s->tombstones);
    free_all(&s->extras);
    free_all(&s->templates);
    pods_free(&s->pods);
    nodes_free(s);
    rules_free(&s->rules);
    free((char *)s->snapshot_written.ptr);
    arena_free(&s->names);
    arena_free(&s->outbox_arena);
    *s = (struct state){0};
}
