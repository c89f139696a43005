#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <regex.h>

#include "engine/base/time.h"
#include "provider/cty/json.h"
#include "provider/resource/bind.h"
#include "tests/unit/provider-resource/made_up.h"
#include "tests/unit/range.h"

struct fixture {
    struct arena arena;
    struct call call;
};

static struct fixture fixture_new(void)
{
    struct fixture f = {0};
    remote = (struct remote){0};
    return f;
}

#define BEGIN                         \
    struct fixture f = fixture_new(); \
    (void)state;                      \
    f.call.arena = &f.arena
#define END arena_free(&f.arena)

static void assert_str(struct str got, const char *expected)
{
    if (!str_eq(got, str_of(expected)))
        fail_msg("got `" STR_FMT "`, expected `%s`", STR_ARG(got), expected);
}

/* An object of the made-up type; what the JSON leaves out is null, blocks empty. */
static struct cty_value thing(struct fixture *f, const char *json)
{
    struct cty_value v;
    struct error *e = resource_upgrade(&f->call, &thing_type, 2, str_of(json), &v);
    if (e)
        fail_msg("%s: " STR_FMT, json, STR_ARG(e->summary));
    return v;
}

static struct str text_of(struct fixture *f, const struct cty_value *object, const char *member)
{
    const struct cty_value *v = cty_get(object, str_of(member));
    struct cty_type t = attr_type(&f->arena, model_row(&thing_type.model, str_of(member)));
    struct buf out = buf_in(&f->arena);
    struct json_writer w = json_writer_to(&out);
    if (v->kind == CTY_UNKNOWN)
        return STR("unknown");
    cty_to_json(&w, v, &t);
    return buf_str(&out);
}

static struct plan_result plan(struct fixture *f, const struct cty_value *prior,
                               const struct cty_value *config)
{
    struct plan_request request = {prior, config, config};
    struct plan_result out;
    struct error *e = resource_plan(&f->call, &thing_type, &request, &out);
    if (e)
        fail_msg(STR_FMT, STR_ARG(e->summary));
    return out;
}

/* Validation. */

static void a_fault_is_reported_at_its_attribute(void **state)
{
    static const struct {
        const char *config, *path, *summary, *detail;
    } rows[] = {
        {"{\"colour\":\"red\",\"size\":null,\"count\":0}", "count", "count is 0",
         "It must be from 1 to 10."},
        {"{\"colour\":\"red\",\"count\":1.5}", "count", "count is 1.5",
         "It must be a whole number."},
        {"{\"colour\":\"red\",\"name\":\"UPPER\"}", "name", "name is \"UPPER\"",
         "Allowed: lower-case letters."},
        {"{\"colour\":\"red\",\"name\":\"abcdefghi\"}", "name", "name has 9 characters",
         "It must be from 1 to 8 characters."},
        {"{\"colour\":\"blue\"}", "colour", "colour is \"blue\"", "Allowed: \"red\", \"green\"."},
        {"{\"colour\":\"red\",\"size\":1}", "colour", "colour and size: more than one is set",
         "Exactly one of them must be."},
        {"{}", "colour", "colour, size: none is set", "Exactly one of them must be."},
        {"{\"size\":13}", "size", "size is 13", ""},
        {"{\"colour\":\"red\",\"secret\":\"abcd\"}", "secret", "secret has 4 characters",
         "It must be from 0 to 3 characters."},
        {"{\"colour\":\"red\",\"list\":[\"a\",null]}", "list[1]", "list has a null element",
         "Leave the element out, or give it a value; compact() drops null elements."},
        {"{\"colour\":\"red\",\"list\":[\"a\",\"b\",\"c\",\"d\",\"e\"]}", "list",
         "list has 5 elements", "It must be from 0 to 4 elements."},
        {"{\"colour\":\"red\",\"parts\":[{\"key\":\"k\"},{}]}", "parts[1].key", "key is not set",
         "It is required."},
        {"{\"colour\":\"red\",\"block\":[{}]}", "block[0].key", "key is not set",
         "It is required."},
        {"{\"colour\":\"red\",\"timeouts\":{\"create\":\"10\"}}", "timeouts.create",
         "create: not a duration: \"10\"",
         "A duration is written with its units, for example \"90s\", \"10m\" or \"1h30m\"."},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        BEGIN;
        struct cty_value config = thing(&f, rows[i].config);
        struct error *e = resource_validate(&f.call, &thing_type, &config);
        if (!e)
            fail_msg("taken: %s", rows[i].config);
        assert_str(e->path, rows[i].path);
        assert_str(e->summary, rows[i].summary);
        assert_str(e->detail, rows[i].detail);
        assert_null(e->next);
        END;
    }
}

static bool posix_takes(struct arena *a, const char *pattern, struct str text)
{
    regex_t compiled;
    struct str whole = arena_printf(a, "^(%s)$", pattern);

    assert_int_equal(regcomp(&compiled, whole.ptr, REG_EXTENDED | REG_NOSUB), 0);
    bool taken = regexec(&compiled, arena_str(a, text).ptr, 0, NULL, 0) == 0;
    regfree(&compiled);
    return taken;
}

struct named {
    struct tf_string word;
};

static bool table_takes(struct fixture *f, const char *pattern, struct str text)
{
    const struct attr row = ATTR(named, word, OPTIONAL, .pattern = pattern);
    const struct model m = {sizeof(struct named), &row, 1};
    struct cty_value object = cty_collection(&f->arena, CTY_OBJECT, 1);

    object.keys[0] = STR("word");
    object.items[0] = cty_string(text);
    return model_validate(&f->call, &m, &object) == NULL;
}

static void a_pattern_takes_what_posix_takes(void **state)
{
    static const char *const patterns[] = {"[A-Za-z0-9_+=,.@-]+",
                                           "[A-Za-z0-9_.-]*",
                                           "[a-z]+",
                                           "[-a]+",
                                           "[a-]*",
                                           "[^a]+",
                                           "[[:alpha:]]+",
                                           "[A-Za-z0-9](-*[A-Za-z0-9])*",
                                           "[ab]",
                                           "[a]{2}",
                                           "a+"};
    (void)state;

    for (size_t i = 0; i < sizeof(patterns) / sizeof(*patterns); i++) {
        BEGIN;
        for (int c = 0; c < 128; c++) {
            const char letters[] = {'a', (char)(c ? c : 'b'), 'Z'};
            for (size_t at = 0; at < 3; at++)
                for (size_t end = at; end <= 3; end++) {
                    struct str text = {letters + at, end - at};
                    if (table_takes(&f, patterns[i], text) !=
                        posix_takes(&f.arena, patterns[i], text))
                        fail_msg("%s and `" STR_FMT "`", patterns[i], STR_ARG(text));
                }
        }
        assert_false(table_takes(&f, patterns[i], (struct str){"a\0b", 3}));
        END;
    }
}

static void every_fault_is_reported_at_once(void **state)
{
    BEGIN;
    struct cty_value config = thing(&f, "{\"name\":\"x1\",\"name_prefix\":\"p\",\"count\":11,"
                                        "\"policy\":\"{\",\"size\":13}");
    struct error *e = resource_validate(&f.call, &thing_type, &config);
    const char *const paths[] = {"name", "name", "name_prefix", "policy", "count", "size"};
    for (size_t i = 0; i < sizeof(paths) / sizeof(*paths); i++, e = e->next) {
        assert_non_null(e);
        assert_str(e->path, paths[i]);
    }
    assert_null(e);
    END;
}

static void what_is_unknown_is_not_judged(void **state)
{
    BEGIN;
    struct cty_value config = cty_collection(&f.arena, CTY_OBJECT, thing_type.model.count);
    for (size_t i = 0; i < thing_type.model.count; i++) {
        config.keys[i] = str_of(thing_type.model.attrs[i].name);
        bool ours_alone = !(thing_type.model.attrs[i].flags & (REQUIRED | OPTIONAL));
        config.items[i] = ours_alone ? cty_null() : cty_unknown();
    }
    assert_null(resource_validate(&f.call, &thing_type, &config));
    assert_null(f.call.warnings);
    END;
}

static void a_deprecated_attribute_warns_where_it_is_set(void **state)
{
    BEGIN;
    struct cty_value config = thing(&f, "{\"colour\":\"red\",\"old\":\"x\"}");
    assert_null(resource_validate(&f.call, &thing_type, &config));
    assert_non_null(f.call.warnings);
    assert_str(f.call.warnings->path, "old");
    assert_str(f.call.warnings->detail, "old is deprecated. Use colour.");
    END;
}

/* Planning. */

static void a_new_object_has_its_defaults_and_does_not_know_what_is_computed(void **state)
{
    BEGIN;
    struct cty_value none = cty_null(), config = thing(&f, "{\"parts\":[{\"key\":\"k\"}]}");
    struct plan_result p = plan(&f, &none, &config);
    assert_str(text_of(&f, &p.planned, "wait"), "\"1h\"");
    assert_str(text_of(&f, &p.planned, "count"), "1");
    assert_str(text_of(&f, &p.planned, "arn"), "unknown");
    assert_str(text_of(&f, &p.planned, "tags_all"), "unknown");
    assert_str(text_of(&f, &p.planned, "size"), "null");
    assert_str(text_of(&f, &p.planned, "block"), "[]");
    const struct cty_value *part = &cty_get(&p.planned, STR("parts"))->items[0];
    assert_int_equal(cty_get(part, STR("serial"))->kind, CTY_UNKNOWN);
    assert_str(cty_get(part, STR("mode"))->string, "a");
    assert_int_equal(p.replace_count, 0);
    END;
}

static void what_means_the_same_is_planned_as_state_has_it(void **state)
{
    BEGIN;
    struct cty_value prior = thing(
        &f, "{\"id\":\"i\",\"wait\":\"60m\",\"count\":1,\"policy\":\"{\\\"a\\\":1,\\\"b\\\":2}\","
            "\"waits\":[\"1h\",\"90s\"],\"limits\":{\"k\":\"A\"},\"tags_all\":{},\"flag\":false,"
            "\"parts\":[{\"key\":\"x\",\"mode\":\"a\",\"serial\":\"s0\"},"
            "{\"key\":\"y\",\"mode\":\"b\",\"serial\":\"s1\",\"words\":[\"p\",\"q\"]}]}");
    struct cty_value config = thing(
        &f, "{\"wait\":\"1h\",\"policy\":\"{ \\\"b\\\": 2.0, \\\"a\\\": 1 }\","
            "\"waits\":[\"1m30s\",\"60m\"],\"limits\":{\"k\":\"a\"},"
            "\"parts\":[{\"key\":\"y\",\"mode\":\"b\",\"words\":[\"q\",\"p\"]},{\"key\":\"x\"}]}");
    struct plan_request request = {&prior, &prior, &config};
    struct plan_result out;
    assert_null(resource_plan(&f.call, &thing_type, &request, &out));
    assert_true(cty_eq(&prior, &out.planned));
    END;
}

static void a_change_makes_volatile_values_unknown_and_no_change_does_not(void **state)
{
    BEGIN;
    struct cty_value prior = thing(&f, "{\"id\":\"i\",\"generation\":3,\"size\":1,\"wait\":\"1h\","
                                       "\"count\":1,\"flag\":false}");
    struct plan_request request = {&prior, &prior, &prior};
    struct plan_result out;
    assert_null(resource_plan(&f.call, &thing_type, &request, &out));
    assert_str(text_of(&f, &out.planned, "generation"), "3");
    struct cty_value config = cty_with(&f.arena, &prior, STR("size"), cty_int(2));
    config = cty_with(&f.arena, &config, STR("generation"), cty_null());
    request = (struct plan_request){&prior, &config, &config};
    assert_null(resource_plan(&f.call, &thing_type, &request, &out));
    assert_str(text_of(&f, &out.planned, "generation"), "unknown");
    assert_int_equal(out.replace_count, 0);
    END;
}

static void a_replacement_names_what_caused_it(void **state)
{
    BEGIN;
    struct cty_value prior = thing(&f, "{\"id\":\"i\",\"size\":5,\"count\":1,\"names\":[\"a\"]}");
    struct cty_value config = thing(&f, "{\"size\":4,\"count\":2,\"names\":[\"a\"]}");
    struct plan_result p = plan(&f, &prior, &config);
    assert_int_equal(p.replace_count, 1);
    assert_str(p.replace[0], "count");
    END;
}

static void a_drop_in_writes_a_text_that_a_computed_block_leaves_out_as_empty(void **state)
{
    BEGIN;
    struct resource_type type = thing_type;
    struct cty_value none = cty_null(), config = thing(&f, "{\"rules\":[{},{\"size\":\"1h\"}]}");
    struct plan_request request = {&none, &config, &config};
    struct plan_result out;
    type.name = "aws_thing";
    assert_null(resource_plan(&f.call, &type, &request, &out));
    assert_str(text_of(&f, &out.planned, "rules"),
               "[{\"size\":\"\",\"on\":null},{\"size\":\"1h\",\"on\":null}]");
    assert_true(out.departs);
    out.planned = cty_unknown_as_null(&f.arena, &out.planned);
    struct cty_value prior = out.planned;
    request = (struct plan_request){&prior, &prior, &config};
    assert_null(resource_plan(&f.call, &type, &request, &out));
    assert_str(text_of(&f, &out.planned, "rules"),
               "[{\"size\":\"\",\"on\":null},{\"size\":\"1h\",\"on\":null}]");
    END;
}

/* Applying. */

static void a_create_that_fails_before_the_object_exists_stores_nothing(void **state)
{
    BEGIN;
    struct cty_value none = cty_null(), config = thing(&f, "{\"name\":\"a\"}"), made;
    struct plan_result p = plan(&f, &none, &config);
    assert_str(text_of(&f, &p.planned, "id"), "\"a\""); /* known at plan, and yet no proof */
    remote.fails_at = 1;
    assert_non_null(resource_apply(&f.call, &thing_type, &none, &p.planned, &made));
    assert_int_equal(made.kind, CTY_NULL);
    END;
}

static void a_create_that_fails_later_keeps_the_object_and_its_id(void **state)
{
    for (int step = 2; step <= 3; step++) {
        BEGIN;
        struct cty_value none = cty_null(), config = thing(&f, "{\"name\":\"a\",\"size\":4}"), made;
        struct plan_result p = plan(&f, &none, &config);
        remote.fails_at = step;
        assert_non_null(resource_apply(&f.call, &thing_type, &none, &p.planned, &made));
        assert_str(text_of(&f, &made, "id"), "\"a\"");
        assert_str(text_of(&f, &made, "size"), "4");
        assert_true(cty_is_wholly_known(&made));
        END;
    }
}

static void after_a_failed_update_state_is_what_the_remote_side_has(void **state)
{
    BEGIN;
    struct cty_value prior =
        thing(&f, "{\"id\":\"i\",\"size\":1,\"colour\":\"red\",\"wait\":\"1h\"}");
    struct cty_value planned = cty_with(&f.arena, &prior, STR("size"), cty_int(2)), made;
    planned = cty_with(&f.arena, &planned, STR("colour"), cty_string(STR("green")));
    remote = (struct remote){.exists = true, .fails_at = 2};
    remote.thing.wait = tf_string_of(STR("5m")); /* somebody else changed it meanwhile */
    assert_non_null(resource_apply(&f.call, &thing_type, &prior, &planned, &made));
    assert_str(text_of(&f, &made, "size"), "2");
    assert_str(text_of(&f, &made, "colour"), "\"red\"");
    assert_str(text_of(&f, &made, "wait"), "\"5m\"");
    END;
}

static void where_nobody_answers_state_is_prior_and_what_was_noted(void **state)
{
    BEGIN;
    struct cty_value prior = thing(&f, "{\"id\":\"i\",\"size\":1,\"colour\":\"red\"}"), made;
    struct cty_value planned = cty_with(&f.arena, &prior, STR("size"), cty_int(2));
    planned = cty_with(&f.arena, &planned, STR("colour"), cty_string(STR("green")));
    remote = (struct remote){.exists = true, .fails_at = 2, .unreachable = true};
    assert_non_null(resource_apply(&f.call, &thing_type, &prior, &planned, &made));
    assert_str(text_of(&f, &made, "size"), "2");
    assert_str(text_of(&f, &made, "colour"), "\"red\"");
    END;
}

static void a_destroy_of_what_is_gone_succeeds_and_a_failed_one_keeps_state(void **state)
{
    BEGIN;
    struct cty_value prior = thing(&f, "{\"id\":\"i\"}"), none = cty_null(), left;
    assert_null(resource_apply(&f.call, &thing_type, &prior, &none, &left));
    assert_int_equal(left.kind, CTY_NULL);
    remote = (struct remote){.exists = true, .fails_at = 1};
    assert_non_null(resource_apply(&f.call, &thing_type, &prior, &none, &left));
    assert_true(cty_eq(&prior, &left));
    END;
}

static void the_users_timeout_is_the_deadline(void **state)
{
    BEGIN;
    struct cty_value v = thing(&f, "{\"timeouts\":{\"update\":\"1h\"}}");
    call_begin(&f.call, &thing_type, OPERATION_UPDATE, &v);
    assert_true(in_range(call_left_ms(&f.call), 3590000, 3600000));
    call_begin(&f.call, &thing_type, OPERATION_CREATE, &v);
    assert_true(in_range(call_left_ms(&f.call), 590000, 600000));
    call_begin(&f.call, &thing_type, OPERATION_DELETE, &v);
    assert_true(in_range(call_left_ms(&f.call), 1190000, 1200000));
    END;
}

static struct cty_value read_back(struct fixture *f, const struct cty_value *current)
{
    struct cty_value v;
    struct error *e = resource_read(&f->call, &thing_type, current, &v);
    if (e)
        fail_msg(STR_FMT, STR_ARG(e->summary));
    return v;
}

static void a_text_that_is_nothing_is_stored_as_an_empty_one(void **state)
{
    BEGIN;
    call_sign(&f.call);
    struct cty_value current = thing(&f, "{\"id\":\"i\",\"policy\":\"{}\"}");
    remote.exists = true;
    remote.thing.policy = (struct tf_string){0};
    struct cty_value v = read_back(&f, &current);
    assert_str(text_of(&f, &v, "policy"), "\"\"");      /* was set, and has gone */
    assert_str(text_of(&f, &v, "name_prefix"), "\"\""); /* may be ours to choose */
    assert_str(text_of(&f, &v, "colour"), "null");      /* is the configuration's alone */
    END;
}

static void another_writing_of_the_same_is_no_drift(void **state)
{
    BEGIN;
    call_sign(&f.call);
    struct cty_value current =
        thing(&f, "{\"id\":\"i\",\"wait\":\"60m\",\"policy\":\"{ \\\"a\\\": 1 }\",\"tags\":{}}");
    current = store_empties(&f.arena, &thing_type.model, &current);
    remote.exists = true;
    remote.thing.wait = tf_string_of(STR("1h"));
    remote.thing.policy = tf_string_of(STR("{\"a\":1.0}"));
    struct cty_value v = read_back(&f, &current);
    assert_true(cty_eq(&current, &v));
    remote.thing.policy = tf_string_of(STR("{\"a\":2}"));
    v = read_back(&f, &current);
    assert_str(text_of(&f, &v, "policy"), "\"{\\\"a\\\":2}\"");
    END;
}

static void what_is_gone_reads_as_null(void **state)
{
    BEGIN;
    struct cty_value current = thing(&f, "{\"id\":\"i\"}"), v = read_back(&f, &current);
    assert_int_equal(v.kind, CTY_NULL);
    END;
}

static void empties_of_another_provider_become_null_once(void **state)
{
    BEGIN;
    struct cty_value current =
        thing(&f, "{\"id\":\"i\",\"colour\":\"\",\"tags\":{},\"name\":\"\"}");
    remote.exists = true;
    call_load_private(&f.call, STR("{\"schema_version\":\"0\"}"));
    struct cty_value v = read_back(&f, &current);
    assert_str(text_of(&f, &v, "colour"), "null");
    assert_str(text_of(&f, &v, "tags"), "null");
    assert_str(text_of(&f, &v, "name"), "\"\""); /* computed: ours to keep */
    v = read_back(&f, &current);
    assert_str(text_of(&f, &v, "colour"), "\"\""); /* signed now: the user wrote it */
    assert_str(call_save_private(&f.call), "{\"schema_version\":\"0\",\"tenon\":\"1\"}");
    END;
}

static void an_import_knows_the_id_and_has_empty_blocks(void **state)
{
    BEGIN;
    struct cty_value v;
    assert_null(resource_import(&f.call, &thing_type, STR("thing-9"), &v));
    assert_str(text_of(&f, &v, "id"), "\"thing-9\"");
    assert_str(text_of(&f, &v, "block"), "[]");
    assert_str(text_of(&f, &v, "size"), "null");
    END;
}

static void state_of_an_older_shape_is_filled_up(void **state)
{
    BEGIN;
    struct cty_value v = thing(&f, "{\"id\":\"i\",\"removed_long_ago\":[1],\"count\":\"3\","
                                   "\"timeouts\":[{\"create\":\"5m\"}],\"one\":[]}");
    assert_str(text_of(&f, &v, "block_set"), "[]");
    assert_str(text_of(&f, &v, "count"), "3");
    assert_str(text_of(&f, &v, "timeouts"), "{\"create\":\"5m\",\"update\":null,\"delete\":null}");
    assert_str(text_of(&f, &v, "one"), "null");
    END;
}

static void in_blocks_zero_is_as_good_as_null(void **state)
{
    BEGIN;
    struct cty_value none = cty_null(), made;
    struct cty_value config =
        thing(&f, "{\"colour\":\"red\",\"shadow\":\"s\",\"block\":[{\"key\":\"k\"}]}");
    struct plan_result p = plan(&f, &none, &config);
    const struct cty_value *block = &cty_get(&p.planned, STR("block"))->items[0];
    assert_int_equal(cty_get(block, STR("tries"))->kind, CTY_NULL);
    assert_null(resource_apply(&f.call, &thing_type, &none, &p.planned, &made));
    block = &cty_get(&made, STR("block"))->items[0];
    assert_int_equal(cty_get(block, STR("tries"))->number.integer, 0);
    assert_true(resource_departs(&thing_type, &p.planned, &made));
    p = plan(&f, &made, &config);
    assert_true(cty_eq(cty_get(&p.planned, STR("block")), cty_get(&made, STR("block"))));
    END;
}

static void what_follows_another_attribute_may_come_out_otherwise_than_planned(void **state)
{
    BEGIN;
    struct cty_value none = cty_null(), config = thing(&f, "{\"colour\":\"red\"}"), made;
    struct plan_result p = plan(&f, &none, &config);
    assert_int_equal(cty_get(&p.planned, STR("shadow"))->kind, CTY_NULL);
    assert_null(resource_apply(&f.call, &thing_type, &none, &p.planned, &made));
    assert_str(text_of(&f, &made, "shadow"), "\"came of it\"");
    assert_true(resource_departs(&thing_type, &p.planned, &made));
    assert_false(resource_departs(&thing_type, &made, &made));
    p = plan(&f, &made, &made);
    assert_true(cty_eq(&p.planned, &made));
    END;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_fault_is_reported_at_its_attribute),
        cmocka_unit_test(a_pattern_takes_what_posix_takes),
        cmocka_unit_test(every_fault_is_reported_at_once),
        cmocka_unit_test(what_is_unknown_is_not_judged),
        cmocka_unit_test(a_deprecated_attribute_warns_where_it_is_set),
        cmocka_unit_test(a_new_object_has_its_defaults_and_does_not_know_what_is_computed),
        cmocka_unit_test(what_means_the_same_is_planned_as_state_has_it),
        cmocka_unit_test(a_change_makes_volatile_values_unknown_and_no_change_does_not),
        cmocka_unit_test(a_replacement_names_what_caused_it),
        cmocka_unit_test(a_drop_in_writes_a_text_that_a_computed_block_leaves_out_as_empty),
        cmocka_unit_test(a_create_that_fails_before_the_object_exists_stores_nothing),
        cmocka_unit_test(a_create_that_fails_later_keeps_the_object_and_its_id),
        cmocka_unit_test(after_a_failed_update_state_is_what_the_remote_side_has),
        cmocka_unit_test(where_nobody_answers_state_is_prior_and_what_was_noted),
        cmocka_unit_test(a_destroy_of_what_is_gone_succeeds_and_a_failed_one_keeps_state),
        cmocka_unit_test(the_users_timeout_is_the_deadline),
        cmocka_unit_test(a_text_that_is_nothing_is_stored_as_an_empty_one),
        cmocka_unit_test(another_writing_of_the_same_is_no_drift),
        cmocka_unit_test(what_is_gone_reads_as_null),
        cmocka_unit_test(empties_of_another_provider_become_null_once),
        cmocka_unit_test(an_import_knows_the_id_and_has_empty_blocks),
        cmocka_unit_test(state_of_an_older_shape_is_filled_up),
        cmocka_unit_test(in_blocks_zero_is_as_good_as_null),
        cmocka_unit_test(what_follows_another_attribute_may_come_out_otherwise_than_planned),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
