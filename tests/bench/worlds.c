#include "tests/bench/worlds.h"

#include <stdio.h>

#include "engine/base/rng.h"

#define MIB ((int64_t)1 << 20)

static const int64_t cpu_milli[] = {100, 250, 500, 1000, 1500};
static const int64_t memory_mib[] = {100, 256, 512, 1024, 2048, 4096};

/* A table of specifications by content, for worlds in which equal ones are shared. */
struct spec_slot {
    struct str content;
    const struct pod_spec *spec;
};

void bench_begin(struct bench *b, struct arena *a, size_t pods)
{
    *b = (struct bench){.arena = a,
                        .table = resource_table_new(),
                        .pool = {.name = STR("default"),
                                 .node_class = STR("default"),
                                 .limits = {.nodes = INT64_MAX, .microusd_per_hour = INT64_MAX},
                                 .replicas = -1,
                                 .empty_after_ms = NEVER_MS,
                                 .expire_after_ms = NEVER_MS,
                                 .may_disrupt = true}};
    for (size_t i = 0; i < RESOURCES_MAX; i++)
        b->pool.limits.amount.amount[i] = INT64_MAX;
    b->catalog.node_class = STR("default");
    b->pool.catalog = &b->catalog;
    b->world =
        (struct world){.now_ms = 1, .resources = &b->table, .pools = &b->pool, .pool_count = 1};
    bench_make_room(b, pods);
}

void bench_make_room(struct bench *b, size_t pods)
{
    b->world.pods = b->pods = ARENA_ARRAY(b->arena, struct pod, pods);
    b->capacity = pods;
}

static const struct requirements anywhere;

static struct str content_of(struct arena *a, const struct pod_spec *s)
{
    const struct topology_term *t = s->topology_count ? s->topology : NULL;
    struct str label = s->labels.count ? s->labels.items[0].value : STR("");
    struct str wanted = t ? t->who.labels.items[0].values[0] : STR("");

    return arena_printf(a, "%d %d " STR_FMT " " STR_FMT " %lld %lld", t ? (int)t->kind : -1,
                        t ? t->key.ptr[0] : 0, STR_ARG(label), STR_ARG(wanted),
                        (long long)s->requests.amount[RESOURCE_CPU],
                        (long long)s->requests.amount[RESOURCE_MEMORY]);
}

/* The mix has 30 sizes and 7 labels, of two kinds where a spread has a selector of its own. */
static const struct pod_spec *share(struct bench *b, const struct pod_spec *s)
{
    enum { SLOTS = 1 << 14 };
    struct str content = content_of(b->arena, s);
    size_t at = str_hash(content) % SLOTS;

    if (!b->specs)
        b->specs = ARENA_ARRAY(b->arena, struct spec_slot, SLOTS);
    while (b->specs[at].spec && !str_eq(b->specs[at].content, content))
        at = (at + 1) % SLOTS;
    if (b->specs[at].spec)
        arena_rewind(b->arena, b->before);
    else
        b->specs[at] = (struct spec_slot){content, s};
    return b->specs[at].spec;
}

struct pod_spec *bench_spec_new(struct bench *b, int64_t cpu, int64_t memory)
{
    struct pod_spec *s = ARENA_NEW(b->arena, struct pod_spec);

    *s = (struct pod_spec){.namespace = STR("default"),
                           .requests = {{cpu, memory * MIB, 1}},
                           .terms = &anywhere,
                           .term_count = 1,
                           .own_terms = &anywhere,
                           .own_term_count = 1};
    return s;
}

/* Names sort in the order of drawing. */
void bench_add_pod(struct bench *b, const struct pod_spec *s)
{
    size_t i = b->world.pod_count++;
    const struct pod_spec *spec = b->shared ? share(b, s) : s; /* may take memory back */

    b->pods[i] = (struct pod){.name = arena_printf(b->arena, "default/pod-%06zu", i), .spec = spec};
}

static struct pod_selector pods_with(struct bench *b, struct str key, struct str value)
{
    struct requirement *r = ARENA_NEW(b->arena, struct requirement);
    struct str *values = ARENA_NEW(b->arena, struct str);
    struct str *namespaces = ARENA_NEW(b->arena, struct str);

    *values = value;
    *namespaces = STR("default");
    *r = (struct requirement){.key = key,
                              .values = values,
                              .count = 1,
                              .at_least = INT64_MIN,
                              .at_most = INT64_MAX,
                              .present = true};
    return (struct pod_selector){.labels = {.present = true, .items = r, .count = 1, .capacity = 1},
                                 .namespaces = namespaces,
                                 .namespace_count = 1};
}

enum mix_kind { MIX_GENERIC, MIX_SPREAD_ZONE, MIX_SPREAD_HOST, MIX_JOIN_ZONE, MIX_ALONE };
static const struct mix_row {
    const char *name; /* in files of draws */
    const char *label_key;
    enum topology_kind kind;
    const char *key; /* NULL: plain */
} mix_rows[] = {
    [MIX_GENERIC] = {"generic", "my-label", 0, NULL},
    [MIX_SPREAD_ZONE] = {"spread_zone", "my-label", TOPOLOGY_SPREAD, "topology.kubernetes.io/zone"},
    [MIX_SPREAD_HOST] = {"spread_hostname", "my-label", TOPOLOGY_SPREAD, "kubernetes.io/hostname"},
    [MIX_JOIN_ZONE] = {"affinity_zone", "my-affininity", TOPOLOGY_AFFINITY,
                       "topology.kubernetes.io/zone"},
    [MIX_ALONE] = {"antiaffinity_hostname", "app", TOPOLOGY_ANTI_AFFINITY,
                   "kubernetes.io/hostname"},
};
enum { MIX_KINDS = sizeof(mix_rows) / sizeof(*mix_rows) };

static void add_of_mix(struct bench *b, enum mix_kind kind, struct str label, struct str selector,
                       int64_t cpu, int64_t memory)
{
    const struct mix_row *row = &mix_rows[kind];
    b->before = arena_mark(b->arena);
    struct pod_spec *s = bench_spec_new(b, cpu, memory);

    labels_set(b->arena, &s->labels, str_of(row->label_key), label);
    if (row->key) {
        struct topology_term *t = ARENA_NEW(b->arena, struct topology_term);
        *t = (struct topology_term){.kind = row->kind,
                                    .key = str_of(row->key),
                                    .who = pods_with(b, str_of(row->label_key), selector),
                                    .required = true,
                                    .max_skew = 1,
                                    .min_domains = 1,
                                    .heeds_affinity = true};
        s->topology = t;
        s->topology_count = 1;
    }
    bench_add_pod(b, s);
}

static struct str draw_label(struct rng *r)
{
    static const char *const letters[] = {"a", "b", "c", "d", "e", "f", "g"};
    return str_of(letters[rng_below(r, 7)]);
}

void bench_draw_mix(struct bench *b, size_t pods)
{
    struct rng r = {42};
    size_t of_kind = pods / MIX_KINDS;

    for (size_t i = 0; i < pods; i++) {
        enum mix_kind kind = i < MIX_KINDS * of_kind ? (enum mix_kind)(i / of_kind) : MIX_GENERIC;
        bool spread = kind == MIX_SPREAD_ZONE || kind == MIX_SPREAD_HOST;
        struct str label = kind == MIX_ALONE ? STR("nginx") : draw_label(&r);
        struct str selector = spread ? draw_label(&r) : label;
        int64_t cpu = cpu_milli[rng_below(&r, 5)], memory = memory_mib[rng_below(&r, 6)];
        add_of_mix(b, kind, label, selector, cpu, memory);
    }
}

static bool read_row(struct bench *b, struct str line)
{
    struct str index = str_cut(&line, ','), kind = str_cut(&line, ',');
    struct str label = arena_str(b->arena, str_cut(&line, ','));
    struct str selector = arena_str(b->arena, str_cut(&line, ','));
    struct str cpu = str_cut(&line, ',');
    int64_t number, cores, memory;

    for (size_t k = 0; k < MIX_KINDS; k++)
        if (str_eq(kind, str_of(mix_rows[k].name)) && str_to_int64(index, &number) &&
            str_to_int64(cpu, &cores) && str_to_int64(str_trim(line), &memory)) {
            add_of_mix(b, (enum mix_kind)k, label, selector.len ? selector : label, cores, memory);
            return true;
        }
    return false;
}

bool bench_read_mix(struct bench *b, const char *path)
{
    char line[256];
    bool good = true;
    FILE *f = fopen(path, "re");

    if (!f)
        return false;
    good = fgets(line, sizeof(line), f) != NULL; /* the header */
    while (good && b->world.pod_count < b->capacity && fgets(line, sizeof(line), f))
        good = read_row(b, str_of(line));
    fclose(f);
    return good && b->world.pod_count > 0;
}

void bench_draw_preferences(struct bench *b, size_t pods)
{
    struct rng r = {42};
    struct topology_term *terms = ARENA_ARRAY(b->arena, struct topology_term, 2);
    struct preference *preference = ARENA_NEW(b->arena, struct preference);
    struct str zone = STR("test-zone-1");
    struct requirement in_zone;
    int64_t cpu = cpu_milli[rng_below(&r, 5)], memory = memory_mib[rng_below(&r, 6)];
    struct error *bad = requirement_new(b->arena, LABEL_ZONE, OPERATOR_IN, &zone, 1, 0, &in_zone);

    if (!bad) /* the key and its value are ours */
        requirements_add(b->arena, &preference->node, &in_zone);
    preference->weight = 1;
    for (size_t k = 0; k < 2; k++)
        terms[k] = (struct topology_term){.kind = TOPOLOGY_ANTI_AFFINITY,
                                          .key = k ? LABEL_HOSTNAME : LABEL_ZONE,
                                          .who = pods_with(b, STR("app"), STR("nginx")),
                                          .weight = k ? 1 : 10};
    for (size_t i = 0; i < pods; i++) {
        struct pod_spec *s = bench_spec_new(b, cpu, memory);
        labels_set(b->arena, &s->labels, STR("app"), STR("nginx"));
        s->topology = terms;
        s->topology_count = 2;
        s->preferences = preference;
        s->preference_count = 1;
        bench_add_pod(b, s);
    }
}
