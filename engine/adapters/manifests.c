#include "engine/adapters/manifests.h"

#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>

#include "engine/adapters/manifests_disk.h"
#include "engine/adapters/manifests_files.h"
#include "engine/base/cancel.h"
#include "engine/base/log.h"
#include "engine/base/memory.h"
#include "engine/base/time.h"

enum { LOOK_EVERY_MS = 250, CHECK_MOST_MS = 3 * 1000 };

/* When each pod was seen first: manifests seldom say when they were made. */
struct sighting {
    struct str pod;
    int64_t first_ms;
};
struct sightings {
    struct arena arena;
    struct sighting *items; /* sorted by pod */
    size_t count;
};

struct manifests {
    struct arena arena; /* the paths */
    struct str *paths;
    size_t path_count;
    struct clock_port clock;
    struct event_sink sink;
    struct cancel *stop;
    _Atomic int64_t known_ms; /* when all was last found as it was posted; NEVER_MS: not yet */
    pthread_mutex_t lock;     /* guards the next two */
    bool started, asked;
    pthread_t thread;
    /* The thread's own. */
    struct arena files_arena;
    struct manifest_files files; /* as last read, of which all is good together */
    uint64_t mark, posted;       /* of the files, and of what was posted */
    bool owed;                   /* something was asked for before there was a first reading */
    bool wrong;                  /* what was posted last came with an error */
    struct sightings seen;
};

static int by_pod(const void *key, const void *item)
{
    return str_cmp(*(const struct str *)key, ((const struct sighting *)item)->pod);
}

/* Gives every pod without an instant of its own the one it was first seen at. */
static void date_pods(struct sightings *seen, struct kubernetes_objects *objects, int64_t now_ms)
{
    struct sightings next = {0};

    next.items = ARENA_ARRAY(&next.arena, struct sighting, objects->pod_count + 1);
    for (size_t i = 0; i < objects->pod_count; i++) {
        struct pod *p = &objects->pods[i];
        const struct sighting *old =
            seen->count ? bsearch(&p->name, seen->items, seen->count, sizeof(*old), by_pod) : NULL;
        int64_t first_ms = old ? old->first_ms : now_ms;
        next.items[next.count++] = (struct sighting){arena_str(&next.arena, p->name), first_ms};
        if (p->created_ms == 0)
            p->created_ms = first_ms;
    }
    arena_free(&seen->arena);
    *seen = next;
}

static void put_workload(struct event *e, const struct kubernetes_objects *objects)
{
    struct str *notes = ARENA_ARRAY(&e->arena, struct str, objects->notes.count + 1);
    size_t count = 0;

    for (size_t i = 0; i < objects->notes.count; i++)
        if (!objects->notes.items[i].placed)
            notes[count++] = note_text(&e->arena, &objects->notes.items[i]);
    e->workload.whole = WORKLOAD_ALL; /* what of it is new the engine finds itself */
    e->workload.pods = objects->pods;
    e->workload.pod_count = objects->pod_count;
    e->workload.daemons = objects->daemons;
    e->workload.daemon_count = objects->daemon_count;
    e->workload.nodes = objects->nodes;
    e->workload.node_count = objects->node_count;
    e->workload.pod_budgets = objects->budgets;
    e->workload.pod_budget_count = objects->budget_count;
    e->workload.namespaces = objects->namespaces;
    e->workload.namespace_count = objects->namespace_count;
    e->workload.notes = notes;
    e->workload.note_count = count;
    e->complete = true;
}

static struct error *copy_errors(struct arena *a, const struct error *e)
{
    struct error *list = NULL;
    for (; e; e = e->next)
        list = error_join(list, error_at(error_copy(a, e), STR("cluster.manifests")));
    return list;
}

/* Of what is posted: texts that count, and all that is said of them. */
static uint64_t mark_of(const struct manifest_files *f)
{
    uint64_t mark = f->whole;
    for (size_t i = 0; i < f->count; i++)
        if (f->items[i].text.ptr) {
            const struct str parts[] = {f->items[i].name, f->items[i].text, f->items[i].note};
            for (size_t k = 0; k < sizeof(parts) / sizeof(*parts); k++)
                mark = mark * 31 + str_hash(parts[k]);
        }
    for (const struct error *e = f->wrong; e; e = e->next)
        mark = (mark * 31 + str_hash(e->summary)) * 31 + str_hash(e->detail);
    return mark;
}

static void replace_files(struct manifests *m, struct arena arena, const struct manifest_files *f)
{
    arena_free(&m->files_arena);
    m->files_arena = arena;
    m->files = *f;
}

/* Files that are good one by one and not together (the same object in two of them): what they were
 * before stays, and the error is added to what is wrong. */
static void stay_as_before(struct manifests *m, struct event *e, const struct manifest_files *now,
                           struct error *together, struct kubernetes_objects *objects)
{
    struct error *wrong =
        error_join(copy_errors(&e->arena, now->wrong), copy_errors(&e->arena, together));

    e->workload.resources = resource_table_new();
    struct error *still =
        manifest_files_parse(&e->arena, &m->files, &e->workload.resources, objects);
    e->error = error_join(wrong, copy_errors(&e->arena, still));
    m->files.whole &= !still;
    m->files.settled = now->settled;
}

static struct look_time instant(const struct clock_port *clock)
{
    return (struct look_time){clock->monotonic_ms(clock->self), clock->date_ms(clock->self)};
}

/* NULL: nothing can be said yet. */
static struct event *look(struct manifests *m, struct look_time at)
{
    struct event *e = event_new(EVENT_WORKLOAD);
    struct kubernetes_objects objects = {0};
    struct manifest_files now;
    struct arena arena = {0};

    manifest_files_look(&arena, m->paths, m->path_count, at, &m->files, &now);
    if (now.unread) {
        replace_files(m, arena, &now);
        event_free(e);
        return NULL;
    }
    e->workload.resources = resource_table_new();
    struct error *together =
        manifest_files_parse(&e->arena, &now, &e->workload.resources, &objects);
    if (together) {
        stay_as_before(m, e, &now, together, &objects);
        arena_free(&arena);
    } else {
        e->error = copy_errors(&e->arena, now.wrong);
        replace_files(m, arena, &now);
    }
    if (m->files.whole) {
        date_pods(&m->seen, &objects, at.date_ms);
        put_workload(e, &objects);
    }
    return e;
}

static bool take_request(struct manifests *m)
{
    pthread_mutex_lock(&m->lock);
    bool asked = m->asked;
    m->asked = false;
    pthread_mutex_unlock(&m->lock);
    return asked;
}

static void report(const struct manifest_files *f, const struct event *e)
{
    for (const struct error *each = e->error; each; each = each->next)
        log_event(LOG_WARN, "manifests", LOG_STR("error", each->summary),
                  LOG_STR("detail", each->detail));
    for (size_t i = 0; i < f->count; i++)
        if (f->items[i].note.len)
            log_event(LOG_WARN, "manifest_does_not_count_yet", LOG_STR("file", f->items[i].name),
                      LOG_STR("why", f->items[i].note));
    log_event(LOG_DEBUG, "manifests read", LOG_INT("pods", (int64_t)e->workload.pod_count),
              LOG_INT("daemons", (int64_t)e->workload.daemon_count));
}

static void post_changed(struct manifests *m, struct event *e, bool asked)
{
    struct manifest_files posted = m->files;
    posted.wrong = e->error;
    uint64_t content = mark_of(&posted);

    if (!asked && content == m->posted) {
        event_free(e);
        return;
    }
    m->posted = content;
    report(&m->files, e);
    m->sink.post(m->sink.self, e);
}

/* What lies there is what was posted: nothing is wrong with it, or waited for, or empty by mistake.
 */
static void note_known(struct manifests *m, struct look_time at)
{
    bool known = m->files.whole && m->files.settled && !m->wrong;

    for (size_t i = 0; i < m->files.count; i++)
        known &= m->files.items[i].note.len == 0;
    if (known)
        atomic_store(&m->known_ms, at.now_ms);
}

static void look_and_post(struct manifests *m, bool asked)
{
    struct look_time at = instant(&m->clock);
    uint64_t mark = manifests_mark(m->paths, m->path_count);

    m->owed |= asked;
    if (!m->owed && mark == m->mark && m->files.settled) {
        note_known(m, at);
        return;
    }
    m->mark = mark;
    struct event *e = look(m, at);
    if (!e)
        return;
    m->wrong = e->error != NULL;
    note_known(m, at); /* before anybody can hear of it */
    post_changed(m, e, m->owed);
    m->owed = false;
}

static void *watch(void *arg)
{
    struct manifests *m = arg;

    do
        look_and_post(m, take_request(m));
    while (!cancel_wait_ms(m->stop, LOOK_EVERY_MS));
    return NULL;
}

static void submit_watch(void *self)
{
    struct manifests *m = self;
    sigset_t all, before;

    pthread_mutex_lock(&m->lock);
    m->asked = true;
    if (!m->started) {
        sigfillset(&all);
        pthread_sigmask(SIG_SETMASK, &all, &before);
        m->started = pthread_create(&m->thread, NULL, watch, m) == 0;
        pthread_sigmask(SIG_SETMASK, &before, NULL);
        if (!m->started)
            abort();
    }
    pthread_mutex_unlock(&m->lock);
}

struct manifests *manifests_new(const struct str *paths, size_t count, struct clock_port clock,
                                struct event_sink sink)
{
    struct manifests *m = must_have(calloc(1, sizeof(*m)));
    m->paths = ARENA_ARRAY(&m->arena, struct str, count + 1);
    for (size_t i = 0; i < count; i++)
        m->paths[i] = arena_str(&m->arena, paths[i]);
    m->path_count = count;
    m->clock = clock;
    m->sink = sink;
    m->stop = cancel_new(NULL);
    atomic_init(&m->known_ms, NEVER_MS);
    pthread_mutex_init(&m->lock, NULL);
    return m;
}

void manifests_free(struct manifests *m)
{
    if (!m)
        return;
    cancel_raise(m->stop);
    if (m->started)
        pthread_join(m->thread, NULL);
    cancel_free(m->stop);
    pthread_mutex_destroy(&m->lock);
    arena_free(&m->files_arena);
    arena_free(&m->seen.arena);
    arena_free(&m->arena);
    free(m);
}

static int64_t age_ms(void *self)
{
    struct manifests *m = self;
    int64_t known_ms = atomic_load(&m->known_ms), now_ms = m->clock.monotonic_ms(m->clock.self);

    if (known_ms == NEVER_MS)
        return NEVER_MS;
    return now_ms > known_ms ? now_ms - known_ms : 0;
}

struct cluster_port manifests_port(struct manifests *m)
{
    return (struct cluster_port){
        .self = m, .engine_binds = true, .submit_watch = submit_watch, .age_ms = age_ms};
}

/* What lies there now; where a file is just being written, once it has stood still. */
static void read_once(struct arena *a, const struct str *paths, size_t count,
                      struct manifest_files *out)
{
    struct manifest_files before = {0};
    int64_t give_up_ms = time_monotonic_ms() + CHECK_MOST_MS;

    for (;; before = *out) {
        struct look_time at = {time_monotonic_ms(), time_now_ms()};
        manifest_files_look(a, paths, count, at, &before, out);
        if (!out->unread || at.now_ms >= give_up_ms)
            return;
        cancel_wait_ms(NULL, LOOK_EVERY_MS);
    }
}

struct error *manifests_check(struct arena *a, const struct str *paths, size_t count,
                              struct notes *notes)
{
    struct resource_table resources = resource_table_new();
    struct kubernetes_objects objects = {0};
    struct manifest_files files;

    read_once(a, paths, count, &files);
    struct error *together = manifest_files_parse(a, &files, &resources, &objects);
    if (notes)
        *notes = objects.notes;
    return copy_errors(a, error_join(files.wrong, together));
}
