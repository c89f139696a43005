#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "engine/host/host.h"
#include "tests/unit/loopback.h"

#define COUNT(rows) (sizeof(rows) / sizeof(*(rows)))

static bool has(struct str text, const char *part)
{
    return str_find_str(text, str_of(part)) < text.len;
}

static const struct aws_role token_role = {.arn = STR_INIT("arn:aws:iam::1:role/web"),
                                           .token_file = STR_INIT("/var/run/token")};
static const struct str session_keys[] = {STR_INIT("team")};
static struct aws_tag session_tags[] = {{STR_INIT("team"), STR_INIT("x")}};
static const struct aws_role roles[] = {
    {.arn = STR_INIT("arn:aws:iam::1:role/a"),
     .session_name = STR_INIT("s"),
     .external_id = STR_INIT("ext"),
     .duration_seconds = 3600,
     .transitive_tag_keys = session_keys,
     .transitive_tag_key_count = 1,
     .tags = {session_tags, 1, 1},
     .path = STR_INIT("assume_role[0]")},
    {.arn = STR_INIT("arn:aws:iam::2:role/b")},
};

static struct host_settings full(struct arena *a)
{
    static const struct str paths[] = {STR_INIT("/srv/web.yaml")};
    static const struct aws_endpoint_override endpoints[] = {
        {STR_INIT("ec2"), STR_INIT("http://127.0.0.1:5000")}};
    static const struct str files[] = {STR_INIT("/etc/aws")};
    struct host_settings s = {
        .fleet = {STR("123456789012"), STR("us-east-1"), STR("moon"), STR("http://127.0.0.1:1")},
        .manifests = paths,
        .manifest_count = 1,
        .follows_api_server = true,
        .kubeconfig = STR("/srv/kubeconfig"),
        .context = STR("dev"),
        .ignore_preferences = true,
        .interruption_queue = STR("moon-interruptions"),
        .heeds_rebalance = true,
        .batch_idle_ms = 7,
        .max_staleness_ms = 90 * 1000,
        .max_disrupted = {.set = true, .value = 3},
        .max_unready = {.set = true, .percent = true, .value = 30},
        .access = {.profile = STR("dev"),
                   .config_files = files,
                   .config_file_count = 1,
                   .web_identity = &token_role,
                   .roles = roles,
                   .role_count = COUNT(roles),
                   .endpoints = endpoints,
                   .endpoint_count = 1,
                   .fips = AWS_OFF,
                   .metadata = AWS_ON,
                   .max_attempts = 4,
                   .https_proxy = STR("http://proxy:8080"),
                   .sts_region = STR("eu-west-1")},
    };
    labels_set(a, &s.default_tags, STR("team"), STR("a \"b\""));
    return s;
}

static void settings_survive_their_record(void **state)
{
    ARENA_AUTO a = {0};
    struct host_settings s = full(&a), back;
    (void)state;
    struct str record = host_settings_write(&a, &s);
    assert_null(host_settings_read(&a, record, &back));
    assert_true(str_eq(back.fleet.cluster, STR("moon")));
    assert_true(str_eq(back.access.profile, STR("dev")));
    assert_true(back.follows_api_server && str_eq(back.kubeconfig, STR("/srv/kubeconfig")));
    assert_true(str_eq(back.context, STR("dev")));
    assert_true(str_eq(back.manifests[0], STR("/srv/web.yaml")));
    assert_true(str_eq(back.access.endpoints[0].url, s.access.endpoints[0].url));
    assert_true(back.ignore_preferences && back.heeds_rebalance);
    assert_true(str_eq(back.interruption_queue, s.interruption_queue));
    assert_int_equal(back.batch_idle_ms, 7);
    assert_true(back.max_disrupted.set && !back.max_disrupted.percent);
    assert_int_equal(back.max_disrupted.value, 3);
    assert_true(back.max_unready.percent);
    assert_int_equal(back.max_staleness_ms, 90 * 1000);
    assert_true(str_eq(labels_get(&back.default_tags, STR("team")), STR("a \"b\"")));
    assert_true(str_eq(host_settings_write(&a, &back), record)); /* and all the rest */

    assert_int_equal(back.access.role_count, 2);
    assert_true(str_eq(back.access.roles[0].external_id, STR("ext")));
    assert_true(str_eq(back.access.roles[0].tags.items[0].value, STR("x")));
    assert_true(str_eq(back.access.roles[1].arn, roles[1].arn));
    assert_true(str_eq(back.access.web_identity->token_file, token_role.token_file));
    assert_int_equal(back.access.fips, AWS_OFF);
    assert_int_equal(back.access.dualstack, AWS_UNSET);
    assert_int_equal(back.access.metadata, AWS_ON);
}

static void a_record_keeps_no_secret(void **state)
{
    ARENA_AUTO a = {0};
    struct aws_role web = {.arn = STR("arn:aws:iam::1:role/web"), .token = STR("hidden-jwt")};
    struct host_settings s = full(&a), back;
    (void)state;
    s.access.access_key = STR("hidden-key-id");
    s.access.secret_key = STR("hidden-key");
    s.access.token = STR("hidden-token");
    s.cluster_token = STR("hidden-bearer");
    s.access.web_identity = &web;
    s.access.http_proxy = s.access.https_proxy = STR("http://me:hidden-word@proxy:8080");
    s.secrets_left_out = true;
    struct str record = host_settings_write(&a, &s);
    assert_false(has(record, "hidden"));
    assert_null(host_settings_read(&a, record, &back));
    assert_true(back.secrets_left_out);
    assert_null(back.access.web_identity);
}

/* Whoever can write to the store can write this. */
static void a_record_of_another_shape_is_refused_by_what_it_should_be(void **state)
{
    static const struct {
        const char *record, *why;
    } rows[] = {
        {"[1]", "they are no object"},
        {"{", "line 1"},
        {"{\"endpoints\":[\"http://x\"]}", "endpoints is no object"},
        {"{\"endpoints\":{\"ec2\":1}}", "entry 0 is no text"},
        {"{\"region\":[]}", "region is no text"},
        {"{\"manifests\":{}}", "manifests is no list"},
        {"{\"manifests\":[\"a\",{}]}", "entry 1 is no text"},
        {"{\"default_tags\":{\"a\":null}}", "entry 0 is no text"},
        {"{\"batch_idle_ms\":-1}", "batch_idle_ms is no whole number from 0 to"},
        {"{\"batch_max_ms\":9e18}", "batch_max_ms is no whole number from 0 to"},
        {"{\"max_staleness_ms\":\"30s\"}", "max_staleness_ms is no whole number from 0 to"},
        {"{\"max_disrupted\":\"a few\"}", "max_disrupted is no number and no percentage: a few"},
        {"{\"max_unready\":\"101%\"}", "max_unready is no number and no percentage: 101%"},
        {"{\"access\":true}", "access is no object"},
        {"{\"access\":{\"roles\":{}}}", "roles is no list"},
        {"{\"access\":{\"roles\":[7]}}", "entry 0 of a list is no object"},
        {"{\"access\":{\"roles\":[{\"arn\":1}]}}", "arn is no text"},
        {"{\"access\":{\"fips\":\"on\"}}", "fips is no boolean"},
        {"{\"access\":{\"web_identity\":[]}}", "web_identity is no object"},
    };
    ARENA_AUTO a = {0};
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct host_settings s;
        struct error *e = host_settings_read(&a, str_of(rows[i].record), &s);
        assert_non_null(e);
        assert_true(has(e->summary, "the store's settings cannot be read"));
        assert_true(has(e->summary, rows[i].why));
        assert_true(has(e->detail, "writes them anew"));
    }
}

/* Whose credentials: STS is played by a scripted server. */

#define WHO(account, arn)                                                                      \
    "<GetCallerIdentityResponse><GetCallerIdentityResult><Arn>" arn "</Arn><UserId>U</UserId>" \
    "<Account>" account "</Account></GetCallerIdentityResult></GetCallerIdentityResponse>"

static struct error *never_opened(void *self, struct arena *a, const struct host_settings *s,
                                  struct event_sink sink, struct host_ports *out)
{
    (void)s, (void)sink, (void)out;
    *(bool *)self = true;
    return error_new(a, ERROR_INVALID, "the ports were opened");
}

struct trial {
    struct arena arena;
    struct loopback server;
    struct host_settings settings;
    struct str url;
    char folder[64];
};

static void begin(struct trial *t, const struct loopback_step *steps, size_t count)
{
    *t = (struct trial){0};
    loopback_start(&t->server, steps, count);
    t->url = arena_printf(&t->arena, "http://127.0.0.1:%d/", t->server.port);
    memcpy(t->folder, "/tmp/tenon-host-XXXXXX", sizeof("/tmp/tenon-host-XXXXXX"));
    assert_non_null(mkdtemp(t->folder));
    t->settings.fleet =
        (struct fleet_identity){STR("111111111111"), STR("us-east-1"), STR("moon"), t->url};
    t->settings.store = arena_printf(&t->arena, "sqlite:%s/a.db", t->folder);
}

static struct error *run_until(struct trial *t, struct str url, struct cancel *stop, bool *opened)
{
    const struct aws_endpoint_override endpoints[] = {{STR("ec2"), url}, {STR("sts"), url}};
    const struct aws_config config = {.region = STR("us-east-1"),
                                      .access_key = STR("AK"),
                                      .secret_key = STR("SK"),
                                      .endpoints = endpoints,
                                      .endpoint_count = 2};
    const struct host_factory factory = {.self = opened, .open = never_opened};
    bool settled;
    *opened = false;
    assert_null(aws_client_new(&t->arena, &config, &t->settings.aws));
    struct host *h = host_new(&t->settings, &factory);
    struct error *e = host_run(h, &t->arena, stop, true, NEVER_MS, &settled);
    host_free(h);
    aws_client_free(t->settings.aws);
    return e;
}

static struct error *run_once(struct trial *t, struct str url, bool *opened)
{
    return run_until(t, url, NULL, opened);
}

static void end(struct trial *t)
{
    loopback_stop(&t->server);
    assert_int_equal(system(arena_printf(&t->arena, "rm -rf %s", t->folder).ptr), 0);
    arena_free(&t->arena);
}

static void an_engine_that_is_told_to_stop_before_it_knows_whose_it_is_stops(void **state)
{
    struct trial t;
    bool opened;
    struct cancel *stop = cancel_new(NULL);
    (void)state;
    begin(&t, NULL, 0);
    cancel_raise(stop);
    assert_null(run_until(&t, t.url, stop, &opened));
    assert_false(opened);
    cancel_free(stop);
    end(&t);
}

static void an_engine_with_credentials_of_another_account_is_refused_by_name(void **state)
{
    static const struct loopback_step steps[] = {
        {.body = WHO("222222222222", "arn:aws:iam::222222222222:user/me")}};
    struct trial t;
    bool opened;
    (void)state;
    begin(&t, steps, COUNT(steps));
    t.settings.secrets_left_out = true;
    struct error *e = run_once(&t, t.url, &opened);
    assert_non_null(e);
    assert_false(opened);
    assert_true(has(e->summary, "a.db is of account 111111111111, these credentials are of "
                                "222222222222 (arn:aws:iam::222222222222:user/me)"));
    assert_true(has(e->detail, "--profile"));
    assert_true(has(e->detail, "which no store keeps"));
    end(&t);
}

static void an_engine_in_another_partition_or_behind_another_endpoint_is_refused(void **state)
{
    static const struct loopback_step steps[] = {
        {.body = WHO("111111111111", "arn:aws-cn:iam::111111111111:user/me")}};
    struct trial t;
    bool opened;
    (void)state;
    begin(&t, steps, COUNT(steps));
    struct error *e = run_once(&t, t.url, &opened);
    assert_non_null(e);
    assert_false(opened);
    assert_true(has(e->summary, "is of partition aws, these credentials are of 111111111111"));
    e = run_once(&t, STR("http://127.0.0.1:9/"), &opened); /* nobody is asked there */
    assert_non_null(e);
    assert_false(opened);
    assert_true(has(e->summary, "these credentials are of http://127.0.0.1:9/"));
    end(&t);
}

static void an_engine_of_the_right_account_begins_and_one_without_an_account_asks_nobody(
    void **state)
{
    static const struct loopback_step steps[] = {
        {.body = WHO("111111111111", "arn:aws:iam::111111111111:user/me")}};
    struct trial t;
    bool opened;
    (void)state;
    begin(&t, steps, COUNT(steps));
    assert_true(has(run_once(&t, t.url, &opened)->summary, "the ports were opened"));
    assert_true(opened);
    t.settings.fleet.account = STR("");
    t.settings.store = arena_printf(&t.arena, "sqlite:%s/b.db", t.folder);
    assert_non_null(run_once(&t, t.url, &opened));
    assert_true(opened);
    assert_int_equal(atomic_load(&t.server.request_count), 1);
    end(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(settings_survive_their_record),
        cmocka_unit_test(a_record_keeps_no_secret),
        cmocka_unit_test(a_record_of_another_shape_is_refused_by_what_it_should_be),
        cmocka_unit_test(an_engine_that_is_told_to_stop_before_it_knows_whose_it_is_stops),
        cmocka_unit_test(an_engine_with_credentials_of_another_account_is_refused_by_name),
        cmocka_unit_test(an_engine_in_another_partition_or_behind_another_endpoint_is_refused),
        cmocka_unit_test(
            an_engine_of_the_right_account_begins_and_one_without_an_account_asks_nobody),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
