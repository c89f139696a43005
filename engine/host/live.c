#include <stdlib.h>

#include "engine/adapters/api_cluster.h"
#include "engine/adapters/ec2_class.h"
#include "engine/adapters/manifests.h"
#include "engine/adapters/sqs_notices.h"
#include "engine/base/memory.h"
#include "engine/base/time.h"
#include "engine/host/inside.h"
#include "engine/kube/client.h"

/* The ports of the real world. */

struct live {
    struct ec2_cloud *cloud;
    struct sqs_notices *notices; /* NULL: no queue is named */
    struct manifests *manifests; /* or else the next two */
    struct cluster_client *client;
    struct api_cluster *api;
};

static int64_t monotonic_ms(void *self)
{
    (void)self;
    return time_monotonic_ms();
}

static int64_t date_ms(void *self)
{
    (void)self;
    return time_now_ms();
}

static void live_stop(void *self)
{
    struct live *l = self;
    ec2_cloud_stop(l->cloud);
    if (l->notices)
        sqs_notices_stop(l->notices);
    if (l->api)
        api_cluster_stop(l->api);
}

static void live_close(void *self)
{
    struct live *l = self;
    live_stop(l); /* all of it, before the end of the first is awaited */
    manifests_free(l->manifests);
    api_cluster_free(l->api);
    cluster_client_free(l->client);
    sqs_notices_free(l->notices);
    ec2_cloud_free(l->cloud);
    free(l);
}

static struct ec2_options options_of(const struct host_settings *s)
{
    return (struct ec2_options){
        .client = s->aws,
        .cluster = s->fleet.cluster,
        .region = s->fleet.region,
        .kubernetes_version = s->kubernetes_version,
        .api_server_endpoint = s->api_server_endpoint,
        .certificate_authority = s->certificate_authority,
        .service_cidr = s->service_cidr,
        .cluster_dns = s->cluster_dns,
        .default_instance_profile = s->default_instance_profile,
        .default_tags = s->default_tags,
    };
}

static struct error *live_inspect(void *self, struct arena *a, const struct host_settings *s,
                                  struct str document, struct error **warnings)
{
    enum { PATIENCE_MS = 10 * 1000 };
    const struct ec2_options options = options_of(s);
    const struct aws_call call = {
        .client = s->aws, .arena = a, .deadline_ms = time_monotonic_ms() + PATIENCE_MS};
    struct json tree;

    (void)self;
    if (!s->aws)
        return NULL;
    TRY(json_parse(a, document, &tree));
    return ec2_class_inspect(&call, &options, &tree, warnings);
}

static const struct clock_port real_clock = {NULL, monotonic_ms, date_ms};

static struct cluster_port open_cluster(const struct host_settings *s, struct event_sink sink,
                                        struct live *l)
{
    if (l->client) {
        l->api = api_cluster_new(l->client->kube, real_clock, sink);
        return api_cluster_port(l->api);
    }
    l->manifests = manifests_new(s->manifests, s->manifest_count, real_clock, sink);
    return manifests_port(l->manifests);
}

static struct error *live_open(void *self, struct arena *a, const struct host_settings *s,
                               struct event_sink sink, struct host_ports *out)
{
    (void)self;
    if (!s->aws)
        return error_new(a, ERROR_INVALID, "there are no credentials to act with");
    const struct ec2_options options = options_of(s);
    struct live *l = must_have(calloc(1, sizeof(*l)));
    /* Only the access may be wrong, which is found out before anything is begun. */
    struct error *e = s->follows_api_server ? cluster_client_new(a, s, &l->client) : NULL;
    if (e) {
        free(l);
        return e;
    }
    l->cloud = ec2_cloud_new(&options, sink);
    if (s->interruption_queue.len)
        l->notices = sqs_notices_new(
            &(struct sqs_notices_options){s->aws, s->interruption_queue, s->fleet.region}, sink);
    *out = (struct host_ports){
        .clock = real_clock,
        .cloud = ec2_cloud_port(l->cloud),
        .launches = ec2_launch_port,
        .notices = l->notices ? sqs_notices_port(l->notices) : (struct notices_port){0},
        .cluster = open_cluster(s, sink, l),
        .self = l,
        .stop = live_stop,
        .close = live_close,
    };
    return NULL;
}

const struct host_factory host_live = {NULL, live_open, live_inspect};
