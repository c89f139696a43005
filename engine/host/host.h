#ifndef ENGINE_HOST_HOST_H
#define ENGINE_HOST_HOST_H

#include "engine/aws/aws.h"
#include "engine/engine.h"
#include "engine/pools.h"

/* The engine in a process: a store, adapters and one engine, shared by all who apply here.
 *
 * The engine's thread runs only while somebody waits for it (converge, remove, or the daemon), and
 * only under the store's lease; while another process holds that, waiters follow what it records,
 * and take over when the lease falls free.  The last waiter, of whatever pool, lets the engine
 * bring to its end what it began for any of them, within its own deadline; then the engine gives
 * the lease back.  A cancelled waiter returns within two seconds, and the thread awaits the answers
 * to what it has sent by itself.  Opening a host does no I/O. */
struct host;

struct host_settings {
    struct fleet_identity fleet;
    /* "sqlite:PATH" or "kubernetes"; empty: the fleet's place under the user's state folder */
    struct str store;
    bool daemon;                   /* engine.mode = "daemon": here is only written and waited */
    bool ignore_preferences;       /* engine.preferences = "ignore" */
    struct str interruption_queue; /* its name or URL; empty: none */
    bool heeds_rebalance;          /* engine.rebalance_recommendation = "replace" */
    int64_t batch_idle_ms, batch_max_ms;     /* 0: the engine's */
    struct share max_disrupted, max_unready; /* not set: the engine's */
    int64_t max_staleness_ms;                /* 0: the engine's */
    const struct str *manifests;             /* absolute paths */
    size_t manifest_count;

    /* Pods are those of an API server, which is asked for all there is to know of the cluster, and
     * not of manifests.  Where it is, and who we are there: cluster_access.c.  The token is never
     * kept. */
    bool follows_api_server;
    struct str kubeconfig, context; /* the former an absolute path; empty: not set */
    struct str cluster_token;
    /* Or the engine's own pod says it, or the kubeconfig that kubectl would take; never kept. */
    bool in_pod, as_kubectl;

    /* For the EC2 adapter; `aws` is borrowed and outlives the host. */
    struct aws_client *aws;
    struct str kubernetes_version, api_server_endpoint, certificate_authority;
    struct str service_cidr, cluster_dns, default_instance_profile;
    struct labels default_tags;

    /* How the apply came to AWS, kept in the store beside what stands above, so that `tenon engine`
     * comes there the same way: profile and shared files, roles to assume, the file of a web
     * identity's token, endpoints, proxies.  Keys, tokens and proxies' passwords are never kept
     * (`secrets_left_out`: the apply had some in its configuration, and a command takes what its
     * own environment gives in their place, then the same roles).  A role's external id is kept:
     * AWS calls it no secret, every principal of both accounts may read it, and without it the role
     * cannot be assumed. */
    struct aws_config access;
    bool secrets_left_out;
};

/* Cloud, cluster and clock; the store is the host's own. */
struct host_ports {
    struct clock_port clock;
    struct cloud_port cloud;
    struct launch_port launches;
    struct notices_port notices;
    struct cluster_port cluster;
    void *self;
    void (*stop)(void *self);  /* ends waits and reads, begins no change; returns at once */
    void (*close)(void *self); /* after this nothing is posted */
};
struct host_factory {
    void *self;
    MUST_CHECK struct error *(*open)(void *self, struct arena *a,
                                     const struct host_settings *settings, struct event_sink sink,
                                     struct host_ports *out);
    /* What can be said of a class before it is applied: errors, and warnings.  Reads only, ten
     * seconds at most.  NULL: nothing. */
    MUST_CHECK struct error *(*inspect)(void *self, struct arena *a,
                                        const struct host_settings *settings, struct str document,
                                        struct error **warnings);
};
/* EC2, SQS and manifests. */
extern const struct host_factory host_live;

/* Everything is copied. */
struct host *host_new(const struct host_settings *settings, const struct host_factory *factory);
void host_free(struct host *h); /* stops the engine; NULL is fine */
const struct pools *host_pools(struct host *h);

/* `tenon engine`: runs the engine for all pools until `cancel` is raised, the lease is lost or,
 * with `once`, everything has converged; then *settled.  With `once` manifests that cannot be read
 * are an error, because without them nothing converges.  Past the deadline (time_monotonic_ms;
 * NEVER_MS) it ends like a cancelled one. */
MUST_CHECK struct error *host_run(struct host *h, struct arena *a, struct cancel *cancel, bool once,
                                  int64_t deadline_ms, bool *settled);

/* The settings record, both ways: what `tenon engine|status --store S` starts from.  Strings live
 * in the arena; `aws` is the caller's to make. */
struct str host_settings_write(struct arena *a, const struct host_settings *s);
MUST_CHECK struct error *host_settings_read(struct arena *a, struct str record,
                                            struct host_settings *out);
/* Reads a store's fleet and settings without a host.  `known` names the store, and where that is
 * the cluster, how to get there (kubeconfig, context, in_pod), which then holds for all else: the
 * apply may have gone another way, from another machine. */
MUST_CHECK struct error *host_settings_of_store(struct arena *a, const struct host_settings *known,
                                                struct host_settings *out);
/* The store itself, for whoever only reads it: ERROR_NOT_FOUND where there is none. */
struct store_door;
MUST_CHECK struct error *host_store_door(struct arena *a, const struct host_settings *s,
                                         struct store_door **out);

/* What documents mean, by engine/objects. */
extern const struct document_port host_documents;

#endif
