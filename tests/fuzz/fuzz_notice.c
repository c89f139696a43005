/* room: engine/adapters
 * Any bytes that lie in a queue become a notice: one that announces something names the instances,
 * and one that does not says why. */
#include <assert.h>

#include "engine/adapters/notice_text.h"
#include "engine/base/time.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    ARENA_AUTO a = {0};
    struct cloud_notice n = notice_read(&a, (struct str){(const char *)data, size});

    assert(n.what.len > 0 && n.receipt.len == 0);
    assert(n.kind <= NOTICE_OTHER || n.instance_count > 0);
    for (size_t i = 0; i < n.instance_count && n.kind > NOTICE_OTHER; i++)
        assert(str_starts_with(n.instances[i], STR("i-")));
    assert(n.kind == NOTICE_MAINTENANCE || n.kind == NOTICE_OTHER || n.starts_ms == NEVER_MS);
    return 0;
}
