#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "engine/aws/aws.h"
#include "provider/resource/provider.h"
#include "provider/resource/resource.h"

/* A type whose objects are in a region.  Where its functions' calls would go is noted. */
struct place {
    struct tf_string id, name, region, note;
};

static const struct attr place_rows[] = {
    ATTR(place, id, COMPUTED),
    ATTR(place, name, REQUIRED | FORCE_NEW),
    ATTR(place, note, OPTIONAL),
    ATTR_REGION(place),
};

static struct {
    char client[32], said[32];
    int updates;
} went;

static void note_where(const struct call *c)
{
    snprintf(went.client, sizeof(went.client), STR_FMT, STR_ARG(aws_client_region(c->aws)));
    snprintf(went.said, sizeof(went.said), STR_FMT, STR_ARG(call_region(c)));
}

static struct error *place_create(struct call *c, void *model)
{
    struct place *m = model;
    note_where(c);
    m->id = m->name;
    return NULL;
}

static struct error *place_read(struct call *c, void *model)
{
    (void)model;
    note_where(c);
    return NULL;
}

static struct error *place_update(struct call *c, const void *prior, void *model)
{
    (void)prior, (void)model;
    note_where(c);
    went.updates++;
    return NULL;
}

static struct error *place_destroy(struct call *c, const void *prior)
{
    (void)prior;
    note_where(c);
    return NULL;
}

static const struct resource_type place_type = {
    .name = "aws_made_up_place",
    .model = MODEL(place, place_rows),
    .create = place_create,
    .read = place_read,
    .update = place_update,
    .destroy = place_destroy,
};

static void assert_str(struct str got, const char *expected)
{
    if (!str_eq(got, str_of(expected)))
        fail_msg("got `" STR_FMT "`, expected `%s`", STR_ARG(got), expected);
}

static void assert_went(const char *region)
{
    assert_string_equal(went.client, region);
    assert_string_equal(went.said, region);
}

static struct cty_value from_json(struct arena *a, const struct resource_type *t, const char *json)
{
    struct call c = {.arena = a};
    struct cty_value v;
    assert_null(resource_upgrade(&c, t, t->schema_version, str_of(json), &v));
    return v;
}

/* In eu-west-1, asking nobody. */
static struct provider *provider_in_ireland(struct arena *a)
{
    const struct resource_type like = {.name = "provider", .model = provider_model};
    struct call c = {.arena = a};
    struct provider *p;
    struct cty_value block =
        from_json(a, &like,
                  "{\"access_key\":\"a\",\"secret_key\":\"s\",\"region\":\"eu-west-1\","
                  "\"skip_credentials_validation\":true,\"skip_requesting_account_id\":true}");
    assert_null(provider_configure(&c, NULL, &block, &p));
    return p;
}

struct fixture {
    struct arena arena;
    struct provider *provider;
    struct call call;
};

/* Each call of Terraform's begins in the provider's region. */
static struct call *new_call(struct fixture *f)
{
    f->call = (struct call){
        .arena = &f->arena, .provider = f->provider, .aws = provider_aws(f->provider)};
    memset(&went, 0, sizeof(went));
    return &f->call;
}

static struct fixture fixture_new(void)
{
    struct fixture f = {0};
    f.provider = provider_in_ireland(&f.arena);
    return f;
}

static void fixture_free(struct fixture *f)
{
    provider_release(f->provider);
    arena_free(&f->arena);
}

static struct error *plan(struct fixture *f, const struct cty_value *prior, const char *config,
                          struct plan_result *out)
{
    struct cty_value wrote = from_json(&f->arena, &place_type, config), proposed = wrote;
    for (size_t i = 0; i < wrote.count; i++) /* as Terraform merges computed members */
        if (wrote.items[i].kind == CTY_NULL && (place_rows[i].flags & COMPUTED))
            proposed =
                cty_with(&f->arena, &proposed, wrote.keys[i], *cty_get(prior, wrote.keys[i]));
    struct plan_request request = {prior, &proposed, &wrote};
    return resource_plan(new_call(f), &place_type, &request, out);
}

static struct str region_in(const struct cty_value *v)
{
    const struct cty_value *region = cty_get(v, STR("region"));
    return region->kind == CTY_STRING    ? region->string
           : region->kind == CTY_UNKNOWN ? STR("unknown")
                                         : STR("null");
}

static void what_is_silent_and_new_is_where_the_provider_is(void **state)
{
    struct fixture f = fixture_new();
    struct cty_value none = cty_null(), made;
    struct plan_result p;
    (void)state;
    assert_null(plan(&f, &none, "{\"name\":\"x\"}", &p));
    assert_str(region_in(&p.planned), "eu-west-1");
    assert_null(resource_apply(new_call(&f), &place_type, &none, &p.planned, &made));
    assert_str(region_in(&made), "eu-west-1");
    assert_went("eu-west-1");
    fixture_free(&f);
}

static void every_call_goes_where_the_object_is(void **state)
{
    struct fixture f = fixture_new();
    struct cty_value none = cty_null(), made, read, gone;
    struct plan_result p;
    (void)state;
    assert_null(plan(&f, &none, "{\"name\":\"x\",\"region\":\"us-east-2\"}", &p));
    assert_null(resource_apply(new_call(&f), &place_type, &none, &p.planned, &made));
    assert_went("us-east-2");
    assert_null(resource_read(new_call(&f), &place_type, &made, &read));
    assert_went("us-east-2");
    assert_true(cty_eq(&made, &read));
    assert_null(plan(&f, &made, "{\"name\":\"x\",\"region\":\"us-east-2\",\"note\":\"n\"}", &p));
    assert_int_equal(p.replace_count, 0);
    assert_null(resource_apply(new_call(&f), &place_type, &made, &p.planned, &read));
    assert_went("us-east-2");
    assert_null(resource_apply(new_call(&f), &place_type, &made, &none, &gone));
    assert_went("us-east-2");
    fixture_free(&f);
}

static void one_region_has_one_client(void **state)
{
    struct fixture f = fixture_new();
    struct aws_client *first, *second, *own;
    (void)state;
    assert_null(provider_aws_in(f.provider, &f.arena, STR("us-east-2"), &first));
    assert_null(provider_aws_in(f.provider, &f.arena, STR("us-east-2"), &second));
    assert_null(provider_aws_in(f.provider, &f.arena, STR("eu-west-1"), &own));
    assert_ptr_equal(first, second);
    assert_ptr_equal(own, provider_aws(f.provider));
    fixture_free(&f);
}

static void another_region_is_another_object(void **state)
{
    struct fixture f = fixture_new();
    struct cty_value prior =
        from_json(&f.arena, &place_type, "{\"id\":\"x\",\"name\":\"x\",\"region\":\"eu-west-1\"}");
    struct plan_result p;
    (void)state;
    assert_null(plan(&f, &prior, "{\"name\":\"x\",\"region\":\"us-east-2\"}", &p));
    assert_int_equal(p.replace_count, 1);
    assert_str(p.replace[0], "region");
    fixture_free(&f);
}

/* Though the provider moved, and though its `region` was taken out of the configuration. */
static void what_is_there_stays_where_state_says(void **state)
{
    struct fixture f = fixture_new();
    struct cty_value prior =
        from_json(&f.arena, &place_type, "{\"id\":\"x\",\"name\":\"x\",\"region\":\"us-east-2\"}");
    struct plan_result p;
    (void)state;
    assert_null(plan(&f, &prior, "{\"name\":\"x\"}", &p));
    assert_true(cty_eq(&prior, &p.planned));
    fixture_free(&f);
}

static void state_of_before_regions_were_told_is_adopted_without_a_change(void **state)
{
    struct fixture f = fixture_new();
    struct cty_value prior = from_json(&f.arena, &place_type, "{\"id\":\"x\",\"name\":\"x\"}");
    struct cty_value read, made;
    struct plan_result p;
    (void)state;
    assert_null(plan(&f, &prior, "{\"name\":\"x\"}", &p)); /* -refresh=false */
    assert_true(cty_eq(&prior, &p.planned));
    assert_null(plan(&f, &prior, "{\"name\":\"x\",\"region\":\"eu-west-1\"}", &p));
    assert_int_equal(p.replace_count, 0);
    assert_null(resource_apply(new_call(&f), &place_type, &prior, &p.planned, &made));
    assert_str(region_in(&made), "eu-west-1");
    assert_int_equal(went.updates, 0); /* there is nothing to tell AWS */
    assert_null(plan(&f, &prior, "{\"name\":\"x\",\"region\":\"us-east-2\"}", &p));
    assert_int_equal(p.replace_count, 1);
    assert_null(resource_read(new_call(&f), &place_type, &prior, &read));
    assert_str(region_in(&read), "eu-west-1");
    fixture_free(&f);
}

static void a_region_that_cannot_be_is_refused_at_plan(void **state)
{
    static const struct {
        const char *region, *detail;
    } rows[] = {
        {"us-esat-1", "no name of an AWS region"},
        {"EU-WEST-1", "no name of an AWS region"},
        {"cn-north-1", "partition aws-cn"},
        {"us-gov-west-1", "partition aws-us-gov"},
        {"eusc-de-east-1", "partition aws-eusc"},
        {"us-west-2", NULL},
        {"", NULL},
    };
    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        struct fixture f = fixture_new();
        struct cty_value none = cty_null();
        struct plan_result p;
        struct str config =
            arena_printf(&f.arena, "{\"name\":\"x\",\"region\":\"%s\"}", rows[i].region);
        struct error *e = plan(&f, &none, config.ptr, &p);
        if (!rows[i].detail != !e)
            fail_msg("%s: %s", rows[i].region, e ? e->detail.ptr : "passes");
        if (e) {
            assert_str(e->path, "region");
            assert_true(str_find_str(e->detail, str_of(rows[i].detail)) < e->detail.len);
        }
        fixture_free(&f);
    }
}

static void an_import_says_where(void **state)
{
    static const struct {
        const char *given, *id, *region;
    } rows[] = {
        {"x", "x", "eu-west-1"},
        {"x@us-east-2", "x", "us-east-2"},
        {"bus/x@us-gov-west-1", "bus/x", "us-gov-west-1"},
        {"x@eusc-de-east-1", "x", "eusc-de-east-1"},
        {"x@home", "x@home", "eu-west-1"},
        {"x@us-east-", "x@us-east-", "eu-west-1"},
        {"@us-east-2", "@us-east-2", "eu-west-1"},
        {"https://sqs.us-east-2.amazonaws.com/123456789012/q",
         "https://sqs.us-east-2.amazonaws.com/123456789012/q", "us-east-2"},
        {"https://sqs.us-east-2.amazonaws.com/123456789012/q@us-east-2",
         "https://sqs.us-east-2.amazonaws.com/123456789012/q", "us-east-2"},
        {"https://sqs.cn-north-1.amazonaws.com.cn/123456789012/q",
         "https://sqs.cn-north-1.amazonaws.com.cn/123456789012/q", "cn-north-1"},
        {"http://localhost:5000/123456789012/q@us-east-2", "http://localhost:5000/123456789012/q",
         "us-east-2"},
        {"https://sqs.us-east-2.example.com/1/q", "https://sqs.us-east-2.example.com/1/q",
         "eu-west-1"},
        {"https://us-east-2.queue.amazonaws.com/1/q", "https://us-east-2.queue.amazonaws.com/1/q",
         "eu-west-1"},
    };
    struct fixture f = fixture_new();
    struct cty_value found;
    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        assert_null(resource_import(new_call(&f), &place_type, str_of(rows[i].given), &found));
        assert_str(cty_get(&found, STR("id"))->string, rows[i].id);
        assert_str(region_in(&found), rows[i].region);
    }
    struct error *e = resource_import(
        new_call(&f), &place_type,
        STR("https://sqs.us-east-2.amazonaws.com/123456789012/q@eu-west-1"), &found);
    assert_non_null(e);
    assert_true(str_find_str(e->detail, STR("us-east-2")) < e->detail.len);
    fixture_free(&f);
}

static void what_is_told_of_one_region_says_nothing_of_another(void **state)
{
    struct fixture f = fixture_new();
    struct call here = *new_call(&f), there = *new_call(&f);
    struct str answer;
    (void)state;
    there.region = STR("us-east-2");
    call_note_link(&here, STR("rule/default/x"));
    call_remember(&here, STR("list"), STR("one"));
    assert_true(call_has_link(&here, STR("rule/default/x")));
    assert_false(call_has_link(&there, STR("rule/default/x")));
    assert_true(call_recall(&here, STR("list"), &answer));
    assert_false(call_recall(&there, STR("list"), &answer));
    fixture_free(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_silent_and_new_is_where_the_provider_is),
        cmocka_unit_test(every_call_goes_where_the_object_is),
        cmocka_unit_test(one_region_has_one_client),
        cmocka_unit_test(another_region_is_another_object),
        cmocka_unit_test(what_is_there_stays_where_state_says),
        cmocka_unit_test(state_of_before_regions_were_told_is_adopted_without_a_change),
        cmocka_unit_test(a_region_that_cannot_be_is_refused_at_plan),
        cmocka_unit_test(an_import_says_where),
        cmocka_unit_test(what_is_told_of_one_region_says_nothing_of_another),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
