#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "provider/cty/json.h"
#include "provider/cty/msgpack.h"
#include "provider/resource/identity.h"
#include "tests/unit/provider-resource/made_up.h"
#include "tests/unit/provider-rpc/wire.h"

/* Known by its name; the account is nobody's while no provider is configured. */
static struct resource_type known_type;
static const struct resource_type *const types[] = {&thing_type, &known_type};
static char known[] = "made_up_known";

static struct fixture fixture_new(void)
{
    struct fixture f = {.stop = cancel_new(NULL)};
    known_type = thing_type;
    known_type.name = known;
    known_type.import_id = "{id}";
    known_type.identity.version = 3;
    known_type.identity.required = "id";
    known_type.identity.optional = "account_id";
    struct rpc_options options = {.types = types, .type_count = 2, .stop = f.stop};
    f.server = rpc_server_new(&options);
    remote = (struct remote){.exists = true};
    return f;
}

static void fixture_free(struct fixture *f)
{
    rpc_server_free(f->server);
    cancel_free(f->stop);
    arena_free(&f->arena);
}

static Tfplugin6__DynamicValue *wire(struct fixture *f, const struct cty_value *v,
                                     const struct cty_type *t)
{
    Tfplugin6__DynamicValue *out = ARENA_NEW(&f->arena, Tfplugin6__DynamicValue);
    struct str bytes = cty_to_msgpack(&f->arena, v, t);
    *out = (Tfplugin6__DynamicValue)TFPLUGIN6__DYNAMIC_VALUE__INIT;
    out->msgpack = (ProtobufCBinaryData){bytes.len, (uint8_t *)(uintptr_t)bytes.ptr};
    return out;
}

static struct cty_value value_of(struct fixture *f, const char *json, const struct cty_type *t)
{
    struct json tree;
    struct cty_value v;
    assert_null(json_parse(&f->arena, str_of(json), &tree));
    assert_null(cty_from_json(&f->arena, &tree, t, &v));
    return v;
}

static Tfplugin6__DynamicValue *state_of(struct fixture *f, const char *json)
{
    struct cty_type t = model_type(&f->arena, &known_type.model);
    struct cty_value v = value_of(f, json, &t);
    return wire(f, &v, &t);
}

static Tfplugin6__DynamicValue *new_object(struct fixture *f)
{
    struct cty_type t = model_type(&f->arena, &known_type.model);
    struct cty_value v = value_of(f, "{\"name\":\"a\",\"size\":1}", &t);
    v = cty_with(&f->arena, &v, STR("id"), cty_unknown());
    return wire(f, &v, &t);
}

static Tfplugin6__ResourceIdentityData *identity_wire(struct fixture *f, const char *json)
{
    struct cty_type t = identity_type(&f->arena, &known_type);
    Tfplugin6__ResourceIdentityData *data = ARENA_NEW(&f->arena, Tfplugin6__ResourceIdentityData);
    *data = (Tfplugin6__ResourceIdentityData)TFPLUGIN6__RESOURCE_IDENTITY_DATA__INIT;
    struct cty_value v = value_of(f, json, &t);
    data->identity_data = wire(f, &v, &t);
    return data;
}

static void assert_identity(struct fixture *f, const Tfplugin6__ResourceIdentityData *got,
                            const char *expected)
{
    struct cty_type t = identity_type(&f->arena, &known_type);
    struct buf out = buf_in(&f->arena);
    struct json_writer w = json_writer_to(&out);
    struct cty_value v;
    assert_non_null(got);
    struct str bytes = {(const char *)got->identity_data->msgpack.data,
                        got->identity_data->msgpack.len};
    assert_null(cty_from_msgpack(&f->arena, bytes, &t, &v));
    cty_to_json(&w, &v, &t);
    assert_string_equal(arena_str(&f->arena, buf_str(&out)).ptr, expected);
}

static void schemas_say_what_an_import_needs(void **state)
{
    struct fixture f = fixture_new();
    Tfplugin6__GetResourceIdentitySchemas__Request in =
        TFPLUGIN6__GET_RESOURCE_IDENTITY_SCHEMAS__REQUEST__INIT;
    Tfplugin6__GetResourceIdentitySchemas__Response *out =
        call(&f, "GetResourceIdentitySchemas", &in,
             &tfplugin6__get_resource_identity_schemas__response__descriptor);
    (void)state;
    assert_int_equal(out->n_identity_schemas, 1); /* the other type has none */
    assert_string_equal(out->identity_schemas[0]->key, known);
    const Tfplugin6__ResourceIdentitySchema *s = out->identity_schemas[0]->value;
    assert_int_equal(s->version, 3);
    assert_int_equal(s->n_identity_attributes, 2);
    assert_string_equal(s->identity_attributes[0]->name, "id");
    assert_memory_equal(s->identity_attributes[0]->type.data, "\"string\"", 8);
    assert_true(s->identity_attributes[0]->required_for_import);
    assert_false(s->identity_attributes[0]->optional_for_import);
    assert_string_equal(s->identity_attributes[1]->name, "account_id");
    assert_true(s->identity_attributes[1]->optional_for_import);
    fixture_free(&f);
}

static void a_create_and_a_read_tell_it_and_what_is_told_stays(void **state)
{
    struct fixture f = fixture_new();
    Tfplugin6__ApplyResourceChange__Request make = TFPLUGIN6__APPLY_RESOURCE_CHANGE__REQUEST__INIT;
    Tfplugin6__ReadResource__Request read = TFPLUGIN6__READ_RESOURCE__REQUEST__INIT;
    const ProtobufCMessageDescriptor *shown = &tfplugin6__read_resource__response__descriptor;
    (void)state;
    make.type_name = read.type_name = known;
    make.planned_state = new_object(&f);
    Tfplugin6__ApplyResourceChange__Response *made = call(
        &f, "ApplyResourceChange", &make, &tfplugin6__apply_resource_change__response__descriptor);
    assert_identity(&f, made->new_identity, "{\"id\":\"a\",\"account_id\":\"\"}");

    read.current_state = state_of(&f, "{\"id\":\"a\"}");
    Tfplugin6__ReadResource__Response *found = call(&f, "ReadResource", &read, shown);
    assert_identity(&f, found->new_identity, "{\"id\":\"a\",\"account_id\":\"\"}");
    read.current_identity = identity_wire(&f, "{\"id\":null,\"account_id\":null}");
    found = call(&f, "ReadResource", &read, shown); /* as good as none */
    assert_identity(&f, found->new_identity, "{\"id\":\"a\",\"account_id\":\"\"}");
    read.current_identity = identity_wire(&f, "{\"id\":\"a\",\"account_id\":\"1\"}");
    found = call(&f, "ReadResource", &read, shown);
    assert_identity(&f, found->new_identity, "{\"id\":\"a\",\"account_id\":\"1\"}");

    remote.exists = false;
    found = call(&f, "ReadResource", &read, shown);
    assert_null(found->new_identity);
    fixture_free(&f);
}

static void a_failed_create_tells_what_is_tainted_and_one_that_made_nothing_does_not(void **state)
{
    struct fixture f = fixture_new();
    Tfplugin6__ApplyResourceChange__Request make = TFPLUGIN6__APPLY_RESOURCE_CHANGE__REQUEST__INIT;
    const ProtobufCMessageDescriptor *made =
        &tfplugin6__apply_resource_change__response__descriptor;
    (void)state;
    make.type_name = known;
    make.planned_state = new_object(&f);
    remote.fails_at = 1;
    Tfplugin6__ApplyResourceChange__Response *out = call(&f, "ApplyResourceChange", &make, made);
    assert_null(out->new_identity);
    remote = (struct remote){.fails_at = 3};
    out = call(&f, "ApplyResourceChange", &make, made);
    assert_int_equal(out->n_diagnostics, 1);
    assert_identity(&f, out->new_identity, "{\"id\":\"a\",\"account_id\":\"\"}");
    fixture_free(&f);
}

static void a_plan_hands_back_what_there_was(void **state)
{
    struct fixture f = fixture_new();
    Tfplugin6__PlanResourceChange__Request in = TFPLUGIN6__PLAN_RESOURCE_CHANGE__REQUEST__INIT;
    const ProtobufCMessageDescriptor *planned =
        &tfplugin6__plan_resource_change__response__descriptor;
    (void)state;
    in.type_name = known;
    in.config = in.proposed_new_state = state_of(&f, "{\"name\":\"a\",\"size\":1}");
    Tfplugin6__PlanResourceChange__Response *out = call(&f, "PlanResourceChange", &in, planned);
    assert_int_equal(out->n_diagnostics, 0);
    assert_null(out->planned_identity);
    in.prior_state = state_of(&f, "{\"id\":\"a\",\"name\":\"a\"}");
    in.prior_identity = identity_wire(&f, "{\"id\":\"a\",\"account_id\":\"1\"}");
    out = call(&f, "PlanResourceChange", &in, planned);
    assert_identity(&f, out->planned_identity, "{\"id\":\"a\",\"account_id\":\"1\"}");
    fixture_free(&f);
}

static void an_import_by_identity_completes_it(void **state)
{
    struct fixture f = fixture_new();
    Tfplugin6__ImportResourceState__Request in = TFPLUGIN6__IMPORT_RESOURCE_STATE__REQUEST__INIT;
    const ProtobufCMessageDescriptor *imported =
        &tfplugin6__import_resource_state__response__descriptor;
    (void)state;
    in.type_name = known;
    in.identity = identity_wire(&f, "{\"id\":\"a\",\"account_id\":null}");
    Tfplugin6__ImportResourceState__Response *out = call(&f, "ImportResourceState", &in, imported);
    assert_int_equal(out->n_imported_resources, 1);
    assert_identity(&f, out->imported_resources[0]->identity, "{\"id\":\"a\",\"account_id\":\"\"}");
    in.identity = identity_wire(&f, "{\"id\":null,\"account_id\":\"1\"}");
    out = call(&f, "ImportResourceState", &in, imported);
    assert_int_equal(out->n_diagnostics, 1);
    in.identity = NULL;
    in.id = (char *)(uintptr_t) "b";
    out = call(&f, "ImportResourceState", &in, imported);
    assert_identity(&f, out->imported_resources[0]->identity, "{\"id\":\"b\",\"account_id\":\"\"}");
    fixture_free(&f);
}

static void an_older_identity_keeps_what_there_still_is(void **state)
{
    struct fixture f = fixture_new();
    Tfplugin6__RawState raw = TFPLUGIN6__RAW_STATE__INIT;
    Tfplugin6__UpgradeResourceIdentity__Request in =
        TFPLUGIN6__UPGRADE_RESOURCE_IDENTITY__REQUEST__INIT;
    const ProtobufCMessageDescriptor *upgraded =
        &tfplugin6__upgrade_resource_identity__response__descriptor;
    static uint8_t json[] = "{\"id\":\"a\",\"account_id\":\"1\",\"region\":\"us-east-2\"}";
    (void)state;
    raw.json = (ProtobufCBinaryData){sizeof(json) - 1, json};
    in.type_name = known;
    in.raw_identity = &raw;
    Tfplugin6__UpgradeResourceIdentity__Response *out =
        call(&f, "UpgradeResourceIdentity", &in, upgraded);
    assert_identity(&f, out->upgraded_identity, "{\"id\":\"a\",\"account_id\":\"1\"}");
    raw.json.len = 0; /* as Terraform asks of state that has none */
    out = call(&f, "UpgradeResourceIdentity", &in, upgraded);
    assert_null(out->upgraded_identity);
    assert_int_equal(out->n_diagnostics, 0);
    in.type_name = (char *)(uintptr_t) "made_up_thing";
    out = call(&f, "UpgradeResourceIdentity", &in, upgraded);
    assert_int_equal(out->n_diagnostics, 1);
    fixture_free(&f);
}

static void it_moves_along_with_state(void **state)
{
    struct fixture f = fixture_new();
    Tfplugin6__RawState raw = TFPLUGIN6__RAW_STATE__INIT, identity = TFPLUGIN6__RAW_STATE__INIT;
    Tfplugin6__MoveResourceState__Request in = TFPLUGIN6__MOVE_RESOURCE_STATE__REQUEST__INIT;
    static uint8_t json[] = "{\"id\":\"a\"}", told[] = "{\"id\":\"a\",\"account_id\":\"1\"}";
    (void)state;
    raw.json = (ProtobufCBinaryData){sizeof(json) - 1, json};
    identity.json = (ProtobufCBinaryData){sizeof(told) - 1, told};
    in.source_state = &raw;
    in.source_identity = &identity;
    in.source_type_name = in.target_type_name = known;
    Tfplugin6__MoveResourceState__Response *out =
        call(&f, "MoveResourceState", &in, &tfplugin6__move_resource_state__response__descriptor);
    assert_identity(&f, out->target_identity, "{\"id\":\"a\",\"account_id\":\"1\"}");
    fixture_free(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(schemas_say_what_an_import_needs),
        cmocka_unit_test(a_create_and_a_read_tell_it_and_what_is_told_stays),
        cmocka_unit_test(a_failed_create_tells_what_is_tainted_and_one_that_made_nothing_does_not),
        cmocka_unit_test(a_plan_hands_back_what_there_was),
        cmocka_unit_test(an_import_by_identity_completes_it),
        cmocka_unit_test(an_older_identity_keeps_what_there_still_is),
        cmocka_unit_test(it_moves_along_with_state),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
