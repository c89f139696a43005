#include "engine/sim/inside.h"

/* The store: records that survive the engine, a lease with an epoch. */

static struct store_record *find(struct sim *s, struct str kind, struct str key)
{
    for (size_t i = 0; i < s->record_count; i++)
        if (str_eq(s->records[i].kind, kind) && str_eq(s->records[i].key, key))
            return &s->records[i];
    return NULL;
}

static struct store_record copy_of(struct arena *a, const struct store_record *r)
{
    struct store_record copy = {arena_str(a, r->kind), arena_str(a, r->key), {0}};
    if (r->body.ptr)
        copy.body = arena_str(a, r->body);
    return copy;
}

static void put(struct sim *s, const struct store_record *r)
{
    struct store_record *there = find(s, r->kind, r->key);
    if (there)
        *there = copy_of(&s->arena, r);
    else
        ARENA_PUSH(&s->arena, s->records, s->record_count, s->record_capacity,
                   copy_of(&s->arena, r));
}

static void post_all(struct sim *s)
{
    struct event *e = event_new(EVENT_RECORDS);
    struct store_record *all = ARENA_ARRAY(&e->arena, struct store_record, s->record_count);
    for (size_t i = 0; i < s->record_count; i++)
        if (s->records[i].body.ptr)
            all[e->record_count++] = copy_of(&e->arena, &s->records[i]);
    e->records = all;
    e->complete = true;
    sim_answer(s, e);
}

static void post_lease(struct sim *s, bool held)
{
    struct event *e = event_new(EVENT_LEASE);
    e->lease_held = held;
    e->lease_epoch = s->epoch;
    sim_answer(s, e);
}

static void submit_acquire(void *self)
{
    struct sim *s = self;
    pthread_mutex_lock(&s->lock);
    if (s->attached && !s->crashed) {
        s->epoch++;
        s->lease_held = true;
        post_lease(s, true);
        post_all(s);
    }
    pthread_mutex_unlock(&s->lock);
}

static void submit_release(void *self)
{
    struct sim *s = self;
    pthread_mutex_lock(&s->lock);
    s->lease_held = false;
    post_lease(s, false);
    pthread_mutex_unlock(&s->lock);
}

static struct error *write_all(struct sim *s, struct arena *a, int64_t epoch,
                               const struct store_record *changes, size_t count)
{
    if (epoch != s->epoch)
        return error_new(a, ERROR_CONFLICT, "the lease has gone to another engine");
    if (sim_fails(s, SIM_WRITE_FAILS))
        return error_new(a, ERROR_UNREACHABLE, "the disk is full");
    for (size_t i = 0; i < count; i++)
        put(s, &changes[i]);
    return NULL;
}

static void submit_write(void *self, uint64_t order, int64_t epoch,
                         const struct store_record *changes, size_t count)
{
    struct sim *s = self;
    pthread_mutex_lock(&s->lock);
    if (sim_order(s)) {
        struct event *e = event_new(EVENT_WRITTEN);
        e->order = order;
        e->error = write_all(s, &e->arena, epoch, changes, count);
        sim_answer(s, e);
    }
    pthread_mutex_unlock(&s->lock);
}

struct store_port sim_store(struct sim *s)
{
    return (struct store_port){s, submit_acquire, submit_release, submit_write};
}

void sim_put_record(struct sim *s, struct store_record record)
{
    pthread_mutex_lock(&s->lock);
    put(s, &record);
    if (s->lease_held) {
        struct event *e = event_new(EVENT_RECORDS);
        struct store_record *one = ARENA_NEW(&e->arena, struct store_record);
        *one = copy_of(&e->arena, &record);
        e->records = one;
        e->record_count = 1;
        sim_answer(s, e);
    }
    pthread_mutex_unlock(&s->lock);
}

void sim_drop_store(struct sim *s)
{
    pthread_mutex_lock(&s->lock);
    s->record_count = 0;
    s->epoch = 0;
    s->lease_held = false;
    pthread_mutex_unlock(&s->lock);
}

void sim_take_lease(struct sim *s)
{
    pthread_mutex_lock(&s->lock);
    s->epoch++;
    s->lease_held = false;
    pthread_mutex_unlock(&s->lock);
}

struct str sim_record(struct sim *s, struct str kind, struct str key)
{
    pthread_mutex_lock(&s->lock);
    const struct store_record *r = find(s, kind, key);
    struct str body = r ? r->body : (struct str){0};
    pthread_mutex_unlock(&s->lock);
    return body;
}

size_t sim_record_count(struct sim *s, struct str kind)
{
    size_t count = 0;
    pthread_mutex_lock(&s->lock);
    for (size_t i = 0; i < s->record_count; i++)
        count += s->records[i].body.ptr && str_eq(s->records[i].kind, kind);
    pthread_mutex_unlock(&s->lock);
    return count;
}

struct str sim_record_at(struct sim *s, struct str kind, size_t i)
{
    struct str body = {0};
    pthread_mutex_lock(&s->lock);
    for (size_t k = 0; k < s->record_count && !body.ptr; k++)
        if (s->records[k].body.ptr && str_eq(s->records[k].kind, kind) && i-- == 0)
            body = s->records[k].body;
    pthread_mutex_unlock(&s->lock);
    return body;
}
