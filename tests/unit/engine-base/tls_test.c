#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <arpa/inet.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <pthread.h>
#include <signal.h>
#include <unistd.h>

#include "engine/base/http.h"

/* A TLS server on 127.0.0.1 with a certificate that signs itself, for one connection. */
struct server {
    EVP_PKEY *key;
    X509 *certificate;
    char file[32]; /* the certificate as PEM */
    int listener, port;
    pthread_t thread;
    bool asked; /* a request arrived; read after the thread has ended */
};

static X509 *self_signed(EVP_PKEY *key, const char *alternative_name)
{
    X509 *x = X509_new();
    X509_NAME *name = X509_get_subject_name(x);
    X509_EXTENSION *san = X509V3_EXT_conf_nid(NULL, NULL, NID_subject_alt_name, alternative_name);

    X509_set_version(x, 2);
    ASN1_INTEGER_set(X509_get_serialNumber(x), 1);
    X509_gmtime_adj(X509_getm_notBefore(x), -3600);
    X509_gmtime_adj(X509_getm_notAfter(x), 3600);
    X509_set_pubkey(x, key);
    X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, (const unsigned char *)"test", -1, -1, 0);
    X509_set_issuer_name(x, name);
    X509_add_ext(x, san, -1);
    X509_EXTENSION_free(san);
    assert_true(X509_sign(x, key, EVP_sha256()) > 0);
    return x;
}

/* To the end of the body: a connection closed on unread bytes would be reset under the answer. */
static bool read_request(SSL *ssl)
{
    char request[4096];
    size_t len = 0;

    while (!str_ends_with((struct str){request, len}, STR("\r\n\r\nx=1"))) {
        int n = SSL_read(ssl, request + len, (int)(sizeof(request) - len));
        if (n <= 0)
            return false;
        len += (size_t)n;
    }
    return true;
}

static void *serve_one(void *self)
{
    static const char answer[] = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
    struct server *s = self;
    SSL_CTX *context = SSL_CTX_new(TLS_server_method());
    SSL *ssl = SSL_new(context);
    int fd = accept(s->listener, NULL, NULL);

    SSL_use_certificate(ssl, s->certificate);
    SSL_use_PrivateKey(ssl, s->key);
    SSL_set_fd(ssl, fd);
    if (SSL_accept(ssl) == 1 && read_request(ssl)) {
        s->asked = true;
        SSL_write(ssl, answer, sizeof(answer) - 1);
        SSL_shutdown(ssl);
    }
    SSL_free(ssl);
    SSL_CTX_free(context);
    close(fd);
    return NULL;
}

static void start(struct server *s, const char *alternative_name)
{
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof(at);

    *s = (struct server){.file = "/tmp/tenon-ca-XXXXXX"};
    s->key = EVP_EC_gen("P-256");
    s->certificate = self_signed(s->key, alternative_name);
    FILE *f = fdopen(mkstemp(s->file), "w");
    assert_non_null(f);
    PEM_write_X509(f, s->certificate);
    fclose(f);
    s->listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_int_equal(bind(s->listener, (struct sockaddr *)&at, sizeof(at)), 0);
    assert_int_equal(listen(s->listener, 1), 0);
    assert_int_equal(getsockname(s->listener, (struct sockaddr *)&at, &size), 0);
    s->port = ntohs(at.sin_port);
    assert_int_equal(pthread_create(&s->thread, NULL, serve_one, s), 0);
}

static void end_server(struct server *s)
{
    pthread_join(s->thread, NULL);
    close(s->listener);
    unlink(s->file);
    X509_free(s->certificate);
    EVP_PKEY_free(s->key);
}

/* A change sent to the server; the error if any. */
static struct error *post(struct arena *a, struct server *s, const char *bundle,
                          struct http_response *out)
{
    struct http_client *client =
        http_client_new(&(struct http_options){.ca_bundle = str_of(bundle)});
    struct http_request request = {
        .method = "POST",
        .url = arena_printf(a, "https://127.0.0.1:%d/", s->port),
        .body = STR("x=1"),
        .changes = true,
    };
    struct error *e = http_send(client, a, NULL, &request, out);

    http_client_free(client);
    end_server(s);
    return e;
}

static void a_certificate_of_the_given_bundle_is_trusted(void **state)
{
    ARENA_AUTO a = {0};
    struct server s;
    struct http_response r;
    (void)state;

    start(&s, "IP:127.0.0.1");
    assert_null(post(&a, &s, s.file, &r));
    assert_int_equal(r.status, 200);
    assert_true(str_eq(r.body, STR("ok")));
}

static void assert_refused(struct server *s, const struct error *e)
{
    assert_non_null(e);
    assert_int_equal(e->kind, ERROR_UNREACHABLE);
    assert_true(str_eq(e->code, STR("TlsFailed")));
    assert_false(e->outcome_unknown);
    assert_false(s->asked);
}

static void a_certificate_of_nobody_known_is_refused_before_the_request_leaves(void **state)
{
    ARENA_AUTO a = {0};
    struct server s;
    struct http_response r;
    (void)state;

    start(&s, "IP:127.0.0.1");
    assert_refused(&s, post(&a, &s, "", &r));
}

static void a_certificate_for_another_host_is_refused(void **state)
{
    ARENA_AUTO a = {0};
    struct server s;
    struct http_response r;
    (void)state;

    start(&s, "DNS:elsewhere.example");
    assert_refused(&s, post(&a, &s, s.file, &r));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_certificate_of_the_given_bundle_is_trusted),
        cmocka_unit_test(a_certificate_of_nobody_known_is_refused_before_the_request_leaves),
        cmocka_unit_test(a_certificate_for_another_host_is_refused),
    };
    signal(SIGPIPE, SIG_IGN); /* the server's: a client that refuses hangs up on it */
    return cmocka_run_group_tests(tests, NULL, NULL);
}
