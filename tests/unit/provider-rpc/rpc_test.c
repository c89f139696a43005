#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "engine/aws/errors.h"
#include "provider/cty/json.h"
#include "provider/cty/msgpack.h"
#include "tests/unit/provider-resource/made_up.h"
#include "tests/unit/provider-rpc/wire.h"

/* What AWS, or whoever answers in its place, says to the next read; NULL: ill_formed_read's own. */
static const struct http_response *hostile_answer;
static const struct aws_service *hostile_service;

static struct error *ill_formed_read(struct call *c, void *model)
{
    struct error *e = error_new(c->arena, ERROR_DENIED, "bad \xff byte");
    static const struct endpoint endpoint = {.url = STR_INIT("http://h/"), .custom = true};
    (void)model;
    if (hostile_answer) {
        struct refusal r = {hostile_service, "DoIt", &endpoint, true};
        return refusal_error(c->arena, &r, hostile_answer);
    }
    e->detail = (struct str){"nul\0inside", 10};
    e->path = STR("block_set[0].size");
    e->request_id = STR("req-1");
    return e;
}

static struct error *repeat(struct arena *a, const struct str *arguments, struct cty_value *out)
{
    if (arguments[1].len)
        return error_at(error_new(a, ERROR_INVALID, "too much"), STR("more"));
    *out =
        cty_string(arena_printf(a, STR_FMT STR_FMT, STR_ARG(arguments[0]), STR_ARG(arguments[0])));
    return NULL;
}

static const struct function_parameter repeat_parameters[] = {{"text", "It."}, {"more", "None."}};
static const struct function made_up_functions[] = {
    {"twice", "Says it twice.", NULL, repeat_parameters, 2, &cty_type_string, repeat},
};

static struct resource_type ill_formed;
static const struct resource_type *const types[] = {&thing_type, &ill_formed};

static struct fixture fixture_new(void)
{
    struct fixture f = {.stop = cancel_new(NULL)};
    ill_formed = thing_type;
    ill_formed.name = "made_up_trouble";
    ill_formed.read = ill_formed_read;
    struct rpc_options options = {.types = types,
                                  .type_count = 2,
                                  .stop = f.stop,
                                  .functions = made_up_functions,
                                  .function_count = 1};
    f.server = rpc_server_new(&options);
    remote = (struct remote){0};
    return f;
}

static void fixture_free(struct fixture *f)
{
    rpc_server_free(f->server);
    cancel_free(f->stop);
    arena_free(&f->arena);
}

static Tfplugin6__DynamicValue *thing_value(struct fixture *f, const char *json)
{
    struct cty_type t = model_type(&f->arena, &thing_type.model);
    struct call c = {.arena = &f->arena};
    struct cty_value v;
    Tfplugin6__DynamicValue *wire = ARENA_NEW(&f->arena, Tfplugin6__DynamicValue);
    assert_null(resource_upgrade(&c, &thing_type, 2, str_of(json), &v));
    *wire = (Tfplugin6__DynamicValue)TFPLUGIN6__DYNAMIC_VALUE__INIT;
    struct str bytes = cty_to_msgpack(&f->arena, &v, &t);
    wire->msgpack = (ProtobufCBinaryData){bytes.len, (uint8_t *)(uintptr_t)bytes.ptr};
    return wire;
}

static void the_schema_lists_every_type_with_what_the_server_can(void **state)
{
    struct fixture f = fixture_new();
    Tfplugin6__GetProviderSchema__Request in = TFPLUGIN6__GET_PROVIDER_SCHEMA__REQUEST__INIT;
    Tfplugin6__GetProviderSchema__Response *out =
        call(&f, "GetProviderSchema", &in, &tfplugin6__get_provider_schema__response__descriptor);
    (void)state;
    assert_int_equal(out->n_resource_schemas, 2);
    Tfplugin6__Schema *schema = out->resource_schemas[0]->value;
    assert_string_equal(out->resource_schemas[0]->key, "made_up_thing");
    assert_int_equal(schema->version, 2);
    assert_int_equal(schema->block->n_block_types, 4); /* block, block_set, one, timeouts */
    assert_int_equal(schema->block->n_attributes + 4, thing_type.model.count);
    assert_true(out->server_capabilities->get_provider_schema_optional);
    assert_true(out->server_capabilities->move_resource_state);
    for (size_t i = 0; i < schema->block->n_attributes; i++) {
        Tfplugin6__Schema__Attribute *a = schema->block->attributes[i];
        assert_true((a->type.len > 0) != (a->nested_type != NULL));
        assert_true(a->required != (a->optional || a->computed));
    }
    assert_non_null(out->provider);
    fixture_free(&f);
}

static void an_unknown_type_is_a_diagnostic_that_names_those_there_are(void **state)
{
    struct fixture f = fixture_new();
    Tfplugin6__ReadResource__Request in = TFPLUGIN6__READ_RESOURCE__REQUEST__INIT;
    in.type_name = (char *)(uintptr_t) "aws_moon";
    Tfplugin6__ReadResource__Response *out =
        call(&f, "ReadResource", &in, &tfplugin6__read_resource__response__descriptor);
    (void)state;
    assert_int_equal(out->n_diagnostics, 1);
    assert_non_null(strstr(out->diagnostics[0]->summary, "aws_moon"));
    assert_non_null(strstr(out->diagnostics[0]->detail, "made_up_thing"));
    fixture_free(&f);
}

static bool is_prompt(struct fixture *f, const char *name, struct str request)
{
    struct str path = arena_printf(&f->arena, "/tfplugin6.Provider/%s", name);
    size_t count, i = 0;
    const struct shim_route *routes = rpc_routes(f->server, &count);

    while (i < count && !str_eq(str_of(routes[i].path), path))
        i++;
    assert_true(i < count);
    return routes[i].is_prompt(request, routes[i].self);
}

static void only_what_asks_nobody_is_prompt(void **state)
{
    struct fixture f = fixture_new();
    const struct str of_aws = STR("\x0a\x0dmade_up_thing"),
                     of_engine = STR("\x0a\x0fmade_up_trouble");
    (void)state;
    ill_formed.uses_engine = true;
    assert_true(is_prompt(&f, "UpgradeResourceState", of_engine));
    assert_false(is_prompt(&f, "ReadResource", of_aws));
    assert_true(is_prompt(&f, "PlanResourceChange", of_aws));
    assert_false(is_prompt(&f, "PlanResourceChange", of_engine));
    /* The name cut short, of another field, longer than any of ours, and none at all. */
    assert_false(is_prompt(&f, "PlanResourceChange", str_slice(of_aws, 0, of_aws.len - 1)));
    assert_false(is_prompt(&f, "PlanResourceChange", STR("\x12\x0dmade_up_thing")));
    assert_false(is_prompt(&f, "PlanResourceChange", STR("\x0a\x8d\x00made_up_thing")));
    assert_false(is_prompt(&f, "PlanResourceChange", STR("\x0a")));
    assert_false(is_prompt(&f, "PlanResourceChange", STR("")));
    fixture_free(&f);
}

static void the_requests_of_terraform_begin_with_the_types_name(void **state)
{
    struct fixture f = fixture_new();
    Tfplugin6__PlanResourceChange__Request in = TFPLUGIN6__PLAN_RESOURCE_CHANGE__REQUEST__INIT;
    uint8_t bytes[64];
    (void)state;
    in.type_name = (char *)(uintptr_t) "made_up_thing";
    size_t size = protobuf_c_message_pack(&in.base, bytes);
    assert_true(is_prompt(&f, "PlanResourceChange", (struct str){(char *)bytes, size}));
    fixture_free(&f);
}

static void a_diagnostic_is_well_formed_whatever_the_error_holds(void **state)
{
    struct fixture f = fixture_new();
    Tfplugin6__ReadResource__Request in = TFPLUGIN6__READ_RESOURCE__REQUEST__INIT;
    in.type_name = (char *)(uintptr_t) "made_up_trouble";
    in.current_state = thing_value(&f, "{\"id\":\"i\"}");
    Tfplugin6__ReadResource__Response *out =
        call(&f, "ReadResource", &in, &tfplugin6__read_resource__response__descriptor);
    (void)state;
    Tfplugin6__Diagnostic *d = out->diagnostics[0];
    assert_int_equal(d->severity, TFPLUGIN6__DIAGNOSTIC__SEVERITY__ERROR);
    assert_string_equal(d->summary, "bad \xef\xbf\xbd byte");
    assert_string_equal(d->detail, "nul\xef\xbf\xbdinside\n\n(AWS request id req-1)");
    assert_int_equal(d->attribute->n_steps, 1); /* an element of a set has no address */
    assert_string_equal(d->attribute->steps[0]->attribute_name, "block_set");
    fixture_free(&f);
}

static void faults_of_a_configuration_come_all_at_once_with_paths(void **state)
{
    struct fixture f = fixture_new();
    Tfplugin6__ValidateResourceConfig__Request in =
        TFPLUGIN6__VALIDATE_RESOURCE_CONFIG__REQUEST__INIT;
    in.type_name = (char *)(uintptr_t) "made_up_thing";
    in.config = thing_value(&f, "{\"colour\":\"red\",\"old\":\"x\",\"parts\":[{\"key\":\"k\"},{}],"
                                "\"count\":0}");
    Tfplugin6__ValidateResourceConfig__Response *out =
        call(&f, "ValidateResourceConfig", &in,
             &tfplugin6__validate_resource_config__response__descriptor);
    (void)state;
    assert_int_equal(out->n_diagnostics, 3);
    assert_string_equal(out->diagnostics[0]->attribute->steps[0]->attribute_name, "count");
    assert_int_equal(out->diagnostics[1]->attribute->n_steps, 2); /* deeper it finds no line */
    assert_string_equal(out->diagnostics[1]->attribute->steps[0]->attribute_name, "parts");
    assert_int_equal(out->diagnostics[1]->attribute->steps[1]->element_key_int, 1);
    assert_int_equal(out->diagnostics[2]->severity, TFPLUGIN6__DIAGNOSTIC__SEVERITY__WARNING);
    fixture_free(&f);
}

static void a_failed_create_returns_error_and_object(void **state)
{
    struct fixture f = fixture_new();
    Tfplugin6__ApplyResourceChange__Request in = TFPLUGIN6__APPLY_RESOURCE_CHANGE__REQUEST__INIT;
    in.type_name = (char *)(uintptr_t) "made_up_thing";
    in.planned_state = thing_value(&f, "{\"name\":\"a\",\"size\":1}");
    remote.fails_at = 3;
    Tfplugin6__ApplyResourceChange__Response *out = call(
        &f, "ApplyResourceChange", &in, &tfplugin6__apply_resource_change__response__descriptor);
    (void)state;
    assert_int_equal(out->n_diagnostics, 1);
    assert_true(out->new_state->msgpack.len > 1); /* not nil */
    assert_int_equal(out->private_.len, strlen("{\"tenon\":\"1\"}"));
    fixture_free(&f);
}

static void state_moves_between_providers_within_one_type_only(void **state)
{
    struct fixture f = fixture_new();
    Tfplugin6__RawState raw = TFPLUGIN6__RAW_STATE__INIT;
    Tfplugin6__MoveResourceState__Request in = TFPLUGIN6__MOVE_RESOURCE_STATE__REQUEST__INIT;
    static uint8_t json[] = "{\"id\":\"i\"}";
    (void)state;
    raw.json = (ProtobufCBinaryData){sizeof(json) - 1, json};
    in.source_state = &raw;
    in.source_type_name = (char *)(uintptr_t) "made_up_thing";
    in.target_type_name = in.source_type_name;
    Tfplugin6__MoveResourceState__Response *out =
        call(&f, "MoveResourceState", &in, &tfplugin6__move_resource_state__response__descriptor);
    assert_int_equal(out->n_diagnostics, 0);
    assert_true(out->target_state->msgpack.len > 1);
    in.source_type_name = (char *)(uintptr_t) "made_up_trouble";
    out = call(&f, "MoveResourceState", &in, &tfplugin6__move_resource_state__response__descriptor);
    assert_int_equal(out->n_diagnostics, 1);
    fixture_free(&f);
}

static void send_stop(struct fixture *f)
{
    Tfplugin6__StopProvider__Request in = TFPLUGIN6__STOP_PROVIDER__REQUEST__INIT;
    call(f, "StopProvider", &in, &tfplugin6__stop_provider__response__descriptor);
    assert_true(cancel_is_raised(f->stop));
}

static void ask_schema(struct fixture *f)
{
    Tfplugin6__GetProviderSchema__Request in = TFPLUGIN6__GET_PROVIDER_SCHEMA__REQUEST__INIT;
    call(f, "GetProviderSchema", &in, &tfplugin6__get_provider_schema__response__descriptor);
}

/* A configuration of garbage will do: a command is configured before its configuration is read. */
static Tfplugin6__DynamicValue *garbage(struct fixture *f)
{
    static uint8_t byte[] = {0xc1};
    Tfplugin6__DynamicValue *wire = ARENA_NEW(&f->arena, Tfplugin6__DynamicValue);
    *wire = (Tfplugin6__DynamicValue)TFPLUGIN6__DYNAMIC_VALUE__INIT;
    wire->msgpack = (ProtobufCBinaryData){1, byte};
    return wire;
}

static void check_config(struct fixture *f)
{
    Tfplugin6__ValidateProviderConfig__Request in =
        TFPLUGIN6__VALIDATE_PROVIDER_CONFIG__REQUEST__INIT;
    in.config = garbage(f);
    call(f, "ValidateProviderConfig", &in,
         &tfplugin6__validate_provider_config__response__descriptor);
}

static bool is_stopped_after_configuring(struct fixture *f)
{
    Tfplugin6__ConfigureProvider__Request in = TFPLUGIN6__CONFIGURE_PROVIDER__REQUEST__INIT;
    in.config = garbage(f);
    call(f, "ConfigureProvider", &in, &tfplugin6__configure_provider__response__descriptor);
    return cancel_is_raised(f->stop);
}

static void a_stop_counts_until_the_next_command_configures(void **state)
{
    struct fixture f = fixture_new();
    (void)state;
    ask_schema(&f);
    assert_false(is_stopped_after_configuring(&f));
    send_stop(&f);
    ask_schema(&f);
    check_config(&f);
    assert_true(cancel_is_raised(f.stop));
    assert_false(is_stopped_after_configuring(&f));
    fixture_free(&f);
}

static void a_stop_that_comes_before_the_configuration_of_its_command_counts(void **state)
{
    struct fixture f = fixture_new();
    (void)state;
    send_stop(&f); /* the first thing that is heard */
    assert_true(is_stopped_after_configuring(&f));
    for (int asked = 0; asked < 2; asked++) {
        check_config(&f);
        assert_false(is_stopped_after_configuring(&f));
        if (asked)
            ask_schema(&f);
        else
            check_config(&f);
        send_stop(&f);
        check_config(&f);
        assert_true(is_stopped_after_configuring(&f));
    }
    fixture_free(&f);
}

static void what_the_provider_does_not_have_is_refused_by_name(void **state)
{
    struct fixture f = fixture_new();
    Tfplugin6__ReadDataSource__Request data = TFPLUGIN6__READ_DATA_SOURCE__REQUEST__INIT;
    Tfplugin6__CallFunction__Request function = TFPLUGIN6__CALL_FUNCTION__REQUEST__INIT;
    (void)state;
    data.type_name = (char *)(uintptr_t) "aws_sky";
    Tfplugin6__ReadDataSource__Response *read =
        call(&f, "ReadDataSource", &data, &tfplugin6__read_data_source__response__descriptor);
    assert_non_null(strstr(read->diagnostics[0]->summary, "aws_sky"));
    function.name = (char *)(uintptr_t) "rot13";
    Tfplugin6__CallFunction__Response *called =
        call(&f, "CallFunction", &function, &tfplugin6__call_function__response__descriptor);
    assert_non_null(strstr(called->error->text, "rot13"));
    fixture_free(&f);
}

static Tfplugin6__CallFunction__Response *call_twice(struct fixture *f, size_t count,
                                                     const struct cty_value *arguments)
{
    Tfplugin6__CallFunction__Request in = TFPLUGIN6__CALL_FUNCTION__REQUEST__INIT;
    Tfplugin6__DynamicValue wire[3], *list[3];

    for (size_t i = 0; i < count; i++) {
        wire[i] = (Tfplugin6__DynamicValue)TFPLUGIN6__DYNAMIC_VALUE__INIT;
        struct str bytes = cty_to_msgpack(&f->arena, &arguments[i], &cty_type_string);
        wire[i].msgpack = (ProtobufCBinaryData){bytes.len, (uint8_t *)(uintptr_t)bytes.ptr};
        list[i] = &wire[i];
    }
    in.name = (char *)(uintptr_t) "twice";
    in.n_arguments = count;
    in.arguments = list;
    return call(f, "CallFunction", &in, &tfplugin6__call_function__response__descriptor);
}

static void a_function_is_told_with_its_types_and_answers_or_blames_an_argument(void **state)
{
    struct fixture f = fixture_new();
    Tfplugin6__GetFunctions__Request in = TFPLUGIN6__GET_FUNCTIONS__REQUEST__INIT;
    Tfplugin6__GetFunctions__Response *told =
        call(&f, "GetFunctions", &in, &tfplugin6__get_functions__response__descriptor);
    const struct cty_value good[] = {cty_string(STR("ab")), cty_string(STR(""))};
    const struct cty_value bad[] = {cty_string(STR("ab")), cty_string(STR("x"))};
    const struct cty_value null[] = {cty_null(), cty_string(STR(""))};
    struct cty_value v;

    (void)state;
    assert_int_equal(told->n_functions, 1);
    assert_string_equal(told->functions[0]->key, "twice");
    assert_int_equal(told->functions[0]->value->n_parameters, 2);
    assert_memory_equal(told->functions[0]->value->return_->type.data, "\"string\"", 8);

    Tfplugin6__CallFunction__Response *out = call_twice(&f, 2, good);
    assert_null(out->error);
    struct str bytes = {(const char *)out->result->msgpack.data, out->result->msgpack.len};
    assert_null(cty_from_msgpack(&f.arena, bytes, &cty_type_string, &v));
    assert_true(str_eq(v.string, STR("abab")));

    out = call_twice(&f, 2, bad);
    assert_string_equal(out->error->text, "too much");
    assert_int_equal(out->error->function_argument, 1);
    out = call_twice(&f, 2, null);
    assert_int_equal(out->error->function_argument, 0);
    assert_int_not_equal(out->error->_function_argument_case, 0);
    out = call_twice(&f, 1, good);
    assert_non_null(strstr(out->error->text, "2 arguments"));
    fixture_free(&f);
}

static void assert_utf8(const char *text)
{
    struct str s = str_of(text);
    assert_true(s.len > 0);
    for (size_t len; s.len; s = str_slice(s, len, s.len)) {
        len = str_utf8_length(s);
        if (!len)
            fail_msg("not UTF-8: %s", text);
    }
}

static void whatever_answers_in_awss_place_the_diagnostic_is_well_formed(void **state)
{
    static const struct {
        const struct aws_service *service;
        struct str body, id;
    } rows[] = {
        {&service_sqs, STR_INIT("{\"__type\":\"A\\u0000B\",\"message\":\"\\u0000\\ud800\"}"),
         STR_INIT("r")},
        {&service_sqs, STR_INIT("{\"__type\":\"A\",\"message\":\"\xff\xc0\xaf\"}"),
         STR_INIT("\xff")},
        {&service_sqs, STR_INIT("{\"__type\":\"A\",\"message\":\"\xed\xa0\x80\"}"), STR_INIT("")},
        {&service_sqs, STR_INIT("{\"__type\":\"A\",\"message\":\"\xf4\x90\x80\x80 \xe2\x82\"}"),
         STR_INIT("\xe2\x82")},
        {&service_sqs, STR_INIT("{\"__type\":\"\x80\",\"message\":1}"), STR_INIT("")},
        {&service_sqs, STR_INIT("\0\0\0"), STR_INIT("a\0b")},
        {&service_iam, STR_INIT("<E><Error><Code>A\xff</Code></Error></E>"), STR_INIT("\xc0")},
        {&service_iam, STR_INIT("<E><Error><Code>A&#x1;</Code></Error></E>"), STR_INIT("")},
        {&service_iam, STR_INIT("<E><Error><Code>\xc3\xa9\xf0\x9f\x98\x80</Code></Error></E>"),
         STR_INIT("")},
        {&service_ec2, STR_INIT("<E>\0</E>"), STR_INIT("\0")},
        {&service_ec2, STR_INIT(""), STR_INIT("")},
    };
    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct fixture f = fixture_new();
        struct http_header header = {STR("x-amzn-requestid"), rows[i].id};
        struct http_response answer = {400, &header, 1, rows[i].body};
        Tfplugin6__ReadResource__Request in = TFPLUGIN6__READ_RESOURCE__REQUEST__INIT;
        hostile_answer = &answer;
        hostile_service = rows[i].service;
        in.type_name = (char *)(uintptr_t) "made_up_trouble";
        in.current_state = thing_value(&f, "{\"id\":\"i\"}");
        Tfplugin6__ReadResource__Response *out =
            call(&f, "ReadResource", &in, &tfplugin6__read_resource__response__descriptor);
        hostile_answer = NULL;
        assert_int_equal(out->n_diagnostics, 1);
        assert_utf8(out->diagnostics[0]->summary);
        assert_utf8(out->diagnostics[0]->detail);
        assert_non_null(strstr(out->diagnostics[0]->summary, "DoIt"));
        assert_non_null(strstr(out->diagnostics[0]->detail, "HTTP status 400"));
        fixture_free(&f);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_schema_lists_every_type_with_what_the_server_can),
        cmocka_unit_test(an_unknown_type_is_a_diagnostic_that_names_those_there_are),
        cmocka_unit_test(only_what_asks_nobody_is_prompt),
        cmocka_unit_test(the_requests_of_terraform_begin_with_the_types_name),
        cmocka_unit_test(a_diagnostic_is_well_formed_whatever_the_error_holds),
        cmocka_unit_test(whatever_answers_in_awss_place_the_diagnostic_is_well_formed),
        cmocka_unit_test(faults_of_a_configuration_come_all_at_once_with_paths),
        cmocka_unit_test(a_failed_create_returns_error_and_object),
        cmocka_unit_test(state_moves_between_providers_within_one_type_only),
        cmocka_unit_test(a_stop_counts_until_the_next_command_configures),
        cmocka_unit_test(a_stop_that_comes_before_the_configuration_of_its_command_counts),
        cmocka_unit_test(what_the_provider_does_not_have_is_refused_by_name),
        cmocka_unit_test(a_function_is_told_with_its_types_and_answers_or_blames_an_argument),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
