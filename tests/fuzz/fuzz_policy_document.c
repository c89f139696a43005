/* room: provider/datasources
 * Whatever documents a configuration merges, they are refused or become one whose text is JSON, and
 * which read again is the same. */
#include <assert.h>

#include "provider/datasources/policy_text.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    ARENA_AUTO a = {0};
    struct policy p = {0}, again = {0};
    struct str rest = {(const char *)data, size}, texts[4];
    size_t count = 0;
    struct json tree;

    /* Several documents, one after the other. */
    while (rest.ptr && count < sizeof(texts) / sizeof(*texts))
        texts[count++] = str_cut(&rest, '\0');
    if (policy_add_texts(&a, &p, texts, count, "documents", size % 2))
        return 0;
    struct str indented = policy_text(&a, &p, true), compact = policy_text(&a, &p, false);
    assert(!json_parse(&a, indented, &tree));
    assert(!policy_add_texts(&a, &again, &indented, 1, "documents", false));
    assert(str_eq(policy_text(&a, &again, false), compact));
    return 0;
}
