#include "engine/adapters/store_engine.h"

#include <pthread.h>
#include <stdlib.h>

#include "engine/adapters/store_sqlite.h"
#include "engine/base/memory.h"
#include "engine/base/monitor.h"
#include "engine/base/time.h"

enum { LOOK_MS = 100 };

struct write_order {
    struct write_order *next;
    struct arena arena;
    uint64_t order;
    int64_t epoch;
    struct store_record *changes;
    size_t count;
};

struct store_engine {
    struct event_sink sink;
    pthread_t thread;
    struct monitor orders; /* guards what follows */
    struct write_order *first, *last;
    bool wanted, asked; /* the lease; just now */
    bool release, stop;

    /* The thread's own. */
    struct store *store;
    bool holds; /* the lease */
    struct arena known_arena;
    struct record_list known; /* what doors wrote, as last posted */
    int64_t epoch, version;
};

static void post_lease(struct store_engine *s, bool held, const struct error *why)
{
    struct event *v = event_new(EVENT_LEASE);
    v->lease_held = held;
    v->lease_epoch = s->epoch;
    if (why) {
        v->error = error_new(&v->arena, why->kind, STR_FMT, STR_ARG(why->summary));
        v->error->detail = arena_str(&v->arena, why->detail);
    }
    s->sink.post(s->sink.self, v);
}

static void post_records(struct store_engine *s, struct event *v, struct store_record *records,
                         size_t count, bool complete)
{
    v->records = records;
    v->record_count = count;
    v->complete = complete;
    s->sink.post(s->sink.self, v);
}

static bool is_doors(struct str kind)
{
    return str_eq(kind, STR("pool")) || str_eq(kind, STR("class")) || str_eq(kind, STR("apply")) ||
           str_eq(kind, STR("settings"));
}

static void remember(struct store_engine *s, const struct record_list *all)
{
    arena_free(&s->known_arena);
    s->known = (struct record_list){0};
    struct arena *a = &s->known_arena;
    for (size_t i = 0; i < all->count; i++)
        if (is_doors(all->items[i].kind)) {
            struct store_record r = {arena_str(a, all->items[i].kind),
                                     arena_str(a, all->items[i].key),
                                     arena_str(a, all->items[i].body)};
            ARENA_PUSH(a, s->known.items, s->known.count, s->known.capacity, r);
        }
}

static const struct store_record *find(const struct record_list *list, const struct store_record *r)
{
    for (size_t i = 0; i < list->count; i++)
        if (str_eq(list->items[i].kind, r->kind) && str_eq(list->items[i].key, r->key))
            return &list->items[i];
    return NULL;
}

/* New and changed ones, then those that are gone. */
static void difference(struct arena *a, const struct record_list *before,
                       const struct record_list *after, struct record_list *out)
{
    for (size_t i = 0; i < after->count; i++) {
        const struct store_record *r = &after->items[i], *was = find(before, r);
        if (!was || !str_eq(was->body, r->body))
            ARENA_PUSH(a, out->items, out->count, out->capacity, *r);
    }
    for (size_t i = 0; i < before->count; i++) {
        struct store_record gone = {
            arena_str(a, before->items[i].kind), arena_str(a, before->items[i].key), {0}};
        if (!find(after, &gone))
            ARENA_PUSH(a, out->items, out->count, out->capacity, gone);
    }
}

static void lose(struct store_engine *s, const struct error *why)
{
    s->store->ops->release_lease(s->store);
    s->holds = false;
    post_lease(s, false, why);
}

/* What others write from here on is a change. */
static struct error *read_all(struct store_engine *s, struct event *records,
                              struct record_list *all)
{
    s->version = s->store->ops->version(s->store);
    return s->store->ops->list(&records->arena, s->store, (struct str){0}, all);
}

static void try_lease(struct store_engine *s)
{
    ARENA_AUTO a = {0};
    bool held;
    struct error *e = s->store->ops->try_lease(&a, s->store, &held, &s->epoch);
    if (!e && !held)
        return;
    struct event *records = event_new(EVENT_RECORDS);
    struct record_list all = {0};
    if (!e)
        e = read_all(s, records, &all);
    monitor_enter(&s->orders);
    s->wanted = false;
    monitor_leave(&s->orders);
    if (e) {
        lose(s, e);
        event_free(records);
        return;
    }
    s->holds = true;
    remember(s, &all);
    post_lease(s, true, NULL);
    post_records(s, records, all.items, all.count, true);
}

/* Looks whether the lease is still good and what others have written. */
static void look(struct store_engine *s)
{
    ARENA_AUTO a = {0};
    struct error *e = s->store->ops->check_lease(&a, s->store);
    if (e) {
        lose(s, e);
        return;
    }
    if (s->store->ops->settle)
        s->store->ops->settle(s->store);
    int64_t version = s->store->ops->version(s->store);
    if (version == s->version)
        return;
    struct event *v = event_new(EVENT_RECORDS);
    struct record_list all = {0}, changed = {0};
    e = s->store->ops->list_doors(&v->arena, s->store, s->epoch, &all);
    if (e) {
        if (e->kind == ERROR_CONFLICT)
            lose(s, e);
        event_free(v); /* else busy: the next look reads it */
        return;
    }
    s->version = version;
    difference(&v->arena, &s->known, &all, &changed);
    remember(s, &all);
    if (changed.count)
        post_records(s, v, changed.items, changed.count, false);
    else
        event_free(v);
}

static void carry_out(struct store_engine *s, struct write_order *w)
{
    struct event *v = event_new(EVENT_WRITTEN);
    v->order = w->order;
    v->error = !s->holds
                   ? error_new(&v->arena, ERROR_CONFLICT, "the lease is not held")
                   : s->store->ops->write(&v->arena, s->store, w->epoch, w->changes, w->count);
    s->sink.post(s->sink.self, v);
    arena_free(&w->arena);
    free(w);
}

struct todo {
    struct write_order *write;
    bool acquire, release, stop;
};

/* Sleeps until there is an order, and while the lease is held or wanted no longer than a look. */
static struct todo next_todo(struct store_engine *s)
{
    int64_t look_ms = time_monotonic_ms() + LOOK_MS;
    monitor_enter(&s->orders);
    while (!s->first && !s->stop && !s->release && !s->asked) {
        bool idle = !s->holds && !s->wanted;
        if (!monitor_wait(&s->orders, idle ? NEVER_MS : look_ms))
            break;
    }
    struct todo t = {.write = s->first, .acquire = s->wanted};
    if (t.write)
        s->first = t.write->next;
    if (!s->first) {
        s->last = NULL;
        t.release = s->release;
        t.stop = s->stop;
        s->release = false;
    }
    if (t.release)
        s->wanted = t.acquire = false;
    s->asked = false;
    monitor_leave(&s->orders);
    return t;
}

static void *work(void *self)
{
    struct store_engine *s = self;
    for (;;) {
        struct todo t = next_todo(s);
        if (t.write)
            carry_out(s, t.write);
        if (t.release)
            lose(s, NULL);
        if (t.stop)
            return NULL;
        if (s->holds)
            look(s);
        else if (t.acquire)
            try_lease(s);
    }
}

static void submit_acquire(void *self)
{
    struct store_engine *s = self;
    monitor_enter(&s->orders);
    s->wanted = s->asked = true;
    monitor_wake(&s->orders);
    monitor_leave(&s->orders);
}

static void submit_release(void *self)
{
    struct store_engine *s = self;
    monitor_enter(&s->orders);
    s->release = true;
    monitor_wake(&s->orders);
    monitor_leave(&s->orders);
}

static void submit_write(void *self, uint64_t order, int64_t epoch,
                         const struct store_record *changes, size_t count)
{
    struct store_engine *s = self;
    struct write_order *w = must_have(calloc(1, sizeof(*w)));
    struct arena *a = &w->arena;
    w->order = order;
    w->epoch = epoch;
    w->count = count;
    w->changes = ARENA_ARRAY(a, struct store_record, count);
    for (size_t i = 0; i < count; i++) {
        w->changes[i].kind = arena_str(a, changes[i].kind);
        w->changes[i].key = arena_str(a, changes[i].key);
        if (changes[i].body.ptr)
            w->changes[i].body = arena_str(a, changes[i].body);
    }
    monitor_enter(&s->orders);
    if (s->last)
        s->last->next = w;
    else
        s->first = w;
    s->last = w;
    monitor_wake(&s->orders);
    monitor_leave(&s->orders);
}

struct store_port store_engine_port(struct store_engine *s)
{
    return (struct store_port){s, submit_acquire, submit_release, submit_write};
}

struct store_engine *store_engine_of(struct store *store, struct event_sink sink)
{
    struct store_engine *s = must_have(calloc(1, sizeof(*s)));
    s->sink = sink;
    s->store = store;
    monitor_init(&s->orders);
    if (pthread_create(&s->thread, NULL, work, s))
        abort();
    return s;
}

struct error *store_engine_new(struct arena *a, struct str path, const struct fleet_identity *fleet,
                               struct event_sink sink, struct store_engine **out)
{
    struct store *store;
    *out = NULL;
    TRY(store_sqlite_make(a, path, fleet, &store));
    *out = store_engine_of(store, sink);
    return NULL;
}

void store_engine_free(struct store_engine *s)
{
    if (!s)
        return;
    monitor_enter(&s->orders);
    s->stop = true;
    monitor_wake(&s->orders);
    monitor_leave(&s->orders);
    pthread_join(s->thread, NULL);
    s->store->ops->close(s->store);
    arena_free(&s->known_arena);
    monitor_finish(&s->orders);
    free(s);
}
