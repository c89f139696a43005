#include <stdlib.h>

#include "engine/adapters/store_door.h"
#include "engine/adapters/store_kube.h"
#include "engine/adapters/store_sqlite.h"
#include "engine/base/memory.h"
#include "engine/base/time.h"
#include "engine/host/inside.h"

/* Which store a fleet has, and opening it. */

enum { AWAY_MS = 30 * 1000 };

bool host_store_is_cluster(const struct host_settings *s)
{
    return str_eq(s->store, STR("kubernetes"));
}

static struct error *path_of(struct arena *a, const struct host_settings *s, struct str *out)
{
    static const struct str scheme = STR_INIT("sqlite:");

    if (!s->store.len)
        return store_default_path(a, &s->fleet, out);
    if (!str_starts_with(s->store, scheme) || s->store.len == scheme.len) {
        struct error *e =
            error_new(a, ERROR_INVALID, "the store is \"" STR_FMT "\"", STR_ARG(s->store));
        e->detail = STR("\"sqlite:PATH\" and \"kubernetes\" are allowed; unset, the store lies "
                        "under the user's state folder.");
        return error_at(e, STR("engine.store"));
    }
    *out = str_slice(s->store, scheme.len, s->store.len);
    return NULL;
}

struct error *host_store_name(struct arena *a, const struct host_settings *s, struct str *out)
{
    struct str path;

    *out = s->store;
    if (host_store_is_cluster(s))
        return NULL;
    TRY(path_of(a, s, &path));
    *out = arena_printf(a, "sqlite:" STR_FMT, STR_ARG(path));
    return NULL;
}

static struct error *open_file(struct arena *a, const struct host_settings *s, enum store_use use,
                               const struct fleet_identity *fleet, struct store **out)
{
    struct str path;

    TRY(path_of(a, s, &path));
    return use == STORE_READ ? store_sqlite_open(a, path, fleet, out)
                             : store_sqlite_make(a, path, fleet, out);
}

static void end_client(void *self)
{
    cluster_client_free(self);
}

static struct error *open_in_cluster(struct arena *a, const struct host_settings *s,
                                     enum store_use use, const struct fleet_identity *fleet,
                                     struct store **out)
{
    struct cluster_client *client;

    TRY(cluster_client_new(a, s, &client));
    struct error *e = use == STORE_READ   ? store_kube_open(a, client->kube, fleet, out)
                      : use == STORE_MAKE ? store_kube_make(a, client->kube, fleet, out)
                                          : store_kube_follow(a, client->kube, fleet, out);
    if (e)
        cluster_client_free(client);
    else
        store_kube_end_with(*out, end_client, client);
    return e;
}

struct error *host_open_store(struct arena *a, const struct host_settings *s, enum store_use use,
                              const struct fleet_identity *fleet, struct store **out)
{
    return host_store_is_cluster(s) ? open_in_cluster(a, s, use, fleet, out)
                                    : open_file(a, s, use, fleet, out);
}

struct error *host_store_door(struct arena *a, const struct host_settings *s,
                              struct store_door **out)
{
    struct store *store;

    *out = NULL;
    TRY(host_open_store(a, s, STORE_READ, &s->fleet, &store));
    *out = store_door_of(store);
    return NULL;
}

/* A plan reads a store for each of its resources.  One that cannot be reached is not waited for
 * each time. */
static struct error *open_once(struct host *h, struct arena *a, enum store_use use)
{
    struct store *store;

    if (h->store)
        return NULL;
    if (use == STORE_READ && h->store_away && time_monotonic_ms() < h->store_away_until_ms)
        return error_copy(a, h->store_away);
    struct error *e = host_open_store(a, &h->settings, use, &h->settings.fleet, &store);
    if (!e) {
        h->store = store_door_of(store);
        return NULL;
    }
    if (host_store_is_cluster(&h->settings) && e->kind != ERROR_NOT_FOUND) {
        arena_free(&h->store_arena);
        h->store_away = error_copy(&h->store_arena, e);
        h->store_away_until_ms = time_monotonic_ms() + AWAY_MS;
    }
    return e;
}

static struct error *store_for(struct host *h, struct arena *a, enum store_use use,
                               struct store_door **out)
{
    pthread_mutex_lock(&h->store_lock);
    struct error *e = open_once(h, a, use);
    if (!e && use == STORE_MAKE && !h->store_is_ready) {
        e = store_door_prepare(h->store, a);
        h->store_is_ready = !e;
    }
    *out = h->store;
    pthread_mutex_unlock(&h->store_lock);
    return e;
}

struct error *host_store(struct host *h, struct arena *a, struct store_door **out)
{
    return store_for(h, a, STORE_MAKE, out);
}

struct error *host_store_there(struct host *h, struct arena *a, struct store_door **out)
{
    return store_for(h, a, STORE_READ, out);
}
