#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "engine/objects/class_form.h"
#include "engine/objects/pool_form.h"
#include "provider/resources/fleet.h"

/* A document's rules are engine/objects', its Terraform shape is the provider's: the two tables
 * must name the same attributes with the same types. */
extern const struct resource_type tenon_node_pool, tenon_node_class;

static const struct field *field_named(const struct form *form, const char *name)
{
    for (size_t i = 0; i < form->count; i++)
        if (str_eq(str_of(form->fields[i].name), str_of(name)))
            return &form->fields[i];
    return NULL;
}

static const struct attr *attr_named(const struct model *model, const char *name)
{
    for (size_t i = 0; i < model->count; i++)
        if (str_eq(str_of(model->attrs[i].name), str_of(name)))
            return &model->attrs[i];
    return NULL;
}

static bool kinds_agree(enum field_kind field, const struct attr *row)
{
    switch (field) {
    case FIELD_STRING:
    case FIELD_QUANTITY:
    case FIELD_DURATION:
        return row->kind == ATTR_STRING;
    case FIELD_BOOL:
        return row->kind == ATTR_BOOL;
    case FIELD_INT:
        return row->kind == ATTR_INT;
    case FIELD_STRINGS:
        return row->kind == ATTR_STRINGS;
    case FIELD_MAP:
        return row->kind == ATTR_MAP;
    case FIELD_OBJECT:
        return row->kind == ATTR_BLOCKS && row->nesting == NESTED_SINGLE;
    case FIELD_LIST:
        return row->kind == ATTR_BLOCKS && row->nesting == NESTED_LIST;
    }
    return false;
}

static void assert_agree(const struct form *form, const struct model *model)
{
    for (size_t i = 0; i < form->count; i++) {
        const struct field *field = &form->fields[i];
        const struct attr *row = attr_named(model, field->name);
        if (!row || !kinds_agree(field->kind, row))
            fail_msg("%s: the document has it, the schema not, or of another type", field->name);
        assert_int_equal((field->flags & FIELD_REQUIRED) != 0, (row->flags & REQUIRED) != 0);
        if (field->form)
            assert_agree(field->form, row->nested);
    }
    for (size_t i = 0; i < model->count; i++) {
        const struct attr *row = &model->attrs[i];
        bool head = (row->flags & COMPUTED) || str_eq(str_of(row->name), STR("timeouts"));
        if (!head && !field_named(form, row->name))
            fail_msg("%s: the schema has it, the document not", row->name);
        if (!row->describe && !head)
            fail_msg("%s: has no description", row->name);
    }
}

static void a_pools_schema_and_its_document_name_the_same_attributes(void **state)
{
    (void)state;
    assert_agree(&pool_form, &tenon_node_pool.model);
}

static void a_class_schema_and_its_document_name_the_same_attributes(void **state)
{
    (void)state;
    assert_agree(&class_form, &tenon_node_class.model);
}

/* A made-up document, for what pages say of rows whose rules are a document's. */

struct made_part {
    struct str word, note;
    int64_t wait;
};
struct made {
    struct list parts;
    struct strings path;
    int64_t seconds;
};
static const struct field part_fields[] = {
    FIELD(STRING, made_part, word, .dflt = "\"a\"", .words = WORDS("a", "b")),
    FIELD(STRING, made_part, note, .unheeded = "Nobody reads it."),
    FIELD(DURATION, made_part, wait),
};
static const struct form part_form = FORM(made_part, part_fields);
static const struct field made_fields[] = {
    FIELD(LIST, made, parts, .dflt = "[]", .max = 7, .form = &part_form),
    FIELD(STRINGS, made, path, .flags = FIELD_ORDERED),
    FIELD(INT, made, seconds, .max = INT64_MAX / 1000),
};
static const struct form made_form = FORM(made, made_fields);

static struct attr documented(struct arena *a, const char *path)
{
    const struct attr row = {.name = "row", .describe = "A row."};
    return fleet_row(a, &made_form, &row, str_of(path));
}

static void a_row_is_documented_with_the_rules_of_its_document(void **state)
{
    ARENA_AUTO a = {0};
    struct attr parts = documented(&a, "parts"), word = documented(&a, "parts.word");

    (void)state;
    assert_int_equal(parts.max, 7);
    assert_null(parts.dflt);
    assert_true((parts.flags & UNORDERED) != 0);
    assert_true((documented(&a, "path").flags & UNORDERED) == 0);
    assert_string_equal(word.dflt, "a");
    assert_string_equal(word.one_of[1], "b");
    assert_true(documented(&a, "parts.wait").check == check_duration);
    assert_true(documented(&a, "seconds").max == INT64_MAX);
}

static void what_has_no_effect_yet_is_documented_so(void **state)
{
    ARENA_AUTO a = {0};

    (void)state;
    assert_string_equal(documented(&a, "parts.note").describe, "A row. Nobody reads it.");
}

static void a_row_outside_of_the_document_is_as_it_stands(void **state)
{
    ARENA_AUTO a = {0};

    (void)state;
    assert_string_equal(documented(&a, "uid").describe, "A row.");
    assert_true(tenon_node_pool.with_rules && tenon_node_class.with_rules);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_pools_schema_and_its_document_name_the_same_attributes),
        cmocka_unit_test(a_class_schema_and_its_document_name_the_same_attributes),
        cmocka_unit_test(a_row_is_documented_with_the_rules_of_its_document),
        cmocka_unit_test(what_has_no_effect_yet_is_documented_so),
        cmocka_unit_test(a_row_outside_of_the_document_is_as_it_stands),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
