#ifndef ENGINE_SIM_INSIDE_H
#define ENGINE_SIM_INSIDE_H

#include <pthread.h>

#include "engine/sim/sim.h"

/* What the files of the simulator share. Every public function and every port takes the lock. */

struct sim_machine {
    struct cloud_instance tags; /* as launched; state is worked out from the instants */
    struct str token, request;
    int64_t running_ms, stopped_ms, gone_ms; /* NEVER_MS: not told to go */
};

struct sim_shortage {
    struct str instance_type;
    int64_t until_ms;
};

struct sim_template {
    struct str name, pool, node_class, image;
};

/* A pod in a cluster that binds by itself. */
struct sim_pod {
    struct str name, node; /* node empty: it waits */
    bool marked;           /* the scheduler has found no place for it */
    bool heard;            /* it is wanted still */
    int64_t ends_ms;       /* evicted, it runs until then; 0: it stays */
};
struct sim_node {
    struct str name, instance, instance_type;
    struct labels labels;
    struct taints taints;
    int64_t joined_ms;
    int64_t used_ms; /* when it last had a pod; 0: it never had */
    bool deleted;
};

struct sim_message {
    struct cloud_notice notice;
    int64_t sent_ms, visible_ms;
    bool deleted;
};

struct sim_answer {
    int64_t at_ms;
    uint64_t number; /* answers of one instant keep their order */
    struct event *event;
};

struct sim {
    pthread_mutex_t lock;
    struct sim_options options;
    struct event_sink sink;
    struct arena arena; /* of everything here; a world lives as long as its story */
    int64_t now_ms, clock_ahead_ms;
    bool date_hidden;
    bool attached, crashed;
    unsigned crash_at, orders, launches, refusals;
    unsigned faults[SIM_FAULT_COUNT];

    struct sim_answer *answers;
    size_t answer_count, answer_capacity;
    uint64_t answer_number;

    struct sim_machine *machines;
    size_t machine_count, machine_capacity;
    struct sim_shortage *shortages;
    size_t shortage_count, shortage_capacity;
    struct sim_template *templates;
    size_t template_count, template_capacity;
    struct str *forgotten; /* kind/name */
    size_t forgotten_count, forgotten_capacity;

    struct sim_message *messages;
    size_t message_count, message_capacity;
    bool listening;
    int64_t queue_again_ms; /* it could not be read; 0: it can */

    /* sim/cluster.c */
    bool binds_itself;
    struct sim_joining joining;
    struct sim_pod *pods;
    size_t pod_count, pod_capacity;
    struct sim_node *nodes;
    size_t node_count, node_capacity;
    struct event *told; /* all of the cluster, as it was when it was told last */
    unsigned refused_evictions;

    struct store_record *records; /* body ptr NULL: deleted */
    size_t record_count, record_capacity;
    int64_t silent_since_ms; /* the cluster; 0: it can be heard */
    int64_t epoch;
    bool lease_held, watched;
};

/* The true date. */
int64_t sim_date_ms(const struct sim *s);
/* Sends an event to the engine after the usual delay, or drops it if the engine has died. */
void sim_answer(struct sim *s, struct event *e);
/* Counts an order that changes the world.  False: the engine is dead, it has no effect. */
bool sim_order(struct sim *s);
/* Is this fault due?  Uses one up. */
bool sim_fails(struct sim *s, enum sim_fault fault);

/* The machine, if there is such a one and it lives, stops then. */
void sim_stop_at(struct sim *s, struct str instance_id, int64_t at_ms);
/* Delivers messages that can be seen, if somebody listens. */
void sim_poll(struct sim *s);
int64_t sim_next_poll_ms(const struct sim *s);

/* What the story's teller says that there is. */
struct event *sim_workload(struct sim *s);
/* The same in a cluster that binds by itself, as it is now: what time does there has been done. */
struct event *sim_cluster_picture(struct sim *s);
struct sim_pod *sim_find_pod(struct sim *s, struct str name); /* NULL when absent */
struct sim_node *sim_find_node(struct sim *s, struct str name);
void sim_pod_leave(struct sim_pod *p);
void sim_untaint(struct sim_node *n, struct str key);
void sim_unlabel(struct sim_node *n, struct str key);

/* A cluster that binds by itself: lives up to this instant, and tells what has changed. */
void sim_cluster_live(struct sim *s);
int64_t sim_cluster_next_ms(const struct sim *s);
struct cluster_port sim_cluster(struct sim *s);

enum instance_state sim_state_of(const struct sim *s, const struct sim_machine *m);
struct store_port sim_store(struct sim *s);
struct cloud_port sim_cloud(struct sim *s);
struct notices_port sim_notices(struct sim *s);
extern const struct launch_port sim_launch_port;

#endif
