#include <stdlib.h>

#include "engine/adapters/store_kube_inside.h"
#include "engine/base/log.h"
#include "engine/base/memory.h"
#include "engine/base/time.h"

enum {
    CALL_MS = 8 * 1000,  /* a server that hangs must not keep whoever was told to stop */
    LIST_MS = 60 * 1000, /* thousands of claims, at the beginning of an engine */
    DOOR_LOOK_MS = 1000, /* how often a door that waits reads anew: nothing tells it */
    NEWS_MS = 300,       /* how often an engine does: its own statuses are news, too */
};

struct kube_call store_kube_call(const struct store_kube *k, struct arena *a)
{
    return (struct kube_call){
        .client = k->client, .arena = a, .deadline_ms = time_monotonic_ms() + CALL_MS};
}

bool store_kube_may_write(const struct store_kube *k, int64_t epoch)
{
    int64_t current;

    return !epoch || (k->lease && lease_kube_is_held(k->lease, &current) && current == epoch);
}

/* Reading. */

static struct error *not_there(struct arena *a, struct str kind, struct str key)
{
    return error_new(a, ERROR_NOT_FOUND, "the cluster holds no " STR_FMT " " STR_FMT, STR_ARG(kind),
                     STR_ARG(key));
}

static enum custom_kind kind_at(const struct kube_target *t)
{
    for (enum custom_kind kind = 0; kind < CUSTOM_KINDS; kind++)
        if (t->resource == &custom_resources[kind].resource)
            return kind;
    return CUSTOM_RECORD;
}

static struct error *get(struct arena *a, struct store *s, struct str kind, struct str key,
                         struct store_record *out)
{
    const struct kube_call c = store_kube_call(store_kube_of(s), a);
    const struct kube_target t = kube_record_target(a, kind, key);
    struct json object;
    struct error *faults, *e = kube_get(&c, &t, &object);

    if (e && e->kind == ERROR_NOT_FOUND)
        return not_there(a, kind, key);
    if (e)
        return e;
    if (str_eq(kind, STR("status")))
        return kube_status_of(a, kind_at(&t), &object, out) ? NULL : not_there(a, kind, key);
    return kube_record_of(a, kind_at(&t), &object, out, &faults);
}

struct listing {
    struct store_kube *store;
    struct arena *arena;
    enum custom_kind of;
    struct str kind; /* of records that are wanted; empty: all */
    bool tends;      /* the engine sees to what people have written */
    struct record_list *out;
};

/* Whose the store is concerns nobody who reads it. */
static bool is_wanted(const struct listing *l, struct str kind)
{
    return l->kind.len ? str_eq(l->kind, kind) : !str_eq(kind, STORE_KUBE_FLEET);
}

static void add(struct listing *l, struct store_record r)
{
    if (is_wanted(l, r.kind))
        ARENA_PUSH(l->arena, l->out->items, l->out->count, l->out->capacity, r);
}

/* An object that cannot be tended just now will be when it is next read. */
static void tend(struct listing *l, const struct json *object)
{
    ARENA_AUTO a = {0};
    struct json copy;
    struct error *e = json_parse(&a, kube_object_text(&a, object), &copy);

    if (!e)
        e = store_kube_tend(l->store, &a, l->of, &copy, STR(""));
    if (e && e->kind != ERROR_CONFLICT)
        log_event(LOG_WARN, "object_not_tended", LOG_STR("error", e->summary));
}

static struct error *take(void *self, const struct json *object)
{
    struct listing *l = self;
    struct store_record r;
    struct error *faults, *e = kube_record_of(l->arena, l->of, object, &r, &faults);

    if (e) { /* somebody has put it there, or taken it to pieces: it says nothing to us */
        log_event(LOG_WARN, "object_not_read", LOG_STR("error", e->summary));
        return NULL;
    }
    add(l, r);
    if (kube_status_of(l->arena, l->of, object, &r))
        add(l, r);
    if (l->tends && (l->of == CUSTOM_POOL || l->of == CUSTOM_CLASS))
        tend(l, object);
    return NULL;
}

static struct error *list_kind(struct listing l, enum custom_kind of, struct str selector)
{
    struct kube_call c = store_kube_call(l.store, l.arena);
    const struct kube_target all = {.resource = &custom_resources[of].resource};

    c.deadline_ms = time_monotonic_ms() + LIST_MS;
    l.of = of;
    return kube_list(&c, &all, &(struct kube_listing){selector, take, &l});
}

static int by_kind_and_key(const void *a, const void *b)
{
    const struct store_record *x = a, *y = b;
    int order = str_cmp(x->kind, y->kind);

    return order ? order : str_cmp(x->key, y->key);
}

static void sort(struct record_list *list)
{
    if (list->count)
        qsort(list->items, list->count, sizeof(*list->items), by_kind_and_key);
}

static struct error *list(struct arena *a, struct store *s, struct str kind,
                          struct record_list *out)
{
    struct listing l = {.store = store_kube_of(s), .arena = a, .kind = kind, .out = out};
    enum custom_kind only = kube_record_kind(kind);
    bool is_status = str_eq(kind, STR("status"));

    *out = (struct record_list){0};
    for (enum custom_kind of = 0; of < CUSTOM_KINDS; of++) {
        bool holds = is_status ? of == CUSTOM_POOL || of == CUSTOM_CLASS : of == only;
        struct str selector = {0};
        if (kind.len && !holds)
            continue;
        if (kind.len && of == CUSTOM_RECORD)
            selector = arena_printf(a, "tenon.dev/record=" STR_FMT, STR_ARG(kind));
        TRY(list_kind(l, of, selector));
    }
    sort(out);
    return NULL;
}

static struct error *list_doors(struct arena *a, struct store *s, int64_t epoch,
                                struct record_list *out)
{
    struct listing l = {.store = store_kube_of(s), .arena = a, .out = out, .tends = true};
    struct record_list all = {0};

    if (!store_kube_may_write(l.store, epoch))
        return error_new(a, ERROR_CONFLICT, "the lease has gone to another engine");
    l.out = &all;
    TRY(list_kind(l, CUSTOM_POOL, STR("")));
    TRY(list_kind(l, CUSTOM_CLASS, STR("")));
    TRY(list_kind(l, CUSTOM_RECORD, STORE_KUBE_DOORS));
    *out = (struct record_list){0};
    for (size_t i = 0; i < all.count; i++)
        if (!str_eq(all.items[i].kind, STR("status"))) /* which is the engine's */
            ARENA_PUSH(a, out->items, out->count, out->capacity, all.items[i]);
    sort(out);
    return NULL;
}

static int64_t version(struct store *s)
{
    struct store_kube *k = store_kube_of(s);
    int64_t now_ms = time_monotonic_ms();

    if (!k->lease)
        return now_ms / DOOR_LOOK_MS;
    if (now_ms >= time_add_ms(k->told_ms, NEWS_MS)) {
        k->told = (int64_t)atomic_load(&k->news);
        k->told_ms = now_ms;
    }
    return k->told;
}

/* The lease. */

static struct error *try_lease(struct arena *a, struct store *s, bool *held, int64_t *epoch)
{
    struct store_kube *k = store_kube_of(s);

    lease_kube_want(k->lease);
    *held = lease_kube_is_held(k->lease, epoch);
    if (*held)
        return NULL;
    /* While the server is away one waits for it; what is not allowed will not be by waiting. */
    struct error *e = lease_kube_problem(k->lease, a);
    return e && e->kind == ERROR_DENIED ? e : NULL;
}

static struct error *check_lease(struct arena *a, struct store *s)
{
    struct store_kube *k = store_kube_of(s);
    int64_t epoch;

    if (lease_kube_is_held(k->lease, &epoch))
        return NULL;
    struct error *e = lease_kube_problem(k->lease, a);
    struct error *lost =
        error_new(a, ERROR_CONFLICT, "the lease " STR_FMT " was lost", STR_ARG(engine_lease.name));
    lost->detail =
        e ? arena_printf(a, "It could not be renewed in time: " STR_FMT, STR_ARG(e->summary))
          : STR("Another engine has it, or it was removed.");
    return lost;
}

static void release_lease(struct store *s)
{
    struct store_kube *k = store_kube_of(s);
    int64_t epoch;

    if (lease_kube_is_held(k->lease, &epoch))
        store_kube_settle_all(k);
    lease_kube_release(k->lease);
}

static bool lease_is_taken(struct store *s)
{
    ARENA_AUTO a = {0};
    struct store_kube *k = store_kube_of(s);
    const struct kube_call c = store_kube_call(k, &a);
    struct json lease;

    if (kube_get(&c, &engine_lease, &lease))
        return false; /* nobody can hold what nobody can reach */
    lease_sight_take(&k->sight, &lease, time_monotonic_ms());
    return lease_sight_is_alive(&k->sight, time_monotonic_ms());
}

/* An API server that knows an older schema would drop, without a word, what it does not know. */
static struct error *prepare(struct arena *a, struct store *s)
{
    const struct kube_call c = store_kube_call(store_kube_of(s), a);

    return custom_resources_install(&c);
}

static void close_it(struct store *s)
{
    struct store_kube *k = store_kube_of(s);

    for (size_t i = 0; i < FOLLOWED; i++)
        kube_informer_free(k->followed[i]);
    lease_kube_free(k->lease);
    store_kube_drop_late(k);
    if (k->end)
        k->end(k->end_self);
    free(k);
}

const struct store_ops store_kube_ops = {
    .close = close_it,
    .get = get,
    .list = list,
    .list_doors = list_doors,
    .write = store_kube_write,
    .swap = store_kube_swap,
    .version = version,
    .prepare = prepare,
    .settle = store_kube_settle,
    .try_lease = try_lease,
    .check_lease = check_lease,
    .release_lease = release_lease,
    .lease_is_taken = lease_is_taken,
};
