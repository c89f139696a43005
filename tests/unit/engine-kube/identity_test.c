/* Who we are is found in a pod, in a token's file, by a plugin or signed for EKS, and is got anew
 * before it runs out. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <unistd.h>

#include "engine/aws/eks.h"
#include "engine/base/digest.h"
#include "engine/base/json.h"
#include "engine/base/time.h"
#include "engine/kube/eks_access.h"
#include "engine/kube/identity.h"
#include "engine/kube/in_cluster.h"
#include "engine/kube/plugin.h"
#include "tests/unit/engine-aws/fixture.h"

#define PEM "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n"
#define V1  "client.authentication.k8s.io/v1"

/* A folder of a test's own. */
struct folder {
    struct arena a;
    char path[40];
};

static void folder_begin(struct folder *f)
{
    *f = (struct folder){.path = "/tmp/tenon-identity-XXXXXX"};
    assert_non_null(mkdtemp(f->path));
}

static struct str put(struct folder *f, const char *name, const char *text)
{
    struct str path = arena_printf(&f->a, "%s/%s", f->path, name);
    FILE *out = fopen(path.ptr, "w");
    assert_non_null(out);
    fputs(text, out);
    fclose(out);
    return path;
}

static void folder_end(struct folder *f)
{
    static const char *const names[] = {"token", "ca.crt", "namespace", "count"};
    for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
        unlink(arena_printf(&f->a, "%s/%s", f->path, names[i]).ptr);
    assert_int_equal(rmdir(f->path), 0);
    arena_free(&f->a);
}

static void a_pods_account_is_found_by_its_files_and_variables(void **state)
{
    struct folder f;
    struct kube_access k;
    (void)state;

    folder_begin(&f);
    unsetenv("KUBERNETES_SERVICE_HOST");
    setenv("KUBERNETES_SERVICE_PORT", "443", 1);
    assert_false(kube_is_in_cluster());
    struct error *e = kube_in_cluster(&f.a, str_of(f.path), &k);
    assert_int_equal(e->kind, ERROR_NOT_FOUND);
    setenv("KUBERNETES_SERVICE_HOST", "fd00::1", 1);
    assert_true(kube_is_in_cluster());
    e = kube_in_cluster(&f.a, str_of(f.path), &k);
    assert_contains(e->summary, "/token does not exist");
    put(&f, "token", "t\n");
    put(&f, "ca.crt", "no");
    e = kube_in_cluster(&f.a, str_of(f.path), &k);
    assert_contains(e->summary, "/ca.crt: it is not PEM");
    put(&f, "ca.crt", PEM);
    assert_fine(kube_in_cluster(&f.a, str_of(f.path), &k));
    assert_str(k.namespace, "");
    put(&f, "namespace", "tenon\n");
    assert_fine(kube_in_cluster(&f.a, str_of(f.path), &k));
    assert_str(k.server, "https://[fd00::1]:443");
    assert_str(k.ca, PEM);
    assert_str(k.namespace, "tenon");
    assert_int_equal(k.login, KUBE_LOGIN_TOKEN_FILE);
    folder_end(&f);
}

static void a_tokens_file_is_read_again_each_minute_and_when_it_is_refused(void **state)
{
    struct folder f;
    struct kube_proof p;
    (void)state;

    folder_begin(&f);
    struct kube_access k = {.login = KUBE_LOGIN_TOKEN_FILE, .token_file = put(&f, "token", "a\n")};
    struct kube_identity *i = kube_identity_new(&k);
    assert_fine(kube_identity_get(i, &f.a, NULL, 1000, &p));
    assert_str(p.authorization, "Bearer a");
    put(&f, "token", "b");
    assert_fine(kube_identity_get(i, &f.a, NULL, 60999, &p));
    assert_str(p.authorization, "Bearer a");
    assert_fine(kube_identity_get(i, &f.a, NULL, 61000, &p));
    assert_str(p.authorization, "Bearer b");
    put(&f, "token", "c");
    assert_true(kube_identity_refused(i));
    assert_fine(kube_identity_get(i, &f.a, NULL, 61001, &p));
    assert_str(p.authorization, "Bearer c");
    put(&f, "token", " \n"); /* half written: the old one is tried on */
    assert_fine(kube_identity_get(i, &f.a, NULL, 200000, &p));
    assert_str(p.authorization, "Bearer c");
    assert_true(kube_identity_refused(i));
    struct error *e = kube_identity_get(i, &f.a, NULL, 200001, &p);
    assert_int_equal(e->kind, ERROR_DENIED);
    assert_contains(e->summary, "is empty");
    kube_identity_free(i);
    folder_end(&f);
}

static void what_never_changes_is_sent_as_it_is(void **state)
{
    ARENA_AUTO a = {0};
    struct kube_access none = {.client_certificate = STR("c"), .client_key = STR("k")};
    struct kube_access pair = {
        .login = KUBE_LOGIN_PASSWORD, .username = STR("jane"), .password = STR("pw")};
    struct kube_proof p;
    (void)state;

    struct kube_identity *i = kube_identity_new(&none);
    assert_fine(kube_identity_get(i, &a, NULL, 0, &p));
    assert_int_equal(p.authorization.len, 0);
    assert_str(p.certificate, "c");
    assert_str(p.key, "k");
    assert_false(kube_identity_refused(i));
    kube_identity_free(i);
    i = kube_identity_new(&pair);
    assert_fine(kube_identity_get(i, &a, NULL, 0, &p));
    assert_str(p.authorization, "Basic amFuZTpwdw==");
    kube_identity_free(i);
    kube_identity_free(NULL);
}

/* A plugin that counts its runs in a file and prints `printed` after it. */
static struct kube_access plugin_that(struct folder *f, const char *prints)
{
    struct str *arguments = ARENA_ARRAY(&f->a, struct str, 2);
    struct kube_variable *variables = ARENA_ARRAY(&f->a, struct kube_variable, 2);

    arguments[0] = STR("-c");
    arguments[1] = arena_printf(&f->a, "printf x >>%s/count; %s", f->path, prints);
    variables[0] = (struct kube_variable){STR("TENON_WORD"), STR("it's \"$HOME\" `x`")};
    variables[1] = (struct kube_variable){STR("odd.name"), STR("2")};
    return (struct kube_access){.login = KUBE_LOGIN_PLUGIN,
                                .server = STR("https://s"),
                                .plugin = {.command = STR("sh"),
                                           .api_version = STR(V1),
                                           .install_hint = STR("Install it."),
                                           .arguments = arguments,
                                           .argument_count = 2,
                                           .variables = variables,
                                           .variable_count = 2}};
}

static size_t runs(struct folder *f)
{
    char text[64];
    FILE *in = fopen(arena_printf(&f->a, "%s/count", f->path).ptr, "r");
    size_t n = in ? fread(text, 1, sizeof(text), in) : 0;
    if (in)
        fclose(in);
    return n;
}

static void a_plugin_is_run_when_its_token_is_about_to_expire(void **state)
{
    struct folder f;
    struct kube_proof p;
    int64_t expires_ms;
    (void)state;

    folder_begin(&f);
    struct kube_access k = plugin_that(
        &f, "echo '{\"kind\":\"ExecCredential\",\"apiVersion\":\"" V1
            "\",\"status\":{\"token\":\"t1\",\"expirationTimestamp\":\"2026-12-01T00:10:00Z\"}}'");
    assert_true(time_parse(STR("2026-12-01T00:10:00Z"), &expires_ms));
    struct kube_identity *i = kube_identity_new(&k);
    assert_fine(kube_identity_get(i, &f.a, NULL, expires_ms - 600000, &p));
    assert_str(p.authorization, "Bearer t1");
    assert_fine(kube_identity_get(i, &f.a, NULL, expires_ms - 30001, &p));
    assert_int_equal(runs(&f), 1);
    assert_fine(kube_identity_get(i, &f.a, NULL, expires_ms - 30000, &p));
    assert_int_equal(runs(&f), 2);
    assert_fine(kube_identity_get(i, &f.a, NULL, expires_ms - 1, &p));
    assert_int_equal(runs(&f), 2);
    assert_true(kube_identity_refused(i));
    struct error *e = kube_identity_get(i, &f.a, NULL, expires_ms, &p);
    assert_contains(e->summary, "the credential plugin sh: what it printed has expired");
    kube_identity_free(i);
    folder_end(&f);
}

static void a_plugin_gets_its_words_as_they_are_and_what_is_asked_of_it(void **state)
{
    struct folder f;
    struct kube_proof p;
    (void)state;

    folder_begin(&f);
    struct kube_access k = plugin_that(
        &f, "printf '{\"kind\":\"ExecCredential\",\"apiVersion\":\"" V1
            "\",\"status\":{\"token\":\"%s|%s\"}}' \"$(echo \"$TENON_WORD\" | tr '\"' q)\" "
            "\"$(echo \"$KUBERNETES_EXEC_INFO\" | tr '\"' q)\"");
    struct kube_identity *i = kube_identity_new(&k);
    assert_fine(kube_identity_get(i, &f.a, NULL, 0, &p));
    assert_str(p.authorization, "Bearer it's q$HOMEq `x`|{qkindq:qExecCredentialq,qapiVersionq:"
                                "q" V1 "q,qspecq:{qinteractiveq:false}}");
    kube_identity_free(i);
    folder_end(&f);
}

static void a_plugin_that_asks_for_it_is_told_the_cluster(void **state)
{
    ARENA_AUTO a = {0};
    struct json config, question;
    struct kube_access k = {.server = STR("https://s"),
                            .ca = STR(PEM),
                            .tls_server_name = STR("n"),
                            .proxy = STR("http://p"),
                            .plugin = {.api_version = STR(V1), .wants_cluster = true}};
    (void)state;

    assert_null(json_parse(&a, STR("{\"audience\":\"x\"}"), &config));
    k.plugin.for_it = &config;
    assert_null(json_parse(&a, kube_plugin_question(&a, &k), &question));
    const struct json *cluster = json_path(&question, "spec", "cluster", NULL);
    assert_str(json_get(cluster, "server")->text, "https://s");
    assert_str(json_get(cluster, "tls-server-name")->text, "n");
    assert_str(json_get(cluster, "proxy-url")->text, "http://p");
    assert_true(
        str_eq(json_get(cluster, "certificate-authority-data")->text, base64_encode(&a, STR(PEM))));
    assert_str(json_path(cluster, "config", "audience", NULL)->text, "x");
}

static void a_plugin_that_fails_says_why_and_its_output_stays_unsaid(void **state)
{
#define ANSWER(status) "echo '{\"kind\":\"ExecCredential\",\"apiVersion\":\"" V1 "\"," status "}'"
    static const struct {
        const char *prints, *says;
    } rows[] = {
        {"echo out of luck >&2; exit 3", "ended with status 3 It says: out of luck"},
        {"exit 127", "ended with status 127 Install it."},
        {"echo SECRET", "not a JSON object"},
        {"echo '{\"kind\":\"Pod\"}'", "not an ExecCredential"},
        {"echo '{\"kind\":\"ExecCredential\",\"apiVersion\":\"v9\"}'", "another apiVersion"},
        {ANSWER("\"status\":{}"), "neither token nor certificate"},
        {ANSWER("\"status\":{\"clientKeyData\":\"SECRET\"}"), "without its certificate"},
        {ANSWER("\"status\":{\"token\":\"SECRET\",\"expirationTimestamp\":\"soon\"}"),
         "is no time"},
    };
    (void)state;

    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        struct folder f;
        struct kube_proof p;
        folder_begin(&f);
        struct kube_access k = plugin_that(&f, rows[i].prints);
        struct kube_identity *identity = kube_identity_new(&k);
        struct error *e = kube_identity_get(identity, &f.a, NULL, 0, &p);
        assert_non_null(e);
        assert_int_equal(e->kind, ERROR_DENIED);
        struct str all =
            arena_printf(&f.a, STR_FMT " " STR_FMT, STR_ARG(e->summary), STR_ARG(e->detail));
        assert_contains(all, rows[i].says);
        assert_true(str_find_str(all, STR("SECRET")) == all.len);
        kube_identity_free(identity);
        folder_end(&f);
    }
}

static struct str of_url(struct arena *a, struct str token)
{
    struct str text = str_slice(token, strlen("k8s-aws-v1."), token.len), url;
    char *standard = arena_alloc(a, text.len + 4);

    for (size_t i = 0; i < text.len; i++)
        standard[i] = text.ptr[i] == '-' ? '+' : text.ptr[i] == '_' ? '/' : text.ptr[i];
    size_t len = text.len;
    while (len % 4)
        standard[len++] = '=';
    assert_true(base64_decode(a, (struct str){standard, len}, &url));
    return url;
}

/* The signature is what botocore 1.43 makes of the same keys, date and cluster. */
static void a_token_of_eks_is_a_url_that_aws_credentials_signed(void **state)
{
    ARENA_AUTO a = {0};
    struct aws_client *client;
    struct str token;
    int64_t now_ms;
    struct aws_config config = {.region = STR("eu-west-1"),
                                .access_key = STR("AKIDEXAMPLE"),
                                .secret_key = STR("wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"),
                                .token = STR("session/token=")};
    (void)state;

    forget_environment();
    assert_fine(aws_client_new(&a, &config, &client));
    struct aws_call call = {.client = client, .arena = &a};
    assert_true(time_parse(STR("2026-12-01T00:00:00Z"), &now_ms));
    assert_fine(eks_token(&call, STR("dev"), now_ms, &token));
    assert_true(str_starts_with(token, STR("k8s-aws-v1.")));
    assert_true(str_find(token, '=') == token.len);
    struct str url = of_url(&a, token);
    assert_str(url, "https://sts.eu-west-1.amazonaws.com/?Action=GetCallerIdentity&Version="
                    "2011-06-15&X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=AKIDEXAMPLE%2F"
                    "20261201%2Feu-west-1%2Fsts%2Faws4_request&X-Amz-Date=20261201T000000Z&"
                    "X-Amz-Expires=60&X-Amz-SignedHeaders=host%3Bx-k8s-aws-id&"
                    "X-Amz-Security-Token=session%2Ftoken%3D&X-Amz-Signature="
                    "fdde5042ed6009554014dbf7dbaf17bfad4eef1daf52b28dc4252a6fdce0f521");
    aws_client_free(client);
}

#define CLUSTER(rest) "{\"cluster\":{\"name\":\"dev\"" rest "}}"

static void eks_says_where_its_cluster_is(void **state)
{
    static const struct loopback_step steps[] = {
        {.body = CLUSTER(",\"endpoint\":\"https://x.eks.amazonaws.com\",\"certificateAuthority\":"
                         "{\"data\":\"LS0tLS1CRUdJTiBDRVJUSUZJQ0FURS0tLS0tCk1JSUIKLS0tLS1FTkQgQ0VS"
                         "VElGSUNBVEUtLS0tLQo=\"}")},
        {.body = CLUSTER()},
    };
    struct fixture f;
    struct kube_access k;
    (void)state;

    begin(&f, steps, 2);
    assert_fine(kube_eks(&f.call, STR("dev"), &k));
    assert_str(k.server, "https://x.eks.amazonaws.com");
    assert_str(k.ca, PEM);
    assert_int_equal(k.login, KUBE_LOGIN_EKS);
    struct error *e = kube_eks(&f.call, STR("dev"), &k);
    assert_int_equal(e->kind, ERROR_CONFLICT);
    assert_contains(e->summary, "being made");
    end(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_pods_account_is_found_by_its_files_and_variables),
        cmocka_unit_test(a_tokens_file_is_read_again_each_minute_and_when_it_is_refused),
        cmocka_unit_test(what_never_changes_is_sent_as_it_is),
        cmocka_unit_test(a_plugin_is_run_when_its_token_is_about_to_expire),
        cmocka_unit_test(a_plugin_gets_its_words_as_they_are_and_what_is_asked_of_it),
        cmocka_unit_test(a_plugin_that_asks_for_it_is_told_the_cluster),
        cmocka_unit_test(a_plugin_that_fails_says_why_and_its_output_stays_unsaid),
        cmocka_unit_test(a_token_of_eks_is_a_url_that_aws_credentials_signed),
        cmocka_unit_test(eks_says_where_its_cluster_is),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
