#include "engine/host/host.h"

#include <assert.h>
#include <stdlib.h>

#include "engine/base/memory.h"
#include "engine/host/inside.h"

/* By way of the record, so that it holds all there is to know, and nothing that is secret. */
static void copy_settings(struct arena *a, const struct host_settings *from,
                          struct host_settings *to)
{
    ARENA_AUTO scratch = {0};
    struct error *e = host_settings_read(a, arena_str(a, host_settings_write(&scratch, from)), to);
    assert(!e);
    to->store = arena_str(a, from->store);
    to->daemon = from->daemon;
    to->aws = from->aws;
    to->cluster_token = arena_str(a, from->cluster_token);
    to->in_pod = from->in_pod;
    to->as_kubectl = from->as_kubectl;
}

static struct error *fleet(void *self, struct arena *a, struct fleet_identity *out)
{
    (void)a;
    *out = ((struct host *)self)->settings.fleet;
    return NULL;
}

static struct error *get(void *self, struct arena *a, enum spec_kind kind, struct str name,
                         struct spec *out)
{
    struct store_door *store;
    TRY(host_store_there(self, a, &store));
    return spec_read(a, store, kind, name, out);
}

struct host *host_new(const struct host_settings *settings, const struct host_factory *factory)
{
    struct host *h = must_have(calloc(1, sizeof(*h)));
    copy_settings(&h->arena, settings, &h->settings);
    h->factory = *factory;
    h->door = (struct pools){
        .self = h,
        .fleet = fleet,
        .get = get,
        .put = host_put,
        .restore = host_restore,
        .converge = host_converge,
        .remove = host_remove,
        .elsewhere = host_elsewhere,
        .preview = host_preview,
    };
    pthread_mutex_init(&h->store_lock, NULL);
    pthread_mutex_init(&h->life, NULL);
    monitor_init(&h->news);
    return h;
}

void host_free(struct host *h)
{
    if (!h)
        return;
    host_end(h);
    host_free_others(h);
    store_engine_free(h->store_engine);
    store_door_close(h->store);
    monitor_finish(&h->news);
    pthread_mutex_destroy(&h->life);
    pthread_mutex_destroy(&h->store_lock);
    arena_free(&h->run_arena);
    arena_free(&h->store_arena);
    arena_free(&h->arena);
    free(h);
}

const struct pools *host_pools(struct host *h)
{
    return &h->door;
}
