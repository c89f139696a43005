#include <stdlib.h>

#include "engine/adapters/api_inside.h"
#include "engine/worlds/clone.h"

static bool context_is_known(const struct api_objects *o)
{
    bool known = true;

    for (int k = API_PRIORITIES; k < API_CONTEXT_END; k++)
        known &= o->listed[k];
    return known;
}

static bool has_pods(const struct api_objects *o)
{
    bool some = o->pods.count || o->pods.gone_count || o->shelves[API_PODS].touched ||
                (o->whole & WORKLOAD_PODS);

    return o->listed[API_PODS] && !o->listing[API_PODS] && some;
}

static bool has_nodes(const struct api_objects *o)
{
    bool some = o->nodes.gone_count || o->shelves[API_NODES].touched ||
                (o->whole & WORKLOAD_NODES) || o->nodes_asked < o->context.asked.count;

    /* Their amounts are read by what pods ask for. */
    return o->listed[API_NODES] && o->listed[API_ATTACHMENTS] && !o->listing[API_NODES] && some &&
           (has_pods(o) || (o->told & WORKLOAD_PODS));
}

/* A part is told when its kind has been listed. */
static unsigned rules_to_tell(const struct api_objects *o)
{
    unsigned parts = 0;

    for (int r = 0; r < API_RULES; r++)
        if (o->listed[api_rules[r].kind] && !o->listing[api_rules[r].kind])
            parts |= o->whole & api_rules[r].part;
    return parts;
}

bool api_objects_have_news(const struct api_objects *o)
{
    bool stale = o->context_stale && (o->changed.count || o->changed.all);

    return context_is_known(o) && (has_pods(o) || has_nodes(o) || rules_to_tell(o) || stale);
}

bool api_objects_are_told(const struct api_objects *o)
{
    return o->told == WORKLOAD_ALL;
}

static bool uses(struct str claims, const struct changed_claims *changed)
{
    while (claims.len)
        if (str_is_among(str_cut(&claims, ' '), changed->items, changed->count))
            return true;
    return false;
}

static int by_text(const void *x, const void *y)
{
    return str_cmp(*(const struct str *)x, *(const struct str *)y);
}

/* Whoever uses what has changed is read again, by the context as it is now. */
static void touch_users(struct api_objects *o)
{
    struct shelf *pods = &o->shelves[API_PODS];
    struct index_walk w = {.of = &pods->items};
    struct changed_claims *c = &o->changed;

    if (c->count)
        qsort(c->items, c->count, sizeof(*c->items), by_text);
    for (struct shelf_item *i; (c->count || c->all) && (i = index_next(&w));)
        if (i->uses.len && (c->all || uses(i->uses, c)))
            shelf_touch(pods, i);
    arena_free(&c->arena);
    *c = (struct changed_claims){0};
}

static void freshen_context(struct api_objects *o)
{
    if (!o->context_stale)
        return;
    api_context_read(&o->context, o->shelves);
    touch_users(o);
    o->context_stale = false;
}

static void read_touched_pods(struct api_objects *o)
{
    struct shelf *s = &o->shelves[API_PODS];
    struct index_walk w = {.of = &s->items};

    for (struct shelf_item *i; s->touched && (i = index_next(&w));) {
        ARENA_AUTO a = {0};
        if (!i->touched)
            continue;
        shelf_settle(s, i);
        api_read_pod(o, i->name.key, shelf_tree(&a, i));
    }
}

/* With the names as they are now; an event owns all that it says. */
static struct resource_table names_for(struct arena *a, const struct resource_table *t)
{
    struct resource_table names = *t;

    for (size_t i = 0; i < names.count; i++)
        names.name[i] = arena_str(a, names.name[i]);
    return names;
}

static struct event *event_of(struct api_objects *o, struct arena arena, unsigned parts)
{
    struct event *e = event_new(EVENT_WORKLOAD);

    arena_free(&e->arena);
    e->arena = arena;
    e->complete = true;
    e->workload.whole = o->whole & parts;
    e->workload.resources = names_for(&e->arena, &o->context.asked);
    o->told |= o->whole & parts;
    o->whole &= ~parts;
    return e;
}

/* What went and came back is there: a StatefulSet's pods come back by the same name. */
static size_t drop_returned(const struct shelf *s, struct str *gone, size_t count)
{
    size_t kept = 0;

    for (size_t i = 0; i < count; i++)
        if (!shelf_find(s, gone[i]))
            gone[kept++] = gone[i];
    return kept;
}

static struct event *tell_pods(struct api_objects *o)
{
    struct pod_tale *t = &o->pods;

    if (!has_pods(o))
        return NULL;
    read_touched_pods(o);
    struct event *e = event_of(o, t->arena, WORKLOAD_PODS);
    e->workload.pods = t->pods;
    e->workload.pod_count = t->count;
    e->workload.pods_gone = t->gone;
    e->workload.pod_gone_count = drop_returned(&o->shelves[API_PODS], t->gone, t->gone_count);
    *t = (struct pod_tale){0};
    return e;
}

/* The nodes that volumes are attached to, one for each volume, sorted. */
struct attached {
    struct str *nodes;
    size_t count;
};

static struct attached find_attached(struct arena *a, const struct shelf *s)
{
    struct attached all = {ARENA_ARRAY(a, struct str, s->items.count), 0};
    struct index_walk w = {.of = &s->items};

    for (const struct shelf_item *i; (i = index_next(&w));)
        all.nodes[all.count++] = str_slice(i->uses, 0, i->uses.len - 1);
    if (all.count)
        qsort(all.nodes, all.count, sizeof(*all.nodes), by_text);
    return all;
}

static int64_t count_attached(const struct attached *all, struct str node)
{
    size_t low = 0, high = all->count, first;

    while (low < high) {
        size_t middle = (low + high) / 2;
        if (str_cmp(all->nodes[middle], node) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    for (first = low; low < all->count && str_eq(all->nodes[low], node); low++)
        continue;
    return (int64_t)(low - first);
}

static void read_node(struct api_objects *o, struct arena *keep, const struct shelf_item *i,
                      struct claim *nodes, size_t *count)
{
    ARENA_AUTO a = {0};
    struct kubernetes_objects out = {0};

    api_object_read(&a, API_NODES, i->name.key, shelf_tree(&a, i), &o->context, NULL, &out);
    nodes[(*count)++] = *(struct claim *)parts_clone_in(keep, TABLE_CLAIM, &out.nodes[0], 1);
}

static struct event *tell_nodes(struct api_objects *o)
{
    struct shelf *s = &o->shelves[API_NODES];
    struct node_tale *t = &o->nodes;
    struct index_walk w = {.of = &s->items};
    size_t count = 0;

    if (!has_nodes(o))
        return NULL;
    if (o->nodes_asked < o->context.asked.count)
        api_touch_all_nodes(o);
    o->nodes_asked = o->context.asked.count;
    ARENA_AUTO scratch = {0};
    const struct attached attached = find_attached(&scratch, &o->shelves[API_ATTACHMENTS]);
    struct claim *nodes = ARENA_ARRAY(&t->arena, struct claim, s->touched);
    for (struct shelf_item *i; s->touched && (i = index_next(&w));)
        if (i->touched) {
            shelf_settle(s, i);
            read_node(o, &t->arena, i, nodes, &count);
            nodes[count - 1].attached = count_attached(&attached, i->name.key);
        }
    struct event *e = event_of(o, t->arena, WORKLOAD_NODES);
    e->workload.nodes = nodes;
    e->workload.node_count = count;
    e->workload.nodes_gone = t->gone;
    e->workload.node_gone_count = drop_returned(s, t->gone, t->gone_count);
    *t = (struct node_tale){0};
    return e;
}

static void read_rule(struct api_objects *o, struct arena *a, enum api_kind kind,
                      struct kubernetes_objects *out)
{
    struct shelf_item **all = shelf_sorted(a, &o->shelves[kind]);

    arena_free(&o->notes[kind].arena);
    o->notes[kind] = (struct api_notes){0};
    for (size_t i = 0; i < o->shelves[kind].items.count; i++)
        api_object_read(a, kind, all[i]->name.key, shelf_tree(a, all[i]), &o->context,
                        &o->notes[kind], out);
}

static void put_notes(const struct api_objects *o, struct event *e)
{
    struct arena *a = &e->arena;
    struct str *notes = NULL;
    size_t count = 0, capacity = 0;

    for (int k = 0; k < API_KINDS; k++)
        for (size_t i = 0; i < o->notes[k].count; i++)
            ARENA_PUSH(a, notes, count, capacity, arena_str(a, o->notes[k].items[i]));
    e->workload.notes = notes;
    e->workload.note_count = count;
}

/* With the notes on them, so that these are told when they may be others. */
static struct event *tell_rules(struct api_objects *o)
{
    unsigned parts = rules_to_tell(o);
    struct kubernetes_objects out = {0};
    struct arena a = {0};

    if (!parts)
        return NULL;
    for (int r = 0; r < API_RULES; r++)
        if (parts & api_rules[r].part)
            read_rule(o, &a, api_rules[r].kind, &out);
    o->whole |= WORKLOAD_NOTES;
    struct event *e = event_of(o, a, parts | WORKLOAD_NOTES);
    e->workload.daemons = out.daemons;
    e->workload.daemon_count = out.daemon_count;
    e->workload.namespaces = out.namespaces;
    e->workload.namespace_count = out.namespace_count;
    e->workload.pod_budgets = out.budgets;
    e->workload.pod_budget_count = out.budget_count;
    put_notes(o, e);
    return e;
}

struct event *api_objects_tell(struct api_objects *o)
{
    struct event *(*const in_order[])(struct api_objects *) = {tell_pods, tell_rules, tell_nodes};
    struct event *first = NULL, **last = &first;

    if (!context_is_known(o))
        return NULL;
    freshen_context(o);
    for (size_t i = 0; i < sizeof(in_order) / sizeof(*in_order); i++)
        if ((*last = in_order[i](o)))
            last = &(*last)->next;
    return first;
}
