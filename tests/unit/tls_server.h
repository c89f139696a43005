#ifndef TESTS_UNIT_TLS_SERVER_H
#define TESTS_UNIT_TLS_SERVER_H

#include <arpa/inet.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <pthread.h>
#include <unistd.h>

#include "engine/base/str.h"

/* A TLS server on 127.0.0.1 with a certificate that signs itself, one connection after the other.
 */
struct tls_server {
    EVP_PKEY *key;
    X509 *certificate;
    char file[32]; /* the certificate as PEM */
    int listener, port;
    pthread_t thread;
    const char *request_ends; /* with that */
    bool asked; /* a request arrived; this and what follows are read after the thread has ended */
    char name[64], client[64]; /* the name that the client asked for, and its certificate's own */
};

static inline X509 *tls_self_signed(EVP_PKEY *key, const char *alternative_name)
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
static inline bool tls_read_request(const struct tls_server *s, SSL *ssl)
{
    char request[4096];
    size_t len = 0;

    while (!str_ends_with((struct str){request, len}, str_of(s->request_ends))) {
        int n = SSL_read(ssl, request + len, (int)(sizeof(request) - len));
        if (n <= 0)
            return false;
        len += (size_t)n;
    }
    return true;
}

/* Certificates of clients are looked at, and none is needed. */
static inline int tls_anybody(int fine, X509_STORE_CTX *context)
{
    (void)fine, (void)context;
    return 1;
}

static inline void tls_note_client(struct tls_server *s, SSL *ssl)
{
    const char *name = SSL_get_servername(ssl, TLSEXT_NAMETYPE_host_name);
    X509 *client = SSL_get_peer_certificate(ssl);

    snprintf(s->name, sizeof(s->name), "%s", name ? name : "");
    if (client)
        X509_NAME_get_text_by_NID(X509_get_subject_name(client), NID_commonName, s->client,
                                  sizeof(s->client));
    X509_free(client);
}

static inline void tls_serve(struct tls_server *s, SSL *ssl, int fd)
{
    static const char answer[] = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

    SSL_use_certificate(ssl, s->certificate);
    SSL_use_PrivateKey(ssl, s->key);
    SSL_set_verify(ssl, SSL_VERIFY_PEER, tls_anybody);
    SSL_set_fd(ssl, fd);
    if (SSL_accept(ssl) == 1 && tls_read_request(s, ssl)) {
        s->asked = true;
        tls_note_client(s, ssl);
        SSL_write(ssl, answer, sizeof(answer) - 1);
        SSL_shutdown(ssl);
    }
}

static inline void *tls_serve_all(void *self)
{
    struct tls_server *s = self;
    SSL_CTX *context = SSL_CTX_new(TLS_server_method());

    for (int fd; (fd = accept(s->listener, NULL, NULL)) >= 0;) {
        SSL *ssl = SSL_new(context);
        tls_serve(s, ssl, fd);
        SSL_free(ssl);
        close(fd);
    }
    SSL_CTX_free(context);
    return NULL;
}

static inline void tls_server_start(struct tls_server *s, const char *alternative_name,
                                    const char *request_ends)
{
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof(at);

    *s = (struct tls_server){.file = "/tmp/tenon-ca-XXXXXX", .request_ends = request_ends};
    s->key = EVP_EC_gen("P-256");
    s->certificate = tls_self_signed(s->key, alternative_name);
    FILE *f = fdopen(mkstemp(s->file), "w");
    assert_non_null(f);
    PEM_write_X509(f, s->certificate);
    fclose(f);
    s->listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_int_equal(bind(s->listener, (struct sockaddr *)&at, sizeof(at)), 0);
    assert_int_equal(listen(s->listener, 1), 0);
    assert_int_equal(getsockname(s->listener, (struct sockaddr *)&at, &size), 0);
    s->port = ntohs(at.sin_port);
    assert_int_equal(pthread_create(&s->thread, NULL, tls_serve_all, s), 0);
}

static inline void tls_server_end(struct tls_server *s)
{
    shutdown(s->listener, SHUT_RDWR); /* ends the wait for the next */
    pthread_join(s->thread, NULL);
    close(s->listener);
    unlink(s->file);
    X509_free(s->certificate);
    EVP_PKEY_free(s->key);
}

#endif
