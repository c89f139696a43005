/* room: provider/modules
 * Any text: what is told of a Terraform file lies within it, or was made of it. */
#include <assert.h>

#include "provider/modules/outline.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(struct str text, const struct outline_names *names)
{
    for (size_t i = 0; i < names->count; i++) {
        assert(names->items[i].len <= text.len);
        for (size_t k = 0; k < i; k++)
            assert(!str_eq(names->items[i], names->items[k]));
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    ARENA_AUTO a = {0};
    struct str text = {(const char *)data, size};
    struct outline hcl = {0}, json = {0};

    struct error *e = outline_read_hcl(&a, text, &hcl);
    assert(!e || str_starts_with(e->summary, STR("line ")));
    check(text, &hcl.resources);
    check(text, &hcl.data_sources);
    check(text, &hcl.functions);
    for (size_t i = 0; i < hcl.entry_count; i++)
        assert(!hcl.entries[i].aliases.len ||
               (hcl.entries[i].aliases.ptr >= text.ptr &&
                hcl.entries[i].aliases.ptr + hcl.entries[i].aliases.len <= text.ptr + text.len));
    if (!outline_read_json(&a, text, &json))
        check(text, &json.resources);
    return 0;
}
