#ifndef ENGINE_BASE_DIGEST_H
#define ENGINE_BASE_DIGEST_H

#include "engine/base/arena.h"

/* SHA-256 as lower-case hex (64 digits), and in raw form with HMAC for request signing. */
enum { SHA256_BYTES = 32 };

struct str sha256_hex(struct arena *a, struct str data);
/* Names files as the AWS tools do; not for security. */
struct str sha1_hex(struct arena *a, struct str data);
void sha256(struct str data, unsigned char digest[SHA256_BYTES]);
void hmac_sha256(struct str key, struct str data, unsigned char digest[SHA256_BYTES]);
/* CRC-32 as Ethernet, zip and Go's hash/crc32 have it (polynomial 0xEDB88320). */
uint32_t crc32_ieee(struct str data);
struct str hex_encode(struct arena *a, const unsigned char *bytes, size_t count);
/* Standard alphabet, padded. */
struct str base64_encode(struct arena *a, struct str data);
/* The same backwards; ends of lines in it do not count.  False: it is not that. */
bool base64_decode(struct arena *a, struct str text, struct str *out);

#endif
