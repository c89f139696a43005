#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "engine/objects/class_form.h"
#include "engine/objects/pool_form.h"
#include "provider/resource/schema.h"

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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_pools_schema_and_its_document_name_the_same_attributes),
        cmocka_unit_test(a_class_schema_and_its_document_name_the_same_attributes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
