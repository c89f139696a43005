#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include "go-plugin-shim/certificate.h"

static struct identity made(struct arena *a)
{
    struct identity identity;
    assert_null(identity_make(a, &identity));
    return identity;
}

/* Reads back what the handshake line says, as the host does. */
static X509 *announced(struct arena *a, const struct identity *identity)
{
    size_t missing = (4 - identity->announced.len % 4) % 4;
    struct str padded =
        arena_printf(a, STR_FMT "%.*s", STR_ARG(identity->announced), (int)missing, "===");
    unsigned char *der = arena_alloc(a, padded.len);
    int count = EVP_DecodeBlock(der, (const unsigned char *)padded.ptr, (int)padded.len);

    assert_true(count > 0);
    const unsigned char *at = der;
    X509 *certificate = d2i_X509(NULL, &at, count - (int)missing);
    assert_non_null(certificate);
    assert_int_equal(at - der, count - (int)missing);
    return certificate;
}

static void the_certificate_is_announced_in_unpadded_standard_base64(void **state)
{
    (void)state;
    ARENA_AUTO a = {0};
    struct identity identity = made(&a);

    assert_true(identity.announced.len > 50); /* the host ignores less */
    for (size_t i = 0; i < identity.announced.len; i++)
        assert_non_null(strchr("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/",
                               identity.announced.ptr[i]));
    X509_free(announced(&a, &identity));
}

static void it_is_for_localhost_and_for_both_ends(void **state)
{
    (void)state;
    ARENA_AUTO a = {0};
    struct identity identity = made(&a);
    X509 *certificate = announced(&a, &identity);

    assert_int_equal(X509_check_host(certificate, "localhost", 0, 0, NULL), 1);
    assert_int_equal(X509_check_host(certificate, "example.org", 0, 0, NULL), 0);
    assert_int_equal(X509_check_purpose(certificate, X509_PURPOSE_SSL_SERVER, 0), 1);
    assert_int_equal(X509_check_purpose(certificate, X509_PURPOSE_SSL_CLIENT, 0), 1);
    assert_int_equal(X509_check_ca(certificate), 1);
    assert_int_equal(X509_get_version(certificate), X509_VERSION_3);
    X509_free(certificate);
}

static void it_is_its_own_root_and_valid_now(void **state)
{
    (void)state;
    ARENA_AUTO a = {0};
    struct identity identity = made(&a);
    X509 *certificate = announced(&a, &identity);
    X509_STORE *roots = X509_STORE_new();
    X509_STORE_CTX *check = X509_STORE_CTX_new();

    X509_STORE_add_cert(roots, certificate);
    X509_STORE_CTX_init(check, roots, certificate, NULL);
    assert_int_equal(X509_verify_cert(check), 1);
    X509_STORE_CTX_free(check);
    X509_STORE_free(roots);
    X509_free(certificate);
}

static void the_pem_forms_are_the_same_certificate_and_its_key(void **state)
{
    (void)state;
    ARENA_AUTO a = {0};
    struct identity identity = made(&a);
    X509 *certificate = announced(&a, &identity);
    BIO *certificate_text = BIO_new_mem_buf(identity.certificate_pem.ptr, -1);
    BIO *key_text = BIO_new_mem_buf(identity.key_pem.ptr, -1);
    X509 *same = PEM_read_bio_X509(certificate_text, NULL, NULL, NULL);
    EVP_PKEY *key = PEM_read_bio_PrivateKey(key_text, NULL, NULL, NULL);

    assert_int_equal(X509_cmp(certificate, same), 0);
    assert_int_equal(X509_check_private_key(certificate, key), 1);
    EVP_PKEY_free(key);
    X509_free(same);
    X509_free(certificate);
    BIO_free(key_text);
    BIO_free(certificate_text);
}

static void no_two_are_alike(void **state)
{
    (void)state;
    ARENA_AUTO a = {0};
    assert_false(str_eq(made(&a).announced, made(&a).announced));
}

static void pem_is_told_from_other_text(void **state)
{
    (void)state;
    ARENA_AUTO a = {0};
    struct identity identity = made(&a);

    assert_true(certificate_is_pem(identity.certificate_pem));
    assert_false(certificate_is_pem(identity.key_pem));
    assert_false(certificate_is_pem(STR("-----BEGIN CERTIFICATE-----\nAAAA\n")));
    assert_false(certificate_is_pem(STR("x")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_certificate_is_announced_in_unpadded_standard_base64),
        cmocka_unit_test(it_is_for_localhost_and_for_both_ends),
        cmocka_unit_test(it_is_its_own_root_and_valid_now),
        cmocka_unit_test(the_pem_forms_are_the_same_certificate_and_its_key),
        cmocka_unit_test(no_two_are_alike),
        cmocka_unit_test(pem_is_told_from_other_text),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
