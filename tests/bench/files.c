#include "tests/bench/files.h"

#include <stdio.h>
#include <stdlib.h>

#include "engine/base/json.h"

/* All that the benchmark's worlds require is of the form "one of these values". */
static void write_in(struct json_writer *w, const struct requirement *r)
{
    json_begin_object(w);
    json_member(w, "key", r->key);
    json_member(w, "operator", STR("In"));
    json_key(w, STR("values"));
    json_begin_array(w);
    for (size_t i = 0; i < r->count; i++)
        json_string(w, r->values[i]);
    json_end_array(w);
    json_end_object(w);
}

static void write_labels(struct json_writer *w, const struct labels *l)
{
    json_key(w, STR("labels"));
    json_begin_object(w);
    for (size_t i = 0; i < l->count; i++)
        json_member(w, l->items[i].key.ptr, l->items[i].value);
    json_end_object(w);
}

static void write_selector(struct json_writer *w, const struct label_selector *s)
{
    json_key(w, STR("labelSelector"));
    json_begin_object(w);
    json_key(w, STR("matchExpressions"));
    json_begin_array(w);
    for (size_t i = 0; i < s->count; i++)
        write_in(w, &s->items[i]);
    json_end_array(w);
    json_end_object(w);
}

static void write_spreads(struct json_writer *w, const struct pod_spec *s)
{
    json_key(w, STR("topologySpreadConstraints"));
    json_begin_array(w);
    for (size_t i = 0; i < s->topology_count; i++) {
        const struct topology_term *t = &s->topology[i];
        if (t->kind != TOPOLOGY_SPREAD)
            continue;
        json_begin_object(w);
        json_member_int(w, "maxSkew", t->max_skew);
        json_member(w, "topologyKey", t->key);
        json_member(w, "whenUnsatisfiable",
                    t->required ? STR("DoNotSchedule") : STR("ScheduleAnyway"));
        write_selector(w, &t->who.labels);
        json_end_object(w);
    }
    json_end_array(w);
}

static void write_term(struct json_writer *w, const struct topology_term *t)
{
    json_begin_object(w);
    if (!t->required) {
        json_member_int(w, "weight", t->weight);
        json_key(w, STR("podAffinityTerm"));
        json_begin_object(w);
    }
    json_member(w, "topologyKey", t->key);
    write_selector(w, &t->who.labels);
    if (!t->required)
        json_end_object(w);
    json_end_object(w);
}

static void write_terms(struct json_writer *w, const struct pod_spec *s, enum topology_kind kind,
                        bool required)
{
    json_key(w, required ? STR("requiredDuringSchedulingIgnoredDuringExecution")
                         : STR("preferredDuringSchedulingIgnoredDuringExecution"));
    json_begin_array(w);
    for (size_t i = 0; i < s->topology_count; i++)
        if (s->topology[i].kind == kind && s->topology[i].required == required)
            write_term(w, &s->topology[i]);
    json_end_array(w);
}

static void write_node_affinity(struct json_writer *w, const struct pod_spec *s)
{
    json_key(w, STR("nodeAffinity"));
    json_begin_object(w);
    json_key(w, STR("preferredDuringSchedulingIgnoredDuringExecution"));
    json_begin_array(w);
    for (size_t i = 0; i < s->preference_count; i++) {
        json_begin_object(w);
        json_member_int(w, "weight", s->preferences[i].weight);
        json_key(w, STR("preference"));
        json_begin_object(w);
        json_key(w, STR("matchExpressions"));
        json_begin_array(w);
        for (size_t k = 0; k < s->preferences[i].node.count; k++)
            write_in(w, &s->preferences[i].node.items[k]);
        json_end_array(w);
        json_end_object(w);
        json_end_object(w);
    }
    json_end_array(w);
    json_end_object(w);
}

static void write_affinity(struct json_writer *w, const struct pod_spec *s)
{
    json_key(w, STR("affinity"));
    json_begin_object(w);
    write_node_affinity(w, s);
    json_key(w, STR("podAffinity"));
    json_begin_object(w);
    write_terms(w, s, TOPOLOGY_AFFINITY, true);
    write_terms(w, s, TOPOLOGY_AFFINITY, false);
    json_end_object(w);
    json_key(w, STR("podAntiAffinity"));
    json_begin_object(w);
    write_terms(w, s, TOPOLOGY_ANTI_AFFINITY, true);
    write_terms(w, s, TOPOLOGY_ANTI_AFFINITY, false);
    json_end_object(w);
    json_end_object(w);
}

static void write_containers(struct json_writer *w, struct arena *a, const struct pod_spec *s)
{
    json_key(w, STR("containers"));
    json_begin_array(w);
    json_begin_object(w);
    json_member(w, "name", STR("main"));
    json_member(w, "image", STR("example.com/main:1"));
    json_key(w, STR("resources"));
    json_begin_object(w);
    json_key(w, STR("requests"));
    json_begin_object(w);
    json_member(w, "cpu", arena_printf(a, "%lldm", (long long)s->requests.amount[RESOURCE_CPU]));
    json_member(w, "memory",
                arena_printf(a, "%lld", (long long)s->requests.amount[RESOURCE_MEMORY]));
    json_end_object(w);
    json_end_object(w);
    json_end_object(w);
    json_end_array(w);
}

static void write_pod(struct json_writer *w, struct arena *a, const struct pod *p)
{
    struct str name = p->name, namespace = str_cut(&name, '/');

    json_begin_object(w);
    json_member(w, "apiVersion", STR("v1"));
    json_member(w, "kind", STR("Pod"));
    json_key(w, STR("metadata"));
    json_begin_object(w);
    json_member(w, "namespace", namespace);
    json_member(w, "name", name);
    write_labels(w, &p->spec->labels);
    json_end_object(w);
    json_key(w, STR("spec"));
    json_begin_object(w);
    write_containers(w, a, p->spec);
    write_spreads(w, p->spec);
    write_affinity(w, p->spec);
    json_end_object(w);
    json_end_object(w);
}

static void save(const char *folder, const char *name, struct str text)
{
    ARENA_AUTO a = {0};
    FILE *f = fopen(arena_printf(&a, "%s/%s", folder, name).ptr, "we");

    if (!f || fwrite(text.ptr, 1, text.len, f) != text.len || fclose(f) != 0) {
        fprintf(stderr, "schedule_bench: cannot write %s/%s\n", folder, name);
        exit(1);
    }
}

static void begin_list(struct json_writer *w, struct str api_version)
{
    json_begin_object(w);
    json_member(w, "apiVersion", api_version);
    json_member(w, "kind", STR("List"));
    json_key(w, STR("items"));
    json_begin_array(w);
}

static void end_list(struct json_writer *w)
{
    json_end_array(w);
    json_end_object(w);
}

static void save_pods(const struct world *world, const char *folder)
{
    ARENA_AUTO a = {0};
    struct buf text = buf_in(&a);
    struct json_writer w = json_writer_to(&text);

    begin_list(&w, STR("v1"));
    for (size_t i = 0; i < world->pod_count; i++)
        write_pod(&w, &a, &world->pods[i]);
    end_list(&w);
    save(folder, "pods.json", buf_str(&text));
}

static void save_pools(const struct world *world, const char *folder)
{
    ARENA_AUTO a = {0};
    struct buf text = buf_in(&a);
    struct json_writer w = json_writer_to(&text);

    begin_list(&w, STR("v1"));
    for (size_t i = 0; i < world->pool_count; i++) {
        json_begin_object(&w);
        json_member(&w, "apiVersion", STR("karpenter.sh/v1"));
        json_member(&w, "kind", STR("NodePool"));
        json_key(&w, STR("metadata"));
        json_begin_object(&w);
        json_member(&w, "name", world->pools[i].name);
        json_end_object(&w);
        json_key(&w, STR("spec"));
        json_raw(&w, STR("{\"template\":{\"spec\":{\"nodeClassRef\":{\"group\":"
                         "\"karpenter.k8s.aws\",\"kind\":\"EC2NodeClass\",\"name\":\"default\"},"
                         "\"requirements\":[]}}}"));
        json_end_object(&w);
    }
    end_list(&w);
    save(folder, "pools.json", buf_str(&text));
}

/* Labels that have a column of their own are left out of the last one. */
static void write_row(struct buf *out, const struct instance_type *t, const struct offering *o)
{
    const struct labels *l = &t->labels;
    bool first = true;

    buf_printf(out,
               STR_FMT "," STR_FMT "," STR_FMT ",%lld.%06lld,%lld,%lld,%lld," STR_FMT ",linux,",
               STR_ARG(t->name), STR_ARG(o->zone), STR_ARG(capacity_type_text(o->capacity_type)),
               (long long)(o->price_microusd_per_hour / 1000000),
               (long long)(o->price_microusd_per_hour % 1000000),
               (long long)t->allocatable.amount[RESOURCE_CPU],
               (long long)t->allocatable.amount[RESOURCE_MEMORY],
               (long long)t->allocatable.amount[RESOURCE_PODS], STR_ARG(labels_get(l, LABEL_ARCH)));
    for (size_t i = 0; i < l->count; i++) {
        struct str key = l->items[i].key;
        if (str_eq(key, LABEL_ARCH) || str_eq(key, LABEL_OS) || str_eq(key, LABEL_INSTANCE_TYPE))
            continue;
        buf_printf(out, "%s" STR_FMT "=" STR_FMT, first ? "" : ";", STR_ARG(key),
                   STR_ARG(l->items[i].value));
        first = false;
    }
    buf_add_char(out, '\n');
}

static void save_catalog(const struct pool *p, const char *folder)
{
    const struct catalog *c = p->catalog;
    ARENA_AUTO a = {0};
    struct buf text = buf_in(&a);

    buf_add(&text, STR("instance_type,zone,capacity_type,hourly_usd,cpu_millicores,memory_bytes,"
                       "pods,arch,os,labels\n"));
    for (size_t i = 0; i < c->count; i++)
        for (size_t k = 0; k < c->types[i].offering_count; k++)
            write_row(&text, &c->types[i], &c->types[i].offerings[k]);
    save(folder, "catalog.csv", buf_str(&text));
}

static void write_usd(struct json_writer *w, struct arena *a, const char *key, int64_t microusd)
{
    json_key(w, str_of(key));
    json_raw(w, arena_printf(a, "%lld.%06lld", (long long)(microusd / 1000000),
                             (long long)(microusd % 1000000)));
}

static void write_node(struct json_writer *w, struct arena *a, const struct action *launch,
                       size_t serial)
{
    const struct launch_option *o = &launch->options[0];

    json_begin_object(w);
    json_member(w, "name", arena_printf(a, "node-%05zu", serial));
    json_member(w, "instance_type", o->type->name);
    json_member(w, "zone", o->offering->zone);
    json_member(w, "capacity_type", capacity_type_text(o->offering->capacity_type));
    json_member(w, "pool", launch->pool->name);
    json_member(w, "phase", STR("planned"));
    write_usd(w, a, "hourly_usd", o->offering->price_microusd_per_hour);
    write_labels(w, &launch->labels);
    json_key(w, STR("pods"));
    json_begin_array(w);
    for (size_t i = 0; i < launch->pod_count; i++)
        json_string(w, launch->pods[i]->name);
    json_end_array(w);
    json_end_object(w);
}

static void write_unplaced(struct json_writer *w, const struct decision *d)
{
    json_key(w, STR("unplaced"));
    json_begin_array(w);
    for (size_t i = 0; i < d->waiting_count; i++) {
        if (d->waiting[i].reason == REASON_ON_ITS_WAY)
            continue;
        json_begin_object(w);
        json_member(w, "pod", d->waiting[i].pod->name);
        json_member(w, "reason", str_of(reason_row(d->waiting[i].reason)->code));
        json_member(w, "message", d->waiting[i].message);
        json_end_object(w);
    }
    json_end_array(w);
}

static void save_answer(const struct decision *d, int64_t bound_microusd, const char *folder)
{
    ARENA_AUTO a = {0};
    struct buf text = buf_in(&a);
    struct json_writer w = json_writer_to(&text);
    int64_t cost = 0;

    json_begin_object(&w);
    json_key(&w, STR("nodes"));
    json_begin_array(&w);
    for (size_t i = 0; i < d->action_count; i++)
        if (d->actions[i].kind == ACTION_LAUNCH) {
            write_node(&w, &a, &d->actions[i], i);
            cost += d->actions[i].options[0].offering->price_microusd_per_hour;
        }
    json_end_array(&w);
    write_unplaced(&w, d);
    write_usd(&w, &a, "hourly_usd", cost);
    write_usd(&w, &a, "bound_usd", bound_microusd);
    json_end_object(&w);
    save(folder, "answer.json", buf_str(&text));
}

void bench_write_proof(const struct world *w, const struct certificate *proof, const char *folder,
                       const char *name)
{
    ARENA_AUTO a = {0};
    struct buf text = buf_in(&a);

    certificate_write(&text, w, proof);
    save(folder, name, buf_str(&text));
}

void bench_write_files(const struct world *w, const struct decision *d,
                       const struct certificate *proof, const char *folder)
{
    save_pods(w, folder);
    save_pools(w, folder);
    save_catalog(&w->pools[0], folder);
    save_answer(d, proof->microusd_per_hour, folder);
    bench_write_proof(w, proof, folder, "bound.proof");
}
