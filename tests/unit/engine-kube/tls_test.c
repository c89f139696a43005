/* Only the server that the access means is asked, and it learns who we are. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <signal.h>

#include "engine/base/file.h"
#include "engine/kube/verbs.h"
#include "tests/unit/tls_server.h"

static void assert_text(const char *got, const char *expected)
{
    if (strcmp(got, expected) != 0)
        fail_msg("got `%s`, expected `%s`", got, expected);
}

/* Starts a server, of which `access` comes to know where it is and, unless it knows another, its
 * certificate. */
static void begin(struct arena *a, struct tls_server *s, const char *alternative_name,
                  struct kube_access *access)
{
    tls_server_start(s, alternative_name, "\r\n\r\n");
    access->server = arena_printf(a, "https://127.0.0.1:%d", s->port);
    if (!access->ca.ptr)
        assert_null(file_text(a, str_of(s->file), &access->ca));
}

static struct error *ask(struct arena *a, struct tls_server *s, const struct kube_access *access)
{
    struct kube_client *client;
    struct json out;
    struct cancel *patience = cancel_new(NULL);

    assert_null(kube_client_new(a, access, &(struct kube_client_options){0}, &client));
    struct error *e =
        kube_get_path(&(struct kube_call){.client = client, .arena = a, .cancel = patience},
                      STR("/version"), &out);
    kube_client_free(client);
    cancel_free(patience);
    tls_server_end(s);
    return e;
}

/* What the server answers is no JSON: by then all that is looked at here is over. */
static void assert_asked(const struct tls_server *s, const struct error *e)
{
    assert_true(s->asked);
    assert_non_null(e);
    if (str_find_str(e->summary, STR("answer is broken")) == e->summary.len)
        fail_msg(STR_FMT, STR_ARG(e->summary));
}

static void assert_refused(const struct tls_server *s, const struct error *e)
{
    assert_non_null(e);
    assert_int_equal(e->kind, ERROR_UNREACHABLE);
    assert_true(str_eq(e->code, STR("TlsFailed")));
    assert_true(e->detail.len);
    assert_false(s->asked);
}

static void the_authority_that_is_given_is_trusted(void **state)
{
    ARENA_AUTO a = {0};
    struct tls_server s;
    struct kube_access access = {0};
    (void)state;

    begin(&a, &s, "IP:127.0.0.1", &access);
    assert_asked(&s, ask(&a, &s, &access));
    assert_text(s.client, "");
}

static void no_other_is(void **state)
{
    ARENA_AUTO a = {0};
    struct tls_server s;
    struct kube_access system = {.ca = STR("")};
    (void)state;

    begin(&a, &s, "IP:127.0.0.1", &system);
    assert_refused(&s, ask(&a, &s, &system));
}

static void a_certificate_for_another_name_is_refused(void **state)
{
    ARENA_AUTO a = {0};
    struct tls_server s;
    struct kube_access access = {0};
    (void)state;

    begin(&a, &s, "DNS:elsewhere.example", &access);
    assert_refused(&s, ask(&a, &s, &access));
}

static void the_name_that_is_meant_is_asked_for_at_the_address_that_is_given(void **state)
{
    ARENA_AUTO a = {0};
    struct tls_server s;
    struct kube_access access = {.tls_server_name = STR("elsewhere.example")};
    (void)state;

    begin(&a, &s, "DNS:elsewhere.example", &access);
    assert_asked(&s, ask(&a, &s, &access));
    assert_text(s.name, "elsewhere.example");
}

static void what_is_not_to_be_verified_is_not(void **state)
{
    ARENA_AUTO a = {0};
    struct tls_server s;
    struct kube_access access = {.ca = STR(""), .insecure = true};
    (void)state;

    begin(&a, &s, "DNS:elsewhere.example", &access);
    assert_asked(&s, ask(&a, &s, &access));
}

static struct str pem_of(struct arena *a, EVP_PKEY *key, X509 *certificate)
{
    char *bytes;
    BIO *out = BIO_new(BIO_s_mem());

    if (key)
        PEM_write_bio_PrivateKey(out, key, NULL, NULL, 0, NULL, NULL);
    else
        PEM_write_bio_X509(out, certificate);
    long len = BIO_get_mem_data(out, &bytes);
    struct str pem = arena_str(a, (struct str){bytes, (size_t)len});
    BIO_free(out);
    return pem;
}

static void our_own_certificate_is_shown(void **state)
{
    ARENA_AUTO a = {0};
    struct tls_server s;
    EVP_PKEY *key = EVP_EC_gen("P-256");
    X509 *certificate = tls_self_signed(key, "DNS:us");
    struct kube_access access = {.client_certificate = pem_of(&a, NULL, certificate),
                                 .client_key = pem_of(&a, key, NULL)};
    (void)state;

    begin(&a, &s, "IP:127.0.0.1", &access);
    assert_asked(&s, ask(&a, &s, &access));
    assert_text(s.client, "test");
    X509_free(certificate);
    EVP_PKEY_free(key);
}

static void one_of_ours_that_is_none_is_said_to_be_ours(void **state)
{
    ARENA_AUTO a = {0};
    struct tls_server s;
    struct kube_access access = {.client_certificate = STR("no PEM"), .client_key = STR("no PEM")};
    (void)state;

    begin(&a, &s, "IP:127.0.0.1", &access);
    struct error *e = ask(&a, &s, &access);
    assert_refused(&s, e);
    assert_true(str_starts_with(e->detail, STR("Our own certificate")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_authority_that_is_given_is_trusted),
        cmocka_unit_test(no_other_is),
        cmocka_unit_test(a_certificate_for_another_name_is_refused),
        cmocka_unit_test(the_name_that_is_meant_is_asked_for_at_the_address_that_is_given),
        cmocka_unit_test(what_is_not_to_be_verified_is_not),
        cmocka_unit_test(our_own_certificate_is_shown),
        cmocka_unit_test(one_of_ours_that_is_none_is_said_to_be_ours),
    };
    signal(SIGPIPE, SIG_IGN); /* the server's: a client that refuses hangs up on it */
    return cmocka_run_group_tests(tests, NULL, NULL);
}
