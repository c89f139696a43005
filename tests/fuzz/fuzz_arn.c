/* room: provider/functions
 * Any text: an ARN that is taken apart is put together again as it was, and a role's ARN without
 * its path is a role's ARN that has none. */
#include <assert.h>

#include "engine/aws/arn.h"
#include "provider/functions/registry.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const struct function *named(const char *name)
{
    for (size_t i = 0; i < function_count; i++)
        if (str_eq(str_of(functions[i].name), str_of(name)))
            return &functions[i];
    return NULL;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    ARENA_AUTO a = {0};
    const struct function *parse = named("arn_parse"), *trim = named("trim_iam_role_path");
    struct str text = {(const char *)data, size};
    struct cty_value parts, shorter, again;
    struct arn arn = {0};

    struct error *refused = parse->call(&a, &text, &parts);
    assert(!refused == !arn_parse(text, &arn));
    if (refused)
        return 0;
    assert(cty_conforms(&parts, parse->returns));
    assert(str_eq(arn_text(&a, &arn), text));
    if (trim->call(&a, &text, &shorter))
        return 0;
    assert(shorter.string.len <= text.len);
    assert(!trim->call(&a, &shorter.string, &again) && str_eq(shorter.string, again.string));
    return 0;
}
