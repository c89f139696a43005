#include "engine/adapters/api_reading.h"

#include <stdlib.h>

/* Names of resources outlive the objects that asked for them. */
static void keep_names(struct api_context *c, size_t before)
{
    for (size_t i = before; i < c->asked.count; i++)
        c->asked.name[i] = arena_str(&c->names, c->asked.name[i]);
}

static void add_claim(struct buf *out, struct str namespace, struct str name)
{
    buf_printf(out, STR_FMT "/" STR_FMT " ", STR_ARG(namespace), STR_ARG(name));
}

struct str api_claims_of(struct arena *a, const struct json *pod, struct str namespace,
                         struct str name)
{
    const struct json *all = json_path(pod, "spec", "volumes", NULL);
    struct buf out = buf_in(a);

    for (size_t i = 0; all->kind == JSON_ARRAY && i < all->count; i++) {
        const struct json *v = &all->items[i];
        struct str volume = json_string_or(json_get(v, "name"), STR("")),
                   claim = json_string_or(json_path(v, "persistentVolumeClaim", "claimName", NULL),
                                          STR(""));
        if (claim.len)
            add_claim(&out, namespace, claim);
        else if (json_get(v, "ephemeral")->kind == JSON_OBJECT)
            add_claim(&out, namespace,
                      arena_printf(a, STR_FMT "-" STR_FMT, STR_ARG(name), STR_ARG(volume)));
    }
    return buf_str(&out);
}

static struct object object_of(struct arena *a, enum api_kind kind, struct str full_name,
                               const struct json *tree)
{
    const struct api_row *row = &api_rows[kind];
    struct str name = arena_str(a, full_name), namespace = {0};

    if (row->resource.namespaced)
    namespace = str_cut(&name, '/');
    return (struct object){.json = tree,
                           .kind = workload_kind_find(row->api_version, row->kind),
                           .kind_name = row->kind,
                           .api_version = row->api_version,
                           .namespace = namespace,
                           .name = name,
                           .full_name = arena_str(a, full_name)};
}

/* Shared claims are found by the names that pods use. */
static void add_claims(struct arena *a, struct object *o, struct str claims)
{
    struct str *names = ARENA_ARRAY(a, struct str, claims.len);

    while (claims.len) {
        struct str full = str_cut(&claims, ' ');
        str_cut(&full, '/');
        names[o->volume_claim_count++] = arena_str(a, full);
    }
    o->volume_claims = names;
}

static void add_shelf(struct arena *a, enum api_kind kind, const struct shelf *s,
                      struct objects *out)
{
    struct index_walk w = {.of = &s->items};

    for (struct shelf_item *i; (i = index_next(&w));) {
        if (kind == API_PODS && !i->uses.len)
            continue;
        struct object o =
            object_of(a, kind, i->name.key, kind == API_PODS ? NULL : shelf_tree(a, i));
        if (kind == API_PODS)
            add_claims(a, &o, i->uses);
        ARENA_PUSH(a, out->items, out->count, out->capacity, o);
    }
}

void api_context_read(struct api_context *c, const struct shelf *shelves)
{
    static const enum api_kind kinds[] = {API_PODS,    API_PRIORITIES,      API_VOLUME_CLAIMS,
                                          API_VOLUMES, API_STORAGE_CLASSES, API_CSI_NODES};
    struct objects all = {0};
    struct reader r = {.keep = &c->arena};

    arena_free(&c->arena);
    for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++)
        add_shelf(&c->arena, kinds[i], &shelves[kinds[i]], &all);
    if (all.count)
        qsort(all.items, all.count, sizeof(*all.items), owners_by_identity);
    priorities_read(&r, &all, &c->priorities);
    volumes_read(&r, &all, &c->volumes);
    c->volumes.are_all = true;
}

static void note(struct api_notes *notes, const struct kubernetes_objects *read, size_t noted,
                 const struct error *wrong)
{
    struct arena *a = &notes->arena;

    for (size_t i = noted; i < read->notes.count; i++) {
        const struct note *n = &read->notes.items[i];
        struct str text =
            arena_printf(a, STR_FMT ": " STR_FMT, STR_ARG(n->object), STR_ARG(n->text));
        ARENA_PUSH(a, notes->items, notes->count, notes->capacity, text);
    }
    for (; wrong; wrong = wrong->next)
        ARENA_PUSH(a, notes->items, notes->count, notes->capacity, arena_str(a, wrong->summary));
}

/* What we do not understand of a pod may be what keeps it from our nodes: it counts where it is,
 * and nothing is launched for it. */
static void refuse_pod(struct arena *a, struct kubernetes_objects *out, const struct error *wrong)
{
    struct pod_spec *spec = ARENA_NEW(a, struct pod_spec);

    *spec = *out->pods[out->pod_count - 1].spec;
    if (!spec->impossible.len)
        spec->impossible = arena_str(a, wrong->summary);
    out->pods[out->pod_count - 1].spec = spec;
}

void api_object_read(struct arena *a, enum api_kind kind, struct str full_name,
                     const struct json *tree, struct api_context *c, struct api_notes *notes,
                     struct kubernetes_objects *out)
{
    struct pod_specs specs = {0};
    const struct cluster around = {&c->asked, &c->priorities, &c->volumes, &specs};
    struct reader r = {.keep = a};
    struct object o = object_of(a, kind, full_name, tree);
    size_t named = c->asked.count, noted = out->notes.count;

    object_announce(&r, &o);
    workload_expand(&r, &o, &around, out);
    keep_names(c, named);
    if (kind == API_PODS && r.errors)
        refuse_pod(a, out, r.errors);
    else if (notes)
        note(notes, out, noted, r.errors);
}

bool api_limits_another(const struct json *csi_node, const struct volumes *known)
{
    const struct json *all = json_path(csi_node, "spec", "drivers", NULL);

    for (size_t i = 0; all->kind == JSON_ARRAY && i < all->count; i++) {
        struct str driver = json_string_or(json_get(&all->items[i], "name"), STR(""));
        bool counts = json_path(&all->items[i], "allocatable", "count", NULL)->kind == JSON_NUMBER;
        if (counts && !volumes_are_limited(known, driver))
            return true;
    }
    return false;
}
