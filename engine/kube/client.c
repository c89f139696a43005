#include <signal.h>

#include "engine/base/cancel.h"
#include "engine/base/http.h"
#include "engine/base/memory.h"
#include "engine/base/time.h"
#include "engine/kube/client_private.h"

enum {
    PER_SECOND = 50,
    BURST = 100,
    LOOK_EVERY_MS = 60000, /* the longest sleep; whatever comes ends it before */
};

/* Back to a state in which the next request can be made. */
static void put_down(struct kube_exchange *x)
{
    if (x->easy) {
        curl_multi_remove_handle(x->client->multi, x->easy);
        curl_easy_cleanup(x->easy);
    }
    curl_slist_free_all(x->headers);
    curl_slist_free_all(x->connect_to);
    arena_wipe(&x->arena); /* the token stands in a header */
    x->easy = NULL;
    x->headers = x->connect_to = NULL;
    x->why[0] = '\0';
    x->was_sent = x->lost = false;
    x->status = 0;
    x->retry_after_ms = 0;
    x->broken = NULL;
    x->refusal = buf_in(&x->arena);
}

static void end(struct kube_exchange *x, struct error *e)
{
    const struct kube_end how = {
        .status = x->status,
        .error = e,
        .refusal = buf_str(&x->refusal),
        .retry_after_ms = x->retry_after_ms,
    };
    int64_t pause_ms = x->ops->ended(x->self, &x->arena, &how);

    x->proved_again = false;
    x->state = pause_ms == KUBE_OVER ? EXCHANGE_OVER : EXCHANGE_DUE;
    x->due_ms = time_add_ms(time_monotonic_ms(), pause_ms);
    put_down(x);
}

/* May take as long as a plugin runs.  Whoever waits for the exchange to leave ends that. */
static struct error *prove(struct kube_client *c, struct kube_exchange *x, struct kube_proof *out)
{
    monitor_enter(&c->monitor);
    c->proving = x;
    if (x->leaves) /* it began to just before */
        cancel_raise(c->cancel);
    monitor_leave(&c->monitor);
    struct error *e = kube_identity_get(c->identity, &x->arena, c->cancel, time_now_ms(), out);
    monitor_enter(&c->monitor);
    c->proving = NULL;
    if (!c->ends)
        cancel_reset(c->cancel);
    monitor_leave(&c->monitor);
    return e;
}

static void start(struct kube_client *c, struct kube_exchange *x)
{
    struct kube_ask ask = {0};
    struct kube_proof proof;
    struct error *e = prove(c, x, &proof);

    if (!e) {
        x->ops->ask(x->self, &x->arena, &ask);
        x->changes = ask.changes;
        x->easy = must_have(curl_easy_init());
        e = kube_exchange_set_up(x, &ask, &proof);
    }
    if (e) {
        end(x, e);
        return;
    }
    x->state = EXCHANGE_RUNS;
    curl_multi_add_handle(c->multi, x->easy);
}

/* A token that is not believed may have been replaced a moment ago: once more with a new one. */
static bool proves_again(struct kube_client *c, struct kube_exchange *x)
{
    if (x->status != 401 || x->proved_again || !kube_identity_refused(c->identity))
        return false;
    put_down(x);
    x->proved_again = true;
    x->state = EXCHANGE_DUE;
    x->due_ms = time_monotonic_ms();
    return true;
}

static void reap(struct kube_client *c)
{
    int left;

    for (const CURLMsg *m; (m = curl_multi_info_read(c->multi, &left));) {
        struct kube_exchange *x = NULL;
        if (m->msg != CURLMSG_DONE)
            continue;
        CURLcode code = m->data.result;
        curl_easy_getinfo(m->easy_handle, CURLINFO_PRIVATE, (char **)&x);
        if (code == CURLE_OK && proves_again(c, x))
            continue;
        end(x, x->broken ? x->broken : code == CURLE_OK ? NULL : kube_exchange_error(x, code));
    }
}

/* Takes out those whose owners wait for it.  Inside the monitor. */
static void drop_leaving(struct kube_client *c)
{
    for (struct kube_exchange **at = &c->exchanges; *at;) {
        struct kube_exchange *x = *at;
        if (!x->leaves) {
            at = &x->next;
            continue;
        }
        *at = x->next;
        put_down(x);
        x->has_left = true;
        monitor_wake(&c->monitor);
    }
}

/* The exchange that is due next and due by now, if any; else *wait_ms says when to look again.
 * Inside the monitor. */
static struct kube_exchange *next_due(struct kube_client *c, int64_t now_ms, int64_t *wait_ms)
{
    struct kube_exchange *first = NULL;

    for (struct kube_exchange *x = c->exchanges; x; x = x->next)
        if (x->state == EXCHANGE_DUE && (!first || x->due_ms < first->due_ms))
            first = x;
    *wait_ms = !first                   ? LOOK_EVERY_MS
               : first->due_ms > now_ms ? first->due_ms - now_ms
                                        : kube_limit_wait_ms(&c->limit, now_ms);
    return *wait_ms == 0 ? first : NULL;
}

/* Starts what is due; false: the client ends.  *wait_ms: until something else is. */
static bool start_due(struct kube_client *c, int64_t *wait_ms)
{
    for (;;) {
        monitor_enter(&c->monitor);
        drop_leaving(c);
        bool ends = c->ends;
        struct kube_exchange *x = ends ? NULL : next_due(c, time_monotonic_ms(), wait_ms);
        monitor_leave(&c->monitor);
        if (ends || !x)
            return !ends;
        /* Its owner waits for drop_leaving before it goes, so it is there though the monitor is
         * left: a plugin that runs in here must not keep others from beginning. */
        start(c, x);
    }
}

static void *run(void *self)
{
    struct kube_client *c = self;
    int64_t wait_ms;
    int running;

    while (start_due(c, &wait_ms)) {
        curl_multi_poll(c->multi, NULL, 0, (int)(wait_ms < LOOK_EVERY_MS ? wait_ms : LOOK_EVERY_MS),
                        NULL);
        curl_multi_perform(c->multi, &running);
        reap(c);
    }
    return NULL;
}

/* Signals are for other threads; one that comes of a closed socket is an error of that write. */
static bool start_thread(struct kube_client *c)
{
    sigset_t all, before;

    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    int failed = pthread_create(&c->thread, NULL, run, c);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return !failed;
}

struct kube_exchange *kube_exchange_begin(struct kube_client *c,
                                          const struct kube_exchange_ops *ops, void *self)
{
    struct kube_exchange *x = must_have(calloc(1, sizeof(*x)));

    x->client = c;
    x->ops = ops;
    x->self = self;
    x->refusal = buf_in(&x->arena);
    x->due_ms = time_monotonic_ms();
    monitor_enter(&c->monitor);
    x->next = c->exchanges;
    c->exchanges = x;
    monitor_leave(&c->monitor);
    curl_multi_wakeup(c->multi);
    return x;
}

void kube_exchange_finish(struct kube_client *c, struct kube_exchange *x)
{
    monitor_enter(&c->monitor);
    x->leaves = true;
    if (c->proving == x)
        cancel_raise(c->cancel);
    curl_multi_wakeup(c->multi);
    while (!x->has_left)
        monitor_wait(&c->monitor, NEVER_MS);
    monitor_leave(&c->monitor);
    arena_wipe(&x->arena);
    free(x);
}

struct error *kube_client_new(struct arena *a, const struct kube_access *access,
                              const struct kube_client_options *options, struct kube_client **out)
{
    struct arena own = {0};
    struct kube_place place;
    struct kube_client *c;

    *out = NULL;
    TRY(http_is_possible(a));
    curl_start();
    struct error *e = kube_place_of(&own, access, &place);
    if (e) {
        e = error_copy(a, e);
        arena_free(&own);
        return e;
    }
    c = must_have(calloc(1, sizeof(*c)));
    c->access = access;
    c->own = own;
    c->place = place;
    c->identity = kube_identity_new(access);
    c->limit = kube_limit_new(options->per_second ? options->per_second : PER_SECOND,
                              options->burst ? options->burst : BURST, time_monotonic_ms());
    c->cancel = cancel_new(NULL);
    c->multi = must_have(curl_multi_init());
    monitor_init(&c->monitor);
    if (!start_thread(c)) /* a process that gets no thread is of no use */
        out_of_memory();
    *out = c;
    return NULL;
}

void kube_client_free(struct kube_client *c)
{
    if (!c)
        return;
    monitor_enter(&c->monitor);
    c->ends = true;
    cancel_raise(c->cancel);
    monitor_leave(&c->monitor);
    curl_multi_wakeup(c->multi);
    pthread_join(c->thread, NULL);
    curl_multi_cleanup(c->multi);
    monitor_finish(&c->monitor);
    kube_identity_free(c->identity);
    cancel_free(c->cancel);
    arena_free(&c->own);
    free(c);
}
