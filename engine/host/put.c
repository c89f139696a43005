#include "engine/adapters/manifests.h"
#include "engine/base/log.h"
#include "engine/base/time.h"
#include "engine/host/inside.h"
#include "engine/objects/catalog_builtin.h"

/* Putting, restoring and previewing specifications: what is refused is refused before it is stored.
 */

enum { WORKLOAD_MS = 60 * 1000, CATALOG_MS = 2 * 60 * 1000 };

static struct error *cancelled(struct arena *a)
{
    return error_new(a, ERROR_CANCELLED, "stopped before anything was stored");
}

/* Are the pods known, or why not? */
static struct error *check_workload(struct host *h, struct arena *a, struct cancel *cancel)
{
    struct host_ports ports;
    struct error *e = NULL;
    int64_t give_up_ms = time_monotonic_ms() + WORKLOAD_MS;

    TRY(host_hold_ports(h, a, cancel, &ports));
    monitor_enter(&h->news);
    bool heard = h->workload_answered;
    monitor_leave(&h->news);
    if (!heard)
        ports.cluster.submit_watch(ports.cluster.self);
    monitor_enter(&h->news);
    while (!h->workload_answered && !cancel_is_raised(cancel) && time_monotonic_ms() < give_up_ms)
        host_doze(h);
    if (!h->workload_answered)
        e = cancel_is_raised(cancel)
                ? cancelled(a)
                : error_new(a, ERROR_TIMEOUT, "the %s could not be read in time",
                            h->settings.follows_api_server ? "cluster" : "manifests");
    else if (!h->workload_known)
        e = host_workload_error(h, a);
    monitor_leave(&h->news);
    host_let_ports(h);
    return e;
}

static void leave(struct host *h, struct catalog_wait *wait)
{
    for (struct catalog_wait **w = &h->waits; *w; w = &(*w)->next)
        if (*w == wait) {
            *w = wait->next;
            return;
        }
}

/* Asks the cloud what a class can launch, and whether that serves the pool. */
static struct error *check_catalog(struct host *h, struct arena *a, struct cancel *cancel,
                                   struct str node_class, struct str document,
                                   const struct pool *pool)
{
    struct host_ports ports;
    struct catalog_wait wait = {
        .arena = a, .node_class = node_class, .document = document, .pool = pool};
    int64_t give_up_ms = time_monotonic_ms() + CATALOG_MS;

    TRY(host_hold_ports(h, a, cancel, &ports));
    monitor_enter(&h->news);
    wait.next = h->waits;
    h->waits = &wait;
    monitor_leave(&h->news);
    ports.cloud.submit_catalog(ports.cloud.self, node_class, document);
    monitor_enter(&h->news);
    while (!wait.answered && !cancel_is_raised(cancel) && time_monotonic_ms() < give_up_ms)
        host_doze(h);
    leave(h, &wait);
    monitor_leave(&h->news);
    host_let_ports(h);
    if (wait.answered)
        return wait.error;
    if (cancel_is_raised(cancel))
        return cancelled(a);
    struct error *e = error_new(a, ERROR_TIMEOUT, "the cloud did not say what it can launch");
    e->detail = STR("No answer came within two minutes. Nothing was stored; apply again.");
    return e;
}

static struct error *no_class(struct arena *a, struct str name)
{
    struct error *e =
        error_new(a, ERROR_NOT_FOUND, "node class " STR_FMT " does not exist", STR_ARG(name));
    e->detail = STR("A pool needs a tenon_node_class of this cluster: write node_class = "
                    "tenon_node_class.NAME.name, so that it is applied first. If it is there and "
                    "this store is newer than the plan (a plan file on another machine), plan and "
                    "apply again: reading the class stores it.");
    return error_at(e, STR("node_class"));
}

static struct error *check_pool(struct host *h, struct arena *a, struct cancel *cancel,
                                struct store_door *store, struct str document,
                                struct record_list *seen)
{
    struct resource_table amounts = resource_table_new();
    struct pool pool;
    struct spec class;
    bool found;

    TRY(host_documents.parse_pool(a, document, &amounts, &pool));
    TRY(spec_see(a, store, SPEC_CLASS, pool.node_class, seen, &class, &found));
    if (!found || class.deleting || !class.document.len)
        return no_class(a, pool.node_class);
    TRY(check_workload(h, a, cancel));
    return check_catalog(h, a, cancel, class.name, class.document, &pool);
}

static struct error *check_name(struct arena *a, const struct spec *spec, const struct spec *held)
{
    const char *what = spec->kind == SPEC_POOL ? "tenon_node_pool" : "tenon_node_class";
    if (str_eq(held->uid, spec->uid) && !held->deleting)
        return NULL;
    struct error *e = error_new(a, held->deleting ? ERROR_CONFLICT : ERROR_EXISTS,
                                "%s " STR_FMT " %s", what, STR_ARG(spec->name),
                                held->deleting ? "is still being destroyed" : "exists already");
    e->detail = held->deleting
                    ? STR("Let its destruction end: terraform destroy, or tenon engine --once.")
                    : arena_printf(
                          a,
                          "The store holds one by this name that is not in this state: uid " STR_FMT
                          ". Take it in with terraform import and the id \"" STR_FMT
                          "\", or choose another name.",
                          STR_ARG(held->uid), STR_ARG(spec->name));
    return error_at(e, STR("name"));
}

static struct store_record settings_record(const struct host *h, struct arena *a)
{
    return (struct store_record){STR("settings"), STR("last"),
                                 host_settings_write(a, &h->settings)};
}

/* Checking takes minutes where the cloud is slow; what is stored is what was checked, or else it is
 * looked at again (*done is false). */
static struct error *try_put(struct host *h, struct arena *a, struct cancel *cancel,
                             struct store_door *store, const struct spec *wanted, bool *done)
{
    struct record_list seen = {0};
    struct spec held;
    bool found;

    TRY(spec_check_alive(a, store, wanted, &seen));
    TRY(spec_see(a, store, wanted->kind, wanted->name, &seen, &held, &found));
    if (found)
        TRY(check_name(a, wanted, &held));
    if (wanted->kind == SPEC_POOL)
        TRY(check_pool(h, a, cancel, store, wanted->document, &seen));
    else
        TRY(check_catalog(h, a, cancel, wanted->name, wanted->document, NULL));
    const struct store_record changes[] = {spec_write(a, wanted), settings_record(h, a)};
    return store_door_swap(store, a, &seen, changes, 2, done);
}

struct error *host_put(void *self, struct arena *a, struct cancel *cancel, const struct spec *spec)
{
    struct store_door *store;
    struct spec wanted = *spec;
    bool done = false;

    TRY(host_store(self, a, &store));
    wanted.document = spec_document(a, spec->document);
    wanted.deleting = false;
    while (!done)
        TRY(try_put(self, a, cancel, store, &wanted, &done));
    return NULL;
}

static struct error *fill(struct host *h, struct arena *a, struct store_door *store,
                          const struct spec *spec, struct record_list *seen, bool *converged)
{
    struct spec held;
    bool found, done;

    TRY(spec_see(a, store, spec->kind, spec->name, seen, &held, &found));
    bool ours = found && str_eq(held.uid, spec->uid);
    if (found && (!ours || held.deleting || held.generation >= spec->generation)) {
        bool same = str_eq(held.document, spec_document(a, spec->document));
        *converged = *converged && (!ours || same); /* else the engine goes by another document */
        return NULL;
    }
    const struct store_record changes[] = {spec_write(a, spec), settings_record(h, a)};
    /* If somebody was faster it is not lacking any more, or destroyed: the next read says so. */
    return store_door_swap(store, a, seen, changes, 2, &done);
}

/* A class has converged when its pools have; a pool that does not is no reason to apply both. */
static struct error *take_converged(struct arena *a, struct store_door *store,
                                    const struct spec *spec, bool *converged)
{
    struct json status;
    if (spec->kind != SPEC_POOL)
        return NULL;
    TRY(spec_status(a, store, spec, &status));
    if (status.count)
        *converged = json_bool_or(json_get(&status, "converged"), false) ||
                     (*converged && store_door_lease_is_held(store));
    return NULL;
}

/* The cluster's store is no cache of state: what it lacks is gone, and reading writes nothing. */
static struct error *find(struct arena *a, struct store_door *store, const struct spec *spec,
                          struct record_list *seen, bool *converged)
{
    struct spec held;
    bool found;
    struct error *e = spec_see(a, store, spec->kind, spec->name, seen, &held, &found);

    if (e) {
        log_event(LOG_WARN, "store_not_read", LOG_STR("error", e->summary));
        return NULL;
    }
    if (!found || !str_eq(held.uid, spec->uid))
        return error_at(error_new(a, ERROR_NOT_FOUND, STR_FMT " is not in the cluster any more",
                                  STR_ARG(spec->name)),
                        STR("name"));
    if (!str_eq(held.document, spec_document(a, spec->document)))
        *converged = false; /* somebody has edited it there: an apply takes that back */
    e = take_converged(a, store, spec, converged);
    if (e)
        log_event(LOG_WARN, "store_not_read", LOG_STR("error", e->summary));
    return NULL;
}

struct error *host_restore(void *self, struct arena *a, const struct spec *spec, bool *converged)
{
    struct store_door *store;
    struct record_list seen = {0};

    struct error *e = host_store_there(self, a, &store);
    if (e && e->kind == ERROR_NOT_FOUND) {
        *converged = false;
        return NULL;
    }
    if (!e)
        e = spec_check_alive(a, store, spec, &seen);
    if (e && e->kind == ERROR_NOT_FOUND)
        return e;
    if (!e && host_store_is_cluster(&((struct host *)self)->settings))
        return find(a, store, spec, &seen, converged);
    if (!e)
        e = fill(self, a, store, spec, &seen, converged);
    if (!e)
        e = take_converged(a, store, spec, converged);
    /* Reading state must not fail for a store that cannot be used; apply says why. */
    if (e)
        log_event(LOG_WARN, "store_not_read", LOG_STR("error", e->summary));
    return NULL;
}

void notice_add(struct arena *a, struct convergence *c, bool is_error, struct str path,
                struct str summary, struct str detail)
{
    struct notice n = {is_error, path, summary, detail};
    ARENA_PUSH(a, c->notices, c->notice_count, c->notice_capacity, n);
}

static void preview_manifests(struct host *h, struct arena *a, struct convergence *out)
{
    struct error *e;

    if (h->settings.follows_api_server)
        return; /* a plan can say nothing of a cluster that the apply may be the first to reach */
    e = manifests_check(a, h->settings.manifests, h->settings.manifest_count, NULL);
    for (; e; e = e->next)
        notice_add(a, out, true, e->path, e->summary,
                   arena_printf(a, STR_FMT " (The provider's cluster.manifests lists it.)",
                                STR_ARG(e->detail)));
}

/* The class as the store has it, or the plainest one: a first plan comes before it is stored. */
static struct str class_document(struct host *h, struct arena *a, struct str name)
{
    struct store_door *store;
    struct spec class;
    if (!host_store_there(h, a, &store) && !spec_read(a, store, SPEC_CLASS, name, &class) &&
        class.document.len)
        return class.document;
    return STR("{\"name\":\"default\",\"subnet_selector\":[{\"id\":\"subnet-0\"}],"
               "\"security_group_selector\":[{\"id\":\"sg-0\"}]}");
}

static void preview_types(struct host *h, struct arena *a, const struct spec *spec,
                          struct convergence *out)
{
    struct resource_table amounts = resource_table_new();
    struct pool pool;
    struct json tree;
    struct node_class class;
    struct str why;
    /* What is wrong with the documents themselves has been said by validation. */
    if (host_documents.parse_pool(a, spec->document, &amounts, &pool) ||
        json_parse(a, class_document(h, a, pool.node_class), &tree) ||
        class_document_read(a, &tree, &class))
        return;
    if (!builtin_can_serve(a, &pool, &class, h->settings.fleet.region, &why))
        notice_add(a, out, false, STR("requirements"),
                   STR("no known instance type can serve this pool"),
                   arena_printf(a,
                                STR_FMT ". This is what the built-in table knows of " STR_FMT
                                        "; apply asks AWS, and refuses if it agrees.",
                                STR_ARG(why), STR_ARG(h->settings.fleet.region)));
}

static void preview_class(struct host *h, struct arena *a, const struct spec *spec,
                          struct convergence *out)
{
    struct error *warnings = NULL, *e = NULL;

    if (h->factory.inspect)
        e = h->factory.inspect(h->factory.self, a, &h->settings, spec->document, &warnings);
    for (; warnings; warnings = warnings->next)
        notice_add(a, out, false, warnings->path, warnings->summary, warnings->detail);
    for (; e; e = e->next)
        notice_add(a, out, true, e->path, e->summary, e->detail);
}

void host_preview(void *self, struct arena *a, const struct spec *spec, const struct str *unknown,
                  size_t unknown_count, struct convergence *out)
{
    struct host *h = self;
    if (!unknown_count && spec->kind == SPEC_CLASS)
        preview_class(h, a, spec, out);
    if (!unknown_count && spec->kind == SPEC_POOL) {
        preview_manifests(h, a, out);
        preview_types(h, a, spec, out);
    }
    preview_effect(h, a, spec, unknown, unknown_count, out);
}
