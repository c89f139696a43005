/* room: engine/objects
 * Any bytes as a manifest, YAML and JSON: pods are named, sorted and distinct, or it is an error
 * that says something. */
#include <stdint.h>
#include <stdlib.h>

#include "engine/objects/kubernetes_objects.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void demand(bool truth)
{
    if (!truth)
        abort();
}

static void read_as(const char *name, struct str text)
{
    ARENA_AUTO a = {0};
    struct resource_table table = resource_table_new();
    struct kubernetes_objects o;
    struct manifest_text file = {str_of(name), text};
    struct error *e = kubernetes_objects_read(&a, &file, 1, &table, &o);

    for (; e; e = e->next)
        demand(e->summary.len > 0 && e->detail.len > 0);
    demand(o.pod_count <= LISTED_PODS_MAX);
    for (size_t i = 0; i < o.pod_count; i++) {
        demand(o.pods[i].spec->requests.amount[RESOURCE_CPU] >= 0);
        demand(i == 0 || str_cmp(o.pods[i - 1].name, o.pods[i].name) <= 0);
    }
    for (size_t i = 0; i < o.notes.count; i++)
        demand(note_text(&a, &o.notes.items[i]).len > 0);
    for (size_t i = 0; i < o.budget_count; i++)
        demand(o.budgets[i].name.len > 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct str text = {(const char *)data, size};

    read_as("f.yaml", text);
    read_as("f.json", text);
    return 0;
}
