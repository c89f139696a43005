/* room: engine/base
 * Any bytes are refused with an error that names a line, or give a tree that can be walked. */
#include <assert.h>

#include "engine/base/xml.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static size_t weight(const struct xml *e, size_t depth)
{
    size_t sum = e->name.len + e->text.len;

    assert(depth < 64 && e->name.len > 0);
    for (size_t i = 0; i < e->count; i++)
        sum += weight(&e->items[i], depth + 1);
    return sum;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    ARENA_AUTO a = {0};
    struct xml tree;
    struct error *e = xml_parse(&a, (struct str){(const char *)data, size}, &tree);

    if (e)
        assert(str_find_str(e->summary, STR("line ")) < e->summary.len);
    else
        assert(weight(&tree, 0) <= size * 2); /* nothing grows out of entities */
    return 0;
}
