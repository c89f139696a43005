#include "engine/base/digest.h"

#include <assert.h>
#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/params.h>
#include <pthread.h>

/* OpenSSL looks an algorithm up by its name, which takes longer than to hash a request: once. */
static struct {
    EVP_MD *sha256;
    EVP_MAC_CTX *hmac; /* over it, without a key; only ever copied */
} digest_found;

static pthread_once_t digest_is_ready = PTHREAD_ONCE_INIT;

static void find_algorithms(void)
{
    char name[] = "SHA256";
    OSSL_PARAM parameters[] = {OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, name, 0),
                               OSSL_PARAM_construct_end()};
    EVP_MAC *hmac = EVP_MAC_fetch(NULL, "HMAC", NULL);

    digest_found.sha256 = EVP_MD_fetch(NULL, name, NULL);
    digest_found.hmac = EVP_MAC_CTX_new(hmac);
    EVP_MAC_free(hmac); /* the context holds it */
    int ok = digest_found.sha256 && digest_found.hmac &&
             EVP_MAC_CTX_set_params(digest_found.hmac, parameters);
    assert(ok == 1);
}

static void need_algorithms(void)
{
    pthread_once(&digest_is_ready, find_algorithms);
}

void sha256(struct str data, unsigned char digest[SHA256_BYTES])
{
    need_algorithms();
    int ok = EVP_Digest(data.ptr, data.len, digest, NULL, digest_found.sha256, NULL);
    assert(ok == 1);
}

void hmac_sha256(struct str key, struct str data, unsigned char digest[SHA256_BYTES])
{
    size_t len = 0;

    need_algorithms();
    EVP_MAC_CTX *own = EVP_MAC_CTX_dup(digest_found.hmac);
    int ok = own &&
             EVP_MAC_init(own, (const unsigned char *)(key.ptr ? key.ptr : ""), key.len, NULL) &&
             EVP_MAC_update(own, (const unsigned char *)data.ptr, data.len) &&
             EVP_MAC_final(own, digest, &len, SHA256_BYTES);
    EVP_MAC_CTX_free(own);
    assert(ok == 1 && len == SHA256_BYTES);
}

uint32_t crc32_ieee(struct str data)
{
    uint32_t crc = UINT32_MAX;

    for (size_t i = 0; i < data.len; i++) {
        crc ^= (unsigned char)data.ptr[i];
        for (int bit = 0; bit < 8; bit++)
            crc = crc & 1 ? crc >> 1 ^ UINT32_C(0xEDB88320) : crc >> 1;
    }
    return ~crc;
}

struct str hex_encode(struct arena *a, const unsigned char *bytes, size_t count)
{
    static const char digits[] = "0123456789abcdef";
    char *out = arena_alloc(a, 2 * count + 1);

    for (size_t i = 0; i < count; i++) {
        out[2 * i] = digits[bytes[i] >> 4];
        out[2 * i + 1] = digits[bytes[i] & 15];
    }
    return (struct str){out, 2 * count};
}

struct str sha256_hex(struct arena *a, struct str data)
{
    unsigned char digest[SHA256_BYTES];

    sha256(data, digest);
    return hex_encode(a, digest, SHA256_BYTES);
}

struct str sha1_hex(struct arena *a, struct str data)
{
    unsigned char digest[20];
    int ok = EVP_Digest(data.ptr ? data.ptr : "", data.len, digest, NULL, EVP_sha1(), NULL);

    assert(ok == 1);
    return hex_encode(a, digest, sizeof(digest));
}

struct str base64_encode(struct arena *a, struct str data)
{
    char *out = arena_alloc(a, 4 * ((data.len + 2) / 3) + 1);
    int len = EVP_EncodeBlock((unsigned char *)out, (const unsigned char *)data.ptr, (int)data.len);
    return (struct str){out, (size_t)len};
}

static int base64_value(char c)
{
    if (c >= 'A' && c <= 'Z')
        return c - 'A';
    if (c >= 'a' && c <= 'z')
        return c - 'a' + 26;
    if (char_is_digit(c))
        return c - '0' + 52;
    return c == '+' ? 62 : c == '/' ? 63 : -1;
}

bool base64_decode(struct arena *a, struct str text, struct str *out)
{
    char *bytes = arena_alloc(a, text.len / 4 * 3 + 3);
    size_t digits = 0, padding = 0, len = 0;
    uint32_t group = 0;

    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        if (c == '\n' || c == '\r')
            continue;
        int value = c == '=' && digits % 4 >= 2 ? 0 : base64_value(c);
        if (value < 0 || (c != '=' && padding))
            return false;
        padding += c == '=';
        group = group << 6 | (uint32_t)value;
        if (++digits % 4)
            continue;
        for (int shift = 16; shift >= (int)padding * 8; shift -= 8)
            bytes[len++] = (char)(group >> shift & 255);
    }
    *out = (struct str){bytes, len};
    return digits % 4 == 0;
}
