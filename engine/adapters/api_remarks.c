#include "engine/adapters/api_remarks.h"

#include <ctype.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "engine/adapters/orders.h"
#include "engine/base/digest.h"
#include "engine/base/index.h"
#include "engine/base/log.h"
#include "engine/base/memory.h"
#include "engine/base/time.h"
#include "engine/kube/limit.h"
#include "engine/kube/verbs.h"

enum {
    PER_SECOND = 10,
    AT_ONCE = 50,
    WAITING_MOST = 1000,
    OLD_MS = 60 * 1000,
    ANSWER_MS = 10 * 1000, /* for so long an answer is waited for */
    SAID_MOST = 4096,      /* Events that are remembered: more and all begin anew */
    NAME_MOST = 200,       /* of an Event's 253 characters, for the object's */
    DIGEST_MOST = 16,
    MESSAGE_MOST = 1024, /* as the API has it */
};

/* An Event that there is, by "uid/reason". */
struct said {
    struct indexed key;
    struct str event; /* its name */
    int64_t count;
    char bytes[];
};

struct api_remarks {
    struct kube_client *client;
    struct clock_port clock;
    atomic_size_t waiting;
    struct orders *orders; /* with one thread, whose all below is */
    struct kube_limit limit;
    struct index said;
    bool failing; /* the last one was refused, and that has been logged */
};

/* What waits to be written. */
struct note {
    struct remark remark;
    struct str uid;
    int64_t put_ms, date_ms;
};

static const struct kube_resource events = {
    .version = STR_INIT("v1"), .plural = STR_INIT("events"), .namespaced = true};

static int64_t now_of(const struct api_remarks *r)
{
    return r->clock.monotonic_ms(r->clock.self);
}

static void forget(struct api_remarks *r, const struct said *s)
{
    free(index_remove(&r->said, s->key.key));
}

static void forget_all(struct api_remarks *r)
{
    struct index_walk w = {.of = &r->said};

    for (struct said *s; (s = index_next(&w));)
        forget(r, s);
}

/* Events on what has no namespace are kept in this one. */
static struct str namespace_of(const struct note *n)
{
    struct str name = n->remark.name;

    return n->remark.of_node ? STR("default") : str_cut(&name, '/');
}

static struct str object_name(const struct note *n)
{
    struct str name = n->remark.name;

    if (!n->remark.of_node)
        str_cut(&name, '/');
    return name;
}

/* "web-1.0f3a...": the object's, as far as there is room, and a digest that no other Event has. */
static struct str event_name(struct arena *a, const struct note *n, struct str key)
{
    struct str of = object_name(n);
    struct str digest =
        sha256_hex(a, arena_printf(a, STR_FMT "/%lld", STR_ARG(key), (long long)n->date_ms));

    of = str_slice(of, 0, of.len < NAME_MOST ? of.len : NAME_MOST);
    while (of.len && !isalnum((unsigned char)of.ptr[of.len - 1])) /* what precedes a dot is so */
        of.len--;
    return arena_printf(a, STR_FMT "." STR_FMT, STR_ARG(of),
                        STR_ARG(str_slice(digest, 0, DIGEST_MOST)));
}

static void remember(struct api_remarks *r, struct str key, struct str event)
{
    if (r->said.count >= SAID_MOST)
        forget_all(r);
    struct said *s = must_have(calloc(1, sizeof(*s) + key.len + event.len));
    memcpy(s->bytes, key.ptr, key.len);
    memcpy(s->bytes + key.len, event.ptr, event.len);
    s->key.key = (struct str){s->bytes, key.len};
    s->event = (struct str){s->bytes + key.len, event.len};
    s->count = 1;
    index_add(&r->said, &s->key);
}

static void write_object(struct json_writer *w, const struct note *n)
{
    json_key(w, STR("involvedObject"));
    json_begin_object(w);
    json_member(w, "apiVersion", STR("v1"));
    json_member(w, "kind", n->remark.of_node ? STR("Node") : STR("Pod"));
    if (!n->remark.of_node)
        json_member(w, "namespace", namespace_of(n));
    json_member(w, "name", object_name(n));
    json_member(w, "uid", n->uid);
    json_end_object(w);
}

/* What may be otherwise when it is said again. */
static void write_news(struct arena *a, struct json_writer *w, const struct note *n, int64_t count)
{
    struct str message = n->remark.message;

    json_member(w, "message",
                str_slice(message, 0, message.len < MESSAGE_MOST ? message.len : MESSAGE_MOST));
    json_member(w, "type", n->remark.warns ? STR("Warning") : STR("Normal"));
    json_member_int(w, "count", count);
    json_member(w, "lastTimestamp", time_format(a, n->date_ms, false));
}

static struct str body_of(struct arena *a, const struct note *n, struct str name)
{
    struct buf out = buf_in(a);
    struct json_writer w = json_writer_to(&out);

    json_begin_object(&w);
    json_key(&w, STR("metadata"));
    json_begin_object(&w);
    json_member(&w, "name", name);
    json_end_object(&w);
    write_object(&w, n);
    json_member(&w, "reason", str_of(n->remark.reason));
    json_key(&w, STR("source"));
    json_begin_object(&w);
    json_member(&w, "component", STR("tenon"));
    json_end_object(&w);
    json_member(&w, "reportingComponent", STR("tenon"));
    json_member(&w, "firstTimestamp", time_format(a, n->date_ms, false));
    write_news(a, &w, n, 1);
    json_end_object(&w);
    return buf_str(&out);
}

static struct error *begin_event(struct api_remarks *r, const struct kube_call *c,
                                 const struct note *n, struct str key)
{
    struct str name = event_name(c->arena, n, key);
    const struct kube_target target = {.resource = &events, .namespace = namespace_of(n)};
    struct json out;

    TRY(kube_create(c, &target, body_of(c->arena, n, name), &out));
    remember(r, key, name);
    return NULL;
}

static struct error *count_up(const struct kube_call *c, const struct note *n, const struct said *s)
{
    const struct kube_target target = {
        .resource = &events, .namespace = namespace_of(n), .name = s->event};
    struct buf out = buf_in(c->arena);
    struct json_writer w = json_writer_to(&out);
    struct json answer;

    json_begin_object(&w);
    write_news(c->arena, &w, n, s->count);
    json_end_object(&w);
    return kube_patch(
        c, &target, &(struct kube_patch){.kind = KUBE_PATCH_MERGE, .body = buf_str(&out)}, &answer);
}

static struct error *write_event(struct api_remarks *r, const struct kube_call *c,
                                 const struct note *n)
{
    struct str key = arena_printf(c->arena, STR_FMT "/%s", STR_ARG(n->uid), n->remark.reason);
    struct said *s = index_find(&r->said, key);

    if (!s)
        return begin_event(r, c, n, key);
    s->count++;
    struct error *e = count_up(c, n, s);
    if (!e || e->kind != ERROR_NOT_FOUND)
        return e;
    forget(r, s); /* the API server keeps them for an hour */
    return begin_event(r, c, n, key);
}

/* One line when it begins to fail: there may be thousands. */
static void note_outcome(struct api_remarks *r, const struct error *e)
{
    if (e && !r->failing)
        log_event(LOG_WARN, "event_not_written", LOG_STR("error", e->summary),
                  LOG_STR("detail", e->detail));
    r->failing = e;
}

/* False: it is not to be written any more. */
static bool has_its_turn(struct api_remarks *r, const struct note *n, struct cancel *stop)
{
    int64_t wait_ms;

    while (!cancel_is_raised(stop) && now_of(r) - n->put_ms < OLD_MS) {
        if (!(wait_ms = kube_limit_wait_ms(&r->limit, now_of(r))))
            return true;
        cancel_wait_ms(stop, wait_ms);
    }
    return false;
}

static void run(void *self, struct order *order, struct cancel *stop)
{
    struct api_remarks *r = self;
    const struct note *n = order->what;

    atomic_fetch_sub(&r->waiting, 1);
    if (!has_its_turn(r, n, stop))
        return;
    const struct kube_call call = {.client = r->client,
                                   .arena = &order->arena,
                                   .cancel = stop,
                                   .deadline_ms = time_monotonic_ms() + ANSWER_MS};
    struct error *e = write_event(r, &call, n);
    if (!cancel_is_raised(stop)) /* else that is why */
        note_outcome(r, e);
}

struct api_remarks *api_remarks_new(struct kube_client *client, struct clock_port clock)
{
    struct api_remarks *r = must_have(calloc(1, sizeof(*r)));

    r->client = client;
    r->clock = clock;
    r->orders = orders_new(r, 1);
    r->limit = kube_limit_new(PER_SECOND, AT_ONCE, now_of(r));
    atomic_init(&r->waiting, 0);
    return r;
}

void api_remarks_put(struct api_remarks *r, struct str uid, const struct remark *remark)
{
    if (!uid.len || atomic_load(&r->waiting) >= WAITING_MOST)
        return;
    struct order *order = order_new(run);
    struct note *n = ARENA_NEW(&order->arena, struct note);
    *n = (struct note){.remark = *remark,
                       .uid = arena_str(&order->arena, uid),
                       .put_ms = now_of(r),
                       .date_ms = r->clock.date_ms(r->clock.self)};
    n->remark.name = arena_str(&order->arena, remark->name);
    n->remark.message = arena_str(&order->arena, remark->message);
    order->what = n;
    atomic_fetch_add(&r->waiting, 1);
    orders_submit(r->orders, order);
}

void api_remarks_stop(struct api_remarks *r)
{
    orders_stop(r->orders);
}

void api_remarks_free(struct api_remarks *r)
{
    if (!r)
        return;
    orders_free(r->orders);
    forget_all(r);
    index_free(&r->said);
    free(r);
}
