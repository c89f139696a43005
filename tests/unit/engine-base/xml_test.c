#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "engine/base/buf.h"
#include "engine/base/xml.h"

static struct xml parsed(struct arena *a, const char *text)
{
    struct xml x;
    struct error *e = xml_parse(a, str_of(text), &x);
    if (e)
        fail_msg("%s: " STR_FMT, text, STR_ARG(e->summary));
    return x;
}

static void assert_str(struct str got, const char *expected)
{
    if (!str_eq(got, str_of(expected)))
        fail_msg("got `" STR_FMT "`, expected `%s`", STR_ARG(got), expected);
}

static void an_answer_is_read_by_paths(void **state)
{
    ARENA_AUTO a = {0};
    struct xml x = parsed(&a, "<?xml version=\"1.0\"?>\n"
                              "<R xmlns=\"https://iam.amazonaws.com/doc/2010-05-08/\">\n"
                              "  <Result>\n    <Role><Arn>arn:x</Arn><Path/></Role>\n  </Result>\n"
                              "  <Meta><Id>7</Id></Meta>\n</R>\n");
    (void)state;
    assert_str(x.name, "R");
    assert_str(xml_text(&x, "Result/Role/Arn"), "arn:x");
    assert_str(xml_text(&x, "Result/Role/Path"), "");
    assert_str(xml_text(&x, "Meta/Id"), "7");
    assert_str(xml_text(&x, "Meta/Id/No/Such"), "");
    assert_int_equal(xml_at(&x, "Result/Nobody")->count, 0);
    assert_str(xml_get(xml_get(&x, "Meta"), "Id")->text, "7");
}

static void children_of_a_name_are_walked_in_order(void **state)
{
    ARENA_AUTO a = {0};
    struct xml x = parsed(&a, "<s><item>1</item><other/><item>2</item><item>3</item></s>");
    struct buf seen = buf_in(&a);
    (void)state;
    for (const struct xml *i = NULL; (i = xml_next(&x, "item", i));)
        buf_add(&seen, i->text);
    assert_str(buf_str(&seen), "123");
    assert_null(xml_next(&x, "none", NULL));
    assert_null(xml_next(xml_get(&x, "none"), "item", NULL));
}

static void text_keeps_its_spaces_and_entities_are_read(void **state)
{
    ARENA_AUTO a = {0};
    struct xml x = parsed(&a, "<m> a &lt;b&gt; &amp;&quot;&apos;&#233;\n<![CDATA[<raw>]]> </m>");
    (void)state;
    assert_str(x.text, " a <b> &\"'\xC3\xA9\n<raw> ");
}

static void text_around_children_is_the_parents(void **state)
{
    ARENA_AUTO a = {0};
    struct xml x = parsed(&a, "<p>x<c>y</c>z</p>");
    (void)state;
    assert_str(x.text, "xz");
    assert_str(xml_text(&x, "c"), "y");
}

static void what_is_not_xml_is_refused_with_its_line(void **state)
{
    static const struct {
        const char *text, *says;
    } rows[] = {
        {"", "line 1: no element found"},
        {"<html><br></html>", "line 1: mismatched tag"},
        {"<a>\n<b>\n</a>", "line 3: mismatched tag"},
        {"<a></a><b></b>", "line 1: junk after document element"},
        {"<a>", "line 1: no element found"},
        {"{\"a\":1}", "line 1: not well-formed"},
        {"<a>&nbsp;</a>", "line 1: undefined entity"},
        {"<a>\xFF</a>", "line 1: not well-formed"},
        {"<!DOCTYPE a [<!ENTITY x \"y\">]><a>&x;</a>", "line 1: it declares a document type"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        ARENA_AUTO a = {0};
        struct xml x;
        struct error *e = xml_parse(&a, str_of(rows[i].text), &x);
        if (!e || e->kind != ERROR_INVALID)
            fail_msg("%s was taken", rows[i].text);
        if (str_find_str(e->summary, str_of(rows[i].says)) == e->summary.len)
            fail_msg("%s: " STR_FMT, rows[i].text, STR_ARG(e->summary));
    }
}

static void nesting_is_taken_to_64_levels(void **state)
{
    (void)state;
    for (int depth = 64; depth <= 65; depth++) {
        ARENA_AUTO a = {0};
        struct buf text = buf_in(&a);
        struct xml x;
        for (int i = 0; i < depth; i++)
            buf_add(&text, STR("<a>"));
        for (int i = 0; i < depth; i++)
            buf_add(&text, STR("</a>"));
        assert_int_equal(xml_parse(&a, buf_str(&text), &x) == NULL, depth == 64);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_answer_is_read_by_paths),
        cmocka_unit_test(children_of_a_name_are_walked_in_order),
        cmocka_unit_test(text_keeps_its_spaces_and_entities_are_read),
        cmocka_unit_test(text_around_children_is_the_parents),
        cmocka_unit_test(what_is_not_xml_is_refused_with_its_line),
        cmocka_unit_test(nesting_is_taken_to_64_levels),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
