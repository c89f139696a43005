/* room: engine/aws
 * Any bytes as a config file are refused with a line, or give settings that are texts. */
#include <assert.h>

#include "engine/aws/credentials.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    for (int prefixed = 0; prefixed < 2; prefixed++) {
        ARENA_AUTO a = {0};
        struct profile p = {0};
        struct str text = {(const char *)data, size};
        struct error *e = profile_read(&a, text, STR("dev"), prefixed, &p);

        if (e)
            assert(str_find_str(e->summary, STR("line ")) < e->summary.len);
        for (size_t i = 0; i < p.settings.count; i++)
            assert(p.found && p.settings.keys[i].len && p.settings.items[i].kind == JSON_STRING);
        profile_wipe(&p);
    }
    return 0;
}
