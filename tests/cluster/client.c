/* room: engine/kube
 * The client of the Kubernetes API as a program, for tests that drive it: a line in is a call, a
 * line out its answer or something that was told, each a JSON object.
 * usage: client KUBECONFIG
 *   get RESOURCE NAMESPACE NAME          create RESOURCE NAMESPACE JSON
 *   merge|strategic RESOURCE NAMESPACE NAME JSON
 *   apply|force RESOURCE NAMESPACE NAME MANAGER JSON
 *   delete RESOURCE NAMESPACE NAME UID   evict NAMESPACE NAME UID   (UID "-": any)
 *   follow RESOURCE */
#include <assert.h>

#include "engine/base/log.h"
#include "engine/kube/informer.h"
#include "engine/kube/kubeconfig.h"
#include "engine/kube/verbs.h"

static const struct kube_resource resources[] = {
    {STR_INIT(""), STR_INIT("v1"), STR_INIT("pods"), true},
    {STR_INIT(""), STR_INIT("v1"), STR_INIT("nodes"), false},
    {STR_INIT(""), STR_INIT("v1"), STR_INIT("configmaps"), true},
};

static const struct kube_resource *resource_of(struct str name)
{
    for (size_t i = 0; i < sizeof(resources) / sizeof(*resources); i++)
        if (str_eq(resources[i].plural, name))
            return &resources[i];
    return NULL;
}

/* One write a line, so that those of two threads do not mix. */
static void say(struct buf *line)
{
    buf_add_char(line, '\n');
    fwrite(line->ptr, 1, line->len, stdout);
    fflush(stdout);
}

static void write_error(struct json_writer *w, const struct error *e)
{
    static const char *const kinds[] = {
        [ERROR_INVALID] = "invalid",
        [ERROR_NOT_FOUND] = "not found",
        [ERROR_CONFLICT] = "conflict",
        [ERROR_EXISTS] = "exists",
        [ERROR_DENIED] = "denied",
        [ERROR_THROTTLED] = "throttled",
        [ERROR_NO_CAPACITY] = "no capacity",
        [ERROR_UNREACHABLE] = "unreachable",
        [ERROR_CANCELLED] = "cancelled",
        [ERROR_TIMEOUT] = "timeout",
        [ERROR_BUG] = "bug",
    };
    json_member(w, "kind", str_of(kinds[e->kind]));
    json_member(w, "code", e->code);
    json_member(w, "summary", e->summary);
    json_member(w, "detail", e->detail);
}

static void take(void *self, const struct kube_change *c)
{
    static const char *const words[] = {
        [KUBE_LISTING] = "listing", [KUBE_CHANGED] = "changed", [KUBE_GONE] = "gone",
        [KUBE_WHOLE] = "whole",     [KUBE_LIVE] = "live",       [KUBE_LOST] = "lost",
    };
    ARENA_AUTO a = {0};
    struct buf line = buf_in(&a);
    struct json_writer w = json_writer_to(&line);

    (void)self;
    json_begin_object(&w);
    json_member(&w, "told", str_of(words[c->kind]));
    if (c->error)
        write_error(&w, c->error);
    json_member(&w, "name", c->name);
    json_member(&w, "version", c->version);
    json_end_object(&w);
    say(&line);
}

static void answer(struct arena *a, const struct error *e, const struct json *object)
{
    struct buf line = buf_in(a), text = buf_in(a);
    struct json_writer w = json_writer_to(&line);

    json_begin_object(&w);
    if (e)
        write_error(&w, e);
    else
        json_print(&text, object, false);
    if (!e) {
        json_key(&w, STR("object"));
        json_raw(&w, buf_str(&text));
    }
    json_end_object(&w);
    say(&line);
}

static struct str or_nothing(struct str word)
{
    return str_eq(word, STR("-")) ? STR("") : word;
}

static struct error *patch(const struct kube_call *c, const struct kube_target *t, struct str verb,
                           struct str rest, struct json *out)
{
    bool applies = str_eq(verb, STR("apply")) || str_eq(verb, STR("force"));
    struct str manager = applies ? str_cut(&rest, ' ') : STR("");
    const struct kube_patch how = {
        .kind = applies                      ? KUBE_PATCH_APPLY
                : str_eq(verb, STR("merge")) ? KUBE_PATCH_MERGE
                                             : KUBE_PATCH_STRATEGIC,
        .body = rest,
        .manager = manager,
        .force = str_eq(verb, STR("force")),
    };
    return kube_patch(c, t, &how, out);
}

static struct error *call(const struct kube_call *c, struct str verb, struct str rest,
                          struct json *out)
{
    if (str_eq(verb, STR("evict"))) {
        struct str namespace = str_cut(&rest, ' '), pod = str_cut(&rest, ' ');
        return kube_evict(c, namespace, pod, &(struct kube_delete){.uid = or_nothing(rest)});
    }
    struct kube_target t = {.resource = resource_of(str_cut(&rest, ' '))};
    assert(t.resource);
    t.namespace = str_cut(&rest, ' ');
    if (str_eq(verb, STR("create")))
        return kube_create(c, &t, rest, out);
    t.name = str_cut(&rest, ' ');
    if (str_eq(verb, STR("get")))
        return kube_get(c, &t, out);
    if (str_eq(verb, STR("delete")))
        return kube_delete(c, &t, &(struct kube_delete){.uid = or_nothing(rest)});
    return patch(c, &t, verb, rest, out);
}

static void serve(struct kube_client *client)
{
    struct kube_informer *followed = NULL;
    char *line = NULL;
    size_t capacity = 0;

    for (ssize_t n; (n = getline(&line, &capacity, stdin)) > 0;) {
        ARENA_AUTO a = {0};
        const struct kube_call c = {.client = client, .arena = &a};
        struct str rest = str_trim((struct str){line, (size_t)n}), verb = str_cut(&rest, ' ');
        struct json out = json_new_object();
        if (str_eq(verb, STR("follow"))) {
            struct kube_following what = {.resource = resource_of(rest), .take = take};
            assert(what.resource && !followed);
            followed = kube_informer_new(client, &what);
            continue;
        }
        struct error *e = call(&c, verb, rest, &out);
        answer(&a, e, &out);
    }
    kube_informer_free(followed);
    free(line);
}

int main(int argc, char **argv)
{
    ARENA_SECRET a = {0};
    struct kubeconfig config;
    struct kube_access access;
    struct kube_client *client = NULL;

    log_init(LOG_PLAIN);
    struct error *e = kubeconfig_load(&a, str_of(argc > 1 ? argv[1] : NULL), &config);
    if (!e)
        e = kubeconfig_access(&a, &config, STR(""), &access);
    if (!e)
        e = kube_client_new(&a, &access, &(struct kube_client_options){0}, &client);
    if (e) {
        answer(&a, e, NULL);
        return 1;
    }
    serve(client);
    kube_client_free(client);
    return 0;
}
