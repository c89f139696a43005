#include <stdlib.h>

#include "engine/base/memory.h"
#include "engine/host/inside.h"

/* A provider whose region or cluster has changed still has to destroy what it made before the
 * change: for that it opens the store, and talks to the region, in which that is. */

struct other {
    struct other *next;
    struct host *host;
    struct aws_client *aws; /* NULL: this host's own */
};

static bool is_of(const struct host *h, struct str region, struct str cluster)
{
    return str_eq(h->settings.fleet.region, region) && str_eq(h->settings.fleet.cluster, cluster);
}

/* As the last apply there left them; where that store is lost, ours without our pods. */
static struct host_settings settings_of(const struct host *h, struct arena *a,
                                        const struct fleet_identity *fleet)
{
    struct host_settings last, s = h->settings, there = h->settings;

    s.manifests = NULL;
    s.manifest_count = 0;
    s.follows_api_server = false; /* ours is not theirs */
    there.fleet = *fleet;
    struct error *e = host_settings_of_store(a, &there, &last);
    if (!e) { /* else there is none, or opening it for the destroy says what is wrong with it */
        last.store = h->settings.store;
        last.daemon = h->settings.daemon;
        s = last;
    }
    s.fleet = *fleet;
    return s;
}

static struct error *open_other(struct host *h, struct arena *a, struct str region,
                                struct str cluster, struct other *other)
{
    struct fleet_identity fleet = h->settings.fleet;
    bool moved = !str_eq(fleet.region, region);

    if (moved && h->settings.aws)
        TRY(aws_client_elsewhere(a, h->settings.aws, region, &other->aws));
    fleet.region = region;
    fleet.cluster = cluster;
    if (other->aws)
        fleet.endpoint = aws_client_endpoint(other->aws, AWS_EC2);
    struct host_settings s = settings_of(h, a, &fleet);
    s.aws = other->aws ? other->aws : h->settings.aws;
    other->host = host_new(&s, &h->factory);
    return NULL;
}

static struct error *find_or_open(struct host *h, struct arena *a, struct str region,
                                  struct str cluster, const struct pools **out)
{
    struct other *other = h->others;

    while (other && !is_of(other->host, region, cluster))
        other = other->next;
    if (!other) {
        other = must_have(calloc(1, sizeof(*other)));
        struct error *e = open_other(h, a, region, cluster, other);
        if (e) {
            free(other);
            return e;
        }
        other->next = h->others;
        h->others = other;
    }
    *out = host_pools(other->host);
    return NULL;
}

struct error *host_elsewhere(void *self, struct arena *a, struct str region, struct str cluster,
                             const struct pools **out)
{
    struct host *h = self;
    struct str there = region.len ? region : h->settings.fleet.region;
    struct str named = cluster.len ? cluster : h->settings.fleet.cluster;

    *out = &h->door;
    if (is_of(h, there, named))
        return NULL;
    pthread_mutex_lock(&h->store_lock);
    struct error *e = find_or_open(h, a, there, named, out);
    pthread_mutex_unlock(&h->store_lock);
    return e;
}

void host_free_others(struct host *h)
{
    for (struct other *other = h->others, *next; other; other = next) {
        next = other->next;
        host_free(other->host);
        aws_client_free(other->aws);
        free(other);
    }
    h->others = NULL;
}
