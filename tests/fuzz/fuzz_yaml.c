/* room: engine/base
 * Any bytes are refused with an error that names a line, or give trees that are JSON: printed and
 * read by the JSON parser they are the same again. */
#include <assert.h>

#include "engine/base/yaml.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    ARENA_AUTO a = {0};
    struct yaml_documents docs;
    struct error *e = yaml_parse(&a, STR("f"), (struct str){(const char *)data, size}, &docs);

    if (e)
        assert(str_find_str(e->summary, STR("line ")) < e->summary.len);
    for (size_t i = 0; !e && i < docs.count; i++) {
        struct buf out = buf_in(&a), second = buf_in(&a);
        struct json again;
        json_print(&out, &docs.items[i], false);
        struct error *broken = json_parse(&a, buf_str(&out), &again);
        assert(!broken);
        json_print(&second, &again, false);
        assert(str_eq(buf_str(&out), buf_str(&second)));
    }
    return 0;
}
