/* room: engine/aws
 * Any bytes as a config file are refused with a line, or give settings that are texts or, under
 * indented lines, objects of texts. */
#include <assert.h>

#include "engine/aws/profile.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_section(const struct json *section, int depth)
{
    assert(section->kind == JSON_OBJECT);
    for (size_t i = 0; i < section->count; i++) {
        const struct json *value = &section->items[i];
        assert(section->keys[i].len);
        if (value->kind != JSON_STRING && depth > 0)
            check_section(value, depth - 1);
        else
            assert(value->kind == JSON_STRING);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    for (int prefixed = 0; prefixed < 2; prefixed++) {
        ARENA_SECRET a = {0};
        struct shared_config files = {0};
        struct str text = {(const char *)data, size};
        struct error *e = shared_config_read(&a, text, prefixed, &files);
        const struct json *families[] = {&files.profiles, &files.sso_sessions, &files.services};

        if (e)
            assert(str_find_str(e->summary, STR("line ")) < e->summary.len);
        for (size_t i = 0; i < 3; i++)
            for (size_t k = 0; k < families[i]->count; k++)
                check_section(&families[i]->items[k], 1);
    }
    return 0;
}
