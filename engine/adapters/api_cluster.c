#include "engine/adapters/api_cluster.h"

#include <pthread.h>
#include <signal.h>
#include <stdlib.h>

#include "engine/adapters/api_objects.h"
#include "engine/adapters/api_orders.h"
#include "engine/adapters/api_remarks.h"
#include "engine/base/log.h"
#include "engine/base/memory.h"
#include "engine/base/monitor.h"
#include "engine/base/time.h"
#include "engine/kube/verbs.h"

enum {
    GATHER_MS = 20,        /* changes come in bursts: a scheduler binds, a controller makes */
    PROVE_EVERY_MS = 5000, /* that the server is there, and what was told still holds */
    PATIENCE_MS = 20000,   /* with a server that has never answered */
    HANDS_MOST = 8,        /* orders that are carried out at a time */
};

/* Of one kind of objects. */
struct following {
    struct api_cluster *cluster;
    enum api_kind kind;
    bool is_live;
    struct arena arena; /* of the error */
    struct error *lost; /* why nothing is told; NULL: nobody knows a reason */
};

struct api_cluster {
    struct api_hands hands; /* first: what orders are given */
    struct clock_port clock;
    struct orders *orders;
    struct api_remarks *remarks;
    struct cancel *stop;
    pthread_t thread;
    struct kube_informer *informers[API_KINDS]; /* the thread's */

    struct monitor monitor; /* guards the rest */
    struct api_objects *objects;
    struct following follows[API_KINDS];
    bool started, asked, ends;
    bool ailing_told; /* that a watch is lost */
    bool proving;     /* an answer is awaited */
    unsigned losses;  /* of watches: an answer from before one proves nothing */
    int64_t prove_ms; /* not before */
    int64_t began_ms; /* to list */
    int64_t known_ms; /* when all was as it was told; NEVER_MS: not yet */
};

static int64_t now_of(const struct api_cluster *c)
{
    return c->clock.monotonic_ms(c->clock.self);
}

/* The functions from here to `tell` are inside of the monitor. */

static const struct following *first_lost(const struct api_cluster *c)
{
    for (int k = 0; k < API_KINDS; k++)
        if (c->follows[k].lost)
            return &c->follows[k];
    return NULL;
}

static bool all_stand(const struct api_cluster *c)
{
    bool stand = api_objects_are_told(c->objects);

    for (int k = 0; k < API_KINDS; k++)
        stand &= c->follows[k].is_live;
    return stand;
}

/* A server that is being made or started is not there yet; what it refuses is another matter. */
static bool may_pass(const struct api_cluster *c, const struct error *e)
{
    bool passes =
        e->kind == ERROR_UNREACHABLE || e->kind == ERROR_THROTTLED || e->kind == ERROR_TIMEOUT;

    return passes && c->known_ms == NEVER_MS && now_of(c) < c->began_ms + PATIENCE_MS;
}

static bool is_ailing(const struct api_cluster *c)
{
    const struct following *f = first_lost(c);

    return f && !may_pass(c, f->lost);
}

static bool has_news(const struct api_cluster *c)
{
    return api_objects_have_news(c->objects) || is_ailing(c) != c->ailing_told;
}

static void note_lost(struct following *f, const struct error *e)
{
    arena_free(&f->arena);
    f->lost = error_copy(&f->arena, e);
    f->is_live = false;
    f->cluster->losses++;
}

static void note_standing(struct following *f)
{
    f->is_live = true;
    f->lost = NULL;
    f->cluster->prove_ms = 0;
}

/* On the client's thread. */
static void take(void *self, const struct kube_change *change)
{
    struct following *f = self;
    struct api_cluster *c = f->cluster;

    monitor_enter(&c->monitor);
    api_objects_take(c->objects, f->kind, change);
    if (change->kind == KUBE_LOST)
        note_lost(f, change->error);
    if (change->kind == KUBE_LIVE)
        note_standing(f);
    if (change->kind == KUBE_LISTING) /* a watch that stood had been forgotten */
        f->is_live = false;
    if (change->kind == KUBE_LIVE || has_news(c))
        monitor_wake(&c->monitor);
    monitor_leave(&c->monitor);
}

static void say_problem(const struct api_cluster *c, struct event *e)
{
    const struct following *f = first_lost(c);

    if (!f || may_pass(c, f->lost))
        return;
    e->error = error_copy(&e->arena, f->lost);
    e->complete = api_objects_are_told(c->objects);
}

/* What is to be posted, linked. */
static struct event *gather(struct api_cluster *c)
{
    bool ailing = is_ailing(c);
    struct event *first = api_objects_tell(c->objects);

    if (!first && ailing != c->ailing_told) {
        first = event_new(EVENT_WORKLOAD);
        first->complete = true;
    }
    for (struct event *e = first; e; e = e->next)
        say_problem(c, e);
    if (first)
        c->ailing_told = ailing;
    if (c->known_ms == NEVER_MS && all_stand(c)) /* (a list is news of just now) */
        c->known_ms = now_of(c);
    return first;
}

static void tell(struct api_cluster *c)
{
    monitor_enter(&c->monitor);
    struct event *first = gather(c);
    monitor_leave(&c->monitor);
    for (struct event *e = first, *next; e; e = next) {
        next = e->next;
        e->next = NULL;
        c->hands.sink.post(c->hands.sink.self, e);
    }
}

/* An answer proves that the connection which the watches share is there. */
static void prove(void *self, struct order *order, struct cancel *stop)
{
    struct api_cluster *c = self;
    const struct kube_call call = {.client = c->hands.client,
                                   .arena = &order->arena,
                                   .cancel = stop,
                                   .deadline_ms = time_monotonic_ms() + 2 * PROVE_EVERY_MS};
    struct json version;

    monitor_enter(&c->monitor);
    int64_t asked_ms = now_of(c);
    unsigned losses = c->losses;
    monitor_leave(&c->monitor);
    struct error *e = kube_get_path(&call, STR("/version"), &version);
    monitor_enter(&c->monitor);
    c->proving = false;
    c->prove_ms = asked_ms + PROVE_EVERY_MS;
    if (!e && losses == c->losses && all_stand(c))
        c->known_ms = asked_ms;
    monitor_wake(&c->monitor);
    monitor_leave(&c->monitor);
}

/* Inside of the monitor. */
static void prove_when_due(struct api_cluster *c)
{
    if (c->proving || c->ends || !all_stand(c) || now_of(c) < c->prove_ms)
        return;
    c->proving = true;
    orders_submit(c->orders, order_new(prove));
}

static void stop_following(struct api_cluster *c)
{
    for (int k = 0; k < API_KINDS; k++) {
        kube_informer_free(c->informers[k]);
        c->informers[k] = NULL;
    }
}

static void follow_anew(struct api_cluster *c)
{
    stop_following(c);
    monitor_enter(&c->monitor);
    api_objects_forget(c->objects);
    for (int k = 0; k < API_KINDS; k++) {
        c->follows[k].is_live = false;
        c->follows[k].lost = NULL;
    }
    c->losses++;
    c->began_ms = now_of(c);
    c->ailing_told = false;
    monitor_leave(&c->monitor);
    for (int k = 0; k < API_KINDS; k++) {
        const struct kube_following what = {
            .resource = &api_rows[k].resource, .take = take, .self = &c->follows[k]};
        c->informers[k] = kube_informer_new(c->hands.client, &what);
    }
}

enum job { JOB_END, JOB_FOLLOW, JOB_TELL };

static enum job wait_for_job(struct api_cluster *c)
{
    monitor_enter(&c->monitor);
    while (!c->ends && !c->asked && !has_news(c)) {
        prove_when_due(c);
        monitor_wait(&c->monitor, now_of(c) + PROVE_EVERY_MS);
    }
    enum job job = c->ends ? JOB_END : c->asked ? JOB_FOLLOW : JOB_TELL;
    c->asked = false;
    prove_when_due(c);
    monitor_leave(&c->monitor);
    return job;
}

static void *run(void *self)
{
    struct api_cluster *c = self;

    for (enum job job; (job = wait_for_job(c)) != JOB_END;) {
        if (job == JOB_FOLLOW) {
            follow_anew(c);
            continue;
        }
        cancel_wait_ms(c->stop, GATHER_MS);
        tell(c);
    }
    return NULL;
}

/* The port. */

static void start_thread(struct api_cluster *c)
{
    sigset_t all, before;

    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    if (pthread_create(&c->thread, NULL, run, c))
        abort();
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    c->started = true;
}

static void submit_watch(void *self)
{
    struct api_cluster *c = self;

    monitor_enter(&c->monitor);
    c->asked = true;
    if (!c->started)
        start_thread(c);
    monitor_wake(&c->monitor);
    monitor_leave(&c->monitor);
}

static int64_t age_ms(void *self)
{
    struct api_cluster *c = self;

    monitor_enter(&c->monitor);
    int64_t known_ms = c->known_ms, now_ms = now_of(c);
    monitor_leave(&c->monitor);
    if (known_ms == NEVER_MS)
        return NEVER_MS;
    return now_ms > known_ms ? now_ms - known_ms : 0;
}

/* A copy: the object may go as soon as the monitor is left. */
static struct str uid_of(struct api_cluster *c, struct arena *a, enum api_kind kind,
                         struct str name)
{
    monitor_enter(&c->monitor);
    struct str uid = arena_str(a, api_objects_uid(c->objects, kind, name));
    monitor_leave(&c->monitor);
    return uid;
}

static void submit_node(void *self, const struct node_order *o)
{
    struct api_cluster *c = self;
    ARENA_AUTO a = {0};

    api_order_node(c->orders, uid_of(c, &a, API_NODES, o->node), o);
}

static void submit_delete_node(void *self, struct str node)
{
    struct api_cluster *c = self;
    ARENA_AUTO a = {0};

    api_order_delete_node(c->orders, uid_of(c, &a, API_NODES, node), node);
}

static void submit_evict(void *self, struct str pod)
{
    struct api_cluster *c = self;
    ARENA_AUTO a = {0};

    api_order_evict(c->orders, uid_of(c, &a, API_PODS, pod), pod);
}

/* A node that has yet to join is known by its name, which is how kubelets speak of theirs. */
static void submit_remark(void *self, const struct remark *remark)
{
    struct api_cluster *c = self;
    ARENA_AUTO a = {0};
    struct str uid = uid_of(c, &a, remark->of_node ? API_NODES : API_PODS, remark->name);

    api_remarks_put(c->remarks, remark->of_node && !uid.len ? remark->name : uid, remark);
}

struct api_cluster *api_cluster_new(struct kube_client *client, struct clock_port clock,
                                    struct event_sink sink)
{
    struct api_cluster *c = must_have(calloc(1, sizeof(*c)));

    c->hands = (struct api_hands){client, sink};
    c->clock = clock;
    c->orders = orders_new(c, HANDS_MOST);
    c->remarks = api_remarks_new(client, clock);
    c->stop = cancel_new(NULL);
    c->objects = api_objects_new();
    c->known_ms = NEVER_MS;
    monitor_init(&c->monitor);
    for (int k = 0; k < API_KINDS; k++) {
        c->follows[k].cluster = c;
        c->follows[k].kind = (enum api_kind)k;
    }
    return c;
}

void api_cluster_stop(struct api_cluster *c)
{
    monitor_enter(&c->monitor);
    c->ends = true;
    monitor_wake(&c->monitor);
    monitor_leave(&c->monitor);
    cancel_raise(c->stop);
    orders_stop(c->orders);
    api_remarks_stop(c->remarks);
}

void api_cluster_free(struct api_cluster *c)
{
    if (!c)
        return;
    api_cluster_stop(c);
    if (c->started)
        pthread_join(c->thread, NULL);
    stop_following(c);
    orders_free(c->orders);
    api_remarks_free(c->remarks);
    api_objects_free(c->objects);
    for (int k = 0; k < API_KINDS; k++)
        arena_free(&c->follows[k].arena);
    cancel_free(c->stop);
    monitor_finish(&c->monitor);
    free(c);
}

struct cluster_port api_cluster_port(struct api_cluster *c)
{
    return (struct cluster_port){
        .self = c,
        .engine_binds = false,
        .submit_node = submit_node,
        .submit_evict = submit_evict,
        .submit_delete_node = submit_delete_node,
        .submit_remark = submit_remark,
        .submit_watch = submit_watch,
        .age_ms = age_ms,
    };
}
