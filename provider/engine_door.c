#include "provider/engine_door.h"

#include <stddef.h>
#include <unistd.h>

#include "engine/base/memory.h"
#include "engine/base/time.h"
#include "engine/host/host.h"
#include "provider/resource/provider_aws.h"

struct door {
    struct pools pools; /* a copy of the host's, first: its address is what the provider holds */
    struct host *host;
};

static const struct cluster_config *cluster_of(const struct provider_config *config)
{
    return config->cluster.count ? TF_BLOCK(config->cluster, struct cluster_config, 0) : NULL;
}

/* Without steps that lead nowhere: "${path.module}/k8s" is "./k8s" in a root module.  ".." stays,
 * for what is before it may be a symbolic link. */
static struct str tidy(struct arena *a, struct str path)
{
    struct buf out = buf_in(a);

    while (path.len) {
        struct str step = str_cut(&path, '/');
        if (step.len && !str_eq(step, STR(".")))
            buf_printf(&out, "/" STR_FMT, STR_ARG(step));
    }
    return out.len ? buf_str(&out) : STR("/");
}

/* Relative paths start where terraform was started. */
static struct str absolute(struct arena *a, struct str path)
{
    char here[4096];

    if (!str_starts_with(path, STR("/")) && getcwd(here, sizeof(here)))
        path = arena_printf(a, "%s/" STR_FMT, here, STR_ARG(path));
    return str_starts_with(path, STR("/")) ? tidy(a, path) : path;
}

/* The AWS tools' own "~" stays: it is whose home the command runs in. */
static struct str file_of(struct arena *a, struct str path)
{
    return path.len && !str_starts_with(path, STR("~")) ? absolute(a, path) : path;
}

static void take_cluster(struct arena *a, const struct cluster_config *cluster,
                         struct host_settings *s)
{
    struct str *paths = ARENA_ARRAY(a, struct str, cluster->manifests.count);

    for (size_t i = 0; i < cluster->manifests.count; i++)
        paths[i] = absolute(a, cluster->manifests.v[i]);
    s->manifests = paths;
    s->manifest_count = cluster->manifests.count;
    s->fleet.cluster = cluster->name.v;
    s->kubernetes_version = cluster->version.v;
    s->api_server_endpoint = cluster->endpoint.v;
    s->certificate_authority = cluster->certificate_authority.v;
    s->service_cidr = cluster->service_cidr.v;
    s->follows_api_server = TF_IS_NULL(cluster->manifests);
    s->kubeconfig = file_of(a, cluster->kubeconfig.v);
    s->context = cluster->context.v;
    s->cluster_token = cluster->token.v;
}

static struct error *take_duration(struct arena *a, struct tf_string text, const char *path,
                                   int64_t *ms)
{
    if (!TF_IS_KNOWN(text) || !text.v.len || duration_parse(text.v, ms))
        return NULL;
    struct error *e = error_new(a, ERROR_INVALID, "%s is \"" STR_FMT "\"", path, STR_ARG(text.v));
    e->detail = STR("A duration is written with its units, for example \"1s\" or \"500ms\".");
    return error_at(e, str_of(path));
}

/* The row's pattern has been held by now, so what is written can be read. */
static void take_share(struct tf_string text, struct share *out)
{
    if (TF_IS_KNOWN(text))
        share_parse(text.v, out);
}

static struct error *take_engine(struct arena *a, const struct engine_config *engine,
                                 struct host_settings *s)
{
    s->store = engine->store.v;
    if (str_starts_with(s->store, STR("sqlite:")))
        s->store = arena_printf(
            a, "sqlite:" STR_FMT,
            STR_ARG(absolute(a, str_slice(s->store, STR("sqlite:").len, s->store.len))));
    s->daemon = str_eq(engine->mode.v, STR("daemon"));
    s->ignore_preferences = str_eq(engine->preferences.v, STR("ignore"));
    s->default_instance_profile = engine->default_instance_profile.v;
    s->interruption_queue = engine->interruption_queue.v;
    s->heeds_rebalance = str_eq(engine->rebalance_recommendation.v, STR("replace"));
    take_share(engine->max_disrupted, &s->max_disrupted);
    take_share(engine->max_unready, &s->max_unready);
    TRY(take_duration(a, engine->batch_idle, "engine.batch_idle", &s->batch_idle_ms));
    TRY(take_duration(a, engine->batch_max, "engine.batch_max", &s->batch_max_ms));
    return take_duration(a, engine->max_staleness, "engine.max_staleness", &s->max_staleness_ms);
}

static void take_default_tags(struct arena *a, const struct provider_config *config,
                              struct host_settings *s)
{
    if (!config->default_tags.count)
        return;
    const struct tf_map *tags = &TF_BLOCK(config->default_tags, struct tags_config, 0)->tags;
    for (size_t i = 0; i < tags->count; i++)
        labels_set(a, &s->default_tags, tags->keys[i], tags->v[i]);
}

static const struct str *files_of(struct arena *a, const struct str *paths, size_t count)
{
    struct str *out = ARENA_ARRAY(a, struct str, count);

    for (size_t i = 0; i < count; i++)
        out[i] = file_of(a, paths[i]);
    return out;
}

/* How a command that starts from the store alone comes to AWS.  Keys of the block hide its profile.
 */
static struct error *take_access(struct arena *a, const struct provider_config *config,
                                 struct host_settings *s)
{
    struct call c = {.arena = a};
    struct aws_endpoint_override *urls =
        ARENA_ARRAY(a, struct aws_endpoint_override, AWS_SERVICE_COUNT);
    struct aws_config *access = &s->access;

    TRY(provider_aws_config(&c, config, access));
    bool keys = access->access_key.len > 0;
    s->secrets_left_out = keys || (access->web_identity && access->web_identity->token.len);
    if (keys)
        access->profile = STR("");
    access->config_files = files_of(a, access->config_files, access->config_file_count);
    access->credentials_files =
        files_of(a, access->credentials_files, access->credentials_file_count);
    access->ca_bundle = file_of(a, access->ca_bundle);
    if (access->web_identity) {
        struct aws_role *role = ARENA_NEW(a, struct aws_role);
        *role = *access->web_identity;
        role->token_file = file_of(a, role->token_file);
        access->web_identity = role;
    }
    access->endpoints = urls;
    access->endpoint_count = aws_client_overrides(s->aws, urls);
    return NULL;
}

static struct error *door_open(void *self, struct arena *a, struct provider *p,
                               const struct pools **out)
{
    const struct provider_config *config = provider_config_of(p);
    const struct cluster_config *cluster = cluster_of(config);
    struct host_settings s = {
        .aws = provider_aws(p),
        .fleet.region = provider_region(p),
    };

    (void)self;
    TRY(provider_account_id(p, a, NULL, &s.fleet.account));
    s.fleet.endpoint = aws_client_endpoint(s.aws, AWS_EC2);
    if (cluster) /* without one there is still what a state names to be destroyed */
        take_cluster(a, cluster, &s);
    if (config->engine.count)
        TRY(take_engine(a, TF_BLOCK(config->engine, struct engine_config, 0), &s));
    take_default_tags(a, config, &s);
    TRY(take_access(a, config, &s));
    /* A session that is renewed into another account must not act for this fleet. */
    aws_client_hold_to(s.aws, s.fleet.account);

    struct door *door = must_have(calloc(1, sizeof(*door)));
    door->host = host_new(&s, &host_live);
    door->pools = *host_pools(door->host);
    *out = &door->pools;
    return NULL;
}

static void door_close(void *self, const struct pools *pools)
{
    struct door *door = (struct door *)(uintptr_t)pools;

    (void)self;
    host_free(door->host);
    free(door);
}

const struct provider_host engine_door = {
    .pools_open = door_open,
    .pools_close = door_close,
};
