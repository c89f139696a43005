#include "go-plugin-shim/certificate.h"

#include <openssl/bio.h>
#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509v3.h>

/* Ten years: longer than any terraform command, and no clock is ever so wrong. */
enum { VALID_SECONDS = 10 * 365 * 24 * 3600, CLOCK_SKEW_SECONDS = 30, SERIAL_BYTES = 16 };
enum { PRIVATE_BYTES = 32, POINT_BYTES = 65 }; /* of P-256; a point not compressed */

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

/* OpenSSL's own writers of keys look through every format of every algorithm first, and a quarter
 * of a start would be that; of a key of P-256 both forms have one layout, so here it is written as
 * it is.  The point lies in memory of OpenSSL's that the certificate takes over. */
static bool set_key(X509 *certificate, EVP_PKEY *key)
{
    unsigned char *point = OPENSSL_malloc(POINT_BYTES);
    size_t count = 0;
    bool done =
        point &&
        EVP_PKEY_get_octet_string_param(key, OSSL_PKEY_PARAM_PUB_KEY, point, POINT_BYTES, &count) &&
        count == POINT_BYTES &&
        X509_PUBKEY_set0_param(X509_get_X509_PUBKEY(certificate),
                               OBJ_nid2obj(NID_X9_62_id_ecPublicKey), V_ASN1_OBJECT,
                               OBJ_nid2obj(NID_X9_62_prime256v1), point, POINT_BYTES);
    if (!done)
        OPENSSL_free(point);
    return done;
}

static bool fill_in(X509 *certificate, EVP_PKEY *key)
{
    return X509_set_version(certificate, X509_VERSION_3) && set_serial(certificate) &&
           set_names(certificate) &&
           X509_gmtime_adj(X509_getm_notBefore(certificate), -CLOCK_SKEW_SECONDS) &&
           X509_gmtime_adj(X509_getm_notAfter(certificate), VALID_SECONDS) &&
           set_key(certificate, key) && add_extensions(certificate) &&
           X509_sign(certificate, key, EVP_sha256()) > 0;
}

static struct str contents(struct arena *a, BIO *memory)
{
    char *bytes;
    long count = BIO_get_mem_data(memory, &bytes);
    return arena_str(a, (struct str){bytes, (size_t)count});
}

/* ECPrivateKey of RFC 5915 without what may be left out: version 1, and the number. */
static bool write_private(EVP_PKEY *key, unsigned char out[PRIVATE_BYTES + 7])
{
    static const unsigned char head[] = {0x30, PRIVATE_BYTES + 5, 0x02, 0x01, 0x01,
                                         0x04, PRIVATE_BYTES};
    BIGNUM *number = NULL;
    bool done = EVP_PKEY_get_bn_param(key, OSSL_PKEY_PARAM_PRIV_KEY, &number) &&
                BN_bn2binpad(number, out + sizeof(head), PRIVATE_BYTES) == PRIVATE_BYTES;

    memcpy(out, head, sizeof(head));
    BN_clear_free(number);
    return done;
}

static bool write_key(BIO *to, EVP_PKEY *key)
{
    PKCS8_PRIV_KEY_INFO *info = PKCS8_PRIV_KEY_INFO_new();
    unsigned char *bytes = OPENSSL_malloc(PRIVATE_BYTES + 7);
    bool held = info && bytes && write_private(key, bytes) &&
                PKCS8_pkey_set0(info, OBJ_nid2obj(NID_X9_62_id_ecPublicKey), 0, V_ASN1_OBJECT,
                                OBJ_nid2obj(NID_X9_62_prime256v1), bytes, PRIVATE_BYTES + 7);
    bool done = held && PEM_write_bio_PKCS8_PRIV_KEY_INFO(to, info);

    if (!held)
        OPENSSL_clear_free(bytes, PRIVATE_BYTES + 7);
    PKCS8_PRIV_KEY_INFO_free(info);
    return done;
}

static bool write_pem(struct arena *a, X509 *certificate, EVP_PKEY *key, struct identity *out)
{
    BIO *first = BIO_new(BIO_s_mem()), *second = BIO_new(BIO_s_mem());
    bool done = first && second && PEM_write_bio_X509(first, certificate) && write_key(second, key);

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
