/* Who writes a name that is not there is told which ones he may have meant. */
#include "engine/base/near_names.h"
#include "tests/unit/engine-core/test.h"

static struct str near_to(struct arena *a, const char *wanted)
{
    static const char *const texts[] = {"default-10", "default-7", "shop/web-0", "shop/web-1",
                                        "ops/web-0",  "gpu",       "other",      "a"};
    struct str names[COUNT(texts)];

    for (size_t i = 0; i < COUNT(texts); i++)
        names[i] = str_of(texts[i]);
    return near_names(a, str_of(wanted), names, COUNT(names));
}

static void what_begins_like_it_or_has_a_slip_is_named_nearest_first(void **state)
{
    static const struct {
        const char *wanted, *near;
    } rows[] = {
        {"default-9", "default-7, default-10"},
        {"defualt-7", "default-7"},
        {"default", "default-10, default-7"},
        {"web", "shop/web-0, shop/web-1, ops/web-0"},
        {"default/web-1", "shop/web-1, shop/web-0, ops/web-0"},
        {"gpus", "gpu"},
        {"migration", ""},
        {"z", ""}, /* nothing is left of it */
        {"", ""},
        {"shop/", ""},
    };
    ARENA_AUTO a = {0};

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++)
        assert_string_equal(arena_str(&a, near_to(&a, rows[i].wanted)).ptr, rows[i].near);
}

static void of_many_five_are_named_and_the_rest_counted(void **state)
{
    ARENA_AUTO a = {0};
    struct str names[7];

    (void)state;
    for (size_t i = 0; i < COUNT(names); i++)
        names[i] = arena_printf(&a, "a/web-%zu", i);
    struct str said = near_names(&a, STR("web"), names, COUNT(names));
    assert_true(str_eq(said, STR("a/web-0, a/web-1, a/web-2, a/web-3, a/web-4 and 2 more")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_begins_like_it_or_has_a_slip_is_named_nearest_first),
        cmocka_unit_test(of_many_five_are_named_and_the_rest_counted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
