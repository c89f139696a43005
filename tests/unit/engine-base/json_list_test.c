/* A long list whose items are looked at one by one: what is said of the document, and what each
 * item is, are the same as if it had been read as a whole. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "engine/base/json_list.h"

static void assert_str(struct str got, const char *expected)
{
    if (!str_eq(got, str_of(expected)))
        fail_msg("got `" STR_FMT "`, expected `%s`", STR_ARG(got), expected);
}

static void items_are_found_with_their_text_and_line(void **state)
{
    (void)state;
    static const char text[] =
        "{\"kind\": \"List\",\n \"items\": [\n  {\"a\": 1},\n  [2,\n 3] , \"x\"\n"
        " ],\n \"more\": {\"items\": [4]}}";
    static const char *const texts[] = {"{\"a\": 1}", "[2,\n 3]", "\"x\""};
    static const int lines[] = {3, 4, 5};
    ARENA_AUTO a = {0};
    struct json_items items;
    struct json whole, each;

    assert_null(json_parse_list(&a, &a, str_of(text), &whole, &items));
    assert_int_equal(items.count, 3);
    for (size_t i = 0; i < items.count; i++) {
        assert_str(items.items[i].text, texts[i]);
        assert_int_equal(items.items[i].line, lines[i]);
    }
    json_parse_item(&a, &a, &items.items[1], &each);
    assert_int_equal(each.items[1].line, 5);
    assert_int_equal(json_get(&whole, "items")->count, 0);
    assert_int_equal(json_get(&whole, "items")->line, 2);
    assert_int_equal(json_path(&whole, "more", "items", NULL)->count, 1);
}

static void a_document_without_such_a_list_is_as_it_is(void **state)
{
    (void)state;
    static const char *const texts[] = {"{\"items\": {\"a\": []}}", "[{\"items\": [1]}]", "{}",
                                        "7"};

    for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++) {
        ARENA_AUTO a = {0};
        struct json_items items;
        struct json whole, listed;
        assert_null(json_parse(&a, str_of(texts[i]), &whole));
        assert_null(json_parse_list(&a, &a, str_of(texts[i]), &listed, &items));
        assert_int_equal(items.count, 0);
        assert_true(json_eq(&whole, &listed));
    }
}

static void what_is_broken_is_said_as_of_the_whole(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "{\"items\": [1,\n 2",
        "{\"items\": [1,\n {\"a\": tru}]}",
        "{\"items\": [1,\n {\"a\": 1, \"a\": 2}]}",
        "{\"items\": [1,]}",
        "{\"items\": [,1]}",
        "{\"items\": [1 2]}",
        "{\"items\": [\"\\u00\"]}",
        "{\"items\": [1], \"items\": [2]}",
        "{\"items\": [1]} x",
        "{\"items\": [1]\n",
        "{\"items\": [\"ab",
    };

    for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++) {
        ARENA_AUTO a = {0};
        struct json_items items;
        struct json j;
        struct error *whole = json_parse(&a, str_of(texts[i]), &j);
        struct error *listed = json_parse_list(&a, &a, str_of(texts[i]), &j, &items);
        assert_non_null(whole);
        assert_non_null(listed);
        if (!str_eq(whole->summary, listed->summary))
            fail_msg("%s: " STR_FMT ", but " STR_FMT, texts[i], STR_ARG(whole->summary),
                     STR_ARG(listed->summary));
        assert_int_equal(items.count, 0);
    }
}

static void plain_strings_are_the_texts_and_escaped_ones_are_kept_apart(void **state)
{
    (void)state;
    static const char text[] =
        "{\"items\": [{\"k\": \"plain\", \"e\": \"\\u0061\\n\", \"n\": 1.50}]}";
    ARENA_AUTO trees = {0};
    ARENA_AUTO strings = {0};
    struct json_items items;
    struct json whole, item;
    struct str kept[3];

    assert_null(json_parse_list(&trees, &strings, str_of(text), &whole, &items));
    json_parse_item(&trees, &strings, &items.items[0], &item);
    for (size_t i = 0; i < 3; i++)
        kept[i] = item.items[i].text;
    arena_free(&trees); /* the tree is gone, and what it said is not */
    assert_str(kept[0], "plain");
    assert_str(kept[1], "a\n");
    assert_str(kept[2], "1.50");
    assert_true(kept[0].ptr > text && kept[0].ptr < text + sizeof(text));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(items_are_found_with_their_text_and_line),
        cmocka_unit_test(a_document_without_such_a_list_is_as_it_is),
        cmocka_unit_test(what_is_broken_is_said_as_of_the_whole),
        cmocka_unit_test(plain_strings_are_the_texts_and_escaped_ones_are_kept_apart),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
