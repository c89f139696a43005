#ifndef ENGINE_PORTS_H
#define ENGINE_PORTS_H

#include "engine/base/error.h"
#include "engine/core/world.h"

/* The engine's whole view of the outside.  Live adapters, the simulator and the tests each fill
 * these in; the core never sees them.
 *
 * Submitting never waits: what became of an order comes back as an event, posted from any thread.
 * Orders and what they point at are only valid during the call (an adapter copies what it keeps);
 * an event owns its memory and hands it to the engine. */

enum event_kind {
    EVENT_LEASE,     /* the lease was won or lost */
    EVENT_RECORDS,   /* what the store holds: at first all, later what others changed */
    EVENT_WRITTEN,   /* a store order was carried out, or refused */
    EVENT_WORKLOAD,  /* what has changed in the cluster; or why that cannot be read */
    EVENT_CATALOG,   /* what a node class can launch, or why that is not known */
    EVENT_INSTANCES, /* every instance that carries this cluster's tags */
    EVENT_LAUNCH,    /* what became of a launch */
    EVENT_TERMINATE, /* a terminate call was accepted, or why not */
    EVENT_FORGET,    /* launch templates and profiles that we made are gone, or why not */
    EVENT_EVICT,     /* whether a pod may go from its node */
    EVENT_NODE,      /* a Node object was changed or removed, or why not */
    EVENT_NOTICES,   /* messages of the interruption queue; or why it cannot be read */
    EVENT_WAKE,      /* look again: a clock moved, a waiter came */
};

struct store_record {
    struct str kind;
    struct str key;
    struct str body; /* JSON, but of a world; ptr NULL: deleted */
};
/* Kinds, their keys and who writes them.  Doors write whenever they like, the engine only under its
 * lease, so the two never write the same record; the one exception is a pool or class that is
 * deleting, whose record the engine removes at the very end.
 *
 *   pool, class   name               doors    {"uid", "generation", "deleting", "drain_by_ms",
 *                                             "document": {...}}
 *   apply         pool/N/W           doors    {"until_ms"}: the waiter W applies it, disruption is
 *                 or class/N/W                allowed until then (loop/applying.h)
 *   settings      last               doors    {"region", "endpoints", "manifests", ...}
 *   claim         its id             engine   loop/claim_record.c
 *   template      its name           engine   loop/templates.c: a launch template, once for all
 *                                             claims that start from it
 *   binding       namespace/pod      engine   {"claim", "spec": loop/pod_digest.h}
 *   status        pool/N or class/N  engine   {"uid", "content", "converged", "serial",
 *                                           "templates_lost", "notices"}: of that very
 *                                           specification (pools.h)
 *   tombstone     pool/UID, class/UID  engine  {"name", "at_ms"}: it was destroyed
 *   snapshot      last               engine   what `tenon status` prints
 *   journal       instant-number     engine   what was decided and why
 *   world         last, or the       engine   what a decision was made from, as text of its own
 *                 journal's key               (worlds/kept.h, loop/keeping.h) */

/* The parts of a cluster that are heard of apart from one another. */
enum workload_part {
    WORKLOAD_PODS = 1,
    WORKLOAD_NODES = 2,
    WORKLOAD_DAEMONS = 4,
    WORKLOAD_NAMESPACES = 8,
    WORKLOAD_BUDGETS = 16,
    WORKLOAD_NOTES = 32,
    WORKLOAD_ALL = 63,
};

/* What is heard of a cluster.  Pods and nodes are many: those stand here that have come or changed,
 * each as it is now, and the names of those that are gone.  Of the parts that are `whole` there is
 * nothing else than what stands here: that is how each is first heard of, how it is after news may
 * have been missed, and the only way in which the other parts, which are small, are told.
 *
 * They come as the core's structs, so that the engine need not know where they came from. */
struct workload {
    unsigned whole; /* enum workload_part, or-ed */
    const struct pod *pods;
    size_t pod_count;
    const struct str *pods_gone;
    size_t pod_gone_count;
    const struct claim *nodes; /* that Kubernetes knows, ours among them: each as a claim that is
                                  `foreign`, its id the node's name */
    size_t node_count;
    const struct str *nodes_gone;
    size_t node_gone_count;
    const struct daemon *daemons;
    size_t daemon_count;
    const struct namespace *namespaces; /* sorted by name */
    size_t namespace_count;
    const struct pod_budget *pod_budgets; /* sorted by name */
    size_t pod_budget_count;
    const struct str *notes; /* what is read but not acted on, what was ignored; for warnings */
    size_t note_count;
    struct resource_table resources; /* what the amounts here are named by */
};

struct cloud_instance {
    struct str id, claim, pool, hash; /* of the tags */
    struct str instance_type, zone, image_id;
    struct str node_name; /* as Kubernetes calls its node; empty: not known yet */
    enum capacity_type capacity_type;
    enum instance_state {
        INSTANCE_PENDING,
        INSTANCE_RUNNING,
        INSTANCE_STOPPING,
        INSTANCE_GONE
    } state;
    int64_t launched_ms;
    int64_t impaired_ms; /* the date since when the cloud's checks of it fail; 0: they do not */
};

enum launch_outcome {
    LAUNCH_DONE,    /* `instance` lives */
    LAUNCH_REFUSED, /* definite: capacity, quota, template; the claim ends */
    LAUNCH_UNKNOWN, /* the answer was lost: repeat the identical request, then look up by tag */
    LAUNCH_SPENT,   /* the token was used with other parameters, or for instances that are dead */
};

struct unavailable {
    struct str instance_type, zone;
    enum capacity_type capacity_type;
};

/* What a message of the interruption queue says. */
enum notice_kind {
    NOTICE_BROKEN,      /* it cannot be read */
    NOTICE_OTHER,       /* nothing of interruptions */
    NOTICE_REBALANCE,   /* the spot instances may be taken back before long */
    NOTICE_MAINTENANCE, /* they are retired, rebooted or stopped at an appointed time */
    NOTICE_RESERVATION, /* their capacity reservation is taken back: two minutes are left */
    NOTICE_SPOT,        /* they are taken back: two minutes are left */
    NOTICE_STOPPED,     /* they are stopping, or gone */
};
struct cloud_notice {
    enum notice_kind kind;
    struct str what; /* its own name for that; of a broken one, why it is */
    struct str account, region;
    const struct str *instances;
    size_t instance_count;
    int64_t starts_ms; /* MAINTENANCE: the appointed date; NEVER_MS: it says none */
    int64_t age_ms;    /* by the queue's own clock */
    struct str receipt;
};

/* What a launch of a class is made of, as its CATALOG order found it: images, subnets, groups. Made
 * by whoever fills the cloud port, read by the launch port that belongs to it and by nobody else.
 */
struct launch_facts;

/* An event is folded once and may be kept: the last catalog lives on in it. */
struct event {
    struct event *next; /* the queue's */
    struct arena arena; /* holds everything below, and the event itself stands outside of it */
    enum event_kind kind;
    struct error *error; /* NULL: it worked */
    uint64_t order;      /* WRITTEN: as given to submit_write */
    struct str name;     /* CATALOG: class; LAUNCH, TERMINATE: claim id; FORGET: kind/name; EVICT:
                            pod; NODE: node */
    int64_t retry_after_ms; /* EVICT, refused: not to be asked again before; 0: it does not say */
    bool lease_held;
    int64_t lease_epoch;
    bool complete; /* RECORDS: all there is (after the lease), not only changes; WORKLOAD:
                      what it says is so (beside an error: as it was last known); INSTANCES: every
                      page was read, so that what is not in it may be gone */
    const struct store_record *records;
    size_t record_count;
    struct workload workload;
    struct catalog catalog;
    struct resource_table resources; /* CATALOG: what the catalog's amounts are named by */
    struct str class_document;       /* CATALOG: the document it was made from */
    struct error *warning;           /* CATALOG: what is wrong with it although it can be used */
    const struct str *images;        /* CATALOG: AMIs the class means today: others have drifted */
    size_t image_count;
    const struct launch_facts *launch_facts; /* CATALOG: in the arena, as all of it */
    const struct cloud_instance *instances;
    size_t instance_count;
    int64_t cloud_date_ms; /* INSTANCES: the date as the cloud told it; 0: it did not */
    enum launch_outcome outcome;
    struct cloud_instance instance;
    const struct unavailable *unavailable; /* LAUNCH: offerings that had no capacity */
    size_t unavailable_count;
    const struct cloud_notice *notices; /* NOTICES: new messages; none, the queue can be read */
    size_t notice_count;
};

struct event *event_new(enum event_kind kind);
void event_free(struct event *e);

struct event_sink {
    void *self;
    void (*post)(void *self, struct event *e); /* takes ownership; never waits; any thread */
};

/* Two clocks.  Waits, retries, batches and marks go by the steady one, which nobody sets.  The date
 * is what people and TTLs mean; a machine's may be wrong and may jump, so that what would end a
 * node by it waits until a second source has agreed (loop/calendar.h). */
struct clock_port {
    void *self;
    int64_t (*monotonic_ms)(void *self);
    int64_t (*date_ms)(void *self); /* the machine's */
};

/* Records are written in atomic batches that carry the lease's epoch; a refused batch (the lease
 * went to somebody else: ERROR_CONFLICT) stops all acting.  Batches are carried out in the order
 * they were submitted in. */
struct store_port {
    void *self;
    /* Waits, however long, until the lease falls free: LEASE, then RECORDS with `complete`. */
    void (*submit_acquire)(void *self);
    /* Gives the lease back, or stops waiting for it: LEASE that is not held, always. */
    void (*submit_release)(void *self);
    void (*submit_write)(void *self, uint64_t order, int64_t epoch,
                         const struct store_record *changes, size_t count); /* WRITTEN */
};

struct launch_order {
    struct str claim; /* tenon.dev/claim */
    struct str token; /* EC2 client token: 32 hex digits */
    struct str pool, node_class;
    struct str hash;      /* tenon.dev/hash */
    struct str node_name; /* tag Name */
    struct labels labels;
    struct taints taints, startup_taints;
    const struct launch_option *options; /* best first (core/decide.h); one capacity type */
    size_t option_count;
    int64_t max_pods;
};
struct launch_option;

/* A launch as it is recorded before it is ordered: a repeat must be byte-equal. */
struct launch_text {
    struct str request;                 /* of this claim alone */
    struct str template_name, template; /* the name is made of the content, so equal is one */
};

struct launch {
    struct str claim, request;
    struct str template; /* empty: the record is lost, so the launch needs one that is there */
    bool repeat;         /* it may have been sent before, and its instance may be dead by now */
};

struct termination {
    struct str claim, instance_id;
};

struct cloud_port {
    void *self;
    /* CATALOG for a class document (JSON of tenon_node_class). */
    void (*submit_catalog)(void *self, struct str node_class, struct str document);
    void (*submit_launch)(void *self, const struct launch *launch); /* LAUNCH */
    /* TERMINATE for each of them. */
    void (*submit_terminate)(void *self, const struct termination *all, size_t count);
    void (*submit_list)(void *self); /* INSTANCES */
    /* FORGET.  Removes launch templates of a pool but those to be kept, or (nothing is kept) all
     * templates and the profile of a class. */
    void (*submit_forget)(void *self, struct str kind, struct str name, const struct str *keep,
                          size_t keep_count);
};

/* Messages that announce the end of instances.  One that is not acknowledged comes again after a
 * while, and any may come twice.  All zero: nobody tells. */
struct notices_port {
    void *self;
    void (*submit_watch)(void *self); /* NOTICES from now on, whenever there are some ... */
    void (*submit_rest)(void *self);  /* ... and from now on none: what was posted is on its way */
    /* They have been dealt with.  Not answered: what it misses comes again. */
    void (*submit_acknowledge)(void *self, const struct str *receipts, size_t count);
};

/* How a launch is written for that cloud.  Pure: equal facts and orders give equal texts. */
struct launch_port {
    struct error *(*write)(struct arena *a, const struct launch_facts *facts,
                           const struct launch_order *order, struct launch_text *out);
};

/* What is to be changed of a Node object; all else of it stays as it is. */
struct node_order {
    struct str node;
    const struct label *labels; /* to be set */
    size_t label_count;
    const struct taint *taints; /* to be added */
    size_t taint_count;
    struct str untaint; /* the key of taints to be taken away; empty: none */
    struct str unlabel; /* and that of a label */
};

/* What people are to read beside a pod or a node (loop/remarks.h). */
struct remark {
    bool of_node;       /* else of a pod */
    struct str name;    /* of the node; namespace/name of the pod */
    const char *reason; /* one word, of few: "Nominated" */
    struct str message; /* a sentence */
    bool warns;         /* somebody had better do something */
};

/* Where there is no API server (manifests) the engine itself binds and evicts, in the store, and
 * gives no orders.  Else the cluster's scheduler binds, and pods are where their nodes say.
 *
 * Orders may come twice; what became of them shows in what is heard of the cluster. */
struct cluster_port {
    void *self;
    bool engine_binds;
    void (*submit_node)(void *self, const struct node_order *order); /* NODE */
    void (*submit_evict)(void *self, struct str pod);                /* EVICT */
    void (*submit_delete_node)(void *self, struct str node);         /* NODE */
    /* Not answered, and it may get lost: nothing depends on it.  NULL: nobody reads them. */
    void (*submit_remark)(void *self, const struct remark *remark);
    /* WORKLOAD: each part whole, and from then on what changes. */
    void (*submit_watch)(void *self);
    /* For how long nobody has looked and found what was posted last, all of it, as it was.  Any
     * thread; never waits; NEVER_MS: nobody ever has. */
    int64_t (*age_ms)(void *self);
};

/* What the documents mean: engine/objects knows, the host (or simulator) wires it in.  Pure. */
struct document_port {
    /* All of a pool that its document says; amounts are named by `resources`, which grows.
     * Identity, generation, hash, catalog and permissions are the loop's to fill in. */
    struct error *(*parse_pool)(struct arena *a, struct str document,
                                struct resource_table *resources, struct pool *out);
    /* The part of a pool's document together with its class's that a node must be replaced for, as
     * canonical text: equal meanings give equal texts. */
    struct error *(*drift_text)(struct arena *a, struct str pool_document,
                                struct str class_document, struct str *out);
};

struct engine_ports {
    struct clock_port clock;
    struct store_port store;
    struct cloud_port cloud;
    struct launch_port launches;
    struct notices_port notices;
    struct cluster_port cluster;
    struct document_port documents;
};

#endif
