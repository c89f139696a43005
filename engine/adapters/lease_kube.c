#include "engine/adapters/lease_kube.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "engine/base/memory.h"
#include "engine/base/monitor.h"
#include "engine/base/rng.h"
#include "engine/base/time.h"
#include "engine/kube/verbs.h"

enum {
    ANSWER_MS = 3000,    /* how long one question may take: there is time for a second */
    GIVE_BACK_MS = 2000, /* at the end, for which somebody waits */
    STANDS_MOST_S = 60,  /* of what an object says of itself: more is a slip of the hand */
    TRANSITIONS_MOST = 1 << 30,
};

static const struct kube_resource leases = {.group = STR_INIT("coordination.k8s.io"),
                                            .version = STR_INIT("v1"),
                                            .plural = STR_INIT("leases"),
                                            .namespaced = true};
const struct kube_target engine_lease = {
    .resource = &leases, .namespace = STR_INIT("kube-system"), .name = STR_INIT("tenon-engine")};

struct lease_kube {
    struct kube_client *client;
    char me[128]; /* unlike any other's, also of this machine and of this process */
    pthread_t thread;
    struct cancel *cancel; /* raised when it is to end */
    struct monitor monitor;

    /* The monitor's. */
    bool wanted, released, ends;
    int64_t due_ms;        /* when there is something to do next */
    bool held;             /* the object says so, as of our last answer */
    int64_t acts_until_ms; /* by the steady clock */
    int64_t epoch;
    enum error_kind problem_kind;
    char problem[256], problem_detail[512];

    /* The thread's own. */
    struct lease_sight sight;
};

static int64_t number_within(const struct json *j, int64_t least, int64_t most)
{
    int64_t n;

    if (!json_to_int64(j, &n) || n < least)
        return least;
    return n < most ? n : most;
}

void lease_sight_take(struct lease_sight *s, const struct json *lease, int64_t now_ms)
{
    const struct json *spec = json_get(lease, "spec");
    struct str version =
        json_string_or(json_path(lease, "metadata", "resourceVersion", NULL), STR(""));
    int64_t own_ms = 1000 * number_within(json_get(spec, "leaseDurationSeconds"), 0, STANDS_MOST_S);

    if (!s->version[0] || !str_eq(str_of(s->version), version))
        s->since_ms = now_ms;
    snprintf(s->version, sizeof(s->version), STR_FMT, STR_ARG(version));
    /* A holder of another year may renew it more seldom than we do. */
    s->stands_ms = own_ms > LEASE_STANDS_MS ? own_ms : LEASE_STANDS_MS;
    s->is_held = json_string_or(json_get(spec, "holderIdentity"), STR("")).len > 0;
    s->transitions = number_within(json_get(spec, "leaseTransitions"), 0, TRANSITIONS_MOST);
}

bool lease_sight_is_alive(const struct lease_sight *s, int64_t now_ms)
{
    return s->is_held && now_ms < time_add_ms(s->since_ms, s->stands_ms);
}

/* As its type MicroTime has it: with six digits, neither more nor fewer. */
static struct str micro_time(struct arena *a)
{
    struct str text = time_format(a, time_now_ms(), true);

    return arena_printf(a, STR_FMT "000Z", STR_ARG(str_slice(text, 0, text.len - 1)));
}

static void write_holder(const struct lease_kube *l, struct json_writer *w, struct arena *a,
                         bool takes)
{
    json_member(w, "holderIdentity", str_of(l->me));
    json_member_int(w, "leaseDurationSeconds", LEASE_STANDS_MS / 1000);
    json_member(w, "renewTime", micro_time(a));
    if (!takes)
        return;
    json_member(w, "acquireTime", micro_time(a));
    json_member_int(w, "leaseTransitions", l->sight.transitions + 1);
}

enum lease_write { LEASE_TAKE, LEASE_RENEW, LEASE_GIVE_BACK };

/* The whole of a new object, or what is to be changed of the version that was seen. */
static struct str lease_body(const struct lease_kube *l, struct arena *a, enum lease_write what)
{
    struct buf out = buf_in(a);
    struct json_writer w = json_writer_to(&out);

    json_begin_object(&w);
    json_member(&w, "apiVersion", STR("coordination.k8s.io/v1"));
    json_member(&w, "kind", STR("Lease"));
    json_key(&w, STR("metadata"));
    json_begin_object(&w);
    if (l->sight.version[0])
        json_member(&w, "resourceVersion", str_of(l->sight.version));
    else
        json_member(&w, "name", engine_lease.name);
    json_end_object(&w);
    json_key(&w, STR("spec"));
    json_begin_object(&w);
    if (what == LEASE_GIVE_BACK) {
        json_key(&w, STR("holderIdentity"));
        json_null(&w);
    } else {
        write_holder(l, &w, a, what == LEASE_TAKE);
    }
    json_end_object(&w);
    json_end_object(&w);
    return buf_str(&out);
}

/* Writes it over the version that was seen, and sees what has come of it.  ERROR_CONFLICT,
 * ERROR_EXISTS, ERROR_NOT_FOUND: somebody was faster. */
static struct error *write_lease(struct lease_kube *l, const struct kube_call *c,
                                 enum lease_write what)
{
    struct kube_target all = engine_lease;
    struct json lease;
    struct str body = lease_body(l, c->arena, what);
    const struct kube_patch patch = {KUBE_PATCH_MERGE, body, STR("tenon"), false};

    all.name = STR("");
    if (l->sight.version[0])
        TRY(kube_patch(c, &engine_lease, &patch, &lease));
    else
        TRY(kube_create(c, &all, body, &lease));
    lease_sight_take(&l->sight, &lease, time_monotonic_ms());
    return NULL;
}

/* *ours: as far as the object says.  One that is not there is nobody's. */
static struct error *look(struct lease_kube *l, const struct kube_call *c, bool *ours)
{
    struct json lease = json_new_object();
    struct error *e = kube_get(c, &engine_lease, &lease);

    *ours = false;
    if (e && e->kind != ERROR_NOT_FOUND)
        return e;
    lease_sight_take(&l->sight, &lease, time_monotonic_ms());
    *ours = str_eq(json_string_or(json_path(&lease, "spec", "holderIdentity", NULL), STR("")),
                   str_of(l->me));
    return NULL;
}

static bool was_another(const struct error *e)
{
    return e &&
           (e->kind == ERROR_CONFLICT || e->kind == ERROR_EXISTS || e->kind == ERROR_NOT_FOUND);
}

static void note_held(struct lease_kube *l, int64_t acts_until_ms)
{
    monitor_enter(&l->monitor);
    l->held = true;
    l->wanted = false;
    l->problem[0] = 0;
    l->acts_until_ms = acts_until_ms;
    l->epoch = l->sight.transitions;
    monitor_leave(&l->monitor);
}

static void note_lost(struct lease_kube *l)
{
    monitor_enter(&l->monitor);
    l->held = false;
    monitor_leave(&l->monitor);
}

static void note_problem(struct lease_kube *l, const struct error *e)
{
    monitor_enter(&l->monitor);
    l->problem_kind = e->kind;
    snprintf(l->problem, sizeof(l->problem), STR_FMT, STR_ARG(e->summary));
    snprintf(l->problem_detail, sizeof(l->problem_detail), STR_FMT, STR_ARG(e->detail));
    monitor_leave(&l->monitor);
}

/* Takes it if nobody has it, or if who has it has not been seen to live. */
static struct error *try_to_take(struct lease_kube *l, const struct kube_call *c)
{
    bool ours;

    TRY(look(l, c, &ours));
    if (!ours && lease_sight_is_alive(&l->sight, time_monotonic_ms()))
        return NULL;
    int64_t sent_ms = time_monotonic_ms();
    struct error *e = write_lease(l, c, LEASE_TAKE);
    if (!e)
        note_held(l, time_add_ms(sent_ms, LEASE_ACTS_MS));
    return was_another(e) ? NULL : e;
}

/* An answer that was lost leaves a version which we do not know, of an object that is ours still.
 */
static struct error *renew(struct lease_kube *l, const struct kube_call *c)
{
    int64_t sent_ms = time_monotonic_ms();
    struct error *e = write_lease(l, c, LEASE_RENEW);
    bool ours;

    if (was_another(e)) {
        TRY(look(l, c, &ours));
        if (!ours) {
            note_lost(l);
            return NULL;
        }
        sent_ms = time_monotonic_ms();
        e = write_lease(l, c, LEASE_RENEW);
    }
    if (!e)
        note_held(l, time_add_ms(sent_ms, LEASE_ACTS_MS));
    return e;
}

static void give_back(struct lease_kube *l)
{
    ARENA_AUTO a = {0};
    const struct kube_call c = {
        .client = l->client, .arena = &a, .deadline_ms = time_monotonic_ms() + GIVE_BACK_MS};
    /* What does not reach the server stands still, and is taken by another a little later. */
    if (write_lease(l, &c, LEASE_GIVE_BACK))
        l->sight = (struct lease_sight){0}; /* what came of it is not known */
}

/* What is to be done about it now.  Returns after how long there will be something again. */
static int64_t step(struct lease_kube *l, bool wanted, bool held)
{
    ARENA_AUTO a = {0};
    const struct kube_call c = {.client = l->client,
                                .arena = &a,
                                .cancel = l->cancel,
                                .deadline_ms = time_monotonic_ms() + ANSWER_MS};
    struct error *e = NULL;

    if (held)
        e = renew(l, &c);
    else if (wanted)
        e = try_to_take(l, &c);
    if (e && e->kind != ERROR_CANCELLED)
        note_problem(l, e);
    if (held && !e)
        return LEASE_RENEW_MS;
    return held || wanted ? LEASE_LOOK_MS : NEVER_MS;
}

static void *work(void *self)
{
    struct lease_kube *l = self;

    monitor_enter(&l->monitor);
    for (;;) {
        while (!l->ends && !l->released && time_monotonic_ms() < l->due_ms)
            monitor_wait(&l->monitor, l->due_ms);
        bool held = l->held, wanted = l->wanted, ends = l->ends;
        bool gives_back = held && (l->released || ends);
        l->held = held && !gives_back; /* nobody acts while it goes back */
        l->released = false;
        monitor_leave(&l->monitor);
        if (gives_back)
            give_back(l);
        if (ends)
            return NULL;
        int64_t pause_ms = gives_back ? 0 : step(l, wanted, held);
        monitor_enter(&l->monitor);
        /* One that has just been had is renewed in its time, whatever was due before. */
        bool just_had = l->held && !held;
        l->due_ms = time_add_ms(time_monotonic_ms(), just_had ? LEASE_RENEW_MS : pause_ms);
        if (l->wanted && !wanted) /* meanwhile */
            l->due_ms = 0;
    }
}

struct lease_kube *lease_kube_new(struct kube_client *client)
{
    struct lease_kube *l = must_have(calloc(1, sizeof(*l)));
    char host[64] = "";
    uint64_t chance;

    gethostname(host, sizeof(host) - 1);
    rng_system(&chance, sizeof(chance));
    snprintf(l->me, sizeof(l->me), "%s_%016llx", host, (unsigned long long)chance);
    l->client = client;
    l->cancel = cancel_new(NULL);
    l->due_ms = NEVER_MS;
    monitor_init(&l->monitor);
    if (pthread_create(&l->thread, NULL, work, l)) /* a process that gets no thread is of no use */
        out_of_memory();
    return l;
}

void lease_kube_free(struct lease_kube *l)
{
    if (!l)
        return;
    monitor_enter(&l->monitor);
    l->ends = true;
    monitor_wake(&l->monitor);
    monitor_leave(&l->monitor);
    cancel_raise(l->cancel);
    pthread_join(l->thread, NULL);
    monitor_finish(&l->monitor);
    cancel_free(l->cancel);
    free(l);
}

void lease_kube_want(struct lease_kube *l)
{
    monitor_enter(&l->monitor);
    if (!l->wanted)
        l->due_ms = 0;
    l->wanted = true;
    monitor_wake(&l->monitor);
    monitor_leave(&l->monitor);
}

void lease_kube_release(struct lease_kube *l)
{
    monitor_enter(&l->monitor);
    l->wanted = false;
    l->released = true;
    monitor_wake(&l->monitor);
    monitor_leave(&l->monitor);
}

bool lease_kube_is_held(struct lease_kube *l, int64_t *epoch)
{
    monitor_enter(&l->monitor);
    bool held = l->held && !l->released && time_monotonic_ms() < l->acts_until_ms;
    *epoch = l->epoch;
    monitor_leave(&l->monitor);
    return held;
}

struct error *lease_kube_problem(struct lease_kube *l, struct arena *a)
{
    struct error *e = NULL;

    monitor_enter(&l->monitor);
    if (l->problem[0]) {
        e = error_new(a, l->problem_kind, "%s", l->problem);
        e->detail = arena_str(a, str_of(l->problem_detail));
    }
    monitor_leave(&l->monitor);
    return e;
}
