#include "engine/adapters/sqs_notices.h"

#include <pthread.h>

#include "engine/adapters/notice_text.h"
#include "engine/adapters/orders.h"
#include "engine/aws/sqs.h"
#include "engine/base/log.h"
#include "engine/base/memory.h"
#include "engine/base/time.h"

enum {
    WAIT_SECONDS = 20,   /* the longest that SQS keeps a poll open */
    HIDDEN_SECONDS = 20, /* a notice that was lost on its way here comes again while it matters */
    SIDE_BY_SIDE = 8,
    DELETERS = 4,
    PATIENCE_MS = 30 * 1000, /* of a poll, its retries included */
    AGAIN_FIRST_MS = 5 * 1000,
    AGAIN_MOST_MS = 60 * 1000,
};

struct sqs_notices {
    struct arena arena; /* of the strings below */
    struct sqs_notices_options options;
    struct event_sink sink;
    struct cancel *end; /* raised for good; parent of those below */
    struct orders *polls, *deletions;
    bool failing, heard;    /* of the thread that polls */
    struct cancel *hearing; /* its: raised when nobody wants to hear it any more */
    pthread_mutex_t lock;   /* of: */
    struct cancel *last;    /* of the watch that was asked for last; NULL: it has ended */
    struct str url;         /* empty: not known yet */
};

struct sqs_notices *sqs_notices_new(const struct sqs_notices_options *options,
                                    struct event_sink sink)
{
    struct sqs_notices *n = must_have(calloc(1, sizeof(*n)));
    n->options = *options;
    n->options.queue = arena_str(&n->arena, options->queue);
    n->options.region = arena_str(&n->arena, options->region);
    n->sink = sink;
    pthread_mutex_init(&n->lock, NULL);
    n->end = cancel_new(NULL);
    n->polls = orders_new(n, 1);
    n->deletions = orders_new(n, DELETERS);
    return n;
}

void sqs_notices_stop(struct sqs_notices *n)
{
    cancel_raise(n->end);
    orders_stop(n->polls);
    orders_stop(n->deletions);
}

void sqs_notices_free(struct sqs_notices *n)
{
    if (!n)
        return;
    sqs_notices_stop(n);
    orders_free(n->polls);
    orders_free(n->deletions);
    cancel_free(n->end);
    pthread_mutex_destroy(&n->lock);
    arena_free(&n->arena);
    free(n);
}

/* Where the queue is. */

static struct str url_of(struct sqs_notices *n)
{
    pthread_mutex_lock(&n->lock);
    struct str url = n->url;
    pthread_mutex_unlock(&n->lock);
    return url;
}

/* Kept to the end, for somebody may look at it: queues do not move often. */
static void set_url(struct sqs_notices *n, struct str url)
{
    pthread_mutex_lock(&n->lock);
    n->url = arena_str(&n->arena, url);
    pthread_mutex_unlock(&n->lock);
}

/* The region in the host of a queue's URL at AWS: sqs.REGION.amazonaws.com, or the older
 * REGION.queue.amazonaws.com; empty where it has none, as at a stand-in. */
static struct str region_of(struct str url)
{
    struct str rest = str_slice(url, str_find_str(url, STR("//")) + 2, url.len);
    struct str host = str_cut(&rest, '/'), first = str_cut(&host, '.'),
               second = str_cut(&host, '.');

    if (!str_starts_with(host, STR("amazonaws.com")))
        return STR("");
    return str_eq(first, STR("sqs")) ? second : str_eq(second, STR("queue")) ? first : STR("");
}

static struct error *check_region(struct arena *a, const struct sqs_notices_options *o)
{
    struct str region = region_of(o->queue);

    if (!region.len || str_eq(region, o->region))
        return NULL;
    struct error *e = error_new(a, ERROR_INVALID,
                                "the interruption queue is in " STR_FMT ", the fleet in " STR_FMT,
                                STR_ARG(region), STR_ARG(o->region));
    e->detail = arena_printf(a,
                             "EC2 tells of its instances in their own region: make the queue and "
                             "its rules there. It is named by " STR_FMT ".",
                             STR_ARG(o->queue));
    return e;
}

static struct error *find_queue(struct sqs_notices *n, const struct aws_call *call, struct str *url)
{
    struct str queue = n->options.queue;

    *url = url_of(n);
    if (url->len)
        return NULL;
    if (str_find_str(queue, STR("://")) == queue.len)
        TRY(sqs_get_queue_url(call, queue, url));
    else
        TRY(check_region(call->arena, &n->options));
    if (!url->len)
        *url = queue;
    set_url(n, *url);
    return NULL;
}

/* What comes out of it. */

static void post(struct sqs_notices *n, struct event *e)
{
    n->sink.post(n->sink.self, e);
}

static void post_notices(struct sqs_notices *n, const struct sqs_messages *messages)
{
    struct event *e = event_new(EVENT_NOTICES);
    struct arena *a = &e->arena;
    struct cloud_notice *all = ARENA_ARRAY(a, struct cloud_notice, messages->count);
    int64_t date_ms = aws_client_date_ms(n->options.client);

    for (size_t i = 0; i < messages->count; i++) {
        const struct sqs_message *m = &messages->items[i];
        all[i] = notice_read(a, m->body);
        all[i].receipt = arena_str(a, m->receipt);
        all[i].age_ms = m->sent_ms && date_ms > m->sent_ms ? date_ms - m->sent_ms : 0;
    }
    e->notices = all;
    e->notice_count = messages->count;
    post(n, e);
}

/* `*full`: there may be more at once. */
static struct error *poll(struct sqs_notices *n, const struct aws_call *call, int wait_seconds,
                          bool *full)
{
    struct sqs_messages messages;
    struct str url;

    *full = false;
    TRY(find_queue(n, call, &url));
    TRY(sqs_receive_messages(call, url, wait_seconds, HIDDEN_SECONDS, &messages));
    if (messages.count || !n->heard || n->failing)
        post_notices(n, &messages); /* none: that the queue can be read is news */
    *full = messages.count == SQS_BATCH_MOST;
    return NULL;
}

static struct aws_call call_in(const struct sqs_notices *n, struct arena *a)
{
    return (struct aws_call){.client = n->options.client,
                             .arena = a,
                             .cancel = n->hearing,
                             .deadline_ms = time_monotonic_ms() + PATIENCE_MS};
}

/* One of several, until the queue gives less than it could.  What fails here is told by the poll
 * that comes after. */
static void drain(void *self)
{
    struct sqs_notices *n = self;
    struct error *e = NULL;

    for (bool full = true; full && !e && !cancel_is_raised(n->hearing);) {
        ARENA_AUTO a = {0};
        struct aws_call call = call_in(n, &a);
        e = poll(n, &call, 0, &full);
    }
}

static void drain_side_by_side(struct sqs_notices *n)
{
    struct errand parts[SIDE_BY_SIDE];

    for (size_t i = 0; i < SIDE_BY_SIDE; i++)
        parts[i] = (struct errand){drain, n};
    errands_run(parts, SIDE_BY_SIDE);
}

static struct error *name_queue(struct arena *a, const struct sqs_notices *n, struct error *why)
{
    if (why->kind == ERROR_INVALID && !why->code.len)
        return error_copy(a, why); /* ours, and says it all */
    struct error *e = error_copy(a, why);
    bool missing = why->kind == ERROR_NOT_FOUND;
    e->summary = arena_printf(a, "the interruption queue " STR_FMT " %s", STR_ARG(n->options.queue),
                              missing ? "does not exist" : "cannot be read");
    e->detail = arena_printf(
        a, "%s" STR_FMT "%s" STR_FMT " Until then no notice of an interruption is heard.",
        missing ? "It is looked for again until it is made, in region " : "",
        STR_ARG(missing ? n->options.region : why->summary), missing ? "." : ". ",
        STR_ARG(missing ? STR("") : why->detail));
    return e;
}

static void tell(struct sqs_notices *n, struct error *why)
{
    struct event *e = event_new(EVENT_NOTICES);

    e->error = name_queue(&e->arena, n, why);
    post(n, e);
}

/* Returns how long to wait before the next. */
static int64_t poll_once(struct sqs_notices *n, int64_t waited_ms)
{
    ARENA_AUTO a = {0};
    struct aws_call call = call_in(n, &a);
    bool full;
    struct error *e = poll(n, &call, WAIT_SECONDS, &full);

    if (cancel_is_raised(n->hearing))
        return 0;
    n->failing = e;
    if (!e) {
        n->heard = true;
        if (full)
            drain_side_by_side(n);
        return 0;
    }
    tell(n, e);
    set_url(n, STR("")); /* it may be made anew, elsewhere */
    int64_t wait_ms = waited_ms ? 2 * waited_ms : AGAIN_FIRST_MS;
    return wait_ms < AGAIN_MOST_MS ? wait_ms : AGAIN_MOST_MS;
}

/* Each watch has a token of its own: with one for all, a watch that follows a rest at once would
 * take the flag back before the poll has seen it, and nothing would end that. */
static struct cancel *watch_new(struct sqs_notices *n)
{
    pthread_mutex_lock(&n->lock);
    struct cancel *mine = n->last = cancel_new(n->end);
    pthread_mutex_unlock(&n->lock);
    return mine;
}

static void watch_free(struct sqs_notices *n, struct cancel *mine)
{
    pthread_mutex_lock(&n->lock);
    if (n->last == mine)
        n->last = NULL;
    cancel_free(mine);
    pthread_mutex_unlock(&n->lock);
}

struct watch {
    struct cancel *token;
};

static void run_polls(void *self, struct order *order, struct cancel *stop)
{
    struct sqs_notices *n = self;
    const struct watch *w = order->what;
    int64_t wait_ms = 0;

    n->hearing = w->token;
    n->heard = false;
    while (!cancel_wait_ms(n->hearing, wait_ms) && !cancel_is_raised(stop))
        wait_ms = poll_once(n, wait_ms);
    watch_free(n, w->token);
}

static void submit_watch(void *self)
{
    struct sqs_notices *n = self;
    struct order *o = order_new(run_polls);
    struct watch *w = ARENA_NEW(&o->arena, struct watch);

    w->token = watch_new(n);
    o->what = w;
    orders_submit(n->polls, o);
}

static void submit_rest(void *self)
{
    struct sqs_notices *n = self;

    pthread_mutex_lock(&n->lock);
    if (n->last)
        cancel_raise(n->last);
    pthread_mutex_unlock(&n->lock);
}

/* What becomes of messages that were acted on. */

struct receipts {
    struct str url;
    struct str items[SQS_BATCH_MOST];
    size_t count;
};

/* One that cannot be deleted comes again, and changes nothing then. */
static void run_deletion(void *self, struct order *order, struct cancel *stop)
{
    struct sqs_notices *n = self;
    const struct receipts *r = order->what;
    struct aws_call call = {.client = n->options.client, .arena = &order->arena, .cancel = stop};
    struct error *e = sqs_delete_messages(&call, r->url, r->items, r->count);

    if (e)
        log_event(LOG_WARN, "notices_not_deleted", LOG_INT("count", (int64_t)r->count),
                  LOG_STR("error", e->summary));
}

static void submit_acknowledge(void *self, const struct str *receipts, size_t count)
{
    struct sqs_notices *n = self;
    struct str url = url_of(n);

    for (size_t begin = 0; url.len && begin < count; begin += SQS_BATCH_MOST) {
        struct order *o = order_new(run_deletion);
        struct receipts *r = ARENA_NEW(&o->arena, struct receipts);
        r->url = arena_str(&o->arena, url);
        for (size_t i = begin; i < count && r->count < SQS_BATCH_MOST; i++)
            r->items[r->count++] = arena_str(&o->arena, receipts[i]);
        o->what = r;
        orders_submit(n->deletions, o);
    }
}

struct notices_port sqs_notices_port(struct sqs_notices *n)
{
    return (struct notices_port){n, submit_watch, submit_rest, submit_acknowledge};
}
