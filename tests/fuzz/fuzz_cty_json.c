/* room: provider/cty
 * Any document either is refused, or gives a value of the type that prints and reads back equal. */
#include <assert.h>

#include "provider/cty/json.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char type[] =
    "[\"object\",{\"s\":\"string\",\"n\":\"number\",\"b\":\"bool\",\"d\":\"dynamic\","
    "\"l\":[\"list\",[\"object\",{\"a\":\"string\"}]],\"e\":[\"set\",\"number\"],"
    "\"m\":[\"map\",\"string\"]}]";

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    ARENA_AUTO a = {0};
    struct cty_type t;
    struct json tree;
    struct cty_value v, again;
    struct buf out = buf_in(&a);
    struct json_writer w = json_writer_to(&out);
    struct error *e = cty_type_parse(&a, STR(type), &t);

    assert(!e);
    if (json_parse(&a, (struct str){(const char *)data, size}, &tree) ||
        cty_from_json(&a, &tree, &t, &v))
        return 0;
    assert(cty_conforms(&v, &t));
    cty_to_json(&w, &v, &t);
    if (json_parse(&a, buf_str(&out), &tree)) /* keys that differ in ill-formed bytes only */
        return 0;
    e = cty_from_json(&a, &tree, &t, &again);
    assert(!e && again.count == v.count);
    return 0;
}
