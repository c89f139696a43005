/* room: provider/grammar
 * Whatever an event pattern says, there is an answer, and the same one however it is written. */
#include <assert.h>

#include "engine/base/json.h"
#include "provider/grammar/event_pattern.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    ARENA_AUTO a = {0};
    struct str text = {(const char *)data, size};
    struct error *e = check_event_pattern(&a, text);
    struct json pattern;
    struct buf compact = buf_in(&a);

    for (const struct error *each = e; each; each = each->next)
        assert(each->summary.len);
    if (!size || str_starts_with(text, STR("\xef\xbb\xbf")) || json_parse(&a, text, &pattern))
        return 0;
    json_print(&compact, &pattern, false);
    assert(!check_event_pattern(&a, buf_str(&compact)) == !e);
    return 0;
}
