/* room: provider/cty
 * Any bytes either are refused, or give a value of the type that writes and reads back equal. */
#include <assert.h>

#include "provider/cty/msgpack.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char *const types[] = {
    "\"string\"",
    "\"number\"",
    "\"dynamic\"",
    "[\"set\",[\"object\",{\"a\":\"bool\",\"b\":\"number\"}]]",
    "[\"map\",[\"list\",\"string\"]]",
    "[\"tuple\",[\"string\",\"dynamic\"]]",
};

/* The first byte chooses the type. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    ARENA_AUTO a = {0};
    struct cty_type t;
    struct cty_value v, again;

    if (size == 0)
        return 0;
    struct error *e =
        cty_type_parse(&a, str_of(types[data[0] % (sizeof(types) / sizeof(*types))]), &t);
    assert(!e);
    struct str bytes = {(const char *)data + 1, size - 1};
    e = cty_from_msgpack(&a, bytes, &t, &v);
    if (e) {
        assert(e->kind == ERROR_INVALID);
        return 0;
    }
    assert(cty_conforms(&v, &t));
    e = cty_from_msgpack(&a, cty_to_msgpack(&a, &v, &t), &t, &again);
    assert(!e && cty_eq(&v, &again));
    return 0;
}
