#include "provider/resources/registry.h"
#include "tests/unit/more.h"
#include "tests/unit/provider-resource/consistency.h"

/* The types we ship, planned with random configurations and states: Terraform's rules hold for
 * their tables and their plan functions as they do for the made-up one. */
static void every_plan_of_every_type_keeps_terraforms_rules(void **state)
{
    uint64_t turns = worlds_asked(100), first = number_from("TENON_SEED", 1);
    (void)state;
    if (getenv("TENON_SEED"))
        turns = 1;
    for (size_t i = 0; i < resource_type_count; i++)
        for (uint64_t n = 0; n < turns; n++) {
            struct turn t;
            begin_turn(&t, resource_types[i], first + n, false);
            plans_twice(&t);
            arena_free(&t.arena);
        }
}

/* Whatever a user writes, validation answers and never falls over. */
static void every_validation_survives_random_configurations(void **state)
{
    (void)state;
    for (size_t i = 0; i < resource_type_count; i++)
        for (uint64_t seed = 1; seed < 300; seed++) {
            struct turn t;
            begin_turn(&t, resource_types[i], seed, true);
            struct call c = call_of(&t);
            struct error *e = resource_validate(&c, t.type, &t.config);
            for (; e; e = e->next)
                if (e->summary.len == 0)
                    broken(&t, "validation", "an error says nothing");
            arena_free(&t.arena);
        }
}

static bool name_is_fine(const char *name)
{
    static const char *const reserved[] = {"count",    "for_each",   "depends_on", "lifecycle",
                                           "provider", "connection", "provisioner"};
    for (size_t i = 0; i < sizeof(reserved) / sizeof(*reserved); i++)
        if (strcmp(name, reserved[i]) == 0)
            return false;
    return strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789_") == strlen(name);
}

static void check_table(const char *type, const struct model *m, bool top)
{
    for (size_t i = 0; i < m->count; i++) {
        const struct attr *row = &m->attrs[i];
        unsigned how = row->flags & (REQUIRED | OPTIONAL | COMPUTED);
        if ((top && !name_is_fine(row->name)) || model_row(m, str_of(row->name)) != row)
            fail_msg("%s.%s: the name is reserved, ill-formed or taken", type, row->name);
        if (!attr_is_block(row) && (how == 0 || ((how & REQUIRED) && how != REQUIRED)))
            fail_msg("%s.%s is not exactly one of required, optional, computed", type, row->name);
        if (row->dflt && !(row->flags & OPTIONAL))
            fail_msg("%s.%s has a default that nothing can stand against", type, row->name);
        if ((row->flags & VOLATILE) && (row->flags & (REQUIRED | OPTIONAL)))
            fail_msg("%s.%s is volatile and configurable", type, row->name);
        if ((row->kind == ATTR_BLOCKS) != (row->nested != NULL))
            fail_msg("%s.%s: only blocks have a table of their own", type, row->name);
        if (row->nested)
            check_table(row->name, row->nested, false);
    }
}

static void every_table_is_a_schema_that_terraform_loads(void **state)
{
    (void)state;
    for (size_t i = 0; i < resource_type_count; i++) {
        const struct resource_type *t = resource_types[i];
        check_table(t->name, &t->model, true);
        assert_non_null(t->create);
        assert_non_null(t->read);
        assert_true(model_row(&t->model, STR("id")) || t->import);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_table_is_a_schema_that_terraform_loads),
        cmocka_unit_test(every_validation_survives_random_configurations),
        cmocka_unit_test(every_plan_of_every_type_keeps_terraforms_rules),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
