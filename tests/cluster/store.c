/* room: engine/adapters
 * The store on Kubernetes as a program, for tests that drive it: a line in is a call, a line out
 * its answer, a JSON object. usage: store KUBECONFIG want | release | held      the lease; "held"
 * answers {"held", "epoch", "problem"} */
#include <assert.h>

#include "engine/adapters/lease_kube.h"
#include "engine/base/log.h"
#include "engine/kube/kubeconfig.h"

/* One write a line, at once. */
static void say(struct buf *line)
{
    buf_add_char(line, '\n');
    fwrite(line->ptr, 1, line->len, stdout);
    fflush(stdout);
}

static void say_held(struct lease_kube *l)
{
    ARENA_AUTO a = {0};
    struct buf line = buf_in(&a);
    struct json_writer w = json_writer_to(&line);
    struct error *e = lease_kube_problem(l, &a);
    int64_t epoch;

    json_begin_object(&w);
    json_member_bool(&w, "held", lease_kube_is_held(l, &epoch));
    json_member_int(&w, "epoch", epoch);
    json_member(&w, "problem", e ? e->summary : STR(""));
    json_end_object(&w);
    say(&line);
}

static void serve(struct kube_client *client)
{
    struct lease_kube *lease = lease_kube_new(client);
    char *line = NULL;
    size_t capacity = 0;

    for (ssize_t n; (n = getline(&line, &capacity, stdin)) > 0;) {
        struct str verb = str_trim((struct str){line, (size_t)n});
        if (str_eq(verb, STR("want")))
            lease_kube_want(lease);
        else if (str_eq(verb, STR("release")))
            lease_kube_release(lease);
        else
            assert(str_eq(verb, STR("held")));
        say_held(lease);
    }
    lease_kube_free(lease);
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
    assert(!e);
    serve(client);
    kube_client_free(client);
    return 0;
}
