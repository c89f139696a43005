#include "engine/adapters/api_remarks.h"

#include <ctype.h>
#include <stdlib.h>

#include "engine/adapters/orders.h"
#include "engine/base/digest.h"
#include "engine/base/index.h"
#include "engine/base/log.h"
#include "engine/base/memory.h"
#include "engine/base/monitor.h"
#include "engine/base/time.h"
#include "engine/kube/limit.h"
#include "engine/kube/verbs.h"

enum {
    PER_SECOND = 10,
    AT_ONCE = 50,
    WAITING_MOST = 500, /* more would be old when their turn came */
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

/* What waits to be written, in one block, for hundreds may. */
struct note {
    struct note *next;
    struct remark remark;
    struct str uid;
    int64_t put_ms, date_ms;
    char bytes[];
};

struct api_remarks {
    struct kube_client *client;
    struct clock_port clock;
    struct orders *orders; /* with one thread, for one order that writes whatever waits */

    struct monitor monitor; /* guards the notes that wait */
    struct note *first, **last;
    size_t waiting;
    bool writing; /* somebody is about to look at them */

    struct kube_limit limit; /* from here on all is the order's */
    struct index said;
    bool failing; /* the last one was refused, and that has been logged */
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

static void write_note(struct api_remarks *r, const struct note *n, struct cancel *stop)
{
    ARENA_AUTO a = {0};
    const struct kube_call call = {.client = r->client,
                                   .arena = &a,
                                   .cancel = stop,
                                   .deadline_ms = time_monotonic_ms() + ANSWER_MS};
    struct error *e = write_event(r, &call, n);

    if (!cancel_is_raised(stop)) /* else that is why */
        note_outcome(r, e);
}

/* NULL: none waits, and who puts the next one has it written. */
static struct note *take(struct api_remarks *r)
{
    monitor_enter(&r->monitor);
    struct note *n = r->first;
    r->writing = n;
    if (n && !(r->first = n->next))
        r->last = &r->first;
    r->waiting -= n ? 1 : 0;
    monitor_leave(&r->monitor);
    return n;
}

static void run(void *self, struct order *order, struct cancel *stop)
{
    struct api_remarks *r = self;
    (void)order;

    for (struct note *n; (n = take(r)); free(n))
        if (has_its_turn(r, n, stop))
            write_note(r, n, stop);
}

static struct str keep(char **at, struct str s)
{
    struct str kept = {*at, s.len};

    memcpy(*at, s.ptr ? s.ptr : "", s.len);
    *at += s.len;
    return kept;
}

static struct note *note_new(const struct api_remarks *r, struct str uid,
                             const struct remark *remark)
{
    struct note *n =
        must_have(calloc(1, sizeof(*n) + uid.len + remark->name.len + remark->message.len));
    char *at = n->bytes;

    n->remark = *remark; /* its reason is a word of ours */
    n->remark.name = keep(&at, remark->name);
    n->remark.message = keep(&at, remark->message);
    n->uid = keep(&at, uid);
    n->put_ms = now_of(r);
    n->date_ms = r->clock.date_ms(r->clock.self);
    return n;
}

void api_remarks_put(struct api_remarks *r, struct str uid, const struct remark *remark)
{
    monitor_enter(&r->monitor);
    bool takes = uid.len && r->waiting < WAITING_MOST, wakes = takes && !r->writing;
    if (takes) {
        *r->last = note_new(r, uid, remark);
        r->last = &(*r->last)->next;
        r->waiting++;
        r->writing = true;
    }
    monitor_leave(&r->monitor);
    if (wakes)
        orders_submit(r->orders, order_new(run));
}

struct api_remarks *api_remarks_new(struct kube_client *client, struct clock_port clock)
{
    struct api_remarks *r = must_have(calloc(1, sizeof(*r)));

    r->client = client;
    r->clock = clock;
    r->last = &r->first;
    r->orders = orders_new(r, 1);
    r->limit = kube_limit_new(PER_SECOND, AT_ONCE, now_of(r));
    monitor_init(&r->monitor);
    return r;
}

void api_remarks_stop(struct api_remarks *r)
{
    orders_stop(r->orders);
}

void api_remarks_free(struct api_remarks *r)
{
    if (!r)
        return;
    orders_free(r->orders); /* its order ends when none waits */
    forget_all(r);
    index_free(&r->said);
    monitor_finish(&r->monitor);
    free(r);
}
