/* room: engine/loop
 * What it costs to hear of a living cluster: 100,000 pods on 5,000 nodes of ours, say, and then of
 * what changes there.
 *
 *   fold_bench PODS NODES
 *
 *   --rounds N   5 unless told; medians are printed
 *
 * Prints a figure a line, `name value`; times are the processor's.  The cluster is told whole; told
 * whole again, as after a relist, when nothing has changed; then 10,000 changes come, each an event
 * of its own, as a watch brings them in a second: half of them pods that become ready, a quarter
 * each that go and come.  Beside them stand pictures for a decision: the first, one after a change
 * of ten pods, one after pods have come and gone. */
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "engine/loop/fold.h"
#include "engine/loop/nodes.h"
#include "engine/loop/snapshot.h"

enum {
    ROUNDS_MOST = 99,
    CHANGES = 10 * 1000,
    STEP = 10, /* events that a step of the engine finds: those of a millisecond */
    TEMPLATES = 500,
    FEW = 10
};

enum figure { WHOLE, AGAIN, SHOWN, SAME, CHANGED, FEW_SHOWN, MOVED_SHOWN, MEMORY, FIGURES };
static const char *const names[FIGURES][2] = {
    [WHOLE] = {"fold_whole", "ms"},           [AGAIN] = {"fold_relist", "ms"},
    [SHOWN] = {"snapshot_first", "ms"},       [SAME] = {"snapshot_same", "ms"},
    [CHANGED] = {"fold_changes", "ms"},       [FEW_SHOWN] = {"snapshot_few_changed", "ms"},
    [MOVED_SHOWN] = {"snapshot_moved", "ms"}, [MEMORY] = {"fold_memory", "mb"},
};

struct cluster {
    struct arena arena;
    size_t pods, nodes;
    struct str *node_names;
    const struct pod_spec *specs[TEMPLATES];
};

static double cpu_ms(void)
{
    struct timespec t;

    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static const struct pod_spec *spec_of(struct arena *a, size_t template)
{
    struct requirements *any = ARENA_NEW(a, struct requirements);
    struct pod_spec *s = ARENA_NEW(a, struct pod_spec);

    *s = (struct pod_spec){.namespace = STR("default"),
                           .requests = {{[RESOURCE_CPU] = 100 + (int64_t) template,
                                         [RESOURCE_MEMORY] = 1 << 28,
                                         [RESOURCE_PODS] = 1}},
                           .terms = any,
                           .term_count = 1,
                           .own_terms = any,
                           .own_term_count = 1};
    labels_set(a, &s->labels, STR("app"), arena_printf(a, "app-%zu", template));
    return s;
}

static struct pod pod_of(struct arena *a, const struct cluster *c, size_t i)
{
    return (struct pod){.name = arena_printf(a, "default/app-%zu-%zu", i % TEMPLATES, i),
                        .spec = c->specs[i % TEMPLATES],
                        .node = c->node_names[i % c->nodes],
                        .created_ms = 1};
}

static void cluster_begin(struct cluster *c, size_t pods, size_t nodes)
{
    *c = (struct cluster){.pods = pods, .nodes = nodes};
    c->node_names = ARENA_ARRAY(&c->arena, struct str, nodes);
    for (size_t i = 0; i < nodes; i++)
        c->node_names[i] = arena_printf(&c->arena, "ip-10-%zu-%zu.ec2.internal", i / 250, i % 250);
    for (size_t i = 0; i < TEMPLATES; i++)
        c->specs[i] = spec_of(&c->arena, i);
}

static void add_claims(struct state *s, const struct cluster *c)
{
    for (size_t i = 0; i < c->nodes; i++) {
        ARENA_AUTO a = {0};
        struct claim_entry *e = state_add_claim(s, arena_printf(&a, "bench/default/u1/%05zu", i));
        e->claim.phase = CLAIM_READY;
        state_set_instance(s, e, arena_printf(&a, "i-%05zu", i));
        claim_set_node(s, e, c->node_names[i]);
    }
}

static struct event *whole(const struct cluster *c)
{
    struct event *e = event_new(EVENT_WORKLOAD);
    struct pod *pods = ARENA_ARRAY(&e->arena, struct pod, c->pods);
    struct claim *nodes = ARENA_ARRAY(&e->arena, struct claim, c->nodes);

    for (size_t i = 0; i < c->pods; i++)
        pods[i] = pod_of(&e->arena, c, i);
    for (size_t i = 0; i < c->nodes; i++)
        nodes[i] = (struct claim){.id = c->node_names[i],
                                  .foreign = true,
                                  .instance_id = arena_printf(&e->arena, "i-%05zu", i)};
    e->complete = true;
    e->workload = (struct workload){.whole = WORKLOAD_ALL,
                                    .pods = pods,
                                    .pod_count = c->pods,
                                    .nodes = nodes,
                                    .node_count = c->nodes,
                                    .resources = resource_table_new()};
    return e;
}

static struct event *change(const struct cluster *c, size_t i)
{
    struct event *e = event_new(EVENT_WORKLOAD);
    struct pod *pod = ARENA_NEW(&e->arena, struct pod);

    e->complete = true;
    e->workload.resources = resource_table_new();
    *pod = pod_of(&e->arena, c, i * 7919 % c->pods + (i % 4 == 1 ? c->pods : 0));
    pod->unready = i % 4 >= 2;
    if (i % 4 == 0) {
        e->workload.pods_gone = &pod->name;
        e->workload.pod_gone_count = 1;
    } else {
        e->workload.pods = pod;
        e->workload.pod_count = 1;
    }
    return e;
}

static double fold(struct state *s, struct event **events, size_t count)
{
    static const struct document_port none;
    double before = cpu_ms();

    for (size_t i = 0; i < count; i++) {
        state_fold(s, &none, events[i], 1000);
        if (i % STEP == 0)
            state_note_pods(s, 1000);
    }
    return cpu_ms() - before;
}

static double fold_one(struct state *s, struct event *e)
{
    return fold(s, &e, 1);
}

static double show(struct state *s)
{
    ARENA_AUTO a = {0};
    double before = cpu_ms();

    snapshot(&a, s, true, 1000, 1000);
    return cpu_ms() - before;
}

static double fold_changes(struct state *s, const struct cluster *c, size_t from, size_t count)
{
    struct event **events = calloc(count, sizeof(struct event *));

    for (size_t i = 0; events && i < count; i++)
        events[i] = change(c, from + i);
    double ms = fold(s, events, count);
    free(events);
    return ms;
}

static void measure(const struct cluster *c, double *out)
{
    struct state s;

    state_init(&s, STR("bench"));
    add_claims(&s, c);
    malloc_trim(0);
    double before = (double)mallinfo2().uordblks;
    out[WHOLE] = fold_one(&s, whole(c));
    out[SHOWN] = show(&s);
    out[MEMORY] = ((double)mallinfo2().uordblks - before) / 1e6;
    out[AGAIN] = fold_one(&s, whole(c));
    out[SAME] = show(&s);
    out[CHANGED] = fold_changes(&s, c, 0, CHANGES);
    out[MOVED_SHOWN] = show(&s);
    for (size_t i = 0; i < FEW; i++)
        fold_changes(&s, c, CHANGES + 2 + 4 * i, 1);
    out[FEW_SHOWN] = show(&s);
    state_finish(&s);
}

static int by_size(const void *x, const void *y)
{
    double a = *(const double *)x, b = *(const double *)y;
    return (a > b) - (a < b);
}

static void print(double (*found)[FIGURES], size_t rounds, const struct cluster *c)
{
    for (int f = 0; f < FIGURES; f++) {
        double values[ROUNDS_MOST];
        for (size_t r = 0; r < rounds; r++)
            values[r] = found[r][f];
        qsort(values, rounds, sizeof(*values), by_size);
        printf("%s_%zu_%s %.3f\n", names[f][0], c->pods, names[f][1], values[rounds / 2]);
    }
}

int main(int argc, char **argv)
{
    static double found[ROUNDS_MOST][FIGURES];
    size_t pods = argc > 1 ? strtoul(argv[1], NULL, 10) : 0,
           nodes = argc > 2 ? strtoul(argv[2], NULL, 10) : 0;
    size_t rounds = argc > 4 ? strtoul(argv[4], NULL, 10) : 5;
    struct cluster c;

    if (!pods || !nodes || !rounds || rounds > ROUNDS_MOST) {
        fprintf(stderr, "fold_bench PODS NODES [--rounds N]\n");
        return 2;
    }
    cluster_begin(&c, pods, nodes);
    for (size_t r = 0; r < rounds; r++)
        measure(&c, found[r]);
    print(found, rounds, &c);
    arena_free(&c.arena);
    return 0;
}
