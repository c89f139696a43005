#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "engine/cli/metrics.h"

static struct str metrics_of(struct arena *a, const char *picture)
{
    struct buf out = buf_in(a);
    struct json tree;

    assert_null(json_parse(a, str_of(picture), &tree));
    metrics_print(&out, &tree);
    return buf_str(&out);
}

static void assert_line(struct str text, const char *line)
{
    while (text.ptr)
        if (str_eq(str_cut(&text, '\n'), str_of(line)))
            return;
    fail_msg("there is no `%s`", line);
}

#define NODE(pool, phase)                                                                  \
    "{\"name\":\"n\",\"pool\":\"" pool "\",\"instance_type\":\"m5.large\",\"zone\":\"a\"," \
    "\"capacity_type\":\"spot\",\"phase\":\"" phase "\"}"

static void a_fleet_is_counted_by_what_its_nodes_are(void **state)
{
    ARENA_AUTO a = {0};
    struct str text = metrics_of(
        &a, "{\"cluster\":\"moon\",\"hourly_usd\":1.5,\"bound_usd\":1.25,\"stale\":\"\",\"pools\":["
            "{\"name\":\"web\",\"nodes\":3,\"hourly_usd\":1.5,\"converged\":true,\"headroom\":0}],"
            "\"nodes\":[" NODE("web", "ready") "," NODE("web", "launched") "," NODE(
                "web", "ready") "],"
                                "\"waiting\":[{\"pod\":\"a/b\",\"reason\":\"NoType\"},{\"pod\":\"a/"
                                "c\",\"reason\":\"NoType\"}],"
                                "\"notices\":{\"ours\":4}}");
    (void)state;

    assert_line(text, "tenon_fleet_hourly_usd{cluster=\"moon\"} 1.5");
    assert_line(text, "tenon_fleet_bound_hourly_usd{cluster=\"moon\"} 1.25");
    assert_line(text, "tenon_facts_stale{cluster=\"moon\"} 0");
    assert_line(text, "tenon_pool_nodes{pool=\"web\"} 3");
    assert_line(text, "tenon_pool_converged{pool=\"web\"} 1");
    assert_line(text, "tenon_nodes{pool=\"web\",instance_type=\"m5.large\",zone=\"a\","
                      "capacity_type=\"spot\",phase=\"ready\"} 2");
    assert_line(text, "tenon_pods_waiting{reason=\"NoType\"} 2");
    assert_line(text, "tenon_interruption_messages_total{about=\"ours\"} 4");
}

static void names_cannot_break_out_of_their_quotes(void **state)
{
    ARENA_AUTO a = {0};
    (void)state;

    assert_line(metrics_of(&a, "{\"cluster\":\"a\\\"b\\\\c\\nd\",\"hourly_usd\":1}"),
                "tenon_fleet_hourly_usd{cluster=\"a\\\"b\\\\c\\nd\"} 1");
}

static void what_is_not_known_is_not_said(void **state)
{
    ARENA_AUTO a = {0};
    static const char *const pictures[] = {"{}", "[]", "{\"hourly_usd\":null,\"nodes\":7}"};
    (void)state;

    for (size_t i = 0; i < sizeof(pictures) / sizeof(*pictures); i++) {
        struct str text = metrics_of(&a, pictures[i]);
        assert_int_equal(str_find_str(text, STR("tenon_fleet_hourly_usd{")), text.len);
        assert_int_equal(str_find_str(text, STR("tenon_nodes{")), text.len);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_fleet_is_counted_by_what_its_nodes_are),
        cmocka_unit_test(names_cannot_break_out_of_their_quotes),
        cmocka_unit_test(what_is_not_known_is_not_said),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
