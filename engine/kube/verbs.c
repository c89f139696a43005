#include "engine/kube/verbs.h"

#include "engine/aws/sigv4.h"
#include "engine/base/monitor.h"
#include "engine/base/rng.h"
#include "engine/base/time.h"
#include "engine/kube/exchange.h"
#include "engine/kube/retry.h"
#include "engine/kube/status.h"

enum { ANSWER_MAX = 16 << 20, LOOK_EVERY_MS = 100, PAGE_SIZE = 500 };

static const struct kube_resource pods = {
    .version = STR_INIT("v1"), .plural = STR_INIT("pods"), .namespaced = true};

/* One call.  While it runs, it is the client's thread's, but for `is_done`. */
struct calling {
    const struct kube_call *call;
    const struct kube_target *target;
    const char *verb; /* as roles have it */
    struct kube_ask ask;
    bool idempotent;
    int attempt;
    int64_t until_ms;    /* the call's deadline */
    struct arena result; /* of what follows; read when it is done */
    struct buf body;
    struct error *error;
    struct monitor monitor;
    bool is_done; /* monitor */
};

static void ask(void *self, struct arena *a, struct kube_ask *out)
{
    struct calling *g = self;

    (void)a;
    g->body.len = 0;
    *out = g->ask;
}

static struct error *take(void *self, struct arena *a, struct str piece)
{
    struct calling *g = self;

    if (g->body.len + piece.len > ANSWER_MAX)
        return error_new(a, ERROR_INVALID, "the answer is longer than 16 MiB");
    buf_add(&g->body, piece);
    return NULL;
}

static struct error *error_of(const struct calling *g, struct arena *a, const struct kube_end *end)
{
    const struct kube_refusal refusal = {g->verb, g->target, g->ask.changes, end->status,
                                         end->refusal};

    if (end->error)
        return end->error;
    return end->status >= 200 && end->status < 300 ? NULL : kube_refusal_error(a, &refusal);
}

static int64_t ended(void *self, struct arena *a, const struct kube_end *end)
{
    struct calling *g = self;
    struct error *e = error_of(g, a, end);
    struct kube_retry_case c = {++g->attempt, e, g->idempotent, end->retry_after_ms, 0};

    if (e) {
        rng_system(&c.random, sizeof(c.random));
        int64_t pause_ms = kube_retry_ms(&c);
        if (pause_ms != KUBE_RETRY_NEVER &&
            time_add_ms(time_monotonic_ms(), pause_ms) < g->until_ms)
            return pause_ms;
        g->error = error_copy(&g->result, e);
    }
    monitor_enter(&g->monitor);
    g->is_done = true;
    monitor_wake(&g->monitor);
    monitor_leave(&g->monitor);
    return KUBE_OVER;
}

/* A token that is raised wakes nobody, so it is looked at. */
static int64_t next_look_ms(const struct calling *g)
{
    int64_t look_ms = g->call->cancel ? time_monotonic_ms() + LOOK_EVERY_MS : NEVER_MS;

    return look_ms < g->until_ms ? look_ms : g->until_ms;
}

/* False: it was cancelled before, or its time is over. */
static bool wait_for(struct calling *g)
{
    monitor_enter(&g->monitor);
    while (!g->is_done && !cancel_is_raised(g->call->cancel) && time_monotonic_ms() < g->until_ms)
        monitor_wait(&g->monitor, next_look_ms(g));
    bool done = g->is_done;
    monitor_leave(&g->monitor);
    return done;
}

static struct error *given_up(const struct calling *g)
{
    struct error *e =
        cancel_is_raised(g->call->cancel)
            ? error_new(g->call->arena, ERROR_CANCELLED,
                        "cancelled while waiting for the API server")
            : error_new(g->call->arena, ERROR_TIMEOUT, "the API server did not answer in time");
    e->outcome_unknown = g->ask.changes;
    return e;
}

static struct error *read_answer(const struct calling *g, struct json *out)
{
    struct error *e = json_parse(g->call->arena, buf_str(&g->body), out);

    if (!e)
        return NULL;
    e->summary = arena_printf(g->call->arena, "the API server's answer is broken: " STR_FMT,
                              STR_ARG(e->summary));
    e->kind = ERROR_UNREACHABLE;
    e->outcome_unknown = g->ask.changes;
    return e;
}

static struct error *call(struct calling *g, struct json *out)
{
    static const struct kube_exchange_ops ops = {ask, take, ended};
    struct kube_client *client = g->call->client;
    struct error *e;

    if (cancel_is_raised(g->call->cancel))
        return error_new(g->call->arena, ERROR_CANCELLED, "cancelled");
    g->body = buf_in(&g->result);
    g->until_ms = g->call->deadline_ms ? g->call->deadline_ms : NEVER_MS;
    monitor_init(&g->monitor);
    struct kube_exchange *x = kube_exchange_begin(client, &ops, g);
    bool done = wait_for(g);
    kube_exchange_finish(client, x);
    if (!done)
        e = given_up(g);
    else if (g->error)
        e = error_copy(g->call->arena, g->error);
    else
        e = out ? read_answer(g, out) : NULL;
    monitor_finish(&g->monitor);
    arena_free(&g->result);
    return e;
}

struct error *kube_get(const struct kube_call *c, const struct kube_target *t, struct json *out)
{
    struct calling g = {.call = c,
                        .target = t,
                        .verb = "get",
                        .ask = {.method = "GET", .path = kube_path(c->arena, t)},
                        .idempotent = true};
    return call(&g, out);
}

static struct str page_path(struct arena *a, const struct kube_target *t, struct str selector,
                            struct str token)
{
    struct buf path = buf_in(a);

    buf_add(&path, kube_path(a, t));
    buf_printf(&path, "?limit=%d", PAGE_SIZE);
    if (selector.len) {
        buf_add(&path, STR("&labelSelector="));
        uri_encode(&path, selector, false);
    }
    if (token.len) {
        buf_add(&path, STR("&continue="));
        uri_encode(&path, token, false);
    }
    return buf_str(&path);
}

/* *token: of the page to be asked for, then of the next one; it lives in `keep`. */
static struct error *list_page(const struct kube_call *c, struct arena *keep,
                               const struct kube_target *t, const struct kube_listing *what,
                               struct str *token)
{
    struct json page;
    struct calling g = {
        .call = c,
        .target = t,
        .verb = "list",
        .ask = {.method = "GET", .path = page_path(c->arena, t, what->label_selector, *token)},
        .idempotent = true};

    TRY(call(&g, &page));
    const struct json *items = json_get(&page, "items");
    for (size_t i = 0; items->kind == JSON_ARRAY && i < items->count; i++)
        TRY(what->take(what->self, &items->items[i]));
    *token =
        arena_str(keep, json_string_or(json_path(&page, "metadata", "continue", NULL), STR("")));
    return NULL;
}

struct error *kube_list(const struct kube_call *c, const struct kube_target *t,
                        const struct kube_listing *what)
{
    struct str token = {0};

    do {
        ARENA_AUTO page = {0};
        struct kube_call of_page = *c;
        of_page.arena = &page;
        struct error *e = list_page(&of_page, c->arena, t, what, &token);
        if (e)
            return error_copy(c->arena, e);
    } while (token.len);
    return NULL;
}

struct error *kube_get_path(const struct kube_call *c, struct str path, struct json *out)
{
    const struct kube_resource named = {.plural = path};
    const struct kube_target target = {.resource = &named};
    struct calling g = {.call = c,
                        .target = &target,
                        .verb = "get",
                        .ask = {.method = "GET", .path = path},
                        .idempotent = true};
    return call(&g, out);
}

/* Twice is not the same as once, unless its name says which it is: then the second time it exists,
 * and the caller has to look anyhow. */
struct error *kube_create(const struct kube_call *c, const struct kube_target *t, struct str body,
                          struct json *out)
{
    struct calling g = {.call = c,
                        .target = t,
                        .verb = "create",
                        .ask = {.method = "POST",
                                .path = kube_path(c->arena, t),
                                .content_type = STR("application/json"),
                                .body = body,
                                .changes = true}};
    return call(&g, out);
}

static struct str patch_path(struct arena *a, const struct kube_target *t,
                             const struct kube_patch *patch)
{
    struct buf path = buf_in(a);

    buf_add(&path, kube_path(a, t));
    if (patch->manager.len) {
        buf_add(&path, STR("?fieldManager="));
        uri_encode(&path, patch->manager, false);
        buf_add(&path, patch->force ? STR("&force=true") : STR(""));
    }
    return buf_str(&path);
}

struct error *kube_patch(const struct kube_call *c, const struct kube_target *t,
                         const struct kube_patch *patch, struct json *out)
{
    static const char *const types[] = {
        [KUBE_PATCH_MERGE] = "application/merge-patch+json",
        [KUBE_PATCH_STRATEGIC] = "application/strategic-merge-patch+json",
        [KUBE_PATCH_APPLY] = "application/apply-patch+yaml", /* of which JSON is a part */
    };
    struct calling g = {.call = c,
                        .target = t,
                        .verb = "patch",
                        .ask = {.method = "PATCH",
                                .path = patch_path(c->arena, t, patch),
                                .content_type = str_of(types[patch->kind]),
                                .body = patch->body,
                                .changes = true},
                        .idempotent = true};
    return call(&g, out);
}

static void write_delete(struct json_writer *w, const struct kube_delete *how)
{
    if (how->has_grace)
        json_member_int(w, "gracePeriodSeconds", how->grace_seconds);
    if (!how->uid.len && !how->resource_version.len)
        return;
    json_key(w, STR("preconditions"));
    json_begin_object(w);
    if (how->uid.len)
        json_member(w, "uid", how->uid);
    if (how->resource_version.len)
        json_member(w, "resourceVersion", how->resource_version);
    json_end_object(w);
}

static struct str delete_body(struct arena *a, const struct kube_delete *how)
{
    struct buf out = buf_in(a);
    struct json_writer w = json_writer_to(&out);

    json_begin_object(&w);
    json_member(&w, "apiVersion", STR("v1"));
    json_member(&w, "kind", STR("DeleteOptions"));
    write_delete(&w, how);
    json_end_object(&w);
    return buf_str(&out);
}

struct error *kube_delete(const struct kube_call *c, const struct kube_target *t,
                          const struct kube_delete *how)
{
    struct calling g = {.call = c,
                        .target = t,
                        .verb = "delete",
                        .ask = {.method = "DELETE",
                                .path = kube_path(c->arena, t),
                                .content_type = STR("application/json"),
                                .body = delete_body(c->arena, how),
                                .changes = true},
                        /* Another of that name may have been made since; its uid tells. */
                        .idempotent = how->uid.len > 0};
    return call(&g, NULL);
}

static struct str eviction_body(struct arena *a, struct str namespace, struct str pod,
                                const struct kube_delete *how)
{
    struct buf out = buf_in(a);
    struct json_writer w = json_writer_to(&out);

    json_begin_object(&w);
    json_member(&w, "apiVersion", STR("policy/v1"));
    json_member(&w, "kind", STR("Eviction"));
    json_key(&w, STR("metadata"));
    json_begin_object(&w);
    json_member(&w, "name", pod);
    json_member(&w, "namespace", namespace);
    json_end_object(&w);
    json_key(&w, STR("deleteOptions"));
    json_begin_object(&w);
    write_delete(&w, how);
    json_end_object(&w);
    json_end_object(&w);
    return buf_str(&out);
}

struct error *kube_evict(const struct kube_call *c, struct str namespace, struct str pod,
                         const struct kube_delete *how)
{
    const struct kube_target target = {&pods, namespace, pod, STR("eviction")};
    struct calling g = {.call = c,
                        .target = &target,
                        .verb = "create",
                        .ask = {.method = "POST",
                                .path = kube_path(c->arena, &target),
                                .content_type = STR("application/json"),
                                .body = eviction_body(c->arena, namespace, pod, how),
                                .changes = true},
                        .idempotent = how->uid.len > 0};
    return call(&g, NULL);
}
