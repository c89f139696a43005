#include "engine/host/inside.h"
#include "engine/objects/class_document.h"
#include "engine/objects/pool_document.h"

static struct error *parse_pool(struct arena *a, struct str document,
                                struct resource_table *resources, struct pool *out)
{
    struct json *tree = ARENA_NEW(a, struct json); /* the pool borrows from it */
    TRY(json_parse(a, document, tree));
    return pool_document_read(a, tree, resources, out);
}

static struct error *drift_text(struct arena *a, struct str pool_document,
                                struct str class_document, struct str *out)
{
    struct json pool, class;
    TRY(json_parse(a, pool_document, &pool));
    TRY(json_parse(a, class_document, &class));
    *out = arena_printf(a, STR_FMT "\n" STR_FMT, STR_ARG(pool_document_canonical(a, &pool)),
                        STR_ARG(class_document_canonical(a, &class)));
    return NULL;
}

const struct document_port host_documents = {parse_pool, drift_text};
