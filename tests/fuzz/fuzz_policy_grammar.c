/* room: provider/grammar
 * Whatever a policy says, each kind has an answer: faults that say something, and as many of them
 * however the document is written. */
#include <assert.h>

#include "engine/base/json.h"
#include "provider/grammar/policy.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static size_t count_of(const struct error *e)
{
    size_t n = 0;

    for (; e; e = e->next, n++)
        assert(e->summary.len && e->kind == ERROR_INVALID);
    return n;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    ARENA_AUTO a = {0};
    struct str text = {(const char *)data, size};
    struct json document;
    struct buf compact = buf_in(&a);
    bool reads = !json_parse(&a, text, &document) && !str_starts_with(text, STR("\xef\xbb\xbf"));

    if (reads)
        json_print(&compact, &document, false);
    for (enum policy_kind kind = POLICY_MANAGED; kind <= POLICY_BUS; kind++) {
        size_t count = count_of(policy_check(&a, kind, text));
        assert(reads || count);
        if (reads)
            assert(count_of(policy_check(&a, kind, buf_str(&compact))) == count);
    }
    return 0;
}
