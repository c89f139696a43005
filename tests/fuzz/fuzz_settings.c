/* room: engine/host
 * Any bytes as the settings record of a store: refused with words, or settings whose own record is
 * read as the same again. */
#include <stdint.h>
#include <stdlib.h>

#include "engine/host/host.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void demand(bool truth)
{
    if (!truth)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    ARENA_AUTO a = {0};
    struct host_settings s, again;
    struct error *e = host_settings_read(&a, (struct str){(const char *)data, size}, &s);

    if (e) {
        demand(e->summary.len > 0 && e->detail.len > 0);
        return 0;
    }
    struct str record = host_settings_write(&a, &s);
    demand(!host_settings_read(&a, record, &again));
    demand(str_eq(host_settings_write(&a, &again), record));
    return 0;
}
