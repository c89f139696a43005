#include <stdlib.h>

#include "engine/base/log.h"
#include "engine/base/memory.h"
#include "engine/host/inside.h"
#include "engine/kube/client.h"
#include "engine/kube/eks_access.h"
#include "engine/kube/in_cluster.h"
#include "engine/kube/kubeconfig.h"

/* The API server of the cluster block: a kubeconfig where one is named, else the endpoint with its
 * token, else a cluster of EKS, to which our AWS credentials say who we are.  An engine that runs
 * in a pod and was told nothing else takes that pod's service account; an apply never does, for a
 * runner's pod is of some other cluster. */

/* "~/" is whose home we run in, as a shell has it. */
static struct str at_home(struct arena *a, struct str path)
{
    const char *home = getenv("HOME");

    if (!str_starts_with(path, STR("~/")) || !home)
        return path;
    return arena_printf(a, "%s" STR_FMT, home, STR_ARG(str_slice(path, 1, path.len)));
}

static struct error *of_kubeconfig(struct arena *a, const struct host_settings *s,
                                   struct kube_access *out)
{
    struct kubeconfig config;

    TRY(kubeconfig_load(a, at_home(a, s->kubeconfig), &config));
    return kubeconfig_access(a, &config, s->context, out);
}

static struct error *of_eks(struct arena *a, const struct host_settings *s, struct kube_access *out)
{
    const struct aws_call call = {.client = s->aws, .arena = a};

    if (s->api_server_endpoint.len)
        return kube_eks_at(&call, s->fleet.cluster, s->api_server_endpoint,
                           s->certificate_authority, out);
    return kube_eks(&call, s->fleet.cluster, out);
}

static struct error *find_access(struct arena *a, const struct host_settings *s,
                                 struct kube_access *out)
{
    if (s->kubeconfig.len || s->context.len)
        return of_kubeconfig(a, s, out);
    if (s->in_pod && kube_is_in_cluster())
        return kube_in_cluster(a, STR(""), out);
    if (s->as_kubectl)
        return of_kubeconfig(a, s, out);
    if (s->api_server_endpoint.len && s->cluster_token.len)
        return kube_access_given(a, s->api_server_endpoint, s->certificate_authority,
                                 s->cluster_token, out);
    return of_eks(a, s, out);
}

struct error *cluster_client_new(struct arena *a, const struct host_settings *s,
                                 struct cluster_client **out)
{
    struct cluster_client *c = must_have(calloc(1, sizeof(*c)));
    struct kube_access *access = ARENA_NEW(&c->secrets, struct kube_access);
    struct error *e = find_access(&c->secrets, s, access);

    for (size_t i = 0; !e && i < access->warning_count; i++)
        log_event(LOG_WARN, "cluster_access", LOG_STR("warning", access->warnings[i]));
    if (!e)
        e = kube_client_new(&c->secrets, access, &(struct kube_client_options){0}, &c->kube);
    *out = e ? NULL : c;
    if (!e)
        return NULL;
    e = error_at(error_copy(a, e), STR("cluster"));
    cluster_client_free(c);
    return e;
}

void cluster_client_free(struct cluster_client *c)
{
    if (!c)
        return;
    kube_client_free(c->kube);
    arena_wipe(&c->secrets);
    free(c);
}
