#include "engine/cli/cluster_checks.h"

#include "engine/adapters/kube_needs.h"
#include "engine/base/monitor.h"
#include "engine/base/time.h"
#include "engine/kube/informer.h"

enum { COUNTING_MS = 60000 };

static const struct kube_resource pods = {STR_INIT(""), STR_INIT("v1"), STR_INIT("pods"), true};
static const struct kube_resource nodes = {STR_INIT(""), STR_INIT("v1"), STR_INIT("nodes"), false};

static void add(const struct kube_call *c, struct cluster_checks *to, struct str what, bool is_fine,
                struct str message, struct str detail)
{
    struct cluster_check check = {what, is_fine, message, detail};
    ARENA_PUSH(c->arena, to->items, to->count, to->capacity, check);
}

/* True: it went well.  A cancellation is the caller's to see. */
static bool add_error(const struct kube_call *c, struct cluster_checks *to, struct str what,
                      const struct error *e)
{
    if (e && e->kind != ERROR_CANCELLED)
        add(c, to, what, false, e->summary, e->detail);
    return !e;
}

static bool connect(const struct kube_call *c, struct cluster_checks *out)
{
    struct json version;

    if (!add_error(c, out, STR("connect"), kube_get_path(c, STR("/version"), &version)))
        return false;
    out->version = json_string_or(json_get(&version, "gitVersion"), STR(""));
    add(c, out, STR("connect"), true,
        arena_printf(c->arena, "Kubernetes " STR_FMT, STR_ARG(out->version)), STR(""));
    return true;
}

/* Servers before 1.28 do not say it, which is no fault. */
static void ask_who_we_are(const struct kube_call *c, struct cluster_checks *out)
{
    static const struct kube_resource reviews = {STR_INIT("authentication.k8s.io"), STR_INIT("v1"),
                                                 STR_INIT("selfsubjectreviews"), false};
    const struct kube_target target = {.resource = &reviews};
    struct json review;
    struct error *e = kube_create(c, &target,
                                  STR("{\"apiVersion\":\"authentication.k8s.io/v1\","
                                      "\"kind\":\"SelfSubjectReview\"}"),
                                  &review);

    if (e && e->kind == ERROR_NOT_FOUND)
        return;
    if (!add_error(c, out, STR("log in"), e))
        return;
    out->user = json_string_or(json_path(&review, "status", "userInfo", "username", NULL), STR(""));
    bool anonymous = str_eq(out->user, STR("system:anonymous"));
    add(c, out, STR("log in"), !anonymous,
        arena_printf(c->arena, "as " STR_FMT, STR_ARG(out->user)),
        anonymous ? STR("No credentials were taken: the access has none.") : STR(""));
}

static struct str review_of(struct arena *a, const struct kube_need *need, struct str verb)
{
    struct buf out = buf_in(a);
    struct json_writer w = json_writer_to(&out);
    struct str names = str_of(need->names), name = str_cut(&names, ' '); /* one stands for all */

    json_begin_object(&w);
    json_member(&w, "apiVersion", STR("authorization.k8s.io/v1"));
    json_member(&w, "kind", STR("SelfSubjectAccessReview"));
    json_key(&w, STR("spec"));
    json_begin_object(&w);
    json_key(&w, STR("resourceAttributes"));
    json_begin_object(&w);
    json_member(&w, "verb", verb);
    json_member(&w, "group", str_of(need->group));
    json_member(&w, "resource", str_of(need->resource));
    json_member(&w, "subresource", str_of(need->subresource));
    json_member(&w, "namespace", str_of(need->namespace));
    json_member(&w, "name", name);
    json_end_object(&w);
    json_end_object(&w);
    json_end_object(&w);
    return buf_str(&out);
}

static bool ask_whether(const struct kube_call *c, struct cluster_checks *out,
                        const struct kube_need *need, struct str verb)
{
    static const struct kube_resource reviews = {STR_INIT("authorization.k8s.io"), STR_INIT("v1"),
                                                 STR_INIT("selfsubjectaccessreviews"), false};
    const struct kube_target target = {.resource = &reviews};
    const struct kube_resource meant = {str_of(need->group), STR(""), str_of(need->resource), true};
    const struct kube_target named = {.resource = &meant, .subresource = str_of(need->subresource)};
    struct str name = kube_resource_name(c->arena, &named);
    struct str what = arena_printf(c->arena, STR_FMT " " STR_FMT, STR_ARG(verb), STR_ARG(name));
    struct json review;

    if (!add_error(c, out, what, kube_create(c, &target, review_of(c->arena, need, verb), &review)))
        return false;
    if (json_bool_or(json_path(&review, "status", "allowed", NULL), false))
        add(c, out, what, true, STR("allowed"), STR(""));
    else
        add(c, out, what, false, STR("not allowed"),
            arena_printf(c->arena,
                         "A %s that is bound to " STR_FMT " has to allow it: tenon doctor --role "
                         "prints it.",
                         need->namespace[0] ? "Role in kube-system" : "ClusterRole",
                         STR_ARG(out->user.len ? out->user : STR("us"))));
    return true;
}

/* The first question that finds no answer ends it: the others would find none either. */
static void ask_what_we_may(const struct kube_call *c, bool with_store, struct cluster_checks *out)
{
    for (size_t i = 0; i < kube_need_count; i++)
        for (struct str rest = str_of(kube_needs[i].verbs); rest.ptr;) {
            struct str verb = str_cut(&rest, ' ');
            bool asked = with_store || !kube_needs[i].of_store;
            if (asked && !ask_whether(c, out, &kube_needs[i], verb))
                return;
        }
}

/* Counts as the engine would follow: until the list is whole and the watch stands. */
struct census {
    struct arena arena; /* monitor */
    struct monitor monitor;
    int64_t count;      /* monitor */
    bool is_live;       /* monitor */
    struct error *lost; /* monitor */
};

static void count(void *self, const struct kube_change *change)
{
    struct census *s = self;

    monitor_enter(&s->monitor);
    s->count = change->kind == KUBE_LISTING ? 0 : s->count + (change->kind == KUBE_CHANGED);
    s->is_live |= change->kind == KUBE_LIVE;
    if (change->kind == KUBE_LOST && !s->is_live && !s->lost)
        s->lost = error_copy(&s->arena, change->error);
    if (s->is_live || s->lost) /* a list may be long, and nobody waits for one of it */
        monitor_wake(&s->monitor);
    monitor_leave(&s->monitor);
}

static void wait_for(const struct kube_call *c, struct census *s)
{
    int64_t until_ms = time_monotonic_ms() + COUNTING_MS;

    monitor_enter(&s->monitor);
    while (!s->is_live && !s->lost && !cancel_is_raised(c->cancel) &&
           time_monotonic_ms() < until_ms)
        monitor_wait(&s->monitor, time_monotonic_ms() + 100);
    monitor_leave(&s->monitor);
}

static int64_t take_census(const struct kube_call *c, struct cluster_checks *out,
                           const struct kube_resource *resource)
{
    struct census s = {0};
    struct kube_following what = {.resource = resource, .take = count, .self = &s};
    struct str check = arena_printf(c->arena, "follow " STR_FMT, STR_ARG(resource->plural));

    monitor_init(&s.monitor);
    struct kube_informer *i = kube_informer_new(c->client, &what);
    wait_for(c, &s);
    kube_informer_free(i);
    if (s.lost)
        (void)add_error(c, out, check, error_copy(c->arena, s.lost));
    else if (!s.is_live)
        add(c, out, check, false, STR("not all were told within a minute"), STR(""));
    else
        add(c, out, check, true, arena_printf(c->arena, "%lld there are", (long long)s.count),
            STR(""));
    int64_t counted = s.is_live ? s.count : -1;
    monitor_finish(&s.monitor);
    arena_free(&s.arena);
    return counted;
}

struct error *cluster_checks_run(const struct kube_call *c, bool with_store,
                                 struct cluster_checks *out)
{
    *out = (struct cluster_checks){.nodes = -1, .pods = -1};
    if (connect(c, out)) {
        ask_who_we_are(c, out);
        ask_what_we_may(c, with_store, out);
        out->nodes = take_census(c, out, &nodes);
        out->pods = take_census(c, out, &pods);
    }
    return cancel_is_raised(c->cancel) ? error_new(c->arena, ERROR_CANCELLED, "cancelled") : NULL;
}

bool cluster_checks_are_fine(const struct cluster_checks *checks)
{
    for (size_t i = 0; i < checks->count; i++)
        if (!checks->items[i].is_fine)
            return false;
    return true;
}
