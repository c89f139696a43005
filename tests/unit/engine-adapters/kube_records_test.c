#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#include "engine/adapters/kube_records.h"
#include "engine/objects/class_form.h"
#include "engine/objects/pool_form.h"
#include "engine/pools.h"

/* Records as objects and back.  What an API server makes of them: tests/cluster/store_test.py. */

static struct json parsed(struct arena *a, const char *text)
{
    struct json j;
    assert_null(json_parse(a, str_of(text), &j));
    return j;
}

static void assert_text(struct str got, const char *expected)
{
    if (!str_eq(got, str_of(expected)))
        fail_msg("got `" STR_FMT "`, expected `%s`", STR_ARG(got), expected);
}

#define WEB                                                                           \
    "{\"deleting\":false,\"document\":{\"name\":\"web\",\"node_class\":\"default\"}," \
    "\"generation\":3,\"uid\":\"u-1\"}"

static void a_pool_is_the_object_of_its_name_and_comes_back(void **state)
{
    ARENA_AUTO a = {0};
    const struct store_record r = {STR("pool"), STR("web"), STR(WEB)};
    struct store_record back;
    struct error *faults;
    struct str text;
    (void)state;

    assert_null(kube_spec_object(&a, CUSTOM_POOL, &r, NULL, &text));
    struct json object = parsed(&a, text.ptr), body, was = parsed(&a, WEB);
    assert_text(kube_object_member(&object, "metadata", "name"), "web");
    assert_int_equal(json_get(json_get(&object, "spec"), "name")->kind, JSON_NULL);
    assert_null(kube_record_of(&a, CUSTOM_POOL, &object, &back, &faults));
    assert_null(faults);
    assert_null(json_parse(&a, back.body, &body));
    assert_true(json_eq(&body, &was));
}

static void what_others_have_put_on_an_object_stays(void **state)
{
    ARENA_AUTO a = {0};
    const struct store_record r = {STR("pool"), STR("web"), STR(WEB)};
    struct json there =
        parsed(&a, "{\"metadata\":{\"name\":\"web\",\"resourceVersion\":\"7\",\"labels\":{\"a\":"
                   "\"b\"},\"finalizers\":[\"x/y\"]},\"spec\":{\"node_class\":\"old\","
                   "\"weight\":4}}");
    struct str text;
    (void)state;

    assert_null(kube_spec_object(&a, CUSTOM_POOL, &r, &there, &text));
    struct json object = parsed(&a, text.ptr);
    assert_text(kube_object_member(&object, "metadata", "resourceVersion"), "7");
    assert_text(json_string_or(json_path(&object, "metadata", "labels", "a", NULL), STR("")), "b");
    assert_int_equal(json_path(&object, "metadata", "finalizers", NULL)->count, 2);
    assert_int_equal(json_path(&object, "spec", "weight", NULL)->kind, JSON_NULL);
}

static void an_object_of_kubectl_has_the_uid_that_kubernetes_gave_it(void **state)
{
    ARENA_AUTO a = {0};
    struct json object =
        parsed(&a, "{\"metadata\":{\"name\":\"web\",\"uid\":\"k-1\",\"generation\":"
                   "5},\"spec\":{\"node_class\":\"default\"}}");
    struct store_record r;
    struct error *faults;
    (void)state;

    assert_null(kube_record_of(&a, CUSTOM_POOL, &object, &r, &faults));
    struct json body = parsed(&a, r.body.ptr);
    assert_text(json_string_or(json_get(&body, "uid"), STR("")), "k-1");
    assert_text(json_get(&body, "generation")->text, "5");
}

static void nonsense_is_handed_on_as_what_was_accepted_before_it(void **state)
{
    ARENA_AUTO a = {0};
    struct json object =
        parsed(&a, "{\"metadata\":{\"name\":\"web\",\"uid\":\"k-1\"},\"spec\":{\"node_class\":7},"
                   "\"status\":{\"accepted\":{\"name\":\"web\",\"node_class\":\"default\"}}}");
    struct store_record r;
    struct error *faults;
    struct str text;
    (void)state;

    assert_null(kube_record_of(&a, CUSTOM_POOL, &object, &r, &faults));
    assert_non_null(faults);
    struct json body = parsed(&a, r.body.ptr);
    assert_text(json_string_or(json_path(&body, "document", "node_class", NULL), STR("")),
                "default");
    assert_true(kube_with_status(&a, CUSTOM_POOL, &object, STR(""), 0, &text));
    struct json after = parsed(&a, text.ptr);
    const struct json *accepted = &json_path(&after, "status", "conditions", NULL)->items[0];
    assert_text(json_string_or(json_get(accepted, "status"), STR("")), "False");
    assert_text(
        json_string_or(json_path(&after, "status", "accepted", "node_class", NULL), STR("")),
        "default");
}

static void conditions_change_their_date_only_with_what_they_say(void **state)
{
    ARENA_AUTO a = {0};
    struct json object = parsed(
        &a, "{\"metadata\":{\"name\":\"web\"},\"spec\":{\"node_class\":\"default\"},\"status\":{"
            "\"conditions\":[{\"type\":\"Theirs\",\"status\":\"True\"}]}}");
    struct str text;
    (void)state;

    assert_true(kube_with_status(&a, CUSTOM_POOL, &object, STR(""), 1000, &text));
    assert_false(kube_with_status(&a, CUSTOM_POOL, &object, STR(""), 9000, &text));
    struct json document = kube_spec_document(&a, &object);
    struct str said = arena_printf(&a, "{\"content\":\"" STR_FMT "\",\"converged\":true}",
                                   STR_ARG(spec_content(&a, kube_object_text(&a, &document))));
    assert_true(kube_with_status(&a, CUSTOM_POOL, &object, said, 9000, &text));
    const struct json *list = json_path(&object, "status", "conditions", NULL);
    assert_int_equal(list->count, 3);
    assert_text(json_string_or(json_get(&list->items[0], "lastTransitionTime"), STR("")),
                "1970-01-01T00:00:01Z");
    assert_text(json_string_or(json_get(&list->items[1], "lastTransitionTime"), STR("")),
                "1970-01-01T00:00:09Z");
    assert_text(json_string_or(json_get(&list->items[1], "status"), STR("")), "True");
    assert_text(json_string_or(json_get(&list->items[2], "type"), STR("")), "Theirs");
}

static void names_are_such_that_kubernetes_takes_them(void **state)
{
    static const struct store_record records[] = {
        {STR_INIT("claim"), STR_INIT("My Cluster/web/u-1/12"), {0}},
        {STR_INIT("binding"), STR_INIT("kube-system/Web_1"), {0}},
        {STR_INIT("template"), STR_INIT("tenon/ABC=="), {0}},
        {STR_INIT("apply"), STR_INIT("pool/web/Ä"), {0}},
    };
    ARENA_AUTO a = {0};
    (void)state;

    for (size_t i = 0; i < sizeof(records) / sizeof(*records); i++) {
        struct str name = kube_record_target(&a, records[i].kind, records[i].key).name;
        assert_true(name.len && name.len <= 100);
        for (size_t k = 0; k < name.len; k++)
            assert_non_null(strchr("abcdefghijklmnopqrstuvwxyz0123456789-", name.ptr[k]));
    }
    assert_text(kube_record_target(&a, STR("status"), STR("class/default")).name, "default");
}

/* The schema is made of the form; this holds that nothing of the form is lost on the way. */
static void assert_covers(const struct form *form, const struct json *schema)
{
    const struct json *properties = json_get(schema, "properties");

    for (size_t i = 0; i < form->count; i++) {
        const struct field *f = &form->fields[i];
        const struct json *has = json_get(properties, f->name);
        if (str_eq(str_of(f->name), STR("name")) && has->kind == JSON_NULL)
            continue; /* the object's own */
        assert_int_equal(has->kind, JSON_OBJECT);
        if (f->kind == FIELD_OBJECT)
            assert_covers(f->form, has);
        if (f->kind == FIELD_LIST)
            assert_covers(f->form, json_get(has, "items"));
        if (f->words)
            assert_text(json_get(has, "enum")->items[0].text, f->words[0]);
    }
}

static void definitions_state_all_that_documents_may_hold(void **state)
{
    ARENA_AUTO a = {0};
    (void)state;

    for (enum custom_kind kind = 0; kind < CUSTOM_KINDS; kind++) {
        struct json definition = parsed(&a, custom_definition(&a, &custom_resources[kind]).ptr);
        const struct json *version = &json_path(&definition, "spec", "versions", NULL)->items[0];
        const struct json *schema =
            json_path(version, "schema", "openAPIV3Schema", "properties", "spec", NULL);
        if (custom_resources[kind].form)
            assert_covers(custom_resources[kind].form, schema);
    }
}

static void an_object_that_is_none_of_ours_is_an_error(void **state)
{
    static const char *const strangers[] = {"{}", "[]", "{\"spec\":{\"id\":\"x\"}}",
                                            "{\"spec\":{\"kind\":\"a\",\"key\":\"b\"},\"data\":1}"};
    ARENA_AUTO a = {0};
    struct store_record r;
    struct error *faults;
    (void)state;

    for (size_t i = 0; i < sizeof(strangers) / sizeof(*strangers); i++) {
        struct json object = parsed(&a, strangers[i]);
        for (enum custom_kind kind = 0; kind < CUSTOM_KINDS; kind++)
            assert_non_null(kube_record_of(&a, kind, &object, &r, &faults));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_pool_is_the_object_of_its_name_and_comes_back),
        cmocka_unit_test(what_others_have_put_on_an_object_stays),
        cmocka_unit_test(an_object_of_kubectl_has_the_uid_that_kubernetes_gave_it),
        cmocka_unit_test(nonsense_is_handed_on_as_what_was_accepted_before_it),
        cmocka_unit_test(conditions_change_their_date_only_with_what_they_say),
        cmocka_unit_test(names_are_such_that_kubernetes_takes_them),
        cmocka_unit_test(definitions_state_all_that_documents_may_hold),
        cmocka_unit_test(an_object_that_is_none_of_ours_is_an_error),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
