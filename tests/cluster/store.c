/* room: engine/adapters
 * The store on Kubernetes as a program, for tests that drive it: a line in is a call, a line out
 * its answer or something that was told, each a JSON object. usage: store KUBECONFIG want | release
 * | held             a lease alone: {"held", "epoch", "problem"} open CLUSTER | make CLUSTER a
 * door, as readers and as applies open it get KIND KEY                      list KIND (- : all) put
 * KIND KEY BODY                 remove KIND KEY swap KIND KEY BODY                in the place of
 * what the last get or swap of it saw engine CLUSTER                    an engine's end: lease,
 * records and written are told acquire | give-back | end         its lease, and itself write EPOCH
 * KIND KEY BODY         (BODY - : takes it away) */
#include <assert.h>
#include <pthread.h>

#include "engine/adapters/lease_kube.h"
#include "engine/adapters/store_door.h"
#include "engine/adapters/store_engine.h"
#include "engine/adapters/store_kube.h"
#include "engine/base/log.h"
#include "engine/kube/kubeconfig.h"

struct program {
    struct kube_client *client;
    struct lease_kube *lease;
    struct store_door *door;
    struct store_engine *engine;
    struct arena keep;
    struct record_list seen;
    uint64_t order;
};

/* One write a line, so that those of two threads do not mix. */
static void say(struct buf *line)
{
    buf_add_char(line, '\n');
    fwrite(line->ptr, 1, line->len, stdout);
    fflush(stdout);
}

static void write_error(struct json_writer *w, const struct error *e)
{
    json_key(w, STR("error"));
    if (!e) {
        json_null(w);
        return;
    }
    json_begin_object(w);
    json_member_int(w, "kind", e->kind);
    json_member_bool(w, "not_found", e->kind == ERROR_NOT_FOUND);
    json_member_bool(w, "conflict", e->kind == ERROR_CONFLICT);
    json_member(w, "summary", e->summary);
    json_member(w, "detail", e->detail);
    json_end_object(w);
}

static void write_records(struct json_writer *w, const struct store_record *records, size_t count)
{
    json_key(w, STR("records"));
    json_begin_array(w);
    for (size_t i = 0; i < count; i++) {
        json_begin_array(w);
        json_string(w, records[i].kind);
        json_string(w, records[i].key);
        if (records[i].body.ptr)
            json_string(w, records[i].body);
        else
            json_null(w);
        json_end_array(w);
    }
    json_end_array(w);
}

static void answer(struct arena *a, const struct error *e, const struct record_list *records,
                   bool done)
{
    struct buf line = buf_in(a);
    struct json_writer w = json_writer_to(&line);

    json_begin_object(&w);
    write_error(&w, e);
    json_member_bool(&w, "done", done);
    write_records(&w, records->items, records->count);
    json_end_object(&w);
    say(&line);
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

static void post(void *self, struct event *v)
{
    struct buf line = buf_in(&v->arena);
    struct json_writer w = json_writer_to(&line);

    (void)self;
    json_begin_object(&w);
    json_member(&w, "told",
                v->kind == EVENT_LEASE     ? STR("lease")
                : v->kind == EVENT_RECORDS ? STR("records")
                                           : STR("written"));
    write_error(&w, v->error);
    json_member_bool(&w, "held", v->lease_held);
    json_member_int(&w, "epoch", v->lease_epoch);
    json_member_int(&w, "order", (int64_t)v->order);
    json_member_bool(&w, "complete", v->complete);
    write_records(&w, v->records, v->record_count);
    json_end_object(&w);
    say(&line);
    event_free(v);
}

static struct fleet_identity fleet_of(struct str cluster)
{
    return (struct fleet_identity){STR("1"), STR("eu-west-1"), cluster, STR("")};
}

static struct error *open_door(struct program *p, struct arena *a, struct str cluster, bool makes)
{
    const struct fleet_identity fleet = fleet_of(cluster);
    struct store *store;

    store_door_close(p->door);
    p->door = NULL;
    TRY(makes ? store_kube_make(a, p->client, &fleet, &store)
              : store_kube_open(a, p->client, &fleet, &store));
    p->door = store_door_of(store);
    return NULL;
}

static struct error *open_engine(struct program *p, struct arena *a, struct str cluster)
{
    const struct fleet_identity fleet = fleet_of(cluster);
    struct store *store;

    TRY(store_kube_follow(a, p->client, &fleet, &store));
    p->engine = store_engine_of(store, (struct event_sink){p, post});
    return NULL;
}

static struct store_record record_of(struct program *p, struct str rest)
{
    struct str kind = str_cut(&rest, ' '), key = str_cut(&rest, ' ');
    struct store_record r = {arena_str(&p->keep, kind), arena_str(&p->keep, key), {0}};

    if (rest.len && !str_eq(rest, STR("-")))
        r.body = arena_str(&p->keep, rest);
    return r;
}

static struct error *see(struct program *p, struct arena *a, const struct store_record *r,
                         struct record_list *out)
{
    p->seen = (struct record_list){0};
    TRY(store_door_see(p->door, &p->keep, r->kind, r->key, &p->seen));
    if (!p->seen.items[0].body.ptr)
        return error_new(a, ERROR_NOT_FOUND, "it is not there");
    *out = p->seen;
    return NULL;
}

static struct error *door_call(struct program *p, struct arena *a, struct str verb, struct str rest,
                               struct record_list *out, bool *done)
{
    if (str_eq(verb, STR("open")) || str_eq(verb, STR("make")))
        return open_door(p, a, rest, str_eq(verb, STR("make")));
    if (str_eq(verb, STR("engine")))
        return open_engine(p, a, rest);
    assert(p->door);
    struct store_record r = record_of(p, rest);
    if (str_eq(verb, STR("get")))
        return see(p, a, &r, out);
    if (str_eq(verb, STR("list")))
        return store_door_list(p->door, a, str_eq(rest, STR("-")) ? STR("") : rest, out);
    if (str_eq(verb, STR("swap")))
        return store_door_swap(p->door, a, &p->seen, &r, 1, done);
    assert(str_eq(verb, STR("put")) || str_eq(verb, STR("remove")));
    return store_door_write(p->door, a, &r, 1);
}

/* True: it was one of the engine's or the lease's, which answer otherwise. */
static bool order(struct program *p, struct str verb, struct str rest)
{
    struct store_port port = p->engine ? store_engine_port(p->engine) : (struct store_port){0};
    int64_t epoch;

    if (str_eq(verb, STR("acquire")))
        port.submit_acquire(port.self);
    else if (str_eq(verb, STR("give-back")))
        port.submit_release(port.self);
    else if (str_eq(verb, STR("end"))) {
        store_engine_free(p->engine);
        p->engine = NULL;
    } else if (str_eq(verb, STR("write"))) {
        bool good = str_to_int64(str_cut(&rest, ' '), &epoch);
        struct store_record r = record_of(p, rest);
        assert(good);
        port.submit_write(port.self, ++p->order, epoch, &r, 1);
    } else if (str_eq(verb, STR("want")))
        lease_kube_want(p->lease);
    else if (str_eq(verb, STR("release")))
        lease_kube_release(p->lease);
    else if (!str_eq(verb, STR("held")))
        return false;
    say_held(p->lease);
    return true;
}

static void serve(struct kube_client *client)
{
    struct program p = {.client = client, .lease = lease_kube_new(client)};
    char *line = NULL;
    size_t capacity = 0;

    for (ssize_t n; (n = getline(&line, &capacity, stdin)) > 0;) {
        ARENA_AUTO a = {0};
        struct str rest = str_trim((struct str){line, (size_t)n}), verb = str_cut(&rest, ' ');
        struct record_list records = {0};
        bool done = false;
        if (order(&p, verb, rest))
            continue;
        struct error *e = door_call(&p, &a, verb, rest, &records, &done);
        answer(&a, e, &records, done);
    }
    store_engine_free(p.engine);
    store_door_close(p.door);
    lease_kube_free(p.lease);
    arena_free(&p.keep);
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
