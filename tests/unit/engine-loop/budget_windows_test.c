/* Windows as people write them who want disruptions in working hours only: closed for 16 hours over
 * midnight from Monday to Friday, and all of the weekend. */
#include "engine/core/decide.h"
#include "engine/objects/pool_document.h"
#include "tests/unit/engine-core/worlds.h"

enum { NODES = 20 };

static const char document[] =
    "{\"name\":\"main\",\"node_class\":\"default\",\"budgets\":[{\"nodes\":\"10%\"},"
    "{\"nodes\":\"0\",\"schedule\":\"0 16 * * mon-fri\",\"duration\":\"16h\"},"
    "{\"nodes\":\"0\",\"schedule\":\"0 0 * * sat,sun\",\"duration\":\"24h\"}]}";

static void read_pool(struct arena *a, const char *text, struct pool *out)
{
    struct resource_table table = resource_table_new();
    struct json *tree = ARENA_NEW(a, struct json);

    assert_null(json_parse(a, str_of(text), tree));
    assert_null(pool_document_read(a, tree, &table, out));
}

/* Twenty nodes, each with a pod, of which all have drifted. */
static void drifted_fleet(struct town *t, struct arena *a, const struct pool *written,
                          int64_t now_ms)
{
    town_init(t, a);
    t->world.now_ms = now_ms;
    struct instance_type *type = town_type(t, "n1.small", 1900, 3072, 100000, 40000, 1);
    struct pool *pool = town_pool(t, "main");

    pool->may_disrupt = true;
    pool->budgets = written->budgets;
    pool->budget_count = written->budget_count;
    pool->hash = STR("new");
    for (size_t i = 0; i < NODES; i++) {
        struct claim *c = town_claim(t, arena_printf(a, "c%02zu", i).ptr, pool, type);
        c->hash = STR("old");
        c->empty_since_ms = NEVER_MS;
        town_pod(t, arena_printf(a, "p%02zu", i).ptr, 1500, 512)->claim = c->id;
    }
}

static void at_each_instant_as_many_leave_as_the_windows_let(void **state)
{
    (void)state;
    static const struct {
        const char *instant;
        size_t allowed;
        const char *looks_again;
    } rows[] = {
        /* Monday: Sunday's is over, its own begins at 16:00 */
        {"2026-11-30T07:59:00Z", 2, NULL},
        {"2026-11-30T16:00:00Z", 0, "2026-12-01T08:00:00Z"},
        {"2026-12-01T07:59:00Z", 0,
         "2026-12-01T08:00:00Z"}, /* Monday's 16 hours last until eight */
        {"2026-12-01T08:00:00Z", 2, NULL},
        {"2026-12-05T07:59:00Z", 0, "2026-12-05T08:00:00Z"}, /* Friday's and Saturday's both */
        {"2026-12-05T12:00:00Z", 0, "2026-12-07T00:00:00Z"},
        {"2026-12-06T23:59:00Z", 0, "2026-12-07T00:00:00Z"},
        /* the hole before Monday's: it is what was written */
        {"2026-12-07T00:00:00Z", 2, NULL},
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        ARENA_AUTO a = {0};
        struct pool written;
        struct town t;
        int64_t now_ms;
        assert_true(time_parse(str_of(rows[i].instant), &now_ms));
        read_pool(&a, document, &written);
        assert_int_equal(written.budget_count, 3);
        drifted_fleet(&t, &a, &written, now_ms);
        struct decision d = town_decide(&t);
        if (count_actions(&d, ACTION_LAUNCH) != rows[i].allowed)
            fail_msg("%s: %zu", rows[i].instant, count_actions(&d, ACTION_LAUNCH));
        if (!rows[i].looks_again)
            continue;
        assert_true(time_parse(str_of(rows[i].looks_again), &now_ms));
        assert_int_equal(d.wake_at_ms, now_ms);
    }
}

/* "sat-sun" runs backwards: it is never dropped in silence, which would leave weekends open. */
static void a_weekend_written_backwards_is_refused_by_its_field(void **state)
{
    (void)state;
    ARENA_AUTO a = {0};
    struct resource_table table = resource_table_new();
    struct json tree;
    struct pool out;

    assert_null(json_parse(&a,
                           STR("{\"name\":\"main\",\"node_class\":\"default\",\"budgets\":[{"
                               "\"nodes\":\"0\",\"schedule\":\"0 0 * * sat-sun\","
                               "\"duration\":\"24h\"}]}"),
                           &tree));
    struct error *e = pool_document_read(&a, &tree, &table, &out);
    assert_non_null(e);
    assert_true(says(e->path, "budgets[0].schedule"));
    assert_true(says(e->detail, "sat,sun"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(at_each_instant_as_many_leave_as_the_windows_let),
        cmocka_unit_test(a_weekend_written_backwards_is_refused_by_its_field),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
