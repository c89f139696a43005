/* Which pods are nominated to which nodes, and when. */
#include "engine/loop/fold.h"
#include "engine/loop/nodes.h"
#include "engine/loop/nominating.h"
#include "tests/unit/engine-loop/scene.h"

struct fixture {
    struct arena arena;
    struct buf text;
    struct state state;
    struct pod_spec spec;
    struct pod pod;
    struct claim_entry *claim;
    struct waiting waiting;
};

static void hear(void *self, const struct nomination *all, size_t count)
{
    struct fixture *f = self;

    for (size_t i = 0; i < count; i++)
        buf_printf(&f->text, STR_FMT ">" STR_FMT ";", STR_ARG(all[i].pod), STR_ARG(all[i].node));
}

static const char *nominated(struct fixture *f)
{
    const struct cluster_port port = {.self = f, .submit_nominate = hear};
    const struct decision d = {.waiting = &f->waiting, .waiting_count = 1};

    f->text = buf_in(&f->arena);
    nominating_send(&f->arena, &f->state, &port, &d);
    return buf_str(&f->text).len ? buf_str(&f->text).ptr : "";
}

static void tell_pod(struct fixture *f)
{
    static const struct document_port none;
    struct event *e = event_new(EVENT_WORKLOAD);

    e->complete = true;
    e->workload = (struct workload){
        .whole = WORKLOAD_ALL, .pods = &f->pod, .pod_count = 1, .resources = resource_table_new()};
    state_fold(&f->state, &none, e, 100 * SECOND);
}

static struct claim_entry *a_claim(struct fixture *f, const char *id, const char *node)
{
    struct claim_entry *c = state_add_claim(&f->state, str_of(id));

    c->claim.phase = CLAIM_LAUNCHED;
    claim_set_node(&f->state, c, str_of(node));
    return c;
}

/* A pod that the scheduler has marked, and a node that boots for it. */
static void begin(struct fixture *f)
{
    *f = (struct fixture){0};
    state_init(&f->state, STR("moon"));
    f->pod = (struct pod){.name = STR("shop/web-1"), .spec = &f->spec, .unschedulable = true};
    tell_pod(f);
    f->claim = a_claim(f, "moon/default/u1/1", "n1");
    f->waiting =
        (struct waiting){.pod = &f->pod, .reason = REASON_ON_ITS_WAY, .claim = &f->claim->claim};
}

static void end(struct fixture *f)
{
    state_finish(&f->state);
    arena_free(&f->arena);
}

static void a_pod_is_nominated_once_to_the_node_that_boots_for_it(void **state)
{
    struct fixture f;
    (void)state;

    begin(&f);
    assert_string_equal(nominated(&f), "shop/web-1>n1;");
    assert_string_equal(nominated(&f), "");
    end(&f);
}

static void where_another_node_comes_instead_it_is_nominated_to_that(void **state)
{
    struct fixture f;
    (void)state;

    begin(&f);
    nominated(&f);
    f.waiting.claim = &a_claim(&f, "moon/default/u1/2", "n2")->claim;
    assert_string_equal(nominated(&f), "shop/web-1>n2;");
    end(&f);
}

static void before_its_launch_is_answered_and_once_it_takes_pods_nobody_is(void **state)
{
    struct fixture f;
    (void)state;

    begin(&f);
    f.claim->claim.phase = CLAIM_RECORDED;
    assert_string_equal(nominated(&f), "");
    f.claim->claim.phase = CLAIM_READY;
    assert_string_equal(nominated(&f), "");
    f.claim->claim.phase = CLAIM_LAUNCHED;
    assert_string_equal(nominated(&f), "shop/web-1>n1;");
    end(&f);
}

static void who_has_a_node_by_now_or_waits_for_none_is_not(void **state)
{
    struct fixture f;
    (void)state;

    begin(&f);
    f.waiting = (struct waiting){.pod = &f.pod, .reason = REASON_LIMIT};
    assert_string_equal(nominated(&f), "");
    f.waiting =
        (struct waiting){.pod = &f.pod, .reason = REASON_ON_ITS_WAY, .claim = &f.claim->claim};
    f.pod.node = STR("n7");
    tell_pod(&f);
    assert_string_equal(nominated(&f), "");
    end(&f);
}

static void where_placing_is_ours_nobody_is(void **state)
{
    struct fixture f;
    (void)state;

    begin(&f);
    f.state.engine_binds = true;
    assert_string_equal(nominated(&f), "");
    end(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_pod_is_nominated_once_to_the_node_that_boots_for_it),
        cmocka_unit_test(where_another_node_comes_instead_it_is_nominated_to_that),
        cmocka_unit_test(before_its_launch_is_answered_and_once_it_takes_pods_nobody_is),
        cmocka_unit_test(who_has_a_node_by_now_or_waits_for_none_is_not),
        cmocka_unit_test(where_placing_is_ours_nobody_is),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
