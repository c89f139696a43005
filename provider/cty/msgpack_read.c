#include "provider/cty/msgpack_read.h"

static bool take(struct msgpack_reader *r, size_t count, const unsigned char **out)
{
    if (r->left < count)
        return false;
    *out = r->at;
    r->at += count;
    r->left -= count;
    return true;
}

/* Big-endian, 1 to 8 bytes. */
static bool take_uint(struct msgpack_reader *r, size_t bytes, uint64_t *out)
{
    const unsigned char *p;
    if (!take(r, bytes, &p))
        return false;
    *out = 0;
    for (size_t i = 0; i < bytes; i++)
        *out = *out << 8 | p[i];
    return true;
}

static bool take_bytes(struct msgpack_reader *r, uint64_t count, struct msgpack_item *out)
{
    const unsigned char *p;
    if (count > r->left || !take(r, (size_t)count, &p))
        return false;
    out->bytes = (struct str){(const char *)p, (size_t)count};
    return true;
}

/* Each member takes a byte at least, so a count beyond that is a lie told to make us allocate. */
static bool count_is_possible(const struct msgpack_reader *r, uint64_t count,
                              struct msgpack_item *out)
{
    out->count = (size_t)count;
    return count <= (out->kind == MSGPACK_MAP ? r->left / 2 : r->left);
}

static bool sized(struct msgpack_reader *r, enum msgpack_kind kind, size_t width,
                  struct msgpack_item *out)
{
    uint64_t count;
    out->kind = kind;
    if (!take_uint(r, width, &count))
        return false;
    if (kind == MSGPACK_ARRAY || kind == MSGPACK_MAP)
        return count_is_possible(r, count, out);
    return take_bytes(r, count, out);
}

static bool extension(struct msgpack_reader *r, uint64_t count, struct msgpack_item *out)
{
    uint64_t type;
    out->kind = MSGPACK_EXTENSION;
    if (!take_uint(r, 1, &type))
        return false;
    out->extension_type = (int8_t)type;
    return take_bytes(r, count, out);
}

static bool sized_extension(struct msgpack_reader *r, size_t width, struct msgpack_item *out)
{
    uint64_t count;
    return take_uint(r, width, &count) && extension(r, count, out);
}

static bool unsigned_of(struct msgpack_reader *r, size_t width, struct msgpack_item *out)
{
    uint64_t n;
    if (!take_uint(r, width, &n))
        return false;
    out->kind = n > INT64_MAX ? MSGPACK_UINT : MSGPACK_INT;
    out->integer = (int64_t)n;
    return true;
}

static bool signed_of(struct msgpack_reader *r, size_t width, struct msgpack_item *out)
{
    uint64_t n;
    if (!take_uint(r, width, &n))
        return false;
    unsigned unused_bits = 64 - 8 * (unsigned)width;
    out->kind = MSGPACK_INT;
    out->integer = (int64_t)(n << unused_bits) >> unused_bits;
    return true;
}

static bool float_of(struct msgpack_reader *r, size_t width, struct msgpack_item *out)
{
    uint64_t bits;
    if (!take_uint(r, width, &bits))
        return false;
    out->kind = MSGPACK_FLOAT;
    if (width == 8) {
        memcpy(&out->number, &bits, sizeof(out->number));
    } else {
        uint32_t narrow = (uint32_t)bits;
        float f;
        memcpy(&f, &narrow, sizeof(f));
        out->number = (double)f;
    }
    return true;
}

/* 0xc0 to 0xdf: the first byte names form and width. */
static bool by_first_byte(struct msgpack_reader *r, unsigned first, struct msgpack_item *out)
{
    switch (first) {
    case 0xc0:
        out->kind = MSGPACK_NIL;
        return true;
    case 0xc2:
    case 0xc3:
        out->kind = MSGPACK_BOOL;
        out->boolean = first == 0xc3;
        return true;
    case 0xc4:
    case 0xc5:
    case 0xc6:
        return sized(r, MSGPACK_BINARY, 1u << (first - 0xc4), out);
    case 0xc7:
    case 0xc8:
    case 0xc9:
        return sized_extension(r, 1u << (first - 0xc7), out);
    case 0xca:
    case 0xcb:
        return float_of(r, first == 0xca ? 4 : 8, out);
    case 0xcc:
    case 0xcd:
    case 0xce:
    case 0xcf:
        return unsigned_of(r, 1u << (first - 0xcc), out);
    case 0xd0:
    case 0xd1:
    case 0xd2:
    case 0xd3:
        return signed_of(r, 1u << (first - 0xd0), out);
    case 0xd4:
    case 0xd5:
    case 0xd6:
    case 0xd7:
    case 0xd8:
        return extension(r, 1u << (first - 0xd4), out);
    case 0xd9:
    case 0xda:
    case 0xdb:
        return sized(r, MSGPACK_STRING, 1u << (first - 0xd9), out);
    case 0xdc:
    case 0xdd:
        return sized(r, MSGPACK_ARRAY, first == 0xdc ? 2 : 4, out);
    case 0xde:
    case 0xdf:
        return sized(r, MSGPACK_MAP, first == 0xde ? 2 : 4, out);
    default:
        return false;
    }
}

bool msgpack_next(struct msgpack_reader *r, struct msgpack_item *out)
{
    const unsigned char *p;
    *out = (struct msgpack_item){0};
    if (!take(r, 1, &p))
        return false;
    unsigned first = *p;
    if (first >= 0xc0 && first <= 0xdf)
        return by_first_byte(r, first, out);
    if (first <= 0x7f || first >= 0xe0) {
        out->kind = MSGPACK_INT;
        out->integer = (int8_t)first;
        return true;
    }
    if (first >= 0xa0) {
        out->kind = MSGPACK_STRING;
        return take_bytes(r, first & 0x1f, out);
    }
    out->kind = first >= 0x90 ? MSGPACK_ARRAY : MSGPACK_MAP;
    return count_is_possible(r, first & 0x0f, out);
}
