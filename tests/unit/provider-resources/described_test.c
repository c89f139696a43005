#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "provider/resource/provider.h"
#include "provider/resources/registry.h"

/* What the documentation pages stand on. */

/* `timeouts` has a section of its own; the endpoints of services that are never called are only
 * listed. */
static bool is_described(const struct attr *row, const char *where)
{
    struct str text = str_of(row->describe);
    bool idle = str_eq(str_of(where), STR("endpoints")) && !row->describe;
    return str_eq(str_of(row->name), STR("timeouts")) || idle || str_ends_with(text, STR("."));
}

static size_t count_undescribed(const struct model *m, const char *where)
{
    size_t count = 0;

    for (size_t i = 0; i < m->count; i++) {
        const struct attr *row = &m->attrs[i];
        if (!is_described(row, where))
            print_error("%s: the row %s has no description that is a sentence\n", where, row->name);
        count += !is_described(row, where);
        if (row->nested)
            count += count_undescribed(row->nested, row->name);
    }
    return count;
}

static void every_row_is_described(void **state)
{
    size_t undescribed = count_undescribed(&provider_model, "provider");

    (void)state;
    for (size_t i = 0; i < resource_type_count; i++)
        undescribed += count_undescribed(&resource_types[i]->model, resource_types[i]->name);
    assert_int_equal(undescribed, 0);
}

static void every_type_says_what_it_is_and_where_it_belongs(void **state)
{
    (void)state;
    for (size_t i = 0; i < resource_type_count; i++) {
        assert_true(str_ends_with(str_of(resource_types[i]->describe), STR(".")));
        assert_non_null(resource_types[i]->subcategory);
    }
}

static bool is_attribute(const struct model *m, struct str name)
{
    for (size_t i = 0; i < m->count; i++)
        if (str_eq(str_of(m->attrs[i].name), name))
            return true;
    return false;
}

static void every_import_id_is_made_of_attributes(void **state)
{
    (void)state;
    for (size_t i = 0; i < resource_type_count; i++) {
        const struct resource_type *t = resource_types[i];
        struct str rest = str_of(t->import_id);
        size_t count = 0;
        assert_non_null(t->import_says);
        for (str_cut(&rest, '{'); rest.ptr; str_cut(&rest, '{'), count++)
            assert_true(is_attribute(&t->model, str_cut(&rest, '}')));
        assert_true(count > 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_row_is_described),
        cmocka_unit_test(every_type_says_what_it_is_and_where_it_belongs),
        cmocka_unit_test(every_import_id_is_made_of_attributes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
