#ifndef ENGINE_CORE_WORLD_H
#define ENGINE_CORE_WORLD_H

#include "engine/base/time.h"
#include "engine/core/requirement.h"
#include "engine/core/resources.h"

/* The picture that a decision is taken from: everything the engine knows at one instant, read-only.
 * The loop makes it (loop/snapshot), the simulator makes the same one.  Arrays of pods, claims and
 * pools are sorted by name, so that equal worlds give equal decisions. */

struct label {
    struct str key, value;
};
struct labels {
    struct label *items; /* sorted by key */
    size_t count, capacity;
};
struct str labels_get(const struct labels *l, struct str key); /* ptr NULL when absent */
void labels_set(struct arena *a, struct labels *l, struct str key, struct str value);

enum taint_effect { EFFECT_NO_SCHEDULE, EFFECT_PREFER_NO_SCHEDULE, EFFECT_NO_EXECUTE };
struct taint {
    struct str key, value;
    enum taint_effect effect;
};
struct taints {
    struct taint *items;
    size_t count, capacity;
};
struct toleration {
    struct str key; /* empty with exists: every key */
    bool exists;    /* operator Exists; else the value must be equal */
    struct str value;
    bool any_effect;
    enum taint_effect effect;
};
struct tolerations {
    struct toleration *items;
    size_t count, capacity;
};
/* The first taint that keeps such a pod away (NoSchedule, NoExecute), or NULL. */
const struct taint *taints_untolerated(const struct taints *taints,
                                       const struct tolerations *tolerations);
/* The first that such a pod would rather not meet (PreferNoSchedule), or NULL. */
const struct taint *taints_unwelcome(const struct taints *taints,
                                     const struct tolerations *tolerations);
bool tolerations_eq(const struct tolerations *x, const struct tolerations *y); /* as written */
struct str taint_effect_text(enum taint_effect e);
bool taint_effect_parse(struct str text, enum taint_effect *out);
struct str taint_text(struct arena *a, const struct taint *t); /* "dedicated=gpu:NoSchedule" */

struct launch_option; /* decide.h */

enum capacity_type { CAPACITY_ON_DEMAND, CAPACITY_SPOT };
struct str capacity_type_text(enum capacity_type t); /* "on-demand", "spot" */

/* One way to buy one type in one zone. */
struct offering {
    struct str zone;
    enum capacity_type capacity_type;
    int64_t price_microusd_per_hour;
    int64_t unavailable_until_ms; /* after an insufficient-capacity answer */
};

struct instance_type {
    struct str name;
    struct resources capacity;    /* what limits count */
    struct resources allocatable; /* what pods may use, DaemonSets not yet taken off */
    struct labels labels; /* arch, os, category, family, ...: all but zone and capacity type */
    const struct offering *offerings;
    size_t offering_count;
};

/* What the launches of one node class can be, ready to use: allocatable amounts follow the class's
 * family and kubelet settings. Sorted by name. */
struct catalog {
    struct str node_class;
    const struct instance_type *types;
    size_t count;
};

struct limits {
    struct resources amount; /* INT64_MAX: no limit */
    int64_t nodes;           /* INT64_MAX: no limit */
    int64_t microusd_per_hour;
};

/* Whether and when nodes that others could do without, or that cheaper ones could replace, go. */
struct consolidation {
    bool enabled;
    bool only_empty;    /* policy WhenEmpty */
    int64_t after_ms;   /* a node is looked at when no pod has come or gone for so long */
    int64_t payback_ms; /* within which a move must have paid for itself */
};
/* Where a pool does not say: evening out a day's ups and downs would cost more evictions than it
 * saves (docs/design.md). */
enum { PAYBACK_MS = 60 * 60 * 1000 };

/* A number, or a percentage of something, rounded up as Karpenter and Kubernetes do. */
struct share {
    bool set, percent;
    int64_t value;
};
int64_t share_amount(struct share s, int64_t whole);
struct str share_text(struct arena *a, struct share s); /* "3", "10%"; empty: not set */
/* As share_text writes it; false: it is neither a number nor a percentage of at most 100. */
bool share_parse(struct str text, struct share *out);

struct schedule; /* schedule.h */

/* How many nodes of a pool may be away at a time.  Of several that hold the strictest counts. */
struct budget {
    struct share nodes;
    int64_t reasons;                 /* 1 << enum reason of each that it is for; 0: for every one */
    const struct schedule *schedule; /* when it holds; NULL: always */
};

/* Room that a pool keeps free: as many pods of the specification as nobody has made.  Of it only
 * the requests count, and the resource that nobody serves. */
struct headroom {
    const struct pod_spec *spec;
    int64_t count;
};

struct pool {
    struct str name, node_class, uid;
    int64_t generation;
    struct labels labels;
    struct requirements requirements; /* labels not included */
    struct taints taints, startup_taints;
    struct limits limits;
    const struct headroom *headroom;
    size_t headroom_count;
    int64_t weight;          /* 0 when unset */
    int64_t replicas;        /* -1: follows the pods */
    int64_t spread_limit;    /* largest share of one type in one zone, percent; 0: any */
    int64_t empty_after_ms;  /* ttl_seconds_after_empty; NEVER_MS: unset */
    int64_t expire_after_ms; /* ttl_seconds_until_expired; NEVER_MS: unset */
    bool has_grace;          /* its nodes drain no longer than ... */
    int64_t grace_ms;        /* termination_grace_period_seconds */
    bool do_not_disrupt;     /* its annotations say so of all its nodes */
    struct consolidation consolidation;
    const struct budget *budgets;
    size_t budget_count; /* 0: all of its nodes may be away */
    struct str hash;     /* of pool and class: what a node must carry not to be drifted */
    bool deleting;       /* drains to nothing ... */
    int64_t drain_by_ms; /* ... and after this whether its pods have a place or not */
    struct str failed;   /* "claim dev/default/u1/3 (i-0123)": launched as the pool, its class and
                            its image are now, and gone without having been ready, nor has any
                            since; empty: none */
    bool may_disrupt;    /* this apply covers it, or a daemon runs */
    bool scarce; /* launches found no capacity just now: the next ask for all that would do */
    const struct catalog *catalog; /* NULL: nothing can be launched now */
    struct str closed;             /* why not; empty: the cloud has not said yet what there is */
    int64_t catalog_age_ms;        /* since the cloud said what there is */
};

/* A LabelSelector of Kubernetes: all its requirements must hold.  Absent it selects nothing, empty
 * it selects everything. */
struct label_selector {
    bool present;
    struct requirement *items; /* as written, several of one key may stand side by side */
    size_t count, capacity;
};
bool label_selector_matches(const struct label_selector *s, const struct labels *labels);

/* Whom a topology term counts: pods with such labels in such namespaces. */
struct pod_selector {
    struct label_selector labels; /* with what matchLabelKeys and mismatchLabelKeys make of the
                                     labels of the pod whose term it is */
    const struct str *namespaces; /* sorted, distinct */
    size_t namespace_count;
    struct label_selector namespace_labels; /* those with such labels too; present and empty: all */
};

enum topology_kind { TOPOLOGY_SPREAD, TOPOLOGY_AFFINITY, TOPOLOGY_ANTI_AFFINITY };

/* What a pod asks of where other pods are.  A domain is one value of the key. */
struct topology_term {
    enum topology_kind kind;
    struct str key;
    struct pod_selector who;
    bool required;  /* DoNotSchedule, requiredDuringScheduling... */
    int64_t weight; /* of what is preferred, 1 to 100; of ScheduleAnyway 0 */
    /* Of a spread: */
    int64_t max_skew, min_domains; /* from 1 */
    bool heeds_affinity; /* nodeAffinityPolicy Honor: nodes count that `own_terms` allow */
    bool heeds_taints;   /* nodeTaintsPolicy Honor: and whose taints are tolerated */
};

/* preferredDuringScheduling... of nodeAffinity */
struct preference {
    int64_t weight; /* 1 to 100 */
    struct requirements node;
};

/* Two pods on one node must not have equal port and protocol on addresses that meet. */
struct host_port {
    struct str ip; /* empty, as 0.0.0.0 and ::, is every address */
    int64_t port;
    struct str protocol; /* "TCP" */
};

/* A volume that not every pod may use at once. */
struct held_volume {
    struct str claim; /* namespace/name of the PersistentVolumeClaim */
    bool by_one_pod;  /* ReadWriteOncePod; else ReadWriteOnce: by pods of one node */
};

/* What of a pod decides where it may run.  Pods of one template share one. */
struct pod_spec {
    struct str namespace;
    struct labels labels;
    struct resources requests;    /* one piece of RESOURCE_PODS included */
    struct str unserved_resource; /* a resource that no table holds; empty: none */
    struct str impossible; /* why no node can ever start it: its claim is lost; empty: none */
    /* The node must satisfy one of these: nodeSelector with each required nodeAffinity term, and
     * with what its volumes ask.  None: the pod's terms match nothing and it can never run; without
     * constraints: one empty entry. */
    const struct requirements *terms;
    size_t term_count;
    const struct requirements *own_terms; /* the same without volumes: what spreads heed */
    size_t own_term_count;
    struct tolerations tolerations;
    const struct topology_term *topology; /* as written: spreads, affinity, anti-affinity */
    size_t topology_count;
    const struct preference *preferences; /* heaviest first, of equal ones as written */
    size_t preference_count;
    const struct host_port *ports;
    size_t port_count;
    const struct held_volume *volumes;
    size_t volume_count;
    int64_t priority; /* 0 where no class says more */
};

struct pod {
    struct str name; /* namespace/name */
    const struct pod_spec *spec;
    int64_t created_ms;
    struct str claim; /* where it runs or is bound to; empty: pending */
    struct str node;  /* spec.nodeName: the node it has, ours or not; empty: none that is known */
    int64_t deletion_cost;  /* annotation controller.kubernetes.io/pod-deletion-cost */
    int64_t started_ms;     /* when it began to run; 0: nobody has said */
    int64_t undisturbed_ms; /* karpenter.sh/do-not-disrupt: for so long after it began; NEVER_MS:
                               always; 0: it does not say so */
    bool unready;           /* it runs, and its status says that it is not ready */
    bool never_serve; /* gated, finished, terminating, on a node that nobody knows, or not looked at
                         yet by the scheduler: nobody makes a place for it */
    bool unschedulable; /* the cluster's scheduler has looked for a place for it, and found none */
    bool ending; /* it was told to go and is still where it runs: it takes room there, and what it
                    needs to end in peace */
};

/* A PodDisruptionBudget: of the pods that it selects so many have to be healthy, or may be not. */
struct pod_budget {
    struct str name, namespace; /* name is namespace/name */
    struct label_selector selector;
    struct share min_available, max_unavailable; /* one of the two is set */
    bool evicts_unhealthy;                       /* unhealthyPodEvictionPolicy AlwaysAllow */
};

/* A DaemonSet's pod takes room on every node that it would run on. */
struct daemon {
    struct str name;
    const struct pod_spec *spec;
};

/* What namespaceSelectors look at. */
struct namespace
{
    struct str name;
    struct labels labels; /* kubernetes.io/metadata.name included */
};

/* A claim is the engine's promise of one node: (cluster, pool, uid, serial). */
enum claim_phase {
    CLAIM_RECORDED,    /* in the store, not yet sent or its outcome unknown */
    CLAIM_LAUNCHED,    /* an instance exists */
    CLAIM_READY,       /* it runs and takes pods */
    CLAIM_DRAINING,    /* cordoned; pods are leaving */
    CLAIM_TERMINATING, /* the instance is told to go */
};
struct str claim_phase_text(enum claim_phase p);

/* What the cloud has announced of an instance, the more urgent the later here. */
enum interruption {
    INTERRUPTION_NONE,
    INTERRUPTION_REBALANCE,   /* spot capacity becomes scarce: it may be taken back soon */
    INTERRUPTION_MAINTENANCE, /* it is retired, rebooted or stopped at an appointed time */
    INTERRUPTION_RESERVATION, /* the capacity reservation that it runs on is taken back */
    INTERRUPTION_SPOT,        /* it is taken back, two minutes after the warning */
};
struct str interruption_text(enum interruption i); /* "spot"; empty for none */
bool interruption_parse(struct str text, enum interruption *out);

struct claim {
    struct str id; /* cluster/pool/uid/serial, as in the tag tenon.dev/claim; of a foreign one its
                      node's name */
    bool foreign;  /* a node that is not ours: it is ready, has room, labels, taints and pods that
                      count, and is never changed */
    struct str pool;
    enum claim_phase phase;
    struct str instance_id, instance_type,
        zone; /* empty until launched; until then the dearest option counts */
    enum capacity_type capacity_type;
    int64_t price_microusd_per_hour;
    /* So much dearer than the cheapest choice of its launch was the dearest, when it was ordered;
     * for people. */
    int64_t premium_microusd_per_hour;
    /* Before launch: capacity the largest of its options, for limits count it; allocatable the
     * smallest, for pods must fit whatever comes. */
    struct resources capacity, allocatable;
    struct labels labels; /* of the node: pool's, type's, zone, capacity type */
    /* Until launched, what was asked for, if that is known (the recorded options, looked up in the
     * catalog): pods are only counted on the claim when every option would take them.  Without,
     * well-known labels that `labels` does not hold are taken to be whatever a pod wants. */
    const struct launch_option *options;
    size_t option_count;
    /* Names of the pods that it was launched for, sorted: they go there before anywhere else, so
     * that a plan is not re-made while its nodes start.  A hint; none is fine. */
    const struct str *planned_pods;
    size_t planned_pod_count;
    /* Ids of the claims in whose place it was launched, to save their cost, sorted: they leave when
     * it is ready. */
    const struct str *replaces;
    size_t replace_count;
    struct taints taints;
    int64_t created_ms;
    int64_t changed_ms; /* when a pod last came to it or went; 0: not known to have */
    int64_t ready_ms;   /* NEVER_MS until Ready */
    bool unhealthy;     /* it was ready, and is not any more, as its node or the cloud says ... */
    int64_t repair_ms;  /* ... and from then on it is replaced for that; 0: it is not known when */
    int64_t empty_since_ms; /* NEVER_MS while a pod that counts runs on it or was just placed */
    int64_t unoffered_ms; /* since when its class's catalog lacks what it runs as; 0: it does not */
    struct str lacks;  /* until it is ready, what its node still lacks for that, in words; empty: it
                          is not known */
    struct str hash;   /* the tag tenon.dev/hash; differs from the pool's: drifted */
    struct str reason; /* why it drains */
    int64_t draining_ms; /* since when; 0: it does not, or nobody knows */
    bool do_not_disrupt; /* its node says karpenter.sh/do-not-disrupt */
    int64_t attached;    /* volumes that its node has yet to let go of, where somebody says it */
    enum interruption interruption;
    int64_t leave_by_ms; /* of what is announced: when the cloud acts; NEVER_MS: it did not say */
    const struct pod *const
        *pods; /* bound to it, pointing into world.pods (made by the snapshot) */
    size_t pod_count;
    /* It was made anew from the tags of its instance, so it may hold pods that `pods` lacks: it is
     * not empty and is not disrupted, and pods that wait are placed on it before anywhere else.
     * Where placing is ours (engine_binds), its pods are known again with the first decision that
     * saw all of them: the loop sets this when it makes the claim, keeps it in the record, and
     * clears it after such a decision; the bindings of that one count.  Of a pool that is being
     * destroyed, where nothing is placed, it stays: such a claim goes when no pod waits for a node
     * that comes. */
    bool pods_unknown;
};

/* Pods that would do well together on a new node of a pool. */
struct proposed_node {
    const struct pool *pool;
    const struct pod *const *pods; /* of the world */
    size_t pod_count;
};

/* Nodes that somebody else has thought of (engine/optimize).  A hint: the decision checks each, and
 * takes them where they are cheaper than what it finds itself. */
struct proposal {
    struct proposed_node *nodes;
    size_t count, capacity;
};

/* How good it is what the engine knows of pods and of instances (faults.h).  All zero: it is as of
 * now. */
struct facts {
    int64_t pods_age_ms, instances_age_ms;  /* since all of them were known to be so */
    struct str pods_doubt, instances_doubt; /* how what was heard last goes against what was known
                                               before; empty: it does not */
};

struct world {
    int64_t now_ms;
    const struct resource_table *resources;
    const struct pool *pools;
    size_t pool_count;
    const struct pod *pods;
    size_t pod_count;
    const struct daemon *daemons;
    size_t daemon_count;
    const struct namespace *namespaces; /* sorted by name; those that are not here have no labels */
    size_t namespace_count;
    const struct pod_budget *pod_budgets; /* sorted by name */
    size_t pod_budget_count;
    const struct claim *claims;
    size_t claim_count;
    bool date_unsure; /* now_ms may be wrong: nothing is due by it */
    bool only_add;    /* instances of unknown pools are about: disrupt nothing */
    struct facts facts;
    int64_t max_staleness_ms; /* of facts that nodes leave by; 0: any age will do */
    /* Of the whole fleet, however many pools: how many nodes may be away at a time, and how many
     * may be not ready, those counted that will replace others.  Not set: any number. */
    struct share max_disrupted, max_unready;
    bool engine_binds;   /* pods come from manifests: placing them is ours */
    bool no_preferences; /* what is only preferred is not heeded (engine block, preferences) */
    const struct proposal *proposal; /* NULL: none */
    int64_t effort;        /* units of work (some nanoseconds) that improving what was found may
                              take, if that is more than a decision takes anyway */
    int64_t batch_idle_ms; /* a pool that is destroyed keeps its pods pending this long */
    /* When a pool was last told to be destroyed, also when it is gone by now; 0: never. */
    int64_t pool_deleted_ms;
    /* A decision from this very picture, but for its instant, found no node that had better go for
     * its cost, and until then none would (decision.rest_until_ms): so nobody has to search again.
     * A hint; 0: nothing is known. */
    int64_t rest_until_ms;
    /* Who would go for its cost if a rule did not keep it is to be named among those held, too.  It
     * takes a search more and changes nothing that is done: a preview asks, an engine does not. */
    bool names_held;
};

/* Gives each claim the pods that say they are on it, in their order.  `claims` are the world's, or
 * a copy of them. */
void claims_take_pods(struct arena *a, const struct world *w, struct claim *claims);

/* A claim as people are told of it: "claim dev/default/u1/3 (i-0123)". */
struct str claim_text(struct arena *a, struct str id, struct str instance_id);

/* The claim of that id, or NULL; none has an empty one. */
const struct claim *world_claim(const struct world *w, struct str id);
/* The pod of that name (namespace/name), or NULL. */
const struct pod *world_pod(const struct world *w, struct str name);
/* The same world with other pods in the places of its own: a copy in which something is otherwise.
 * Its claims are copies, too, that have those. */
struct world world_with_pods(struct arena *a, const struct world *w, const struct pod *pods);

#endif
