#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "engine/base/yaml.h"

static struct yaml_documents parsed(struct arena *a, const char *text)
{
    struct yaml_documents docs;
    struct error *e = yaml_parse(a, STR("pods.yaml"), str_of(text), &docs);
    if (e)
        fail_msg("%s: " STR_FMT, text, STR_ARG(e->summary));
    return docs;
}

/* The whole stream as JSON, documents parted by a space. */
static void assert_json(const char *yaml, const char *json)
{
    ARENA_AUTO a = {0};
    struct yaml_documents docs = parsed(&a, yaml);
    struct buf out = buf_in(&a);

    for (size_t i = 0; i < docs.count; i++) {
        if (i)
            buf_add_char(&out, ' ');
        json_print(&out, &docs.items[i], false);
    }
    if (!str_eq(buf_str(&out), str_of(json)))
        fail_msg("%s\n  is " STR_FMT "\n  not %s", yaml, STR_ARG(buf_str(&out)), json);
}

static void plain_scalars_mean_what_kubernetes_takes_them_for(void **state)
{
    static const struct {
        const char *yaml, *json;
    } rows[] = {
        {"[true, True, yes, y, on, ON]", "[true,true,true,true,true,true]"},
        {"[false, no, n, Off]", "[false,false,false,false]"},
        {"[null, ~, Null, ]", "[null,null,null]"},
        {"[yEs, nULL, tru, '']", "[\"yEs\",\"nULL\",\"tru\",\"\"]"},
        {"[1, -1, +1, 1_000, 0]", "[1,-1,1,1000,0]"},
        {"[010, 0o10, 0x1F, 0b101, -0x10]", "[8,8,31,5,-16]"},
        {"[08, 1.50, .5, 5., -.5, 1e3, 1E+3, 00.5]", "[8,1.50,0.5,5,-0.5,1e3,1E+3,0.5]"},
        {"[18446744073709551616, 0.12345678901234567890123]",
         "[18446744073709551616,0.12345678901234567890123]"},
        {"[2001-12-14, 12:30:45, 1.2.3, 0x, 0b12, -, +, 1e]",
         "[\"2001-12-14\",\"12:30:45\",\"1.2.3\",\"0x\",\"0b12\",\"-\",\"+\",\"1e\"]"},
        {"[500m, 4Gi, 10%, m5.large, v1]", "[\"500m\",\"4Gi\",\"10%\",\"m5.large\",\"v1\"]"},
        {"['1', \"true\", 'null']", "[\"1\",\"true\",\"null\"]"},
        {"[!!str 1, !!int '7', !!bool yes, !!null '', ! 5]", "[\"1\",7,true,null,\"5\"]"},
        {"{1: a, yes: b, 1.5: c}", "{\"1\":\"a\",\"true\":\"b\",\"1.5\":\"c\"}"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        assert_json(rows[i].yaml, rows[i].json);
}

static void streams_give_a_tree_for_each_document_that_has_content(void **state)
{
    (void)state;
    assert_json("", "");
    assert_json("# nothing\n---\n---\n", "");
    assert_json("---\na: 1\n---\n# none\n---\nb: [2]\n...\n", "{\"a\":1} {\"b\":[2]}");
    assert_json("{\"kind\": \"Pod\", \"items\": [1, 2]}", "{\"kind\":\"Pod\",\"items\":[1,2]}");
}

static void block_scalars_keep_their_lines(void **state)
{
    (void)state;
    assert_json("a: |\n  x\n  y\nb: >-\n  x\n  y\n", "{\"a\":\"x\\ny\\n\",\"b\":\"x y\"}");
}

static void aliases_are_expanded_and_merges_yield_to_the_mapping(void **state)
{
    (void)state;
    assert_json("a: &x {k: 1}\nb: *x\nc: [*x, *x]\n",
                "{\"a\":{\"k\":1},\"b\":{\"k\":1},\"c\":[{\"k\":1},{\"k\":1}]}");
    assert_json("- &a {k: 1, l: 1}\n- &b {l: 2, m: 2}\n- {<<: *a, k: 9}\n- {z: 0, <<: [*b, *a]}\n",
                "[{\"k\":1,\"l\":1},{\"l\":2,\"m\":2},{\"k\":9,\"l\":1},"
                "{\"z\":0,\"l\":2,\"m\":2,\"k\":1}]");
    assert_json("{'<<': 1}", "{\"<<\":1}");
    assert_json("&a x: *a\n", "{\"x\":\"x\"}");
}

static void what_is_refused_names_file_and_line(void **state)
{
    static const struct {
        const char *yaml, *says;
    } rows[] = {
        {"a: 1\nb: [1, 2\nc: 3\n", "pods.yaml: invalid YAML in line 3"},
        {"a: 1\n b: 2\n", "pods.yaml: invalid YAML in line 2, column 3"},
        {"a:\n\t- b\n", "pods.yaml: invalid YAML in line 2"},
        {"a: 1\nb: 2\na: 3\n", "line 3: the key \"a\" stands twice"},
        {"1: x\n'1': y\n", "line 2: the key \"1\" stands twice"},
        {"a: *x\n", "line 1: the alias *x has no anchor before it"},
        {"a: &x [*x]\n", "the alias *x has no anchor before it"},
        {"&x a: 1\n---\nb: *x\n", "line 3: the alias *x has no anchor before it"},
        {"\n<<: 1\n", "line 2: << merges mappings"},
        {"? [a]\n: b\n", "line 1: a key must be a string"},
        {"~: b\n", "line 1: a key is empty"},
        {"a: .inf\n", "line 1: `.inf` is a number that has no JSON form"},
        {"a: !!int x\n", "line 1: the value is not what its tag says: int"},
        {"a: !mine x\n", "the value is not what its tag says: !mine"},
        {"a: !mine [x]\n", "the tag !mine is not known"},
        {"a: \"x\\0y\"\n", "line 1: a string has the character U+0000"},
        {"a: \xFF\n", "pods.yaml: invalid YAML in line 1"},
        {"a: \x01\n", "pods.yaml: invalid YAML in line 1"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        ARENA_AUTO a = {0};
        struct yaml_documents docs;
        struct error *e = yaml_parse(&a, STR("pods.yaml"), str_of(rows[i].yaml), &docs);
        if (!e || e->kind != ERROR_INVALID)
            fail_msg("%s was taken", rows[i].yaml);
        if (str_find_str(e->summary, str_of(rows[i].says)) == e->summary.len)
            fail_msg("%s: " STR_FMT, rows[i].yaml, STR_ARG(e->summary));
    }
}

static void a_billion_laughs_are_refused_before_they_cost_memory(void **state)
{
    ARENA_AUTO a = {0};
    struct buf text = buf_in(&a);
    struct yaml_documents docs;
    (void)state;

    buf_add(&text, STR("a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n"));
    for (int i = 1; i < 9; i++)
        buf_printf(&text, "a%d: &a%d [*a%d, *a%d, *a%d, *a%d, *a%d, *a%d, *a%d, *a%d, *a%d]\n", i,
                   i, i - 1, i - 1, i - 1, i - 1, i - 1, i - 1, i - 1, i - 1, i - 1);
    struct error *e = yaml_parse(&a, STR("l"), buf_str(&text), &docs);
    assert_non_null(e);
    assert_true(str_find_str(e->summary, STR("aliases stand for more than 1,000,000 values")) <
                e->summary.len);
}

static void nesting_counts_through_aliases(void **state)
{
    ARENA_AUTO a = {0};
    struct buf text = buf_in(&a);
    struct yaml_documents docs;
    (void)state;

    buf_add(&text, STR("- &a0 [x]\n"));
    for (int i = 1; i < 300; i++)
        buf_printf(&text, "- &a%d [*a%d]\n", i, i - 1);
    struct error *e = yaml_parse(&a, STR("l"), buf_str(&text), &docs);
    assert_non_null(e);
    assert_true(str_find_str(e->summary, STR("deeper than 256 levels")) < e->summary.len);
}

static void every_value_knows_its_line(void **state)
{
    ARENA_AUTO a = {0};
    struct yaml_documents docs = parsed(&a, "# c\nkind: Pod\nspec:\n  cpu: 500m\n---\n\nkind: X\n");
    (void)state;
    assert_int_equal(docs.items[0].line, 2);
    assert_int_equal(json_path(&docs.items[0], "spec", "cpu", NULL)->line, 4);
    assert_int_equal(docs.items[1].line, 7);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(plain_scalars_mean_what_kubernetes_takes_them_for),
        cmocka_unit_test(streams_give_a_tree_for_each_document_that_has_content),
        cmocka_unit_test(block_scalars_keep_their_lines),
        cmocka_unit_test(aliases_are_expanded_and_merges_yield_to_the_mapping),
        cmocka_unit_test(what_is_refused_names_file_and_line),
        cmocka_unit_test(a_billion_laughs_are_refused_before_they_cost_memory),
        cmocka_unit_test(nesting_counts_through_aliases),
        cmocka_unit_test(every_value_knows_its_line),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
