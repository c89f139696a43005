/* room: engine/objects
 * Any JSON as a pool and as a class: what is accepted is equal to itself, and reading what its
 * canonical text says gives that text again. */
#include <stdint.h>
#include <stdlib.h>

#include "engine/objects/class_document.h"
#include "engine/objects/class_settings.h"
#include "engine/objects/pool_document.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void demand(bool truth)
{
    if (!truth)
        abort();
}

static void canonical_is_stable(struct arena *a, const struct json *j,
                                struct str (*canonical)(struct arena *, const struct json *))
{
    struct str once = canonical(a, j);
    struct json again = {0};

    demand(json_parse(a, once, &again) == NULL);
    demand(str_eq(once, canonical(a, &again)));
}

static void read_pool(struct arena *a, const struct json *j)
{
    struct resource_table table = resource_table_new();
    struct unheeded_list unheeded = {0};
    struct pool p;
    struct error *e = pool_document_read(a, j, &table, &p);

    pool_document_unheeded(a, j, &unheeded);
    for (size_t i = 0; j->kind == JSON_OBJECT && i < j->count; i++)
        demand(pool_document_equal(j->keys[i], &j->items[i], &j->items[i]));
    if (!e) {
        demand(p.weight >= 0 && p.replicas >= -1 && p.empty_after_ms >= 0);
        demand(requirements_contradiction(&p.requirements) == NULL);
    }
    for (; e; e = e->next)
        demand(e->summary.len > 0 && e->detail.len > 0);
    canonical_is_stable(a, j, pool_document_canonical);
}

static void read_class(struct arena *a, const struct json *j)
{
    struct unheeded_list unheeded = {0};
    struct node_class c;
    struct error *e = class_document_read(a, j, &c);

    class_document_unheeded(a, j, &unheeded);
    if (!e) {
        struct node_settings s = node_settings_of_class(&c, STR("us-east-1"));
        demand(s.max_pods >= 0 && s.root_volume_bytes >= 0);
    }
    for (; e; e = e->next)
        demand(e->summary.len > 0 && e->detail.len > 0);
    canonical_is_stable(a, j, class_document_canonical);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    ARENA_AUTO a = {0};
    struct json j;

    if (json_parse(&a, (struct str){(const char *)data, size}, &j))
        return 0;
    read_pool(&a, &j);
    read_class(&a, &j);
    return 0;
}
