#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "engine/base/buf.h"

enum { CHUNK_BYTES = 16 * 1024 };

static void what_it_gives_is_zeroed_and_aligned_whatever_stood_there(void **state)
{
    ARENA_AUTO a = {0};
    (void)state;

    for (size_t size = 0; size < 3000; size += 7) {
        /* Text that does not fit leaves its beginning behind. */
        arena_printf(&a, "%*d", (int)(size % 50 ? size : 2 * CHUNK_BYTES), 1);
        unsigned char *p = arena_alloc(&a, size);
        assert_int_equal((uintptr_t)p % 16, 0);
        for (size_t i = 0; i < size; i++)
            assert_int_equal(p[i], 0);
        memset(p, 0xff, size);
    }
}

static void nothing_can_be_asked_of_an_empty_arena(void **state)
{
    ARENA_AUTO a = {0};
    (void)state;

    assert_non_null(arena_alloc(&a, 0));
    assert_non_null(arena_alloc(&a, 0));
}

static void what_was_given_since_a_mark_can_be_taken_back(void **state)
{
    (void)state;

    for (size_t before = 0; before < 2 * CHUNK_BYTES; before += 1000) {
        ARENA_AUTO a = {0};
        struct str kept = {0};
        if (before)
            kept = arena_printf(&a, "%0*d", (int)before, 7);
        struct arena_mark mark = arena_mark(&a);
        void *first = arena_alloc(&a, 100);
        for (int i = 0; i < 10; i++)
            memset(arena_alloc(&a, CHUNK_BYTES / 3), 0xff, CHUNK_BYTES / 3);
        arena_rewind(&a, mark);
        unsigned char *again = arena_alloc(&a, 100);
        assert_true(again[0] == 0 && again[99] == 0);
        if (before && before + 200 < CHUNK_BYTES)
            assert_ptr_equal(again, first);
        if (before)
            assert_true(kept.ptr[before - 1] == '7' && strlen(kept.ptr) == before);
    }
}

static void arrays_of_known_length_are_made_once(void **state)
{
    (void)state;
    ARENA_AUTO a = {0};
    size_t *items = NULL, count = 0, capacity = 0;

    ARENA_PUSH(&a, items, count, capacity, 7);
    ARENA_RESERVE(&a, items, count, capacity, (size_t)1000);
    assert_int_equal(capacity, 1001);
    assert_int_equal(items[0], 7);
    size_t *made = items;
    for (size_t i = 1; i <= 1000; i++)
        ARENA_PUSH(&a, items, count, capacity, i);
    ARENA_RESERVE(&a, items, count, capacity, (size_t)0);
    assert_ptr_equal(items, made);
    assert_int_equal(items[1000], 1000);
}

/* Around the end of a chunk, where text is printed a second time. */
static void printed_text_is_whole_wherever_it_lands(void **state)
{
    (void)state;

    for (int length = CHUNK_BYTES - 40; length < CHUNK_BYTES + 40; length++) {
        ARENA_AUTO a = {0};
        struct str before = arena_printf(&a, "%s", "before");
        struct str s = arena_printf(&a, "%0*d|%s", length - 9, 7, before.ptr);
        struct str after = arena_printf(&a, "%s", "after");
        assert_int_equal(s.len, length - 2);
        assert_int_equal(strlen(s.ptr), s.len);
        assert_string_equal(s.ptr + s.len - 8, "7|before");
        assert_string_equal(before.ptr, "before");
        assert_string_equal(after.ptr, "after");
    }
}

static void a_buffer_grows_by_text_characters_and_formats_alike(void **state)
{
    (void)state;

    for (int length = 0; length < 600; length++) {
        ARENA_AUTO a = {0};
        struct buf b = buf_in(&a);
        for (int i = 0; i < length; i++)
            buf_add_char(&b, 'x');
        buf_printf(&b, "%s-%0*d", "printed", length + 1, 5);
        buf_add(&b, STR("end"));
        assert_int_equal(b.len, 2 * length + 12);
        assert_int_equal(strlen(b.ptr), b.len);
        assert_string_equal(b.ptr + b.len - 4, "5end");
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_it_gives_is_zeroed_and_aligned_whatever_stood_there),
        cmocka_unit_test(what_was_given_since_a_mark_can_be_taken_back),
        cmocka_unit_test(arrays_of_known_length_are_made_once),
        cmocka_unit_test(nothing_can_be_asked_of_an_empty_arena),
        cmocka_unit_test(printed_text_is_whole_wherever_it_lands),
        cmocka_unit_test(a_buffer_grows_by_text_characters_and_formats_alike),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
