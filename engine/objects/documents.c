#include "engine/objects/documents.h"

#include "engine/objects/class_document.h"
#include "engine/objects/pool_document.h"

struct error *documents_parse_pool(struct arena *a, struct str document,
                                   struct resource_table *resources, struct pool *out)
{
    struct json *j = ARENA_NEW(a, struct json);

    TRY(json_parse(a, arena_str(a, document), j));
    return pool_document_read(a, j, resources, out);
}

struct error *documents_drift_text(struct arena *a, struct str pool_document,
                                   struct str class_document, struct str *out)
{
    struct json pool, class;

    TRY(json_parse(a, pool_document, &pool));
    TRY(json_parse(a, class_document, &class));
    *out = arena_printf(a, "{\"class\":" STR_FMT ",\"pool\":" STR_FMT "}",
                        STR_ARG(class_document_canonical(a, &class)),
                        STR_ARG(pool_document_canonical(a, &pool)));
    return NULL;
}
