#include <pthread.h>
#include <stdlib.h>
#include <time.h>

#include "engine/adapters/lease_file.h"
#include "engine/adapters/store_sqlite.h"

/* The engine's side of the SQLite store: a thread that carries out orders one after another, tries
 * for the lease while that is wanted, and watches what others write while it is held. */

enum { LOOK_MS = 100 };

struct write_order {
    struct write_order *next;
    struct arena arena;
    uint64_t order;
    int64_t epoch;
    struct store_record *changes;
    size_t count;
};

struct sqlite_port {
    struct event_sink sink;
    pthread_t thread;
    pthread_mutex_t lock; /* over the orders */
    pthread_cond_t came;
    struct write_order *first, *last;
    bool wanted, asked; /* the lease; just now */
    bool release, stop;

    /* The thread's own. */
    struct sqlite_file *file;
    struct lease_file lease;
    struct arena known_arena;
    struct record_list known; /* what doors wrote, as last posted */
    int64_t epoch, version;
    char *path;
};

static void post_lease(struct sqlite_port *p, bool held, const struct error *why)
{
    struct event *v = event_new(EVENT_LEASE);
    v->lease_held = held;
    v->lease_epoch = p->epoch;
    if (why) {
        v->error = error_new(&v->arena, why->kind, STR_FMT, STR_ARG(why->summary));
        v->error->detail = arena_str(&v->arena, why->detail);
    }
    p->sink.post(p->sink.self, v);
}

static void post_records(struct sqlite_port *p, struct event *v, struct store_record *records,
                         size_t count, bool complete)
{
    v->records = records;
    v->record_count = count;
    v->complete = complete;
    p->sink.post(p->sink.self, v);
}

static bool is_doors(struct str kind)
{
    return str_eq(kind, STR("pool")) || str_eq(kind, STR("class")) || str_eq(kind, STR("apply")) ||
           str_eq(kind, STR("settings"));
}

static void remember(struct sqlite_port *p, const struct record_list *all)
{
    arena_free(&p->known_arena);
    p->known = (struct record_list){0};
    struct arena *a = &p->known_arena;
    for (size_t i = 0; i < all->count; i++)
        if (is_doors(all->items[i].kind)) {
            struct store_record r = {arena_str(a, all->items[i].kind),
                                     arena_str(a, all->items[i].key),
                                     arena_str(a, all->items[i].body)};
            ARENA_PUSH(a, p->known.items, p->known.count, p->known.capacity, r);
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
        if (is_doors(r->kind) && (!was || !str_eq(was->body, r->body)))
            ARENA_PUSH(a, out->items, out->count, out->capacity, *r);
    }
    for (size_t i = 0; i < before->count; i++) {
        struct store_record gone = {
            arena_str(a, before->items[i].kind), arena_str(a, before->items[i].key), {0}};
        if (!find(after, &gone))
            ARENA_PUSH(a, out->items, out->count, out->capacity, gone);
    }
}

static void lose(struct sqlite_port *p, const struct error *why)
{
    lease_file_release(&p->lease);
    post_lease(p, false, why);
}

static struct error *begin_epoch(struct sqlite_port *p, struct event *records,
                                 struct record_list *all)
{
    TRY(sqlite_file_next_epoch(&records->arena, p->file, &p->epoch));
    p->version = sqlite_file_version(p->file);
    return sqlite_file_list(&records->arena, p->file, (struct str){0}, all);
}

static void try_lease(struct sqlite_port *p)
{
    ARENA_AUTO a = {0};
    bool held;
    struct error *e = lease_file_try(&a, &p->lease, &held);
    if (!e && !held)
        return;
    struct event *records = event_new(EVENT_RECORDS);
    struct record_list all = {0};
    if (!e)
        e = begin_epoch(p, records, &all);
    pthread_mutex_lock(&p->lock);
    p->wanted = false;
    pthread_mutex_unlock(&p->lock);
    if (e) {
        lose(p, e);
        event_free(records);
        return;
    }
    remember(p, &all);
    post_lease(p, true, NULL);
    post_records(p, records, all.items, all.count, true);
}

static struct error *gone(struct arena *a, const struct sqlite_port *p)
{
    struct error *e = error_new(a, ERROR_CONFLICT, "the store %s is gone", p->path);
    e->detail = STR("Its file or its lease was removed or replaced while the engine was using it.");
    return e;
}

static struct error *read_changes(struct sqlite_port *p, struct event *v, struct record_list *all)
{
    int64_t epoch;
    TRY(sqlite_file_epoch(&v->arena, p->file, &epoch));
    if (epoch != p->epoch)
        return error_new(&v->arena, ERROR_CONFLICT, "the lease has gone to another engine");
    return sqlite_file_list(&v->arena, p->file, (struct str){0}, all);
}

/* Looks whether the lease is still good and what others have written. */
static void look(struct sqlite_port *p)
{
    ARENA_AUTO a = {0};
    if (!lease_file_is_sound(&p->lease) || !sqlite_file_is_sound(p->file)) {
        lose(p, gone(&a, p));
        return;
    }
    int64_t version = sqlite_file_version(p->file);
    if (version == p->version)
        return;
    struct event *v = event_new(EVENT_RECORDS);
    struct record_list all = {0}, changed = {0};
    struct error *e = read_changes(p, v, &all);
    if (e) {
        if (e->kind == ERROR_CONFLICT)
            lose(p, e);
        event_free(v); /* else busy: the next look reads it */
        return;
    }
    p->version = version;
    difference(&v->arena, &p->known, &all, &changed);
    remember(p, &all);
    if (changed.count)
        post_records(p, v, changed.items, changed.count, false);
    else
        event_free(v);
}

static void carry_out(struct sqlite_port *p, struct write_order *w)
{
    struct event *v = event_new(EVENT_WRITTEN);
    v->order = w->order;
    v->error = p->lease.fd < 0
                   ? error_new(&v->arena, ERROR_CONFLICT, "the lease is not held")
                   : sqlite_file_write(&v->arena, p->file, w->epoch, w->changes, w->count);
    p->sink.post(p->sink.self, v);
    arena_free(&w->arena);
    free(w);
}

static struct timespec next_look(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    t.tv_nsec += LOOK_MS * 1000000L;
    if (t.tv_nsec >= 1000000000L) {
        t.tv_sec++;
        t.tv_nsec -= 1000000000L;
    }
    return t;
}

struct todo {
    struct write_order *write;
    bool acquire, release, stop;
};

/* Sleeps until there is an order, and while the lease is held or wanted no longer than a look. */
static struct todo next_todo(struct sqlite_port *p)
{
    struct timespec until = next_look();
    pthread_mutex_lock(&p->lock);
    while (!p->first && !p->stop && !p->release && !p->asked) {
        if (p->lease.fd < 0 && !p->wanted)
            pthread_cond_wait(&p->came, &p->lock);
        else if (pthread_cond_timedwait(&p->came, &p->lock, &until))
            break;
    }
    struct todo t = {.write = p->first, .acquire = p->wanted};
    if (t.write)
        p->first = t.write->next;
    if (!p->first) {
        p->last = NULL;
        t.release = p->release;
        t.stop = p->stop;
        p->release = false;
    }
    if (t.release)
        p->wanted = t.acquire = false;
    p->asked = false;
    pthread_mutex_unlock(&p->lock);
    return t;
}

static void *work(void *self)
{
    struct sqlite_port *p = self;
    for (;;) {
        struct todo t = next_todo(p);
        if (t.write)
            carry_out(p, t.write);
        if (t.release)
            lose(p, NULL);
        if (t.stop)
            return NULL;
        if (p->lease.fd >= 0)
            look(p);
        else if (t.acquire)
            try_lease(p);
    }
}

static void submit_acquire(void *self)
{
    struct sqlite_port *p = self;
    pthread_mutex_lock(&p->lock);
    p->wanted = p->asked = true;
    pthread_cond_signal(&p->came);
    pthread_mutex_unlock(&p->lock);
}

static void submit_release(void *self)
{
    struct sqlite_port *p = self;
    pthread_mutex_lock(&p->lock);
    p->release = true;
    pthread_cond_signal(&p->came);
    pthread_mutex_unlock(&p->lock);
}

static void submit_write(void *self, uint64_t order, int64_t epoch,
                         const struct store_record *changes, size_t count)
{
    struct sqlite_port *p = self;
    struct write_order *w = calloc(1, sizeof(*w));
    if (!w)
        abort();
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
    pthread_mutex_lock(&p->lock);
    if (p->last)
        p->last->next = w;
    else
        p->first = w;
    p->last = w;
    pthread_cond_signal(&p->came);
    pthread_mutex_unlock(&p->lock);
}

struct store_port sqlite_port(struct sqlite_port *p)
{
    return (struct store_port){p, submit_acquire, submit_release, submit_write};
}

static void sync_init(struct sqlite_port *p)
{
    pthread_condattr_t attributes;
    pthread_condattr_init(&attributes);
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    pthread_cond_init(&p->came, &attributes);
    pthread_condattr_destroy(&attributes);
    pthread_mutex_init(&p->lock, NULL);
}

struct error *sqlite_port_new(struct arena *a, struct str path, const struct fleet *fleet,
                              struct event_sink sink, struct sqlite_port **out)
{
    struct sqlite_file *file;
    *out = NULL;
    TRY(sqlite_file_open(a, path, fleet, &file));
    struct sqlite_port *p = calloc(1, sizeof(*p));
    if (!p || !(p->path = strndup(path.ptr, path.len)))
        abort();
    p->sink = sink;
    p->file = file;
    lease_file_init(&p->lease, path);
    sync_init(p);
    if (pthread_create(&p->thread, NULL, work, p))
        abort();
    *out = p;
    return NULL;
}

void sqlite_port_free(struct sqlite_port *p)
{
    if (!p)
        return;
    pthread_mutex_lock(&p->lock);
    p->stop = true;
    pthread_cond_signal(&p->came);
    pthread_mutex_unlock(&p->lock);
    pthread_join(p->thread, NULL);
    lease_file_finish(&p->lease);
    sqlite_file_close(p->file);
    arena_free(&p->known_arena);
    pthread_cond_destroy(&p->came);
    pthread_mutex_destroy(&p->lock);
    free(p->path);
    free(p);
}
