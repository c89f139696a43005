/* A kubeconfig is read as kubectl reads it, and what is wrong with one is said with file, line and
 * field. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <sys/stat.h>
#include <unistd.h>

#include "engine/kube/kubeconfig.h"

#define PEM   "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n"
#define KEY   "-----BEGIN EC PRIVATE KEY-----\nMIIB\n-----END EC PRIVATE KEY-----\n"
#define PEM64 "LS0tLS1CRUdJTiBDRVJUSUZJQ0FURS0tLS0tCk1JSUIKLS0tLS1FTkQgQ0VSVElGSUNBVEUtLS0tLQo="
#define KEY64 \
    "LS0tLS1CRUdJTiBFQyBQUklWQVRFIEtFWS0tLS0tCk1JSUIKLS0tLS1FTkQgRUMgUFJJVkFURSBLRVktLS0tLQo="

#define CONTEXT              \
    "current-context: dev\n" \
    "contexts: [{name: dev, context: {cluster: c, user: u, namespace: apps}}]\n"
#define CLUSTER "clusters: [{name: c, cluster: {server: \"https://10.0.0.1:6443/\"}}]\n"

static void assert_text(struct str got, const char *expected)
{
    if (!str_eq(got, str_of(expected)))
        fail_msg("got `" STR_FMT "`, expected `%s`", STR_ARG(got), expected);
}

static void assert_says(const struct error *e, const char *path, const char *part)
{
    assert_non_null(e);
    assert_text(e->path, path);
    if (str_find_str(e->summary, str_of(part)) == e->summary.len)
        fail_msg("`" STR_FMT "` does not say `%s`", STR_ARG(e->summary), part);
}

static void no_proxy_in_the_environment(void)
{
    static const char *const names[] = {"HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy",
                                        "NO_PROXY",    "no_proxy",    "KUBECONFIG"};
    for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
        unsetenv(names[i]);
}

/* Of a text that lies in the file /k/config. */
static struct error *access_of(struct arena *a, const char *text, const char *context,
                               struct kube_access *out)
{
    struct kubeconfig c = {.files = STR("/k/config")};

    no_proxy_in_the_environment();
    TRY(kubeconfig_read(a, STR("/k/config"), str_of(text), &c));
    return kubeconfig_access(a, &c, str_of(context), out);
}

static void assert_fine(struct error *e)
{
    if (e)
        fail_msg(STR_FMT ": " STR_FMT, STR_ARG(e->path), STR_ARG(e->summary));
}

static void a_context_leads_to_a_cluster_and_a_user(void **state)
{
    ARENA_AUTO a = {0};
    struct kube_access k;
    (void)state;

    assert_fine(access_of(&a,
                          "apiVersion: v1\nkind: Config\npreferences: {}\n" CONTEXT
                          "clusters:\n- name: other\n  cluster: {server: http://x}\n- name: c\n"
                          "  cluster:\n    server: https://10.0.0.1:6443/k8s/\n"
                          "    certificate-authority-data: " PEM64 "\n"
                          "    tls-server-name: api.dev\n"
                          "users:\n- name: u\n  user: {token: t0, as: jane, as-uid: \"7\", "
                          "as-groups: [ops, dev]}\n",
                          "", &k));
    assert_text(k.server, "https://10.0.0.1:6443/k8s");
    assert_text(k.ca, PEM);
    assert_text(k.tls_server_name, "api.dev");
    assert_text(k.namespace, "apps");
    assert_text(k.source, "context dev of /k/config");
    assert_int_equal(k.login, KUBE_LOGIN_TOKEN);
    assert_text(k.token, "t0");
    assert_text(k.as, "jane");
    assert_text(k.as_uid, "7");
    assert_int_equal(k.as_group_count, 2);
    assert_text(k.as_groups[1], "dev");
    assert_false(k.insecure);
    assert_int_equal(k.warning_count, 0);
}

static void every_way_to_log_in_is_read(void **state)
{
    static const struct {
        const char *user;
        enum kube_login login;
    } rows[] = {
        {"{}", KUBE_LOGIN_NONE},
        {"{token: t}", KUBE_LOGIN_TOKEN},
        {"{tokenFile: t}", KUBE_LOGIN_TOKEN_FILE},
        {"{token: t, tokenFile: /x}", KUBE_LOGIN_TOKEN_FILE},
        {"{username: jane, password: p}", KUBE_LOGIN_PASSWORD},
        {"{exec: {command: x, apiVersion: client.authentication.k8s.io/v1}}", KUBE_LOGIN_PLUGIN},
        {"{exec: {command: x, apiVersion: client.authentication.k8s.io/v1beta1, args: null, "
         "env: null, interactiveMode: IfAvailable}}",
         KUBE_LOGIN_PLUGIN},
        {"{token: t, exec: {command: x, apiVersion: client.authentication.k8s.io/v1}}",
         KUBE_LOGIN_TOKEN},
        {"{client-certificate-data: " PEM64 ", client-key-data: " KEY64 "}", KUBE_LOGIN_NONE},
    };
    (void)state;

    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        ARENA_AUTO a = {0};
        struct kube_access k;
        struct str text =
            arena_printf(&a, CONTEXT CLUSTER "users: [{name: u, user: %s}]\n", rows[i].user);
        assert_fine(access_of(&a, text.ptr, "dev", &k));
        assert_int_equal(k.login, rows[i].login);
    }
}

static void a_plugin_is_read_with_arguments_and_variables(void **state)
{
    ARENA_AUTO a = {0};
    struct kube_access k;
    (void)state;

    assert_fine(access_of(
        &a,
        CONTEXT "clusters: [{name: c, cluster: {server: \"https://s\", extensions: [{name: "
                "client.authentication.k8s.io/exec, extension: {audience: x}}]}}]\n"
                "users: [{name: u, user: {exec: {command: bin/get-token, args: [eks, \"it's\"], "
                "env: [{name: AWS_PROFILE, value: dev}], provideClusterInfo: true, installHint: "
                "install it, apiVersion: client.authentication.k8s.io/v1}}}]\n",
        "", &k));
    assert_text(k.plugin.command, "/k/bin/get-token");
    assert_int_equal(k.plugin.argument_count, 2);
    assert_text(k.plugin.arguments[1], "it's");
    assert_int_equal(k.plugin.variable_count, 1);
    assert_text(k.plugin.variables[0].name, "AWS_PROFILE");
    assert_text(k.plugin.variables[0].value, "dev");
    assert_true(k.plugin.wants_cluster);
    assert_text(k.plugin.install_hint, "install it");
    assert_text(json_string_or(json_get(k.plugin.for_it, "audience"), STR("")), "x");
}

static void a_proxy_is_the_clusters_else_the_environments(void **state)
{
    ARENA_AUTO a = {0};
    struct kube_access k;
    struct kubeconfig c = {0};
    (void)state;

    assert_fine(access_of(&a,
                          CONTEXT "clusters: [{name: c, cluster: {server: \"https://s\", "
                                  "proxy-url: \"socks5://p:1\"}}]\nusers: [{name: u}]\n",
                          "", &k));
    assert_text(k.proxy, "socks5://p:1");
    assert_fine(kubeconfig_read(&a, STR("f"), STR(CONTEXT CLUSTER "users: [{name: u}]\n"), &c));
    setenv("HTTPS_PROXY", "http://env:2", 1);
    setenv("NO_PROXY", "10.0.0.0/8", 1);
    assert_fine(kubeconfig_access(&a, &c, STR(""), &k));
    assert_text(k.proxy, "http://env:2");
    assert_text(k.no_proxy, "10.0.0.0/8");
    no_proxy_in_the_environment();
}

static void what_is_not_verified_is_warned_of(void **state)
{
    ARENA_AUTO a = {0};
    struct kube_access k;
    (void)state;

    assert_fine(access_of(&a,
                          CONTEXT "clusters: [{name: c, cluster: {server: \"https://s\", "
                                  "insecure-skip-tls-verify: true}}]\nusers: [{name: u}]\n",
                          "", &k));
    assert_true(k.insecure);
    assert_int_equal(k.warning_count, 1);
    assert_fine(access_of(&a,
                          CONTEXT "clusters: [{name: c, cluster: {server: \"http://s\"}}]\n"
                                  "users: [{name: u}]\n",
                          "", &k));
    assert_int_equal(k.warning_count, 1);
}

static void what_is_wrong_is_said_with_its_place(void **state)
{
    static const char dev[] = "contexts: [{name: dev, context: {cluster: c, user: u}}]\n";
    static const struct {
        const char *text, *context, *path, *says;
    } rows[] = {
        {"[]", "", "", "no kubeconfig"},
        {"kind: Pod", "", "", "no kubeconfig"},
        {"a: [", "", "", "line 2"},
        {"a: 1\n---\nb: 1\n", "", "", "second document"},
        {"clusters: 7", "", "clusters", "a list belongs there"},
        {"users: [7]", "", "users[0]", "a map with a name"},
        {"users: [{user: {}}]", "", "users[0].name", "it has no name"},
        {"users: [{name: u, user: 7}]", "", "users[0].user", "a map belongs there"},
        {"users: [{name: u}, {name: u}]", "", "users[1].name", "used before"},
        {"current-context: 7", "", "current-context", "a text belongs there"},
        {dev, "", "context", "no context is chosen"},
        {dev, "prod", "context", "there is no context prod in /k/config"},
        {dev, "dev", "contexts[dev].context.cluster", "/k/config, line 1: there is no cluster c"},
        {"contexts: [{name: dev, context: {cluster: c}}]\n" CLUSTER, "dev",
         "contexts[dev].context.user", "it is missing"},
        {CONTEXT "users: [{name: u}]\nclusters: [{name: c}]", "", "clusters[c].cluster.server",
         "it is missing"},
        {CONTEXT "users: [{name: u}]\nclusters: [{name: c, cluster: {server: 10.0.0.1}}]", "",
         "clusters[c].cluster.server", "/k/config, line 4: `10.0.0.1` is no API server's URL"},
        {CONTEXT "users: [{name: u}]\nclusters: [{name: c, cluster: {server: \"https://s\", "
                 "certificate-authority-data: \"%%\"}}]",
         "", "clusters[c].cluster.certificate-authority-data", "not base64"},
        {CONTEXT "users: [{name: u}]\nclusters: [{name: c, cluster: {server: \"https://s\", "
                 "certificate-authority-data: aGVsbG8=}}]",
         "", "clusters[c].cluster.certificate-authority-data", "not PEM with a CERTIFICATE"},
        {CONTEXT "users: [{name: u}]\nclusters: [{name: c, cluster: {server: \"https://s\", "
                 "certificate-authority: ca.pem}}]",
         "", "clusters[c].cluster.certificate-authority", "/k/ca.pem does not exist"},
        {CONTEXT "users: [{name: u}]\nclusters: [{name: c, cluster: {server: \"https://s\", "
                 "certificate-authority-data: " PEM64 ", insecure-skip-tls-verify: true}}]",
         "", "clusters[c].cluster.insecure-skip-tls-verify", "cannot stand beside"},
        {CONTEXT "users: [{name: u}]\nclusters: [{name: c, cluster: {server: \"https://s\", "
                 "insecure-skip-tls-verify: \"yes\"}}]",
         "", "clusters[c].cluster.insecure-skip-tls-verify", "true or false"},
        {CONTEXT "users: [{name: u}]\nclusters: [{name: c, cluster: {server: \"https://s\", "
                 "proxy-url: \"ftp://p\"}}]",
         "", "clusters[c].cluster.proxy-url", "no http, https or socks5 URL"},
        {CONTEXT CLUSTER "users: [{name: u, user: {token: 12}}]", "", "users[u].user.token",
         "/k/config, line 4: a text belongs there"},
        {CONTEXT CLUSTER "users: [{name: u, user: {token: t, username: jane}}]", "",
         "users[u].user.username", "beside a token"},
        {CONTEXT CLUSTER "users: [{name: u, user: {client-key-data: " KEY64 "}}]", "",
         "users[u].user.client-certificate", "it is missing"},
        {CONTEXT CLUSTER "users: [{name: u, user: {client-certificate-data: " PEM64 "}}]", "",
         "users[u].user.client-key", "it is missing"},
        {CONTEXT CLUSTER "users: [{name: u, user: {client-key-data: " PEM64 "}}]", "",
         "users[u].user.client-key-data", "not PEM with a PRIVATE KEY"},
        {CONTEXT CLUSTER "users: [{name: u, user: {auth-provider: {name: gcp}}}]", "",
         "users[u].user.auth-provider", "exec plugin"},
        {CONTEXT CLUSTER "users: [{name: u, user: {exec: {args: []}}}]", "",
         "users[u].user.exec.command", "it is missing"},
        {CONTEXT CLUSTER "users: [{name: u, user: {exec: {command: x, apiVersion: v1alpha1}}}]", "",
         "users[u].user.exec.apiVersion", "/v1beta1 belongs there"},
        {CONTEXT CLUSTER "users: [{name: u, user: {exec: {command: x, interactiveMode: Always, "
                         "apiVersion: client.authentication.k8s.io/v1}}}]",
         "", "users[u].user.exec.interactiveMode", "terminal"},
        {CONTEXT CLUSTER "users: [{name: u, user: {exec: {command: x, args: [1], "
                         "apiVersion: client.authentication.k8s.io/v1}}}]",
         "", "users[u].user.exec.args", "list of texts"},
        {CONTEXT CLUSTER "users: [{name: u, user: {exec: {command: x, env: [{name: \"a=b\"}], "
                         "apiVersion: client.authentication.k8s.io/v1}}}]",
         "", "users[u].user.exec.env", "a name and a value"},
        {CONTEXT CLUSTER "users: [{name: u, user: {as-groups: [a]}}]", "", "users[u].user.as",
         "as-uid and as-groups need it"},
    };
    (void)state;

    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        ARENA_AUTO a = {0};
        struct kube_access k;
        struct error *e = access_of(&a, rows[i].text, rows[i].context, &k);
        if (!e)
            fail_msg("row %zu was taken", i);
        assert_int_equal(e->kind, ERROR_INVALID);
        assert_says(e, rows[i].path, rows[i].says);
    }
}

static void write_file(struct str path, const char *text)
{
    FILE *f = fopen(path.ptr, "w");
    assert_non_null(f);
    fputs(text, f);
    fclose(f);
}

/* Two files in folders of their own, which KUBECONFIG names with one that does not exist. */
struct files {
    struct arena a;
    char folder[40];
    struct str first, second;
};

static void begin(struct files *f, const char *first, const char *second)
{
    *f = (struct files){.folder = "/tmp/tenon-kubeconfig-XXXXXX"};
    no_proxy_in_the_environment();
    assert_non_null(mkdtemp(f->folder));
    struct str sub = arena_printf(&f->a, "%s/b", f->folder);
    mkdir(sub.ptr, 0700);
    f->first = arena_printf(&f->a, "%s/one", f->folder);
    f->second = arena_printf(&f->a, "%s/b/two", f->folder);
    write_file(f->first, first);
    write_file(f->second, second);
    setenv("KUBECONFIG",
           arena_printf(&f->a, STR_FMT "::%s/none:" STR_FMT ":", STR_ARG(f->first), f->folder,
                        STR_ARG(f->second))
               .ptr,
           1);
}

static void end(struct files *f)
{
    unsetenv("KUBECONFIG");
    unlink(f->first.ptr);
    unlink(f->second.ptr);
    unlink(arena_printf(&f->a, "%s/b/ca.pem", f->folder).ptr);
    rmdir(arena_printf(&f->a, "%s/b", f->folder).ptr);
    rmdir(f->folder);
    arena_free(&f->a);
}

static void of_several_files_the_first_to_name_a_thing_counts(void **state)
{
    struct files f;
    struct kubeconfig c;
    struct kube_access k;
    (void)state;

    begin(&f, "users: [{name: u, user: {token: first}}]\n",
          CONTEXT "users: [{name: u, user: {token: second, as: x}}]\n"
                  "clusters: [{name: c, cluster: {server: \"https://s\", "
                  "certificate-authority: ca.pem}}]\n");
    write_file(arena_printf(&f.a, "%s/b/ca.pem", f.folder), PEM);
    assert_fine(kubeconfig_load(&f.a, STR(""), &c));
    assert_fine(kubeconfig_access(&f.a, &c, STR(""), &k));
    assert_text(k.token, "first");
    assert_text(k.as, "");
    assert_text(k.ca, PEM);
    end(&f);
}

static void a_file_that_is_named_outright_is_the_only_one_and_must_be_there(void **state)
{
    struct files f;
    struct kubeconfig c;
    (void)state;

    begin(&f, CONTEXT, "");
    assert_fine(kubeconfig_load(&f.a, f.second, &c));
    assert_int_equal(c.parts[KUBECONFIG_CONTEXTS].count, 0);
    struct error *e = kubeconfig_load(&f.a, STR("/nonexistent/config"), &c);
    assert_says(e, "", "/nonexistent/config does not exist");
    e = kubeconfig_load(&f.a, str_of(f.folder), &c);
    assert_says(e, "", "Is a directory");
    end(&f);
}

static void no_file_at_all_is_not_found(void **state)
{
    ARENA_AUTO a = {0};
    struct kubeconfig c;
    (void)state;

    setenv("KUBECONFIG", "/nonexistent/a:/nonexistent/b", 1);
    struct error *e = kubeconfig_load(&a, STR(""), &c);
    assert_says(e, "", "/nonexistent/a:/nonexistent/b");
    assert_int_equal(e->kind, ERROR_NOT_FOUND);
    unsetenv("KUBECONFIG");
    setenv("HOME", "/nonexistent", 1);
    e = kubeconfig_load(&a, STR(""), &c);
    assert_says(e, "", "~/.kube/config");
}

static void what_is_given_outright_is_held_to_the_same(void **state)
{
    ARENA_AUTO a = {0};
    struct kube_access k;
    (void)state;

    assert_fine(kube_access_given(&a, STR("https://s/"), STR(PEM64), STR("t"), &k));
    assert_text(k.server, "https://s");
    assert_text(k.ca, PEM);
    assert_int_equal(k.login, KUBE_LOGIN_TOKEN);
    assert_says(kube_access_given(&a, STR("s"), STR(""), STR(""), &k), "endpoint", "API server");
    assert_says(kube_access_given(&a, STR("https://s"), STR("%"), STR(""), &k),
                "certificate_authority", "base64");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_context_leads_to_a_cluster_and_a_user),
        cmocka_unit_test(every_way_to_log_in_is_read),
        cmocka_unit_test(a_plugin_is_read_with_arguments_and_variables),
        cmocka_unit_test(a_proxy_is_the_clusters_else_the_environments),
        cmocka_unit_test(what_is_not_verified_is_warned_of),
        cmocka_unit_test(what_is_wrong_is_said_with_its_place),
        cmocka_unit_test(of_several_files_the_first_to_name_a_thing_counts),
        cmocka_unit_test(a_file_that_is_named_outright_is_the_only_one_and_must_be_there),
        cmocka_unit_test(no_file_at_all_is_not_found),
        cmocka_unit_test(what_is_given_outright_is_held_to_the_same),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
