/* What an API server tells of its objects is told on when all that it depends on is known, once,
 * and again when that changes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "engine/adapters/api_objects.h"

struct fixture {
    struct arena arena;
    struct api_objects *objects;
    struct event *told;
};

static int begin(void **state)
{
    struct fixture *f = calloc(1, sizeof(*f));
    f->objects = api_objects_new();
    *state = f;
    return 0;
}

static void forget_told(struct fixture *f)
{
    for (struct event *e = f->told, *next; e; e = next) {
        next = e->next;
        event_free(e);
    }
    f->told = NULL;
}

static int end(void **state)
{
    struct fixture *f = *state;
    forget_told(f);
    api_objects_free(f->objects);
    arena_free(&f->arena);
    free(f);
    return 0;
}

static void say(struct fixture *f, enum api_kind kind, enum kube_change_kind what)
{
    api_objects_take(f->objects, kind, &(struct kube_change){.kind = what});
}

/* The tree is gone when it has been told, as the informer's are. */
static void tell_object(struct fixture *f, enum api_kind kind, enum kube_change_kind what,
                        const char *text)
{
    struct arena a = {0};
    struct json object;

    assert_null(json_parse(&a, arena_str(&a, str_of(text)), &object));
    const struct json *metadata = json_get(&object, "metadata");
    const struct kube_change change = {
        .kind = what,
        .namespace = json_string_or(json_get(metadata, "namespace"), STR("")),
        .name = json_string_or(json_get(metadata, "name"), STR("")),
        .uid = json_string_or(json_get(metadata, "uid"), STR("")),
        .object = &object,
    };
    api_objects_take(f->objects, kind, &change);
    arena_wipe(&a);
}

static void put(struct fixture *f, enum api_kind kind, const char *text)
{
    tell_object(f, kind, KUBE_CHANGED, text);
}

static void list(struct fixture *f, enum api_kind kind, const char *const *texts)
{
    say(f, kind, KUBE_LISTING);
    for (; texts && *texts; texts++)
        put(f, kind, *texts);
    say(f, kind, KUBE_WHOLE);
    say(f, kind, KUBE_LIVE);
}
#define LIST(f, kind, ...) list(f, kind, (const char *const[]){__VA_ARGS__, NULL})

static void list_the_rest_empty(struct fixture *f, unsigned but)
{
    for (int k = 0; k < API_KINDS; k++)
        if (!(but & 1u << k))
            list(f, (enum api_kind)k, NULL);
}

static void tell(struct fixture *f)
{
    forget_told(f);
    f->told = api_objects_tell(f->objects);
}

static const struct pod *told_pod(const struct fixture *f, const char *name)
{
    const struct pod *found = NULL;

    for (const struct event *e = f->told; e; e = e->next)
        for (size_t i = 0; i < e->workload.pod_count; i++)
            if (str_eq(e->workload.pods[i].name, str_of(name)))
                found = &e->workload.pods[i];
    return found;
}

static const struct claim *told_node(const struct fixture *f, const char *name,
                                     const struct resource_table **names)
{
    for (const struct event *e = f->told; e; e = e->next)
        for (size_t i = 0; i < e->workload.node_count; i++)
            if (str_eq(e->workload.nodes[i].id, str_of(name))) {
                *names = &e->workload.resources;
                return &e->workload.nodes[i];
            }
    return NULL;
}

static unsigned told_whole(const struct fixture *f)
{
    unsigned whole = 0;

    for (const struct event *e = f->told; e; e = e->next)
        whole |= e->workload.whole;
    return whole;
}

static size_t told_gone(const struct fixture *f)
{
    size_t gone = 0;

    for (const struct event *e = f->told; e; e = e->next)
        gone += e->workload.pod_gone_count + e->workload.node_gone_count;
    return gone;
}

#define META(name) \
    "\"metadata\":{\"namespace\":\"shop\",\"name\":\"" name "\",\"uid\":\"" name "-1\"}"
#define POD_SPEC(more)                                                                       \
    "\"spec\":{\"priority\":0,\"containers\":[{\"name\":\"c\",\"resources\":{\"requests\":{" \
    "\"cpu\":\"500m\"}}}]" more "}"
#define POD(name)        "{" META(name) "," POD_SPEC("") "}"
#define POD_ON(name, at) "{" META(name) "," POD_SPEC(",\"nodeName\":\"" at "\"") "}"
#define USES(claim) \
    ",\"volumes\":[{\"name\":\"v\",\"persistentVolumeClaim\":{\"claimName\":\"" claim "\"}}]"
#define POD_USING(name, claim) "{" META(name) "," POD_SPEC(USES(claim)) "}"
#define CLAIM_WAITING(name)    "{" META(name) ",\"spec\":{\"storageClassName\":\"gp3\"}}"
#define CLAIM_BOUND(name)                                                             \
    "{" META(name) ",\"spec\":{\"storageClassName\":\"gp3\",\"volumeName\":\"vol\"}," \
                   "\"status\":{\"phase\":\"Bound\"}}"
#define CLASS                                                                              \
    "{\"metadata\":{\"name\":\"gp3\",\"uid\":\"sc\"},\"provisioner\":\"ebs.csi.aws.com\"," \
    "\"volumeBindingMode\":\"WaitForFirstConsumer\"}"
#define VOLUME(zone)                                                                          \
    "{\"metadata\":{\"name\":\"vol\",\"uid\":\"vol-1\"},\"spec\":{\"csi\":{\"driver\":"       \
    "\"ebs.csi.aws.com\"},\"claimRef\":{\"namespace\":\"shop\",\"name\":\"data\"},"           \
    "\"nodeAffinity\":{\"required\":{\"nodeSelectorTerms\":[{\"matchExpressions\":[{\"key\":" \
    "\"topology.kubernetes.io/zone\",\"operator\":\"In\",\"values\":[\"" zone "\"]}]}]}}}}"
#define NODE                                                                                  \
    "{\"metadata\":{\"name\":\"n1\",\"uid\":\"n1-1\"},\"spec\":{\"providerID\":"              \
    "\"aws:///a/i-1\"},\"status\":{\"allocatable\":{\"cpu\":\"4\",\"nvidia.com/gpu\":\"2\"}," \
    "\"images\":[{\"names\":[\"x\"]}]}}"

static bool reaches(const struct pod *p, const char *zone)
{
    for (size_t i = 0; i < p->spec->term_count; i++)
        for (size_t k = 0; k < p->spec->terms[i].count; k++) {
            const struct requirement *r = &p->spec->terms[i].items[k];
            if (str_eq(r->key, LABEL_ZONE) && requirement_has(r, str_of(zone)))
                return true;
        }
    return false;
}

static void nothing_is_told_before_all_that_pods_mean_is_known(void **state)
{
    struct fixture *f = *state;

    LIST(f, API_PODS, POD("web"));
    LIST(f, API_NODES, NODE);
    list_the_rest_empty(f, 1u << API_PODS | 1u << API_NODES | 1u << API_VOLUMES);
    assert_false(api_objects_have_news(f->objects));
    tell(f);
    assert_null(f->told);
    list(f, API_VOLUMES, NULL);
    assert_true(api_objects_have_news(f->objects));
    tell(f);
    assert_int_equal(told_whole(f), WORKLOAD_ALL);
    assert_true(api_objects_are_told(f->objects));
    assert_int_equal(told_pod(f, "shop/web")->spec->requests.amount[RESOURCE_CPU], 500);
    tell(f);
    assert_null(f->told);
}

/* What is listed to its end one time, and then changes. */
static void start(struct fixture *f)
{
    LIST(f, API_PODS, POD("web"), POD_USING("db", "data"), POD_USING("lost", "nowhere"));
    LIST(f, API_NODES, NODE);
    LIST(f, API_VOLUME_CLAIMS, CLAIM_WAITING("data"));
    LIST(f, API_STORAGE_CLASSES, CLASS);
    list_the_rest_empty(f, 1u << API_PODS | 1u << API_NODES | 1u << API_VOLUME_CLAIMS |
                               1u << API_STORAGE_CLASSES);
    tell(f);
}

static void a_change_tells_what_changed_and_nothing_else(void **state)
{
    struct fixture *f = *state;

    start(f);
    assert_non_null(told_pod(f, "shop/db"));
    put(f, API_PODS, POD_ON("web", "n1"));
    put(f, API_NODES, NODE); /* kubelet says what it said */
    tell(f);
    assert_int_equal(told_whole(f), 0);
    assert_true(str_eq(told_pod(f, "shop/web")->node, STR("n1")));
    assert_null(told_pod(f, "shop/db"));
    assert_null(f->told->next);
}

static void a_volume_that_comes_late_takes_its_pod_to_its_zone(void **state)
{
    struct fixture *f = *state;

    start(f);
    assert_int_equal(told_pod(f, "shop/db")->spec->impossible.len, 0);
    assert_false(reaches(told_pod(f, "shop/db"), "us-east-1b"));
    put(f, API_VOLUMES, VOLUME("us-east-1b"));
    put(f, API_VOLUME_CLAIMS, CLAIM_BOUND("data"));
    tell(f);
    assert_true(reaches(told_pod(f, "shop/db"), "us-east-1b"));
    assert_null(told_pod(f, "shop/web"));
    put(f, API_VOLUMES, VOLUME("us-east-1c"));
    tell(f);
    assert_true(reaches(told_pod(f, "shop/db"), "us-east-1c"));
}

static void a_pod_without_its_claim_is_not_launched_for_until_that_comes(void **state)
{
    struct fixture *f = *state;

    start(f);
    assert_true(str_eq(told_pod(f, "shop/lost")->spec->impossible,
                       STR("its PersistentVolumeClaim shop/nowhere does not exist")));
    put(f, API_VOLUME_CLAIMS, CLAIM_WAITING("nowhere"));
    tell(f);
    assert_int_equal(told_pod(f, "shop/lost")->spec->impossible.len, 0);
    tell_object(f, API_STORAGE_CLASSES, KUBE_GONE, CLASS);
    tell(f);
    assert_true(told_pod(f, "shop/lost")->spec->impossible.len > 0);
    assert_true(told_pod(f, "shop/db")->spec->impossible.len > 0);
}

static void what_goes_and_comes_back_is_there(void **state)
{
    struct fixture *f = *state;

    start(f);
    tell_object(f, API_PODS, KUBE_GONE, POD("web"));
    tell_object(f, API_PODS, KUBE_GONE, POD_USING("db", "data"));
    put(f, API_PODS, POD("web"));
    tell(f);
    assert_int_equal(told_gone(f), 1);
    assert_true(str_eq(f->told->workload.pods_gone[0], STR("shop/db")));
    assert_true(str_eq(api_objects_uid(f->objects, API_PODS, STR("shop/web")), STR("web-1")));
    assert_int_equal(api_objects_uid(f->objects, API_PODS, STR("shop/db")).len, 0);
}

static void a_node_is_read_again_when_a_pod_asks_for_what_it_has(void **state)
{
    struct fixture *f = *state;
    const struct resource_table *names;

    start(f);
    const struct claim *n = told_node(f, "n1", &names);
    assert_int_equal(n->allocatable.amount[RESOURCE_CPU], 4000);
    assert_int_equal(resource_table_find(names, STR("nvidia.com/gpu")), RESOURCES_MAX);
    put(f, API_PODS,
        "{" META("ai") ",\"spec\":{\"priority\":0,\"containers\":[{\"name\":\"c\",\"resources\":{"
                       "\"limits\":{\"nvidia.com/gpu\":\"1\"}}}]}}");
    tell(f);
    n = told_node(f, "n1", &names);
    assert_non_null(n);
    assert_int_equal(n->allocatable.amount[resource_table_find(names, STR("nvidia.com/gpu"))], 2);
}

static void a_list_that_comes_anew_is_told_whole(void **state)
{
    struct fixture *f = *state;

    start(f);
    put(f, API_PODS,
        POD("late")); /* and then the watch is lost: the list says whether it is there */
    LIST(f, API_PODS, POD("web"));
    tell(f);
    assert_int_equal(told_whole(f), WORKLOAD_PODS);
    assert_non_null(told_pod(f, "shop/web"));
    assert_null(told_pod(f, "shop/late"));
    assert_int_equal(api_objects_uid(f->objects, API_PODS, STR("shop/db")).len, 0);
}

static void a_list_on_its_way_is_not_told(void **state)
{
    struct fixture *f = *state;

    start(f);
    say(f, API_PODS, KUBE_LISTING);
    put(f, API_PODS, POD("web"));
    tell(f);
    assert_null(f->told);
}

#define ATTACHMENT(name)                                   \
    "{\"metadata\":{\"name\":\"" name "\",\"uid\":\"" name \
    "\"},\"spec\":{\"nodeName\":\"n1\",\"source\":{\"persistentVolumeName\":\"vol\"}}}"

static void a_node_says_how_many_volumes_it_has_yet_to_let_go_of(void **state)
{
    struct fixture *f = *state;
    const struct resource_table *names;

    start(f);
    assert_int_equal(told_node(f, "n1", &names)->attached, 0);
    put(f, API_ATTACHMENTS, ATTACHMENT("a"));
    put(f, API_ATTACHMENTS, ATTACHMENT("b"));
    tell(f);
    assert_int_equal(told_node(f, "n1", &names)->attached, 2);
    tell_object(f, API_ATTACHMENTS, KUBE_GONE, ATTACHMENT("a"));
    tell(f);
    assert_int_equal(told_node(f, "n1", &names)->attached, 1);
    list(f, API_ATTACHMENTS, NULL);
    tell(f);
    assert_int_equal(told_node(f, "n1", &names)->attached, 0);
}

#define BUDGET(healthy)                                                             \
    "{" META("pdb") ",\"spec\":{\"minAvailable\":1,\"selector\":{\"matchLabels\":{" \
                    "\"app\":\"web\"}}},\"status\":{\"currentHealthy\":" healthy "}}"

static void a_budget_is_told_when_its_rule_changes_and_not_its_status(void **state)
{
    struct fixture *f = *state;

    start(f);
    put(f, API_BUDGETS, BUDGET("3"));
    tell(f);
    assert_int_equal(told_whole(f), WORKLOAD_BUDGETS | WORKLOAD_NOTES);
    assert_int_equal(f->told->workload.pod_budget_count, 1);
    put(f, API_BUDGETS, BUDGET("2"));
    tell(f);
    assert_null(f->told);
    tell_object(f, API_BUDGETS, KUBE_GONE, BUDGET("2"));
    tell(f);
    assert_int_equal(told_whole(f), WORKLOAD_BUDGETS | WORKLOAD_NOTES);
    assert_int_equal(f->told->workload.pod_budget_count, 0);
}

static void what_cannot_be_read_of_a_pod_launches_nothing_and_of_a_budget_is_said(void **state)
{
    struct fixture *f = *state;

    start(f);
    put(f, API_PODS, "{" META("odd") "," POD_SPEC(",\"nodeSelector\":\"x\"") "}");
    put(f, API_BUDGETS, "{" META("pdb") ",\"spec\":{\"minAvailable\":\"many\"}}");
    tell(f);
    assert_true(str_find_str(told_pod(f, "shop/odd")->spec->impossible, STR("nodeSelector")) <
                told_pod(f, "shop/odd")->spec->impossible.len);
    const struct workload *w = &f->told->next->workload;
    assert_int_equal(w->note_count, 1);
    assert_true(str_find_str(w->notes[0], STR("minAvailable")) < w->notes[0].len);
}

static void pods_of_one_template_share_what_they_say(void **state)
{
    struct fixture *f = *state;

    LIST(f, API_PODS, POD("a"), POD("b"), POD_USING("c", "data"));
    LIST(f, API_VOLUME_CLAIMS, CLAIM_WAITING("data"));
    LIST(f, API_STORAGE_CLASSES, CLASS);
    list_the_rest_empty(f, 1u << API_PODS | 1u << API_VOLUME_CLAIMS | 1u << API_STORAGE_CLASSES);
    tell(f);
    assert_ptr_equal(told_pod(f, "shop/a")->spec, told_pod(f, "shop/b")->spec);
    assert_ptr_not_equal(told_pod(f, "shop/a")->spec, told_pod(f, "shop/c")->spec);
}

static void all_is_told_again_to_whoever_begins(void **state)
{
    struct fixture *f = *state;

    start(f);
    api_objects_forget(f->objects);
    assert_false(api_objects_are_told(f->objects));
    assert_int_equal(api_objects_uid(f->objects, API_PODS, STR("shop/web")).len, 0);
    start(f);
    assert_int_equal(told_whole(f), WORKLOAD_ALL);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(nothing_is_told_before_all_that_pods_mean_is_known),
        TEST(a_change_tells_what_changed_and_nothing_else),
        TEST(a_volume_that_comes_late_takes_its_pod_to_its_zone),
        TEST(a_pod_without_its_claim_is_not_launched_for_until_that_comes),
        TEST(what_goes_and_comes_back_is_there),
        TEST(a_node_is_read_again_when_a_pod_asks_for_what_it_has),
        TEST(a_list_that_comes_anew_is_told_whole),
        TEST(a_node_says_how_many_volumes_it_has_yet_to_let_go_of),
        TEST(a_list_on_its_way_is_not_told),
        TEST(a_budget_is_told_when_its_rule_changes_and_not_its_status),
        TEST(what_cannot_be_read_of_a_pod_launches_nothing_and_of_a_budget_is_said),
        TEST(pods_of_one_template_share_what_they_say),
        TEST(all_is_told_again_to_whoever_begins),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
