#include "engine/pools.h"

#include "engine/base/digest.h"
#include "engine/base/json.h"

struct str spec_document(struct arena *a, struct str document)
{
    struct json tree;
    struct buf out = buf_in(a);
    if (!document.len || json_parse(a, document, &tree) || tree.kind != JSON_OBJECT)
        return (struct str){0};
    json_print(&out, &tree, true);
    return buf_str(&out);
}

struct str spec_content(struct arena *a, struct str document)
{
    return str_slice(sha256_hex(a, spec_document(a, document)), 0, 32);
}
