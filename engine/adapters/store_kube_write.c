#include <pthread.h>
#include <stdlib.h>

#include "engine/adapters/orders.h"
#include "engine/adapters/store_kube_inside.h"
#include "engine/base/log.h"
#include "engine/base/memory.h"
#include "engine/base/time.h"

enum {
    SIDE_BY_SIDE = 8,      /* an answer takes as long as etcd's disk does, whatever else goes on */
    LATE_MS = 1000,        /* between two writes of a record that may wait ... */
    LATE_WORLD_MS = 10000, /* ... and of one that may be a megabyte */
};

#define MANAGER STR("tenon")

static struct error *apply_record(const struct kube_call *c, const struct store_record *r)
{
    const struct kube_target t = kube_record_target(c->arena, r->kind, r->key);
    const struct kube_patch patch = {.kind = KUBE_PATCH_APPLY,
                                     .body = kube_record_object(c->arena, r),
                                     .manager = MANAGER,
                                     .force = true};
    return kube_patch(c, &t, &patch, NULL);
}

static struct error *remove_record(const struct kube_call *c, const struct store_record *r)
{
    const struct kube_target t = kube_record_target(c->arena, r->kind, r->key);

    return store_kube_unless_gone(kube_delete(c, &t, &(struct kube_delete){0}));
}

struct error *store_kube_change(const struct kube_call *c, const struct store_record *r)
{
    enum custom_kind kind = kube_record_kind(r->kind);

    if (kind == CUSTOM_POOL || kind == CUSTOM_CLASS)
        return store_kube_change_spec(c, r);
    return r->body.ptr ? apply_record(c, r) : remove_record(c, r);
}

/* A batch: its changes in waves, those of a wave side by side. */

struct wave {
    struct store_kube *store;
    int64_t epoch;
    const struct store_record *const *changes;
    size_t count;
    atomic_size_t next;
    pthread_mutex_t lock;
    struct arena *arena; /* of the error */
    struct error *error; /* the first */
};

static void note_error(struct wave *w, const struct error *e)
{
    pthread_mutex_lock(&w->lock);
    if (!w->error)
        w->error = error_copy(w->arena, e);
    pthread_mutex_unlock(&w->lock);
}

static void carry_out_some(void *arg)
{
    struct wave *w = arg;

    for (size_t i; (i = atomic_fetch_add(&w->next, 1)) < w->count;) {
        ARENA_AUTO a = {0};
        const struct kube_call c = store_kube_call(w->store, &a);
        struct error *e =
            store_kube_may_write(w->store, w->epoch)
                ? store_kube_change(&c, w->changes[i])
                : error_new(&a, ERROR_CONFLICT, "the lease has gone to another engine");
        /* An object that others changed as often as we tried is no lease that was lost. */
        if (e && e->kind == ERROR_CONFLICT && store_kube_may_write(w->store, w->epoch))
            e->kind = ERROR_UNREACHABLE;
        if (e)
            note_error(w, e);
    }
}

static struct error *carry_out(struct arena *a, struct store_kube *k, int64_t epoch,
                               const struct store_record *const *changes, size_t count)
{
    struct wave w = {.store = k,
                     .epoch = epoch,
                     .changes = changes,
                     .count = count,
                     .lock = PTHREAD_MUTEX_INITIALIZER,
                     .arena = a};
    struct errand parts[SIDE_BY_SIDE];
    size_t part_count = count < SIDE_BY_SIDE ? count : SIDE_BY_SIDE;

    for (size_t i = 0; i < part_count; i++)
        parts[i] = (struct errand){carry_out_some, &w};
    if (count)
        errands_run(parts, part_count);
    pthread_mutex_destroy(&w.lock);
    return w.error;
}

/* Which wave a change belongs to: claims after what they need, and what goes after what takes its
 * place. */
enum { WAVE_FIRST, WAVE_CLAIMS, WAVE_GONE, WAVES };

static int wave_of(const struct store_record *r)
{
    return !r->body.ptr ? WAVE_GONE : str_eq(r->kind, STR("claim")) ? WAVE_CLAIMS : WAVE_FIRST;
}

/* Does a later change of the batch say something else of the same record? */
static bool is_overtaken(const struct store_record *changes, size_t count, size_t i)
{
    for (size_t k = i + 1; k < count; k++)
        if (str_eq(changes[k].kind, changes[i].kind) && str_eq(changes[k].key, changes[i].key))
            return true;
    return false;
}

/* Only what the outbox takes back can stand in a batch twice, so only deletions are looked at. */
static bool is_to_be_written(const struct store_record *changes, size_t count, size_t i)
{
    const struct store_record *r = &changes[i];

    return kube_record_is_kept(r) && !kube_record_may_wait(r->kind) &&
           (r->body.ptr || !is_overtaken(changes, count, i));
}

static struct late_record *late_of(struct store_kube *k, const struct store_record *r)
{
    struct late_record *l = k->late;

    while (l && !(str_eq(l->record.kind, r->kind) && str_eq(l->record.key, r->key)))
        l = l->next;
    if (l)
        return l;
    l = must_have(calloc(1, sizeof(*l)));
    l->next = k->late;
    k->late = l;
    return l;
}

/* The time until it may be written goes by its last write, not by this one. */
static void put_off(struct store_kube *k, const struct store_record *r)
{
    struct late_record *l = late_of(k, r);

    arena_free(&l->arena);
    l->record =
        (struct store_record){arena_str(&l->arena, r->kind), arena_str(&l->arena, r->key), {0}};
    if (r->body.ptr)
        l->record.body = arena_str(&l->arena, r->body);
    l->is_new = r->body.ptr; /* a status goes with its object, and nothing else is taken back */
}

struct error *store_kube_write(struct arena *a, struct store *s, int64_t epoch,
                               const struct store_record *changes, size_t count)
{
    struct store_kube *k = store_kube_of(s);
    const struct store_record **wave = ARENA_ARRAY(a, const struct store_record *, count);

    for (int of = 0; of < WAVES; of++) {
        size_t in_wave = 0;
        for (size_t i = 0; i < count; i++)
            if (wave_of(&changes[i]) == of && is_to_be_written(changes, count, i))
                wave[in_wave++] = &changes[i];
        /* The numbers that were given to claims stand in what waits: before one goes. */
        if (of == WAVE_GONE && in_wave)
            store_kube_settle_all(k);
        TRY(carry_out(a, k, epoch, wave, in_wave));
    }
    for (size_t i = 0; i < count; i++)
        if (kube_record_may_wait(changes[i].kind) && kube_record_is_kept(&changes[i]))
            put_off(k, &changes[i]);
    return NULL;
}

/* What waits. */

static struct error *write_status(struct store_kube *k, struct arena *a,
                                  const struct store_record *r)
{
    const struct kube_call c = store_kube_call(k, a);
    const struct kube_target t = kube_record_target(a, r->kind, r->key);
    struct str rest = r->key;
    struct json object;
    bool there;

    TRY(store_kube_read(&c, &t, &object, &there));
    return there ? store_kube_tend(k, a, kube_record_kind(str_cut(&rest, '/')), &object, r->body)
                 : NULL;
}

struct error *store_kube_tend(struct store_kube *k, struct arena *a, enum custom_kind kind,
                              struct json *object, struct str status)
{
    const struct kube_call c = store_kube_call(k, a);
    struct kube_target t = {.resource = &custom_resources[kind].resource,
                            .name = kube_object_member(object, "metadata", "name")};
    struct str body;

    if (kube_spec_to_hold(a, object, &body))
        TRY(kube_update(&c, &t, body, object));
    if (!kube_with_status(a, kind, object, status, time_now_ms(), &body))
        return NULL;
    t.subresource = STR("status");
    return store_kube_unless_gone(kube_update(&c, &t, body, NULL));
}

static void settle(struct store_kube *k, bool all)
{
    int64_t now_ms = time_monotonic_ms();

    for (struct late_record *l = k->late; l; l = l->next) {
        ARENA_AUTO a = {0};
        if (!l->is_new || (!all && now_ms < l->due_ms))
            continue;
        const struct kube_call c = store_kube_call(k, &a);
        bool is_status = str_eq(l->record.kind, STR("status"));
        struct error *e =
            is_status ? write_status(k, &a, &l->record) : apply_record(&c, &l->record);
        if (e && e->kind != ERROR_CONFLICT)
            log_event(LOG_WARN, "record_not_written", LOG_STR("kind", l->record.kind),
                      LOG_STR("key", l->record.key), LOG_STR("error", e->summary));
        l->is_new = e; /* the next time again */
        l->due_ms =
            time_monotonic_ms() + (str_eq(l->record.kind, STR("world")) ? LATE_WORLD_MS : LATE_MS);
    }
}

void store_kube_settle(struct store *s)
{
    settle(store_kube_of(s), false);
}

void store_kube_settle_all(struct store_kube *k)
{
    settle(k, true);
}

void store_kube_drop_late(struct store_kube *k)
{
    for (struct late_record *l = k->late, *next; l; l = next) {
        next = l->next;
        arena_free(&l->arena);
        free(l);
    }
    k->late = NULL;
}
