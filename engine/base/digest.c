#include "engine/base/digest.h"

#include <assert.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

void sha256(struct str data, unsigned char digest[SHA256_BYTES])
{
    int ok = EVP_Digest(data.ptr, data.len, digest, NULL, EVP_sha256(), NULL);
    assert(ok == 1);
}

void hmac_sha256(struct str key, struct str data, unsigned char digest[SHA256_BYTES])
{
    unsigned len = SHA256_BYTES;
    const unsigned char *made = HMAC(EVP_sha256(), key.ptr ? key.ptr : "", (int)key.len,
                                     (const unsigned char *)data.ptr, data.len, digest, &len);
    assert(made && len == SHA256_BYTES);
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
