#include <stdlib.h>

#include "engine/adapters/api_inside.h"
#include "engine/base/memory.h"
#include "engine/worlds/clone.h"

const struct api_rule api_rules[API_RULES] = {
    {API_DAEMON_SETS, WORKLOAD_DAEMONS},
    {API_NAMESPACES, WORKLOAD_NAMESPACES},
    {API_BUDGETS, WORKLOAD_BUDGETS},
};

struct api_objects *api_objects_new(void)
{
    struct api_objects *o = must_have(calloc(1, sizeof(*o)));

    o->context.asked = resource_table_new();
    return o;
}

static void forget_tales(struct api_objects *o)
{
    arena_free(&o->pods.arena);
    arena_free(&o->nodes.arena);
    arena_free(&o->changed.arena);
    o->pods = (struct pod_tale){0};
    o->nodes = (struct node_tale){0};
    o->changed = (struct changed_claims){0};
}

/* What pods ask for is remembered: the names are not many, and whoever asks may come back. */
void api_objects_forget(struct api_objects *o)
{
    for (int k = 0; k < API_KINDS; k++) {
        shelf_clear(&o->shelves[k]);
        o->listing[k] = o->listed[k] = false;
        arena_free(&o->notes[k].arena);
        o->notes[k] = (struct api_notes){0};
    }
    forget_tales(o);
    o->context_stale = true;
    o->whole = o->told = 0;
}

void api_objects_free(struct api_objects *o)
{
    if (!o)
        return;
    api_objects_forget(o);
    arena_free(&o->context.arena);
    arena_free(&o->context.names);
    free(o);
}

struct str api_objects_uid(const struct api_objects *o, enum api_kind kind, struct str name)
{
    const struct shelf_item *i = shelf_find(&o->shelves[kind], name);

    return i ? i->uid : (struct str){0};
}

static struct str full_name_of(struct arena *a, enum api_kind kind, const struct kube_change *c)
{
    return api_rows[kind].resource.namespaced
               ? arena_printf(a, STR_FMT "/" STR_FMT, STR_ARG(c->namespace), STR_ARG(c->name))
               : c->name;
}

/* Who uses these claims is to be read again. */
static void note_claims(struct api_objects *o, struct str claims)
{
    struct changed_claims *c = &o->changed;

    o->context_stale |= claims.len > 0;
    while (claims.len)
        ARENA_PUSH(&c->arena, c->items, c->count, c->capacity,
                   arena_str(&c->arena, str_cut(&claims, ' ')));
}

/* Pods. */

static void push_pod(struct pod_tale *t, const struct pod *read)
{
    struct arena_mark mark = arena_mark(&t->arena);
    struct pod_spec *spec = parts_clone_in(&t->arena, TABLE_POD_SPEC, read->spec, 1);
    struct pod p = *read;

    p.spec = pod_specs_intern(&t->arena, &t->specs, spec);
    if (p.spec != spec)
        arena_rewind(&t->arena, mark);
    p.name = arena_str(&t->arena, read->name);
    p.node = read->node.len ? arena_str(&t->arena, read->node) : (struct str){0};
    ARENA_PUSH(&t->arena, t->pods, t->count, t->capacity, p);
}

void api_read_pod(struct api_objects *o, struct str name, const struct json *tree)
{
    ARENA_AUTO scratch = {0};
    struct kubernetes_objects out = {0};

    api_object_read(&scratch, API_PODS, name, tree, &o->context, NULL, &out);
    for (size_t i = 0; i < out.pod_count; i++)
        push_pod(&o->pods, &out.pods[i]);
}

static void take_pod(struct api_objects *o, const struct kube_change *c, struct str name)
{
    ARENA_AUTO a = {0};
    struct shelf *s = &o->shelves[API_PODS];
    const struct shelf_item *before = shelf_find(s, name);
    struct str claims = api_claims_of(&a, c->object, c->namespace, c->name);
    bool new = !before || !str_eq(before->uid, c->uid);
    struct shelf_item *i = shelf_put(s, name, c->uid, claims);

    if (!claims.len) {
        api_read_pod(o, name, c->object);
        return;
    }
    if (shelf_keep(i, shelf_text(&a, c->object, true)) || o->listing[API_PODS])
        shelf_touch(s, i);
    if (new) /* another user of a claim may make it a shared one */
        note_claims(o, claims);
}

static void lose_pod(struct api_objects *o, struct shelf_item *i)
{
    struct pod_tale *t = &o->pods;

    ARENA_PUSH(&t->arena, t->gone, t->gone_count, t->gone_capacity,
               arena_str(&t->arena, i->name.key));
    note_claims(o, i->uses);
    shelf_remove(&o->shelves[API_PODS], i);
}

/* All the others. */

static void take_node_gone(struct api_objects *o, struct shelf_item *i)
{
    struct node_tale *t = &o->nodes;

    ARENA_PUSH(&t->arena, t->gone, t->gone_count, t->gone_capacity,
               arena_str(&t->arena, i->name.key));
    shelf_remove(&o->shelves[API_NODES], i);
}

static void touch_node_of(struct api_objects *o, struct str name)
{
    struct shelf_item *node = shelf_find(&o->shelves[API_NODES], name);

    if (node)
        shelf_touch(&o->shelves[API_NODES], node);
}

/* What else than itself is otherwise when an object is: `object` is it as it is now, or as it was
 * last. */
static void note_dependants(struct api_objects *o, enum api_kind kind, struct str name,
                            const struct json *object)
{
    ARENA_AUTO a = {0};
    const struct json *ref = json_path(object, "spec", "claimRef", NULL);

    for (int r = 0; r < API_RULES; r++)
        o->whole |= api_rules[r].kind == kind ? api_rules[r].part : 0;
    if (kind == API_ATTACHMENTS)
        touch_node_of(o, json_string_or(json_path(object, "spec", "nodeName", NULL), STR("")));
    if (kind < API_PRIORITIES || kind >= API_CONTEXT_END)
        return;
    o->context_stale = true;
    o->whole |= kind == API_PRIORITIES ? WORKLOAD_DAEMONS : 0;
    if (kind == API_VOLUME_CLAIMS)
        note_claims(o, name);
    else if (kind == API_VOLUMES && ref->kind == JSON_OBJECT)
        note_claims(o, arena_printf(&a, STR_FMT "/" STR_FMT,
                                    STR_ARG(json_string_or(json_get(ref, "namespace"), STR(""))),
                                    STR_ARG(json_string_or(json_get(ref, "name"), STR("")))));
    else if (kind == API_STORAGE_CLASSES)
        o->changed.all = true;
    else if (kind == API_CSI_NODES) {
        o->changed.all |= api_limits_another(object, &o->context.volumes);
        touch_node_of(o, name);
    }
}

static struct str uses_of(struct arena *a, enum api_kind kind, const struct json *object)
{
    struct str node = json_string_or(json_path(object, "spec", "nodeName", NULL), STR(""));

    return kind == API_ATTACHMENTS ? arena_printf(a, STR_FMT " ", STR_ARG(node)) : STR("");
}

static void take_changed(struct api_objects *o, enum api_kind kind, const struct kube_change *c)
{
    ARENA_AUTO a = {0};
    struct shelf *s = &o->shelves[kind];
    struct str name = full_name_of(&a, kind, c);

    if (kind == API_PODS) {
        take_pod(o, c, name);
        return;
    }
    struct shelf_item *i = shelf_put(s, name, c->uid, uses_of(&a, kind, c->object));
    bool news = shelf_keep(i, shelf_text(&a, c->object, api_rows[kind].with_status));
    if (news && kind == API_NODES)
        shelf_touch(s, i);
    else if (news)
        note_dependants(o, kind, name, c->object);
}

static void take_gone(struct api_objects *o, enum api_kind kind, const struct kube_change *c)
{
    ARENA_AUTO a = {0};
    struct str name = full_name_of(&a, kind, c);
    struct shelf_item *i = shelf_find(&o->shelves[kind], name);

    if (!i)
        return;
    if (kind == API_PODS) {
        lose_pod(o, i);
    } else if (kind == API_NODES) {
        take_node_gone(o, i);
    } else {
        shelf_remove(&o->shelves[kind], i);
        note_dependants(o, kind, name, c->object);
    }
}

/* What was to be told of pods before a list is in it, or is no more. */
static void take_listing(struct api_objects *o, enum api_kind kind)
{
    o->listing[kind] = true;
    o->shelves[kind].listing++;
    if (kind != API_PODS)
        return;
    arena_free(&o->pods.arena);
    o->pods = (struct pod_tale){0};
}

void api_touch_all_nodes(struct api_objects *o)
{
    struct index_walk w = {.of = &o->shelves[API_NODES].items};

    for (struct shelf_item *i; (i = index_next(&w));)
        shelf_touch(&o->shelves[API_NODES], i);
}

static void take_whole(struct api_objects *o, enum api_kind kind)
{
    static const unsigned parts[API_KINDS] = {[API_PODS] = WORKLOAD_PODS,
                                              [API_NODES] = WORKLOAD_NODES,
                                              [API_DAEMON_SETS] = WORKLOAD_DAEMONS,
                                              [API_NAMESPACES] = WORKLOAD_NAMESPACES,
                                              [API_BUDGETS] = WORKLOAD_BUDGETS};
    bool swept = shelf_sweep(&o->shelves[kind]);

    o->listing[kind] = false;
    o->listed[kind] = true;
    o->whole |= parts[kind];
    if (kind == API_NODES || (swept && kind == API_ATTACHMENTS))
        api_touch_all_nodes(o);
    if (!swept || !(kind == API_PODS || (kind >= API_PRIORITIES && kind < API_CONTEXT_END)))
        return;
    /* Which of them are gone nobody says, so all who use volumes are looked at. */
    o->context_stale = o->changed.all = true;
    o->whole |= kind == API_PRIORITIES ? WORKLOAD_DAEMONS : 0;
}

void api_objects_take(struct api_objects *o, enum api_kind kind, const struct kube_change *change)
{
    switch (change->kind) {
    case KUBE_LISTING:
        take_listing(o, kind);
        break;
    case KUBE_CHANGED:
        take_changed(o, kind, change);
        break;
    case KUBE_GONE:
        take_gone(o, kind, change);
        break;
    case KUBE_WHOLE:
        take_whole(o, kind);
        break;
    case KUBE_LIVE:
    case KUBE_LOST:
        break; /* of the watch, not of objects */
    }
}
