#ifndef ENGINE_SIM_SIM_H
#define ENGINE_SIM_SIM_H

#include "engine/ports.h"

/* An imagined world behind the engine's ports: a store, a cloud and a cluster in virtual time, with
 * the faults that real ones have.  The engine that runs in it is the one that runs in production,
 * and a run is the same every time.
 *
 * Nothing moves by itself: engine_step, sim_next_ms, sim_advance, again and again.  A change takes
 * effect when it is ordered; its answer arrives later.  With all delays 0 answers arrive within the
 * order, so that an engine on a thread of its own may use the cloud and the cluster as well. */
struct sim;

struct sim_options {
    int64_t start_ms;       /* of the steady clock */
    int64_t date_ms;        /* the date at that instant */
    int64_t answer_ms;      /* of every call to cloud and store */
    int64_t launch_more_ms; /* each launch's answer takes this much longer than the one before */
    int64_t boot_ms;        /* from launch to running */
    int64_t stop_ms;        /* from terminate to gone */
    int64_t visible_ms;     /* lists do not show a launch before */
    struct str image;       /* what launches start from */
    const char *cluster_id; /* prefix of instance ids, to tell worlds apart; NULL: "i-" */
    /* What a class can launch, and what pods there are: fill in the event as an adapter would, with
     * memory of its arena. */
    void (*fill_catalog)(void *self, struct event *e);
    void (*fill_workload)(void *self, struct event *e);
    void *self;
};

/* How instances become nodes, in a cluster that binds by itself. */
struct sim_joining {
    int64_t join_ms;     /* from running to the Node object; NEVER_MS: it never joins */
    int64_t ready_ms;    /* from there to Ready */
    struct taint taint;  /* that kubelet registers with, and an agent takes away; key empty: none */
    int64_t taint_ms;    /* so long after Ready */
    int64_t end_ms;      /* how long an evicted pod takes to end */
    int64_t detach_ms;   /* for so long after its last pod a node has a volume attached */
    int64_t less_memory; /* bytes that nodes have less of than their types are said to */
};

struct sim *sim_new(const struct sim_options *options); /* strings are borrowed */
void sim_free(struct sim *s);

struct engine_ports sim_ports(struct sim *s, const struct document_port *documents);
/* Whom events go to from now on.  Those on their way to an engine before are lost, and so is its
 * lease: this is what a crash and a restart look like from outside. */
void sim_attach(struct sim *s, struct event_sink sink);

int64_t sim_now_ms(struct sim *s);
int64_t sim_next_ms(struct sim *s); /* the next answer; NEVER_MS: none is on its way */
/* Goes to the instant and delivers what is due. */
void sim_advance(struct sim *s, int64_t to_ms);
/* Somebody sets the machine's clock: its date is this far from the true one, which the cloud
 * tells. */
void sim_set_clock_ahead(struct sim *s, int64_t ahead_ms);
/* The cloud's answers do not say what date it is. */
void sim_hide_date(struct sim *s);

void sim_put_record(struct sim *s, struct store_record record); /* as a door does */
void sim_workload_changed(struct sim *s);                       /* fill_workload says otherwise */
/* The cluster has a scheduler and an API server; engines that are attached from now on hear so.
 * Again: instances join otherwise from now on. */
void sim_bind_itself(struct sim *s, const struct sim_joining *joining);
bool sim_binds_itself(struct sim *s);
/* The node a pod has there, empty: none; valid until the next change. */
struct str sim_pod_node(struct sim *s, struct str pod);
size_t sim_node_count(struct sim *s);          /* Node objects of our instances */
unsigned sim_refused_evictions(struct sim *s); /* that a budget did not allow */
/* Somebody removes the Node object of the instance, whose kubelet makes no other; false: it has
 * none. */
bool sim_remove_node(struct sim *s, struct str instance);
/* From now on nobody can tell whether it is as it was, until sim_workload_changed. */
void sim_silence_cluster(struct sim *s);
void sim_set_image(struct sim *s, struct str image);
void sim_set_boot(struct sim *s, int64_t boot_ms); /* of launches from now on */
/* Of a type in all zones and capacity types, until the instant. */
void sim_no_capacity(struct sim *s, struct str instance_type, int64_t until_ms);
/* An instance that somebody else launched, with such tags. */
void sim_add_instance(struct sim *s, const struct cloud_instance *i);
/* The cloud's checks of it fail from now on, or no longer. */
void sim_impair_instance(struct sim *s, struct str instance_id, bool impaired);
/* Somebody else terminates it. */
void sim_stop_instance(struct sim *s, struct str instance_id);
void sim_drop_store(struct sim *s); /* all records are lost; the epoch, too */
void sim_take_lease(struct sim *s); /* another engine has it: this one's writes are refused */

/* A message in the interruption queue, and what it announces: instances that are taken back go two
 * minutes later.  Strings are copied; the receipt is the queue's. */
void sim_send_notice(struct sim *s, const struct cloud_notice *n);
size_t sim_message_count(struct sim *s); /* not deleted yet */

enum sim_fault {
    SIM_LAUNCH_LOST,     /* it takes effect and the answer is lost: outcome unknown */
    SIM_LAUNCH_REFUSED,  /* a bad template */
    SIM_TERMINATE_FAILS, /* throttled */
    SIM_LIST_FAILS,
    SIM_LIST_MISSES, /* it lacks all that live, and says that it is complete */
    SIM_CATALOG_FAILS,
    SIM_WRITE_FAILS, /* the disk is full */
    SIM_FORGET_FAILS,
    SIM_BOOT_DIES,    /* the instance stops before it has run */
    SIM_BOOT_HANGS,   /* it stays pending */
    SIM_NOTICES_FAIL, /* the interruption queue is not there */
    SIM_ACKNOWLEDGE_FAILS,
    SIM_FAULT_COUNT,
};
void sim_fail(struct sim *s, enum sim_fault fault, unsigned times);
/* The engine dies with the n-th order from now: the order takes effect, nothing is heard of it, and
 * nothing that is ordered afterwards reaches the world.  0: never. */
void sim_crash_at(struct sim *s, unsigned n);
bool sim_has_crashed(struct sim *s); /* until the next sim_attach */

size_t sim_living(struct sim *s);     /* instances pending or running */
unsigned sim_orders(struct sim *s);   /* orders so far that changed the world */
unsigned sim_launches(struct sim *s); /* instances that were ever made by orders */
unsigned sim_refusals(struct sim *s); /* launches that met no capacity */
/* The i-th instance that is not gone, in the order of launch; false: there is none. */
bool sim_instance(struct sim *s, size_t i, struct cloud_instance *out);
size_t sim_template_count(struct sim *s); /* launch templates that are there */
/* Were launch templates of that kind and name told to go? */
bool sim_forgot(struct sim *s, struct str kind, struct str name);
/* A record's body, ptr NULL if there is none; one that is written again lies elsewhere. */
struct str sim_record(struct sim *s, struct str kind, struct str key);
size_t sim_record_count(struct sim *s, struct str kind);
/* The body of the i-th record of the kind, in the order they were first written; ptr NULL: there
 * are not so many. */
struct str sim_record_at(struct sim *s, struct str kind, size_t i);

#endif
