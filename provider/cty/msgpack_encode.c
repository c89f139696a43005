#include <assert.h>

#include "provider/cty/msgpack.h"

static void put_byte(struct buf *b, unsigned byte)
{
    buf_add_char(b, (char)byte);
}

static void put_be(struct buf *b, uint64_t n, unsigned bytes)
{
    while (bytes-- > 0)
        put_byte(b, (unsigned)(n >> (8 * bytes)) & 0xff);
}

static void put_int(struct buf *b, int64_t n)
{
    if (n >= -32 && n <= 127) {
        put_byte(b, (unsigned)n & 0xff);
        return;
    }
    put_byte(b, 0xd3);
    put_be(b, (uint64_t)n, 8);
}

static void put_string(struct buf *b, struct str s)
{
    if (s.len < 32) {
        put_byte(b, 0xa0 | (unsigned)s.len);
    } else if (s.len <= UINT8_MAX) {
        put_byte(b, 0xd9);
        put_be(b, s.len, 1);
    } else {
        put_byte(b, 0xdb);
        put_be(b, s.len, 4);
    }
    buf_add(b, s);
}

static void put_bin(struct buf *b, struct str s)
{
    put_byte(b, 0xc6);
    put_be(b, s.len, 4);
    buf_add(b, s);
}

/* small: first byte of the form that holds up to 15; large: of the one with 32 bits */
static void put_count(struct buf *b, size_t count, unsigned small, unsigned large)
{
    if (count < 16) {
        put_byte(b, small | (unsigned)count);
    } else {
        put_byte(b, large);
        put_be(b, count, 4);
    }
}

/* A refinement goes back as it came: what was promised of a configured value still holds. */
static void put_unknown(struct buf *b, const struct cty_value *v)
{
    if (v->refinement.len == 0 || v->refinement.len > UINT8_MAX) {
        buf_add(b, STR("\xd4\x00\x00"));
        return;
    }
    put_byte(b, 0xc7);
    put_be(b, v->refinement.len, 1);
    put_byte(b, 12);
    buf_add(b, v->refinement);
}

static const struct cty_type *member_type(const struct cty_type *t, struct str name, size_t i)
{
    if (t->kind == CTY_MAP)
        return t->element;
    for (size_t n = 0; n < t->count; n++) {
        size_t at = (i + n) % t->count;
        if (str_eq(t->names[at], name))
            return &t->items[at];
    }
    return NULL;
}

static void put_value(struct buf *b, const struct cty_value *v, const struct cty_type *t);

static void put_members(struct buf *b, const struct cty_value *v, const struct cty_type *t)
{
    put_count(b, v->count, 0x80, 0xdf);
    for (size_t i = 0; i < v->count; i++) {
        const struct cty_type *member = member_type(t, v->keys[i], i);
        assert(member);
        put_string(b, v->keys[i]);
        put_value(b, &v->items[i], member);
    }
}

static void put_elements(struct buf *b, const struct cty_value *v, const struct cty_type *t)
{
    put_count(b, v->count, 0x90, 0xdd);
    for (size_t i = 0; i < v->count; i++)
        put_value(b, &v->items[i], t->kind == CTY_TUPLE ? &t->items[i] : t->element);
}

static void put_known(struct buf *b, const struct cty_value *v, const struct cty_type *t)
{
    assert(v->kind == t->kind);
    switch (v->kind) {
    case CTY_NULL:
    case CTY_UNKNOWN:
    case CTY_DYNAMIC:
        break;
    case CTY_STRING:
        put_string(b, v->string);
        break;
    case CTY_NUMBER:
        if (v->number.is_integer)
            put_int(b, v->number.integer);
        else
            put_string(b, v->number.text);
        break;
    case CTY_BOOL:
        put_byte(b, v->boolean ? 0xc3 : 0xc2);
        break;
    case CTY_LIST:
    case CTY_SET:
    case CTY_TUPLE:
        put_elements(b, v, t);
        break;
    case CTY_MAP:
    case CTY_OBJECT:
        put_members(b, v, t);
        break;
    }
}

static void put_value(struct buf *b, const struct cty_value *v, const struct cty_type *t)
{
    if (v->kind == CTY_NULL) {
        put_byte(b, 0xc0);
    } else if (v->kind == CTY_UNKNOWN) {
        put_unknown(b, v);
    } else if (t->kind == CTY_DYNAMIC) {
        struct buf json = buf_in(b->arena);
        assert(v->dynamic);
        cty_type_print(&json, v->dynamic);
        put_byte(b, 0x92);
        put_bin(b, buf_str(&json));
        put_known(b, v, v->dynamic);
    } else {
        put_known(b, v, t);
    }
}

struct str cty_to_msgpack(struct arena *a, const struct cty_value *v, const struct cty_type *t)
{
    struct buf b = buf_in(a);
    put_value(&b, v, t);
    return buf_str(&b);
}
