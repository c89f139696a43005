#include "engine/core/allocatable.h"
#include "engine/objects/pod_parts.h"
#include "engine/objects/volumes.h"

/* Which nodes a pod's volumes leave it, how many of them it attaches, and which of them others must
 * not use beside it.  Where Kubernetes would hold a pod back for ever, so does this; of what files
 * lack nothing is asked. */

struct reading {
    struct reader *r;
    const struct pod_surroundings *around;
    const struct json *found; /* the volume at hand, for notes */
    struct notes *notes;
    struct pod_spec *pod;
    struct held_volume *held;
    size_t held_capacity;
};

static void impossible(struct reading *v, const struct volume_claim *c, const char *why)
{
    if (!v->pod->impossible.len)
        v->pod->impossible =
            arena_printf(v->r->keep, "its volume claim " STR_FMT " %s", STR_ARG(c->name), why);
}

static void lacks(struct reading *v, const char *kind, struct str name)
{
    if (v->around->cluster->volumes->are_all) {
        if (!v->pod->impossible.len)
            v->pod->impossible =
                arena_printf(v->r->keep, "its %s " STR_FMT " does not exist", kind, STR_ARG(name));
        return;
    }
    notes_add(v->r, v->notes, v->found,
              arena_printf(v->r->keep,
                           "the files have no %s " STR_FMT ": it does not bind its pods to a zone",
                           kind, STR_ARG(name)));
}

/* Every term with every alternative; what contradicts itself matches no node. */
static void multiply(struct reading *v, const struct volume_claim *c, const struct reach *reach)
{
    struct pod_spec *p = v->pod;
    struct arena *a = v->r->keep;
    struct requirements *both;
    size_t count = 0;

    if (reach->anywhere || p->impossible.len)
        return;
    both = ARENA_ARRAY(a, struct requirements, p->term_count * reach->count);
    for (size_t i = 0; i < p->term_count; i++)
        for (size_t k = 0; k < reach->count; k++) {
            struct requirements *one = &both[count];
            *one = (struct requirements){0};
            requirements_add_all(a, one, &p->terms[i]);
            requirements_add_all(a, one, &reach->items[k]);
            count += !requirements_contradiction(one);
        }
    if (p->term_count && !count)
        impossible(v, c, "can be reached from no node where the pod's other terms let it run");
    p->terms = both;
    p->term_count = count;
}

/* One piece of what nodes can attach of the driver's volumes. */
static void attach(struct reading *v, struct str driver)
{
    struct resource_table *table = v->around->cluster->resources;

    if (!driver.len || !volumes_are_limited(v->around->cluster->volumes, driver))
        return;
    struct str name = arena_printf(v->r->keep, RESOURCE_ATTACHABLE_PREFIX STR_FMT, STR_ARG(driver));
    size_t n = resource_table_add(table, name);
    if (n < RESOURCES_MAX)
        v->pod->requests.amount[n]++;
}

static void use_class(struct reading *v, const struct volume_claim *c,
                      const struct storage_class *class)
{
    if (!class->waits && c->listed) {
        impossible(v, c, "is not bound, although its storage class binds at once");
        return;
    }
    multiply(v, c, &class->reach);
    attach(v, class->driver);
}

static void use_unbound(struct reading *v, const struct volume_claim *c, bool class_may_lack)
{
    const struct volumes *volumes = v->around->cluster->volumes;
    const struct storage_class *class =
        c->names_class ? volumes_find_class(volumes, c->class) : volumes_default_class(volumes);

    if (class)
        use_class(v, c, class);
    else if (c->class.len)
        lacks(v, "StorageClass", c->class);
    else if (class_may_lack)
        notes_add(v->r, v->notes, v->found,
                  STR("names no StorageClass, and the files have none that is the default: it "
                      "does not bind its pods to a zone"));
    else
        impossible(v, c,
                   c->names_class ? "is not bound, and without a storage class nothing binds it"
                                  : "names no storage class, and there is no default one");
}

static void use_bound(struct reading *v, const struct volume_claim *c)
{
    const struct volume *volume = volumes_find(v->around->cluster->volumes, c->volume);

    if (c->listed && !c->bound) {
        impossible(v, c, "names its volume, but has not been bound to the end");
    } else if (!volume) {
        lacks(v, "PersistentVolume", c->volume);
    } else if (volume->deleting) {
        impossible(v, c, "is bound to a volume that is being deleted");
    } else {
        multiply(v, c, &volume->reach);
        attach(v, volume->driver);
    }
}

static void hold(struct reading *v, const struct volume_claim *c)
{
    const struct held_volume held = {.claim = c->name, .by_one_pod = c->by_one_pod};

    if (!c->by_many_nodes && volumes_claim_is_shared(v->around->cluster->volumes, c->name))
        ARENA_PUSH(v->r->keep, v->held, v->pod->volume_count, v->held_capacity, held);
}

static void use_claim(struct reading *v, const struct volume_claim *c, bool class_may_lack)
{
    if (c->deleting)
        impossible(v, c, "is being deleted");
    else if (c->lost)
        impossible(v, c, "is lost: its volume is gone");
    else if (c->volume.len)
        use_bound(v, c);
    else
        use_unbound(v, c, class_may_lack);
    if (c->listed)
        hold(v, c);
}

static struct str in_namespace(const struct reading *v, struct str name)
{
    return arena_printf(v->r->keep, STR_FMT "/" STR_FMT, STR_ARG(v->around->namespace),
                        STR_ARG(name));
}

/* The claim of that name, or else the one that is to be made from the template. */
static void use_made(struct reading *v, struct str name, const struct json *template,
                     bool class_may_lack)
{
    const struct volume_claim *listed = volumes_find_claim(v->around->cluster->volumes, name);
    struct volume_claim made = volume_claim_of(v->r, template);

    made.name = name;
    use_claim(v, listed ? listed : &made, class_may_lack && !listed);
}

static void use_volume(struct reading *v, const struct place *at, const struct json *j)
{
    struct place claim_at = place_member(at, "persistentVolumeClaim"),
                 name_at = place_member(&claim_at, "claimName");
    const struct json *named = json_path(j, "persistentVolumeClaim", "claimName", NULL);
    const struct json *template = json_path(j, "ephemeral", "volumeClaimTemplate", NULL);
    struct str volume = json_string_or(json_get(j, "name"), STR("")), name = {0};

    if (read_string(v->r, &name_at, named, &name) && name.len) {
        struct str full = in_namespace(v, name);
        const struct volume_claim *listed = volumes_find_claim(v->around->cluster->volumes, full);
        if (listed)
            use_claim(v, listed, false);
        else
            lacks(v, "PersistentVolumeClaim", full);
    } else if (template->kind == JSON_OBJECT) {
        use_made(v,
                 in_namespace(v, arena_printf(v->r->keep, STR_FMT "-" STR_FMT,
                                              STR_ARG(v->around->pod_name), STR_ARG(volume))),
                 template, false);
    }
}

static void use_templates(struct reading *v, const struct json *templates)
{
    for (size_t i = 0; templates->kind == JSON_ARRAY && i < templates->count; i++) {
        struct str name =
            json_string_or(json_path(&templates->items[i], "metadata", "name", NULL), STR(""));
        v->found = &templates->items[i];
        use_made(v,
                 in_namespace(v, arena_printf(v->r->keep, STR_FMT "-" STR_FMT, STR_ARG(name),
                                              STR_ARG(v->around->pod_name))),
                 v->found, true);
    }
}

void pod_volumes_read(struct reader *r, const struct place *at, const struct json *spec,
                      const struct pod_surroundings *around, struct notes *notes,
                      struct pod_spec *out)
{
    struct reading v = {.r = r, .around = around, .notes = notes, .pod = out};
    struct place list = place_member(at, "volumes");
    const struct json *volumes = json_get(spec, "volumes");

    for (size_t i = 0; read_list(r, &list, volumes) && i < volumes->count; i++) {
        struct place each = place_index(&list, i);
        v.found = &volumes->items[i];
        if (read_map(r, &each, v.found))
            use_volume(&v, &each, v.found);
    }
    if (around->claim_templates)
        use_templates(&v, around->claim_templates);
    out->volumes = v.held;
}
