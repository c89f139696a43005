#include "tests/unit/engine-objects/documents.h"

#include "engine/objects/catalog_csv.h"
#include "engine/objects/world_files.h"

static const char pods[] =
    "{apiVersion: v1, kind: Pod, metadata: {name: waits}, spec: {containers: [{name: c}]}}\n"
    "---\n"
    "{apiVersion: v1, kind: Pod, metadata: {name: runs, namespace: shop},\n"
    " spec: {nodeName: n1, containers: [{name: c}]}}\n"
    "---\n"
    "{apiVersion: v1, kind: Namespace, metadata: {name: shop, labels: {team: a}}}\n"
    "---\n"
    "{apiVersion: v1, kind: Node, metadata: {name: n1, labels: {\n"
    "  node.kubernetes.io/instance-type: small, topology.kubernetes.io/zone: z1,\n"
    "  eks.amazonaws.com/capacityType: SPOT}}, spec: {unschedulable: true,\n"
    "  providerID: 'aws:///z1/i-1'}, status: {allocatable: {cpu: '2', memory: 4Gi, pods: '9'}}}\n";

static const char catalog[] =
    CATALOG_CSV_HEADER "\nsmall,z1,spot,0.05,2000,4294967296,9,amd64,linux,\n"
                       "small,z1,on-demand,0.1,2000,4294967296,9,amd64,linux,\n";

struct made {
    struct manifest_text manifest, catalog;
    struct world_files files;
};

static struct error *make(struct arena *a, struct made *m, const char *manifest, const char *csv)
{
    m->manifest = (struct manifest_text){STR("a.yaml"), str_of(manifest)};
    m->catalog = (struct manifest_text){STR("c.csv"), str_of(csv)};
    struct world_texts texts = {
        .manifests = &m->manifest, .manifest_count = 1, .catalog = csv ? &m->catalog : NULL};
    return world_from_files(a, &texts, &m->files);
}

static void pods_with_a_node_are_pods_to_place(void **state)
{
    (void)state;
    ARENA_AUTO a = {0};
    struct made m;

    assert_null(make(&a, &m, pods, catalog));
    const struct world *w = &m.files.world;
    assert_int_equal(w->pod_count, 2);
    assert_int_equal(w->claim_count, 0);
    assert_true(w->engine_binds && w->resources == &m.files.resources);
    for (size_t i = 0; i < w->pod_count; i++)
        assert_true(!w->pods[i].claim.len && !w->pods[i].node.len && !w->pods[i].never_serve);
    assert_int_equal(w->namespace_count, 2);
    assert_true(str_eq(w->namespaces[0].name, STR("default")));
    assert_true(str_eq(labels_get(&w->namespaces[0].labels, STR("kubernetes.io/metadata.name")),
                       STR("default")));
    assert_true(str_eq(labels_get(&w->namespaces[1].labels, STR("team")), STR("a")));
    assert_int_equal(w->pool_count, 1);
    assert_int_equal(w->pools[0].catalog->count, 1);
}

static void nodes_are_what_there_is_today(void **state)
{
    (void)state;
    ARENA_AUTO a = {0};
    struct made m;

    assert_null(make(&a, &m, pods, catalog));
    assert_int_equal(m.files.today_count, 1);
    assert_true(str_eq(m.files.today[0].name, STR("n1")));
    assert_int_equal(m.files.today[0].capacity_type, CAPACITY_SPOT);
    assert_int_equal(m.files.today[0].price_microusd_per_hour, 50000);
    assert_int_equal(m.files.today_microusd_per_hour, 50000);
    assert_int_equal(m.files.notes.count, 0);
}

static void a_node_without_a_price_is_named_and_today_is_not_known(void **state)
{
    (void)state;
    ARENA_AUTO a = {0};
    struct made m;

    assert_null(make(&a, &m,
                     "{apiVersion: v1, kind: Node, metadata: {name: n1, labels: {\n"
                     "  node.kubernetes.io/instance-type: mystery}}}\n",
                     catalog));
    assert_int_equal(m.files.today_microusd_per_hour, -1);
    assert_int_equal(m.files.notes.count, 1);
    assert_holds(m.files.notes.items[0].text, "node n1: there is no price of mystery");
}

static void without_pools_it_is_one_of_current_generations(void **state)
{
    (void)state;
    ARENA_AUTO a = {0};
    struct made m;
    bool found = false;

    assert_null(make(&a, &m, pods, NULL));
    const struct pool *p = &m.files.world.pools[0];
    assert_true(str_eq(p->name, STR("default")));
    assert_true(requirements_get(&p->requirements, LABEL_ARCH) != NULL);
    for (size_t i = 0; i < p->catalog->count; i++) {
        assert_false(str_eq(p->catalog->types[i].name, STR("m5.large")));
        found |= str_eq(p->catalog->types[i].name, STR("m7i.large"));
        for (size_t k = 0; k < p->catalog->types[i].offering_count; k++)
            assert_int_equal(p->catalog->types[i].offerings[k].capacity_type, CAPACITY_ON_DEMAND);
    }
    assert_true(found);
}

static void spot_costs_what_the_discount_says(void **state)
{
    (void)state;
    ARENA_AUTO a = {0};
    struct manifest_text manifest = {STR("a.yaml"), str_of(pods)};
    struct world_texts texts = {.manifests = &manifest,
                                .manifest_count = 1,
                                .region = STR("us-east-1"),
                                .spot_discount_percent = 70};
    struct world_files files;
    int64_t spot = 0;

    assert_null(world_from_files(&a, &texts, &files));
    const struct catalog *c = files.world.pools[0].catalog;
    for (size_t i = 0; i < c->count; i++)
        for (size_t k = 0; k < c->types[i].offering_count; k++)
            if (str_eq(c->types[i].name, STR("m7i.large")) &&
                c->types[i].offerings[k].capacity_type == CAPACITY_SPOT)
                spot = c->types[i].offerings[k].price_microusd_per_hour;
    assert_int_equal(spot, 30240); /* 0.1008 $/h on demand */
}

static void errors_of_all_texts_come_at_once(void **state)
{
    (void)state;
    ARENA_AUTO a = {0};
    struct made m;
    struct error *e = make(&a, &m, "{apiVersion: v1, kind: Pod, metadata: {name: p}}", "nonsense");

    assert_holds(e->summary, "a.yaml:1: Pod default/p: spec is missing");
    assert_holds(e->next->summary, "c.csv:1:1: this is no catalog's header");
}

static void a_dump_that_is_cut_off_is_an_error_with_its_line(void **state)
{
    (void)state;
    static const char whole[] =
        "{\"apiVersion\": \"v1\", \"kind\": \"List\", \"items\": [\n"
        "{\"apiVersion\": \"v1\", \"kind\": \"Pod\", \"metadata\": {\"name\": "
        "\"p\"},\n \"spec\": {\"containers\": [{\"name\": \"c\"}]}}]}";

    for (size_t length = 2; length < sizeof(whole) - 1; length++) {
        ARENA_AUTO a = {0};
        struct manifest_text manifest = {STR("-"), {whole, length}};
        struct world_texts texts = {.manifests = &manifest, .manifest_count = 1};
        struct world_files files;
        struct error *e = world_from_files(&a, &texts, &files);
        if (!e)
            fail_msg("%.*s was taken", (int)length, whole);
        assert_holds(e->summary, "-: invalid JSON in line ");
        assert_true(e->detail.len > 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pods_with_a_node_are_pods_to_place),
        cmocka_unit_test(nodes_are_what_there_is_today),
        cmocka_unit_test(a_node_without_a_price_is_named_and_today_is_not_known),
        cmocka_unit_test(without_pools_it_is_one_of_current_generations),
        cmocka_unit_test(spot_costs_what_the_discount_says),
        cmocka_unit_test(errors_of_all_texts_come_at_once),
        cmocka_unit_test(a_dump_that_is_cut_off_is_an_error_with_its_line),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
