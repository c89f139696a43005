#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "engine/base/name_index.h"
#include "engine/base/rng.h"

struct named {
    struct str name;
    int more;
};

static void every_name_is_found_where_it_stands_first_and_no_other_is(void **state)
{
    (void)state;
    enum { MOST = 300 };

    for (uint64_t seed = 1; seed <= 60; seed++) {
        ARENA_AUTO a = {0};
        struct rng r = {seed};
        struct named all[MOST];
        struct name_index x;
        size_t count = (size_t)rng_below(&r, MOST);
        for (size_t i = 0; i < count; i++)
            all[i].name = arena_printf(&a, "ns/pod-%d", (int)rng_below(&r, 2 * MOST));
        name_index_make(&a, all, sizeof(*all), count, &x);
        for (int n = 0; n < 2 * MOST; n++) {
            struct str name = arena_printf(&a, "ns/pod-%d", n);
            size_t first = 0;
            while (first < count && !str_eq(all[first].name, name))
                first++;
            assert_int_equal(name_index_find(&x, name), first < count ? first : SIZE_MAX);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_name_is_found_where_it_stands_first_and_no_other_is),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
