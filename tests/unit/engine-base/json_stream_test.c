/* JSON that comes in pieces is cut into the same objects wherever the pieces end. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "engine/base/json.h"
#include "engine/base/json_stream.h"

struct taken {
    struct arena *arena;
    struct str *items;
    size_t count, capacity;
};

static struct error *take(void *self, struct str object)
{
    struct taken *t = self;
    ARENA_PUSH(t->arena, t->items, t->count, t->capacity, arena_str(t->arena, object));
    return NULL;
}

/* Gives `text` in pieces of `size`. */
static struct error *cut(struct arena *a, const char *list, size_t longest, struct str text,
                         size_t size, struct taken *taken, struct str *beside)
{
    struct json_stream s = {.list = list, .longest = longest, .item = take, .self = taken};
    struct error *e = NULL;
    struct str rest = {0};

    *taken = (struct taken){.arena = a};
    for (size_t at = 0; !e && at < text.len; at += size)
        e = json_stream_take(&s, a, str_slice(text, at, at + size));
    if (!e)
        e = json_stream_end(&s, a, &rest);
    *beside = arena_str(a, rest);
    json_stream_finish(&s);
    return e;
}

static void assert_text(struct str got, const char *expected)
{
    if (!str_eq(got, str_of(expected)))
        fail_msg("got `" STR_FMT "`, expected `%s`", STR_ARG(got), expected);
}

static void a_row_of_objects_is_cut_wherever_its_pieces_end(void **state)
{
    static const char text[] = " {\"a\":{\"b\":[1,2]}}\n{}{\"}{\":\"\\\"}\\\\\"}\r\n";
    static const char *const objects[] = {"{\"a\":{\"b\":[1,2]}}", "{}", "{\"}{\":\"\\\"}\\\\\"}"};
    (void)state;

    for (size_t size = 1; size <= sizeof(text); size++) {
        ARENA_AUTO a = {0};
        struct taken taken;
        struct str beside;
        assert_null(cut(&a, NULL, 100, STR(text), size, &taken, &beside));
        assert_int_equal(taken.count, 3);
        for (size_t i = 0; i < 3; i++)
            assert_text(taken.items[i], objects[i]);
        assert_int_equal(beside.len, 0);
    }
}

static void a_documents_list_is_cut_out_and_the_rest_stays_a_document(void **state)
{
    static const char text[] =
        "{\"kind\":\"items\", \"other\":[{\"items\":[{}]}], \"metadata\":{\"items\":[{}],"
        "\"continue\":\"c\"},\n \"items\" : [ {\"n\":\"]\"} ,{\"items\":[{}]}\n], \"z\":1}";
    static const char rest[] = "{\"kind\":\"items\", \"other\":[{\"items\":[{}]}], "
                               "\"metadata\":{\"items\":[{}],"
                               "\"continue\":\"c\"},\n \"items\" : [], \"z\":1}";
    (void)state;

    for (size_t size = 1; size <= sizeof(text); size++) {
        ARENA_AUTO a = {0};
        struct taken taken;
        struct str beside;
        struct json tree;
        assert_null(cut(&a, "items", 500, STR(text), size, &taken, &beside));
        assert_int_equal(taken.count, 2);
        assert_text(taken.items[0], "{\"n\":\"]\"}");
        assert_text(taken.items[1], "{\"items\":[{}]}");
        assert_text(beside, rest);
        assert_null(json_parse(&a, beside, &tree));
    }
}

static void a_document_without_the_list_is_all_beside_it(void **state)
{
    static const char *const texts[] = {"{}", "{\"items\":null}", "[{\"items\":[{}]}]",
                                        "{\"items\":{\"items\":[{}]}}"};
    (void)state;

    for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++) {
        ARENA_AUTO a = {0};
        struct taken taken;
        struct str beside;
        assert_null(cut(&a, "items", 100, str_of(texts[i]), 3, &taken, &beside));
        assert_int_equal(taken.count, 0);
        assert_text(beside, texts[i]);
    }
}

static void what_is_no_object_or_half_of_one_is_refused(void **state)
{
    static const struct {
        const char *list, *text, *says;
    } rows[] = {
        {NULL, "{} 7", "not `7`"},
        {NULL, "{},{}", "not `,`"},
        {NULL, "{}\x01", "the byte 1"},
        {NULL, "{\"a\":", "ends within"},
        {NULL, "{\"a", "ends within"},
        {"items", "{\"items\":[7]}", "not `7`"},
        {"items", "{\"items\":[{}", "ends within"},
        {"items", "{\"items\":[{}]", "ends within"},
        {NULL, "{\"long\":\"0123456789012345678901234567890123456789\"}", "more than 40 bytes"},
        {"items", "{\"long\":\"0123456789012345678901234567890123456789\"}", "more than 40 bytes"},
    };
    (void)state;

    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        ARENA_AUTO a = {0};
        struct taken taken;
        struct str beside;
        struct error *e = cut(&a, rows[i].list, 40, str_of(rows[i].text), 1, &taken, &beside);
        assert_non_null(e);
        assert_int_equal(e->kind, ERROR_INVALID);
        if (str_find_str(e->summary, str_of(rows[i].says)) == e->summary.len)
            fail_msg("%s: " STR_FMT, rows[i].text, STR_ARG(e->summary));
    }
}

/* A hundred thousand objects in pieces as a socket gives them: nothing of one outlives it. */
static void memory_is_that_of_one_object(void **state)
{
    ARENA_AUTO a = {0};
    struct json_stream s = {.list = "items", .longest = 4000, .item = take};
    struct buf object = buf_in(&a);
    struct taken last = {.arena = &a};
    struct str beside;
    (void)state;

    buf_printf(&object, "{\"name\":\"%03000d\"},", 7);
    assert_null(json_stream_take(&s, &a, STR("{\"items\":[")));
    for (int i = 0; i < 1000; i++) {
        ARENA_AUTO once = {0};
        struct taken taken = {.arena = &once};
        s.self = &taken;
        assert_null(json_stream_take(&s, &a, str_slice(buf_str(&object), 0, 1460)));
        assert_null(json_stream_take(&s, &a, str_slice(buf_str(&object), 1460, object.len)));
        assert_int_equal(taken.count, 1);
    }
    s.self = &last;
    assert_true(s.object.capacity < 10000 && s.beside.capacity < 10000);
    assert_null(json_stream_take(&s, &a, STR("{}]}")));
    assert_null(json_stream_end(&s, &a, &beside));
    assert_text(beside, "{\"items\":[]}");
    json_stream_finish(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_row_of_objects_is_cut_wherever_its_pieces_end),
        cmocka_unit_test(a_documents_list_is_cut_out_and_the_rest_stays_a_document),
        cmocka_unit_test(a_document_without_the_list_is_all_beside_it),
        cmocka_unit_test(what_is_no_object_or_half_of_one_is_refused),
        cmocka_unit_test(memory_is_that_of_one_object),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
