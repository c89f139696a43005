#include "go-plugin-shim/certificate.h"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509v3.h>

/* Ten years: longer than any terraform command, and no clock is ever so wrong. */
enum { VALID_SECONDS = 10 * 365 * 24 * 3600, CLOCK_SKEW_SECONDS = 30, SERIAL_BYTES = 16 };

/* The host verifies us as the server "localhost" against this very certificate as the only root,
 * hence CA:TRUE and keyCertSign on a leaf. */
static const struct {
    int nid;
    const char *value;
} extensions[] = {
    {NID_subject_alt_name, "DNS:localhost"},
    {NID_basic_constraints, "critical,CA:TRUE"},
    {NID_key_usage, "critical,digitalSignature,keyAgreement,keyCertSign"},
    {NID_ext_key_usage, "clientAuth,serverAuth"},
};

static bool set_serial(X509 *certificate)
{
    unsigned char bytes[SERIAL_BYTES];

    if (RAND_bytes(bytes, sizeof(bytes)) != 1)
        return false;
    BIGNUM *number = BN_bin2bn(bytes, sizeof(bytes), NULL);
    bool done = number && BN_to_ASN1_INTEGER(number, X509_get_serialNumber(certificate));
    BN_free(number);
    return done;
}

static bool set_names(X509 *certificate)
{
    X509_NAME *name = X509_get_subject_name(certificate);

    return X509_NAME_add_entry_by_txt(name, "O", MBSTRING_ASC, (const unsigned char *)"Tenon", -1,
                                      -1, 0) &&
           X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, (const unsigned char *)"localhost",
                                      -1, -1, 0) &&
           X509_set_issuer_name(certificate, name);
}

static bool add_extensions(X509 *certificate)
{
    X509V3_CTX context;

    X509V3_set_ctx(&context, certificate, certificate, NULL, NULL, 0);
    for (size_t i = 0; i < sizeof(extensions) / sizeof(*extensions); i++) {
        X509_EXTENSION *e =
            X509V3_EXT_conf_nid(NULL, &context, extensions[i].nid, extensions[i].value);
        bool added = e && X509_add_ext(certificate, e, -1);
        X509_EXTENSION_free(e);
        if (!added)
            return false;
    }
    return true;
}

static bool fill_in(X509 *certificate, EVP_PKEY *key)
{
    return X509_set_version(certificate, X509_VERSION_3) && set_serial(certificate) &&
           set_names(certificate) &&
           X509_gmtime_adj(X509_getm_notBefore(certificate), -CLOCK_SKEW_SECONDS) &&
           X509_gmtime_adj(X509_getm_notAfter(certificate), VALID_SECONDS) &&
           X509_set_pubkey(certificate, key) && add_extensions(certificate) &&
           X509_sign(certificate, key, EVP_sha256()) > 0;
}

static struct str contents(struct arena *a, BIO *memory)
{
    char *bytes;
    long count = BIO_get_mem_data(memory, &bytes);
    return arena_str(a, (struct str){bytes, (size_t)count});
}

static bool write_pem(struct arena *a, X509 *certificate, EVP_PKEY *key, struct identity *out)
{
    BIO *first = BIO_new(BIO_s_mem()), *second = BIO_new(BIO_s_mem());
    bool done = first && second && PEM_write_bio_X509(first, certificate) &&
                PEM_write_bio_PKCS8PrivateKey(second, key, NULL, NULL, 0, NULL, NULL);

    if (done) {
        out->certificate_pem = contents(a, first);
        out->key_pem = contents(a, second);
    }
    BIO_free(first);
    BIO_free(second);
    return done;
}

static bool write_announced(struct arena *a, X509 *certificate, struct identity *out)
{
    unsigned char *der = NULL;
    int count = i2d_X509(certificate, &der);

    if (count <= 0)
        return false;
    char *text = arena_alloc(a, (size_t)count * 4 / 3 + 5);
    int length = EVP_EncodeBlock((unsigned char *)text, der, count);
    OPENSSL_free(der);
    while (length > 0 && text[length - 1] == '=') /* Go reads the raw form only */
        length--;
    out->announced = (struct str){text, (size_t)length};
    return true;
}

struct error *identity_make(struct arena *a, struct identity *out)
{
    EVP_PKEY *key = EVP_EC_gen("P-256");
    X509 *certificate = X509_new();
    bool done = key && certificate && fill_in(certificate, key) &&
                write_pem(a, certificate, key, out) && write_announced(a, certificate, out);

    X509_free(certificate);
    EVP_PKEY_free(key);
    if (done)
        return NULL;
    struct error *e = error_new(a, ERROR_BUG, "cannot make a TLS certificate");
    e->detail = arena_printf(a, "OpenSSL says: %s", ERR_reason_error_string(ERR_get_error()));
    return e;
}

bool certificate_is_pem(struct str pem)
{
    BIO *memory = BIO_new_mem_buf(pem.ptr, (int)pem.len);
    X509 *certificate = memory ? PEM_read_bio_X509(memory, NULL, NULL, NULL) : NULL;
    bool readable = certificate != NULL;

    X509_free(certificate);
    BIO_free(memory);
    ERR_clear_error();
    return readable;
}
