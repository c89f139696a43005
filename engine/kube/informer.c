#include "engine/kube/informer.h"

#include "engine/aws/sigv4.h"
#include "engine/base/json_stream.h"
#include "engine/base/memory.h"
#include "engine/base/rng.h"
#include "engine/base/time.h"
#include "engine/kube/exchange.h"
#include "engine/kube/retry.h"
#include "engine/kube/status.h"
#include "engine/kube/watch_frame.h"

enum {
    PAGE_SIZE = 500,
    PAGE_TIMEOUT_MS = 60000,
    WATCH_SECONDS = 300,    /* and up to as many more, so that not all watches end at once */
    WATCH_GRACE_MS = 30000, /* after which a server that does not end a watch is not there */
    SHORT_MS = 1000,        /* a watch that ends so soon without a word does not work */
    STEADY_MS = 30000,      /* one that lasted so long did */
    OBJECT_MAX = 16 << 20,  /* etcd takes 1.5 MB */
};

enum phase { PHASE_LIST, PHASE_WATCH };

/* The client's thread owns it. */
struct kube_informer {
    struct kube_client *client;
    struct kube_exchange *exchange;
    struct kube_following what;
    struct kube_target target;
    struct arena own; /* strings of `what` */

    enum phase phase;
    char *token;   /* of the page to be asked for; NULL: the first */
    char *version; /* where the watch goes on */
    int failures;  /* in a row */
    struct json_stream stream;
    int64_t began_ms; /* the watch, by the steady clock */
    bool said_anything;
};

static uint64_t random_bits(void)
{
    uint64_t bits;
    rng_system(&bits, sizeof(bits));
    return bits;
}

static void keep(char **kept, struct str text)
{
    free(*kept);
    *kept = text.len ? must_have(strndup(text.ptr, text.len)) : NULL;
}

static void say(struct kube_informer *i, enum kube_change_kind kind, const struct error *e)
{
    struct kube_change change = {.kind = kind, .error = e};
    i->what.take(i->what.self, &change);
}

static struct error *take_listed(struct kube_informer *i, struct arena *a, struct str text)
{
    struct json *object = ARENA_NEW(a, struct json);
    struct kube_change change;

    TRY(json_parse(a, text, object));
    TRY(kube_object_read(a, object, KUBE_CHANGED, &change));
    i->what.take(i->what.self, &change);
    return NULL;
}

static struct error *take_event(struct kube_informer *i, struct arena *a, struct str text)
{
    struct kube_frame frame;

    TRY(kube_frame_read(a, text, &i->target, &frame));
    i->failures = 0;
    i->said_anything = true;
    if (frame.kind == KUBE_FRAME_CHANGE) {
        i->what.take(i->what.self, &frame.change);
        frame.version = frame.change.version;
    }
    keep(&i->version, frame.version);
    return NULL;
}

/* While a piece is cut up, where errors of its objects go: those live longer than the trees. */
struct taking {
    struct kube_informer *informer;
    struct arena *errors;
};

static struct error *take_object(void *self, struct str text)
{
    struct taking *t = self;
    struct kube_informer *i = t->informer;
    ARENA_AUTO tree = {0};
    struct error *e =
        i->phase == PHASE_LIST ? take_listed(i, &tree, text) : take_event(i, &tree, text);

    return e ? error_copy(t->errors, e) : NULL;
}

static struct error *take(void *self, struct arena *a, struct str piece)
{
    struct kube_informer *i = self;
    struct taking taking = {i, a};

    if (!piece.len && i->phase == PHASE_WATCH)
        say(i, KUBE_LIVE, NULL);
    i->stream.self = &taking;
    return json_stream_take(&i->stream, a, piece);
}

static void add_query(struct buf *path, const char *name, struct str value)
{
    if (!value.len)
        return;
    buf_printf(path, "&%s=", name);
    uri_encode(path, value, false);
}

static void ask_for_page(struct kube_informer *i, struct buf *path, struct kube_ask *out)
{
    buf_printf(path, "?limit=%lld", (long long)(i->what.page_size ? i->what.page_size : PAGE_SIZE));
    add_query(path, "continue", str_of(i->token));
    out->timeout_ms = PAGE_TIMEOUT_MS;
    i->stream.list = "items";
    if (!i->token)
        say(i, KUBE_LISTING, NULL);
}

static void ask_for_watch(struct kube_informer *i, struct buf *path, struct kube_ask *out)
{
    int64_t seconds = WATCH_SECONDS + (int64_t)(random_bits() % WATCH_SECONDS);

    buf_printf(path, "?watch=1&allowWatchBookmarks=true&timeoutSeconds=%lld", (long long)seconds);
    add_query(path, "resourceVersion", str_of(i->version));
    out->timeout_ms = seconds * 1000 + WATCH_GRACE_MS;
    i->stream.list = NULL;
    i->began_ms = time_monotonic_ms();
    i->said_anything = false;
}

static void ask(void *self, struct arena *a, struct kube_ask *out)
{
    struct kube_informer *i = self;
    struct buf path = buf_in(a);

    *out = (struct kube_ask){.method = "GET"};
    buf_add(&path, kube_path(a, &i->target));
    json_stream_restart(&i->stream);
    if (i->phase == PHASE_LIST)
        ask_for_page(i, &path, out);
    else
        ask_for_watch(i, &path, out);
    add_query(&path, "labelSelector", i->what.label_selector);
    add_query(&path, "fieldSelector", i->what.field_selector);
    out->path = buf_str(&path);
}

/* The server has forgotten where we were: a page's token or a watch's version. */
static int64_t list_anew(struct kube_informer *i)
{
    i->phase = PHASE_LIST;
    keep(&i->token, STR(""));
    /* At once, but not again and again. */
    return i->failures++ ? kube_backoff_ms(i->failures, random_bits()) : 0;
}

static int64_t failed(struct kube_informer *i, const struct error *e, int64_t retry_after_ms)
{
    if (kube_is_expired(e))
        return list_anew(i);
    /* What it calls wrong can only be where we were: another server may have answered before. */
    bool lost_place = e->kind == ERROR_INVALID && (i->token || i->phase == PHASE_WATCH);
    if (i->phase == PHASE_WATCH && time_monotonic_ms() - i->began_ms > STEADY_MS)
        i->failures = 0;
    say(i, KUBE_LOST, e);
    if (lost_place)
        return list_anew(i);
    int64_t pause_ms = kube_backoff_ms(++i->failures, random_bits());
    return pause_ms > retry_after_ms ? pause_ms : retry_after_ms;
}

static struct error *page_ended(struct kube_informer *i, struct arena *a)
{
    struct kube_page page;
    struct str beside;

    TRY(json_stream_end(&i->stream, a, &beside));
    TRY(kube_page_read(a, beside, &page));
    i->failures = 0;
    keep(&i->token, page.token);
    if (page.token.len)
        return NULL;
    keep(&i->version, page.version);
    i->phase = PHASE_WATCH;
    say(i, KUBE_WHOLE, NULL);
    return NULL;
}

/* As the server does it after the time that we asked for. */
static struct error *watch_ended(struct kube_informer *i, struct arena *a)
{
    struct str beside;

    TRY(json_stream_end(&i->stream, a, &beside));
    if (!i->said_anything && time_monotonic_ms() - i->began_ms < SHORT_MS)
        return error_new(a, ERROR_UNREACHABLE, "the API server ends watches as they begin");
    i->failures = 0;
    return NULL;
}

static int64_t ended(void *self, struct arena *a, const struct kube_end *end)
{
    struct kube_informer *i = self;
    const char *verb = i->phase == PHASE_LIST ? "list" : "watch";
    const struct kube_refusal refusal = {verb, &i->target, false, end->status, end->refusal};
    struct error *e = end->error;

    if (!e && (end->status < 200 || end->status > 299))
        e = kube_refusal_error(a, &refusal);
    if (!e)
        e = i->phase == PHASE_LIST ? page_ended(i, a) : watch_ended(i, a);
    return e ? failed(i, e, end->retry_after_ms) : 0;
}

struct kube_informer *kube_informer_new(struct kube_client *client,
                                        const struct kube_following *what)
{
    static const struct kube_exchange_ops ops = {ask, take, ended};
    struct kube_informer *i = must_have(calloc(1, sizeof(*i)));

    i->client = client;
    i->what = *what;
    i->what.namespace = arena_str(&i->own, what->namespace);
    i->what.label_selector = arena_str(&i->own, what->label_selector);
    i->what.field_selector = arena_str(&i->own, what->field_selector);
    i->target = (struct kube_target){.resource = what->resource, .namespace = i->what.namespace};
    i->stream = (struct json_stream){.longest = OBJECT_MAX, .item = take_object};
    i->exchange = kube_exchange_begin(client, &ops, i);
    return i;
}

void kube_informer_free(struct kube_informer *i)
{
    if (!i)
        return;
    kube_exchange_finish(i->client, i->exchange);
    json_stream_finish(&i->stream);
    free(i->token);
    free(i->version);
    arena_free(&i->own);
    free(i);
}
