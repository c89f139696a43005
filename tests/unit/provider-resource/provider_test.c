#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "provider/cty/json.h"
#include "provider/resource/provider.h"
#include "tests/unit/provider-resource/made_up.h"

static void assert_str(struct str got, const char *expected)
{
    if (!str_eq(got, str_of(expected)))
        fail_msg("got `" STR_FMT "`, expected `%s`", STR_ARG(got), expected);
}

/* The provider block; what the JSON leaves out is null, blocks empty. */
static struct cty_value block_of(struct arena *a, const char *json)
{
    const struct resource_type like = {.name = "provider", .model = provider_model};
    struct call c = {.arena = a};
    struct cty_value v = {0};
    struct error *e = resource_upgrade(&c, &like, 0, str_of(json), &v);
    if (e)
        fail_msg("%s: " STR_FMT, json, STR_ARG(e->summary));
    return v;
}

/* Needs neither network nor a user's files. */
#define OFFLINE                                                           \
    "\"access_key\":\"a\",\"secret_key\":\"s\",\"region\":\"eu-west-1\"," \
    "\"skip_credentials_validation\":true,\"skip_requesting_account_id\":true"

static void what_cannot_be_is_refused_at_its_place(void **state)
{
    static const struct {
        const char *block, *path;
    } rows[] = {
        {"{\"assume_role\":[{\"role_arn\":\"x\"}]}", "assume_role[0].role_arn"},
        {"{\"assume_role\":[{},{\"role_arn\":\"arn:aws:iam::123456789012:user/x\"}]}",
         "assume_role[1].role_arn"},
        {"{\"assume_role\":[{\"duration\":\"5m\"}]}", "assume_role[0].duration"},
        {"{\"assume_role\":[{\"duration\":\"13h\"}]}", "assume_role[0].duration"},
        {"{\"assume_role\":[{\"session_name\":\"a b\"}]}", "assume_role[0].session_name"},
        {"{\"assume_role\":[{\"external_id\":\"1\"}]}", "assume_role[0].external_id"},
        {"{\"assume_role\":[{\"policy\":\"{\"}]}", "assume_role[0].policy"},
        {"{\"assume_role\":[{\"policy_arns\":[\"x\"]}]}", "assume_role[0].policy_arns"},
        {"{\"assume_role\":[{\"source_identity\":\"x\"}]}", "assume_role[0].source_identity"},
        {"{\"assume_role_with_web_identity\":[{},{}]}", "assume_role_with_web_identity"},
        {"{\"assume_role_with_web_identity\":[{\"web_identity_token\":\"abc\"}]}",
         "assume_role_with_web_identity[0].web_identity_token"},
        {"{\"sts_region\":\"mars-1\"}", "sts_region"},
        {"{\"cluster\":{\"manifests\":[],\"service_cidr\":\"10.100.0.1/16\"}}",
         "cluster.service_cidr"},
        {"{\"cluster\":{\"manifests\":[],\"service_cidr\":\"10.100.0.0\"}}",
         "cluster.service_cidr"},
        {"{\"cluster\":{\"manifests\":[],\"service_cidr\":\"10.100.0.0/16\"}}", NULL},
        {"{\"cluster\":{\"manifests\":[],\"service_cidr\":\"fd30:1c53:5f8a::/108\"}}", NULL},
        {"{\"http_proxy\":\"proxy:3128\"}", "http_proxy"},
        {"{\"https_proxy\":\"ftp://u:secret@proxy\"}", "https_proxy"},
        {"{\"ec2_metadata_service_endpoint_mode\":\"v6\"}", "ec2_metadata_service_endpoint_mode"},
        {"{\"skip_metadata_api_check\":\"yes\"}", "skip_metadata_api_check"},
        {"{\"max_retries\":-1}", "max_retries"},
        {"{\"use_fips_endpoint\":true,\"use_dualstack_endpoint\":true}", NULL},
        {"{\"endpoints\":[{\"lambda\":\"http://x\",\"xray\":\"http://y\"}]}", NULL},
        {"{\"assume_role\":[{\"role_arn\":\"arn:aws-cn:iam::123456789012:role/a/"
         "b\",\"duration\":\"1h\"}]}",
         NULL},
        {"{\"insecure\":true}", "insecure"},
        {"{\"region\":\"mars-1\"}", "region"},
        {"{\"retry_mode\":\"eager\"}", "retry_mode"},
        {"{\"engine\":{\"mode\":\"both\"}}", "engine.mode"},
        {"{\"engine\":{\"max_disrupted\":\"some\"}}", "engine.max_disrupted"},
        {"{\"engine\":{\"max_disrupted\":\"-1\"}}", "engine.max_disrupted"},
        {"{\"engine\":{\"max_unready\":\"101%\"}}", "engine.max_unready"},
        {"{\"engine\":{\"max_staleness\":\"9s\"}}", "engine.max_staleness"},
        {"{\"engine\":{\"max_staleness\":\"soon\"}}", "engine.max_staleness"},
        {"{\"engine\":{\"max_staleness\":\"1m30s\"}}", NULL},
        {"{\"engine\":{\"max_disrupted\":\"3\",\"max_unready\":\"100%\"}}", NULL},
        {"{\"cluster\":{\"version\":\"1.31\"}}", "cluster"},
        {"{\"cluster\":{\"name\":\"dev\"}}", NULL},
        {"{\"cluster\":{\"kubeconfig\":\"~/.kube/config\",\"context\":\"dev\"}}", NULL},
        {"{\"cluster\":{\"kubeconfig\":\"a\",\"endpoint\":\"https://b\"}}", "cluster.kubeconfig"},
        {"{\"endpoints\":[{\"iam\":\"localhost\"}]}", "endpoints"},
        {"{\"default_tags\":[{},{}]}", "default_tags"},
        {"{\"use_fips_endpoint\":false,\"insecure\":false,\"region\":\"us-gov-west-1\"}", NULL},
        {"{\"region\":\"mars-1\",\"skip_region_validation\":true}", NULL},
        {"{}", NULL},
    };
    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        ARENA_AUTO a = {0};
        struct call c = {.arena = &a};
        struct cty_value block = block_of(&a, rows[i].block);
        struct error *e = provider_validate(&c, &block);
        if (!e != !rows[i].path)
            fail_msg("%s", rows[i].block);
        if (e)
            assert_str(e->path, rows[i].path);
    }
}

static void what_has_no_effect_is_said(void **state)
{
    ARENA_AUTO a = {0};
    struct call c = {.arena = &a};
    struct cty_value block =
        block_of(&a, "{\"cluster\":{\"name\":\"c\",\"manifests\":[\"m\"],\"token\":\"t\"}}");
    (void)state;
    assert_null(provider_validate(&c, &block));
    assert_str(c.warnings->path, "cluster.token");
}

static void a_configured_provider_outlives_the_call_that_brought_it(void **state)
{
    struct arena brief = {0};
    struct call c = {.arena = &brief};
    struct cty_value block =
        block_of(&brief, "{" OFFLINE ",\"default_tags\":[{\"tags\":{\"team\":\"a\"}}],"
                         "\"cluster\":{\"name\":\"dev\",\"manifests\":[\"pods\"]}}");
    struct provider *p;
    (void)state;
    assert_null(provider_configure(&c, NULL, &block, &p));
    arena_free(&brief);
    assert_str(provider_region(p), "eu-west-1");
    assert_str(provider_unknown(p, true), "");
    const struct provider_config *config = provider_config_of(p);
    assert_str(TF_BLOCK(config->cluster, struct cluster_config, 0)->name.v, "dev");
    assert_non_null(provider_aws(p));
    provider_release(provider_hold(p));
    provider_release(p);
}

static struct provider *configured(struct arena *a, const struct cty_value *block)
{
    struct call c = {.arena = a};
    struct provider *p = NULL;
    struct error *e = provider_configure(&c, NULL, block, &p);
    if (e)
        fail_msg(STR_FMT, STR_ARG(e->summary));
    return p;
}

static void under_an_unknown_setting_state_stays_and_the_setting_is_named(void **state)
{
    ARENA_AUTO a = {0};
    struct cty_value block = block_of(&a, "{" OFFLINE "}"), current = cty_null(), read;
    block = cty_with(&a, &block, STR("secret_key"), cty_unknown());
    struct provider *p = configured(&a, &block);
    struct call c = {.arena = &a, .provider = p};
    (void)state;
    assert_null(provider_aws(p));
    assert_null(resource_import(&c, &thing_type, STR("i"), &current));
    assert_null(resource_read(&c, &thing_type, &current, &read));
    assert_true(cty_eq(&current, &read));
    assert_true(str_find_str(c.warnings->detail, STR("\"secret_key\"")) < c.warnings->detail.len);
    provider_release(p);
}

static void an_unknown_cluster_keeps_only_those_from_reading_that_use_the_engine(void **state)
{
    ARENA_AUTO a = {0};
    struct cty_value block =
        block_of(&a, "{" OFFLINE ",\"cluster\":{\"name\":\"dev\",\"manifests\":[\"pods\"]}}");
    struct cty_value cluster = *cty_get(&block, STR("cluster"));
    cluster = cty_with(&a, &cluster, STR("endpoint"), cty_unknown());
    block = cty_with(&a, &block, STR("cluster"), cluster);
    block = cty_with(&a, &block, STR("default_tags"), cty_unknown());
    struct provider *p = configured(&a, &block);
    (void)state;
    assert_non_null(provider_aws(p));
    assert_str(provider_unknown(p, false), "");
    assert_str(provider_unknown(p, true), "cluster.endpoint");
    provider_release(p);
}

static struct tf_map map_of(struct arena *a, const char *pairs)
{
    struct tf_map m = {TF_KNOWN, ARENA_ARRAY(a, struct str, 8), ARENA_ARRAY(a, struct str, 8), 0};
    struct str rest = str_of(pairs), pair;
    while (rest.ptr && rest.len) {
        pair = str_cut(&rest, ' ');
        m.keys[m.count] = str_cut(&pair, '=');
        m.v[m.count++] = pair;
    }
    return m;
}

static struct str planned_tags_all(struct arena *a, struct provider *p, const char *thing)
{
    struct call c = {.arena = a, .provider = p};
    struct cty_value none = cty_null(), config;
    struct plan_result plan;
    struct buf out = buf_in(a);
    struct json_writer w = json_writer_to(&out);
    assert_null(resource_upgrade(&c, &thing_type, 2, str_of(thing), &config));
    struct plan_request request = {&none, &config, &config};
    assert_null(resource_plan(&c, &thing_type, &request, &plan));
    const struct cty_value *v = cty_get(&plan.planned, STR("tags_all"));
    if (v->kind == CTY_UNKNOWN)
        return STR("unknown");
    cty_to_json(&w, v, &cty_type_string_map);
    return buf_str(&out);
}

static void tags_all_is_the_defaults_under_the_resources_own_less_the_ignored(void **state)
{
    ARENA_AUTO a = {0};
    struct cty_value block =
        block_of(&a, "{" OFFLINE ",\"default_tags\":[{\"tags\":{\"team\":\"a\",\"skip\":\"x\"}}],"
                     "\"ignore_tags\":[{\"keys\":[\"skip\"],\"key_prefixes\":[\"k8s/\"]}]}");
    struct provider *p = configured(&a, &block);
    (void)state;
    assert_str(planned_tags_all(&a, p, "{}"), "{\"team\":\"a\"}");
    assert_str(planned_tags_all(&a, p, "{\"tags\":{\"team\":\"b\",\"n\":\"1\",\"k8s/x\":\"y\"}}"),
               "{\"team\":\"b\",\"n\":\"1\"}");
    assert_str(planned_tags_all(&a, NULL, "{}"), "unknown");
    provider_release(p);
}

static void remote_tags_part_into_own_and_all(void **state)
{
    ARENA_AUTO a = {0};
    struct cty_value block =
        block_of(&a, "{" OFFLINE ",\"default_tags\":[{\"tags\":{\"team\":\"a\"}}],"
                     "\"ignore_tags\":[{\"keys\":[\"skip\"]}]}");
    struct provider *p = configured(&a, &block);
    struct call c = {.arena = &a, .provider = p};
    struct tf_map remote_tags = map_of(&a, "team=a own=1 skip=x aws:cloudformation=y");
    struct tf_map tags = {0}, all = {0};
    (void)state;
    call_tags_read(&c, &remote_tags, &tags, &all);
    assert_int_equal(tags.count, 1);
    assert_str(tags.keys[0], "own");
    assert_int_equal(all.count, 2);
    tags = map_of(&a, "team=a"); /* the user wrote the default on the resource as well */
    call_tags_read(&c, &remote_tags, &tags, &all);
    assert_int_equal(tags.count, 2);
    provider_release(p);
}

static void what_resources_share_ends_with_the_first_change(void **state)
{
    ARENA_AUTO a = {0};
    struct cty_value block = block_of(&a, "{" OFFLINE "}"), none = cty_null(), left;
    struct provider *p = configured(&a, &block);
    struct call c = {.arena = &a, .provider = p}, unconfigured = {.arena = &a};
    struct str answer;
    (void)state;
    call_remember(&c, STR("role"), STR("its policies"));
    assert_true(call_recall(&c, STR("role"), &answer));
    assert_str(answer, "its policies");
    assert_false(call_recall(&unconfigured, STR("role"), &answer));
    assert_null(resource_apply(&c, &thing_type, &none, &none, &left));
    assert_false(call_recall(&c, STR("role"), &answer));
    provider_release(p);
}

static void a_change_of_tags_is_what_to_put_and_what_to_drop(void **state)
{
    ARENA_AUTO a = {0};
    struct call c = {.arena = &a};
    struct tf_map was = map_of(&a, "same=1 changed=1 gone=1");
    struct tf_map will = map_of(&a, "same=1 changed=2 new=1");
    struct tag_change change = call_tags_change(&c, &was, &will);
    (void)state;
    assert_int_equal(change.put.count, 2);
    assert_str(change.put.keys[0], "changed");
    assert_str(change.put.keys[1], "new");
    assert_int_equal(change.drop.count, 1);
    assert_str(change.drop.v[0], "gone");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_cannot_be_is_refused_at_its_place),
        cmocka_unit_test(what_has_no_effect_is_said),
        cmocka_unit_test(a_configured_provider_outlives_the_call_that_brought_it),
        cmocka_unit_test(under_an_unknown_setting_state_stays_and_the_setting_is_named),
        cmocka_unit_test(an_unknown_cluster_keeps_only_those_from_reading_that_use_the_engine),
        cmocka_unit_test(tags_all_is_the_defaults_under_the_resources_own_less_the_ignored),
        cmocka_unit_test(remote_tags_part_into_own_and_all),
        cmocka_unit_test(what_resources_share_ends_with_the_first_change),
        cmocka_unit_test(a_change_of_tags_is_what_to_put_and_what_to_drop),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
