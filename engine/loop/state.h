#ifndef ENGINE_LOOP_STATE_H
#define ENGINE_LOOP_STATE_H

#include "engine/loop/calendar.h"
#include "engine/loop/map.h"
#include "engine/loop/pods.h"
#include "engine/loop/rules.h"
#include "engine/loop/trail.h"
#include "engine/pools.h"
#include "engine/ports.h"
#include "engine/worlds/rest.h"

/* Everything the engine knows, owned by its one thread.  Objects live from the event that brings
 * them to the one that ends them, each with its strings in an arena of its own.
 *
 * Instants are the steady clock's.  Dates are only what a claim's record says of its TTLs (created,
 * ready, empty since) and what people read; the calendar lies between the two.
 *
 * An object that differs from its record is `dirty`; one whose record is on its way is `writing`.
 * Only what is neither may be acted on, so nothing is ever ordered that a crash would forget. */

/* What was asked for, by name: catalogs come and go. */
struct claim_choice {
    struct str instance_type, zone;
    enum capacity_type capacity_type;
};

/* How far a node has come, of what is said of it (loop/remarks.h). */
enum claim_stage { STAGE_NONE, STAGE_LAUNCHED, STAGE_JOINED, STAGE_READY, STAGE_LEAVING };

struct claim_entry {
    struct keyed id;
    struct keyed instance; /* in state.by_instance, where it has one (state_set_instance) */
    struct arena arena;
    struct claim claim; /* as the decision sees it, without its options and pods */
    struct claim_choice *choices;
    size_t choice_count, choice_capacity;
    int64_t serial;
    struct str uid, node_class;
    struct arena launch_arena; /* of the request, which nobody needs once an instance has come */
    struct str token, request; /* of the launch, kept for a byte-equal repeat */
    struct str template_name;
    struct str image_id;
    /* loop/nodes.h */
    struct node_entry *node;  /* as the cloud calls it; NULL until its instance has been listed */
    struct node_entry *known; /* that Kubernetes knows; NULL: none */
    size_t nodes;             /* that are its */
    bool runs;                /* its instance does; its node may have yet to join */
    bool has_taught;          /* what its node has is heeded (learning.h) */
    int64_t unregistered_ms;  /* since when a ready one has no Node object (joining.h); 0: it has */
    struct home home;         /* of the pods that are on it */
    uint64_t pods_on_it;      /* home.tally.who ... */
    bool pods_seen;           /* ... as it was last seen, if it was */
    bool exact;               /* amounts, price and labels are those of the instance that came */
    bool listed;              /* some list of instances has shown its instance */
    bool shown;               /* the list at hand does */
    bool spent;               /* its token can launch nothing: adopt what lives, else end it */
    bool dirty, writing;
    int64_t sent_ms;   /* when its launch may last have reached the cloud; 0: never */
    int64_t missed_ms; /* when a list was sent that lacked its instance, and none has shown it
                          since; 0: never */
    bool doomed;       /* to be ended without having been sent */
    bool in_flight;    /* a launch or terminate is unanswered */
    bool doubtful;     /* its launch may have taken effect without our having heard of it */
    int64_t retry_ms;  /* not to be sent before */
    int64_t since_ms;  /* when its phase began, or its token was found spent */
    unsigned attempts;
    enum claim_stage said_stage; /* loop/remarks.h: of the node, and why it may not go */
    struct remarked remarked;
};

/* A pool or a class as it was put, in one block. */
struct spec_text {
    struct arena arena;
    struct str uid, document; /* document empty: known by name only, and deleting */
    struct str content;       /* spec_content of the document */
    int64_t generation;
    bool deleting;
    int64_t drain_by_ms; /* of a pool that is deleting: the machine's date as the door had it */
};

struct spec_status {
    bool settled;               /* this very specification is true, as of the last decision */
    struct str written;         /* malloc'd body of the record as last written */
    bool forgetting, forgotten; /* launch templates and such: asked to go, gone */
    int64_t retry_ms;
    int64_t deleting_since_ms;
};

/* Launches of a pool and a capacity type that found no capacity (loop/capacity.h). */
struct shortage {
    unsigned refusals; /* in a row; 0: there is none */
    bool came;         /* the last launch did come */
    int64_t counted_ms, until_ms;
};

/* loop/failed.h */
struct failed {
    struct arena arena;
    struct str claim, instance_id, hash, image_id;
    int64_t date_ms;
};

struct pool_entry {
    struct keyed name;
    struct spec_text text;
    struct spec_status status;
    struct pool pool; /* parsed from the document, in the text's arena */
    struct resource_table resources;
    struct error *error; /* the document is refused */
    struct str hash;
    int64_t serial; /* the highest ever given */
    /* Where launches come to nothing (refused for other reasons than capacity, or the instance gone
     * before it was ready), the next waits, longer each time in a row. */
    int64_t cool_until_ms;
    unsigned failures;
    struct shortage shortages[CAPACITY_SPOT + 1];
    size_t launching;    /* launches on their way, as of the last that was sent (loop/send.c) */
    int64_t drain_by_ms; /* an instant, whatever becomes of the date; 0: at once */
    struct failed failed;
    int64_t headroom, headroom_ready; /* as the last decision found it */
    /* loop/templates.c */
    bool sweeping;       /* templates that nobody needs are being removed */
    bool templates_lost; /* there may be some of which we have no record */
    int64_t sweep_ms;    /* not to be tried before */
    char problem[512];
    bool definite; /* what was refused cannot be launched as it stands */
};

struct class_entry {
    struct keyed name;
    struct spec_text text;
    struct spec_status status;
    struct event *answer; /* the last good CATALOG; its memory */
    struct catalog catalog;
    struct learnt *learnt; /* loop/learning.h; malloc'd */
    size_t learnt_count;
    bool current; /* the answer is for the document as it is now */
    bool asked;
    int64_t ask_ms;      /* when to ask again */
    int64_t answered_ms; /* with the answer above */
    unsigned failures;
    char problem[512]; /* why the catalog is not known; empty: no problem */
    bool definite;     /* and asking again does not mend it */
};

struct binding_entry {
    struct keyed pod;
    struct str claim;
    struct str spec; /* of the pod that was bound (pod_digest.h); empty: not known */
    bool dirty, writing;
    char bytes[];
};

struct extra {
    struct keyed instance;
    struct str claim;
    char bytes[];
};

/* loop/keeping.h */
struct keeping {
    struct trail trail; /* worlds for replay */
    struct str last;    /* malloc'd: the text of "last" */
    int64_t last_ms, replay_ms;
};

/* loop/bounding.h */
struct bounding {
    bool known;
    int64_t microusd_per_hour; /* as of the last decision */
    uint64_t world;            /* a digest of the world that it was proved of ... */
    int64_t catalogs;          /* ... and the catalogs: state.catalog_count then */
};

/* Messages that may be deleted once all that was dirty with them is in the store. */
enum receipt_stage { RECEIPTS_NEW, RECEIPTS_TAKEN, RECEIPTS_WRITTEN, RECEIPT_STAGES };
struct receipts {
    struct arena arena;
    struct str *items;
    size_t count, capacity;
};

/* Messages of the interruption queue, for people; a message that comes twice counts twice. */
struct heard {
    int64_t ours, not_ours, other, broken;
};

struct state {
    struct str cluster, region, account; /* borrowed from the engine's options */
    bool heeds_rebalance;                /* of the engine's options */
    int64_t max_staleness_ms;            /* likewise */
    struct calendar calendar;
    struct map claims, pools, classes, bindings;
    struct map by_instance; /* claims by what `claim_entry.instance` says */
    struct map marks;       /* loop/capacity.c */
    struct map templates;   /* loop/templates.c */
    struct trail journal;   /* loop/journal.c */
    struct keeping keeping;
    struct bounding bounding;
    struct rest rest;      /* what the last search for cheaper nodes has found */
    struct map applying;   /* loop/applying.c */
    struct map tombstones; /* what was destroyed (loop/tombstones.h) */
    struct resource_table resources;
    struct arena names; /* of the table */
    struct pods pods;   /* of the cluster; where they are: loop/homes.h */
    struct index nodes; /* loop/nodes.h */
    bool nodes_doubted; /* whose they are may have changed */
    bool engine_binds;  /* of the cluster port */
    int64_t steer_ms;   /* when orders to the cluster are due again (loop/steering.h) */
    bool claims_came;   /* since pods were last settled */
    struct cluster_rules rules;
    unsigned told; /* of these parts of the cluster we have heard (ports.h) */
    char workload_problem[1024];
    bool workload_answered;
    /* loop/facts.h */
    size_t pods_before;
    int64_t
        pods_lost_ms; /* since when most of them are not there; 0: they are, or it is believed */
    bool stale;       /* the last decision held nodes back for facts that are not good */
    char cloud_problem[512]; /* why instances cannot be listed */
    size_t foreign_count;    /* living instances of pools that we do not know */
    char foreign[512];       /* them, for people: "i-1 of pool a, ..." */
    int64_t catalog_count;   /* answers that brought one */
    size_t page_count;       /* of the last list of instances */
    struct str snapshot_written;
    struct map extras; /* instances beyond the one of their claim: to be terminated */

    /* loop/notices.c */
    struct receipts receipts[RECEIPT_STAGES];
    struct heard heard;
    bool listens;               /* the port was told to */
    char notices_problem[1024]; /* why it does not hear; empty: it does */

    struct arena outbox_arena; /* records for the next batch, beside those of dirty objects */
    struct store_record *outbox;
    size_t outbox_count, outbox_capacity;

    bool lease_held, loaded, listed;
    int64_t lease_epoch;
    int64_t pool_deleted_ms; /* when a pool was last told to go; 0: never */
    bool list_in_flight;
    int64_t list_sent_ms, list_answered_ms; /* of the last answered one: when it was sent */
    int64_t list_ms, list_pause_ms;

    /* When to decide: a batch of changes closes batch_idle after the last and batch_max after the
     * first. */
    int64_t batch_first_ms, batch_last_ms; /* NEVER_MS: no batch is open */
    int64_t decide_ms, decided_ms;
    bool status_due;
};

void state_init(struct state *s, struct str cluster);
void state_finish(struct state *s);

/* A claim that is not there yet; its strings are copied, its numbers are the caller's to set. */
struct claim_entry *state_add_claim(struct state *s, struct str id);
struct claim_entry *state_claim(const struct state *s, struct str id);
/* Ends it: its record is deleted with the next batch, its pods are unbound. */
void state_end_claim(struct state *s, struct claim_entry *c);
/* As if it had never been there: its record stays as it is. */
void state_drop_claim(struct state *s, struct claim_entry *c);
/* Its instance, by which it is found from now on; copied. */
void state_set_instance(struct state *s, struct claim_entry *c, struct str id);
struct claim_entry *state_claim_of_instance(const struct state *s, struct str id); /* or NULL */
void claim_set_phase(struct claim_entry *c, enum claim_phase phase, int64_t now_ms);
/* A label of its node; both are copied. */
void claim_set_label(struct claim_entry *c, struct str key, struct str value);
/* The row of that name, or NULL. */
const struct instance_type *catalog_type(const struct catalog *catalog, struct str name);

/* May its launch be sent, and repeated?  Not for a pool that is going or gone. */
bool claim_may_launch(const struct state *s, const struct claim_entry *c);

struct pool_entry *state_pool(const struct state *s, struct str name);
struct class_entry *state_class(const struct state *s, struct str name);
/* As stored; makes the entry if it is not there.  Returns true if anything changed. */
bool state_put_spec(struct spec_text *t, const struct spec_text *from);
/* May a node of that image stay?  Yes also where it is not known what the class means today. */
bool class_means_image(const struct class_entry *c, struct str image_id);
struct pool_entry *state_add_pool(struct state *s, struct str name);
struct class_entry *state_add_class(struct state *s, struct str name);
void state_remove_pool(struct state *s, struct pool_entry *p);
void state_remove_class(struct state *s, struct class_entry *c);

/* Is the cluster known: its pods, nodes and rules have been heard of, each of them at least once?
 */
bool state_knows_cluster(const struct state *s);

/* The claim a pod is bound to, empty: none. */
struct str state_binding(const struct state *s, struct str pod);
void state_bind(struct state *s, struct str pod, struct str claim, struct str spec, bool dirty);
void state_unbind(struct state *s, struct str pod);

/* A second living instance of a claim. */
void state_add_extra(struct state *s, struct str instance, struct str claim);

/* Opens a batch of changes, or keeps it open. */
void state_changed(struct state *s, int64_t now_ms);
/* Decide as soon as no batch is open. */
void state_decide_at(struct state *s, int64_t at_ms);
/* Decide in this step, whatever else is about to change. */
void state_decide_now(struct state *s, int64_t now_ms);
/* Lists instances now, and often while things move (loop/listing.h). */
void state_list_soon(struct state *s, int64_t now_ms);

/* Has a record written, or deleted, with the next batch. */
void state_write_record(struct state *s, struct str kind, struct str key, struct str body);
void state_delete_record(struct state *s, struct str kind, struct str key);
/* As state_write_record, unless `*last` says that the store holds just that. */
void state_write_changed(struct state *s, struct str kind, struct str key, struct str body,
                         struct str *last);
/* The place of a resource name in the state's table, added if there is room. */
size_t state_resource(struct state *s, struct str name);

/* A repeat after `attempts` failures: doubles from one second to `most_ms`. */
int64_t backoff_ms(unsigned attempts, int64_t most_ms);
/* Copies a message into a fixed place of `size` bytes, cut where it must be. */
void keep_problem(char *into, size_t size, const struct error *e);

#define CLAIM_AT(s, i)   ((struct claim_entry *)(s)->claims.items[i])
#define POOL_AT(s, i)    ((struct pool_entry *)(s)->pools.items[i])
#define CLASS_AT(s, i)   ((struct class_entry *)(s)->classes.items[i])
#define BINDING_AT(s, i) ((struct binding_entry *)(s)->bindings.items[i])

#endif
