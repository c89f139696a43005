#include "engine/objects/pod_rules.h"

#include "engine/objects/pod_parts.h"
#include "engine/objects/values.h"

/* What is to be read of the files before any pod is. */

static bool check_class(struct reader *r, const struct object *o)
{
    struct place overhead = place_member(NULL, "overhead"),
                 fixed = place_member(&overhead, "podFixed"),
                 scheduling = place_member(NULL, "scheduling");
    const struct json *rules = json_get(o->json, "scheduling");
    struct resource_table names = resource_table_new();
    const struct error *before = r->last;
    struct notes untold = {0};
    struct resources amounts = {0};
    struct str unserved = {0};
    struct pod_spec p = {0};

    read_resources(r, &fixed, json_path(o->json, "overhead", "podFixed", NULL), &names, &amounts,
                   &unserved);
    if (read_map(r, &scheduling, rules)) {
        pod_terms_read(r, &scheduling, rules, false, &untold, &p);
        pod_tolerations_read(r, &scheduling, rules, &p.tolerations);
    }
    return r->last == before;
}

/* The API server fills a LimitRange in itself: default from max, defaultRequest from default and
 * min. */
static void add_defaults(struct reader *r, const struct place *at, const struct json *item,
                         struct json *requests)
{
    static const char *const sources[] = {"min", "max", "default", "defaultRequest"};

    for (size_t i = 0; i < sizeof(sources) / sizeof(*sources); i++) {
        struct place source_at = place_member(at, sources[i]);
        const struct json *amounts = json_get(item, sources[i]);
        for (size_t k = 0; read_map(r, &source_at, amounts) && k < amounts->count; k++) {
            struct place each = place_key(&source_at, amounts->keys[k]);
            int64_t ignored;
            if (read_amount(r, &each, amounts->keys[k], &amounts->items[k], &ignored))
                json_set(r->keep, requests, amounts->keys[k], amounts->items[k]);
        }
    }
}

static struct limit_range read_range(struct reader *r, const struct object *o)
{
    struct place spec = place_member(NULL, "spec"), list = place_member(&spec, "limits");
    const struct json *items = json_path(o->json, "spec", "limits", NULL);
    struct limit_range range = {o->namespace, json_new_object()};

    for (size_t i = 0; read_list(r, &list, items) && i < items->count; i++) {
        struct place at = place_index(&list, i);
        const struct json *item = &items->items[i];
        if (read_map(r, &at, item) &&
            str_eq(json_string_or(json_get(item, "type"), STR("")), STR("Container")))
            add_defaults(r, &at, item, &range.requests);
    }
    return range;
}

void pod_rules_read(struct reader *r, const struct objects *all, struct pod_rules *out)
{
    *out = (struct pod_rules){0};
    for (size_t i = 0; i < all->count; i++) {
        const struct object *o = &all->items[i];
        object_announce(r, o);
        if (str_eq(o->kind_name, STR("RuntimeClass")) && check_class(r, o))
            ARENA_PUSH(r->keep, out->classes, out->class_count, out->class_capacity, o);
        if (str_eq(o->kind_name, STR("LimitRange"))) {
            struct limit_range range = read_range(r, o);
            ARENA_PUSH(r->keep, out->ranges, out->range_count, out->range_capacity, range);
        }
    }
}

/* Trees are shared, so what is added goes into copies of the maps on the way to it. */
static struct json copy_map(struct arena *a, const struct json *map)
{
    struct json copy = *map;

    if (map->kind != JSON_OBJECT)
        return json_new_object();
    copy.capacity = map->count;
    copy.items = ARENA_ARRAY(a, struct json, map->count);
    copy.keys = ARENA_ARRAY(a, struct str, map->count);
    if (map->count) {
        memcpy(copy.items, map->items, map->count * sizeof(*copy.items));
        memcpy(copy.keys, map->keys, map->count * sizeof(*copy.keys));
    }
    return copy;
}

static struct json *on_heap(struct arena *a, struct json j)
{
    struct json *copy = ARENA_NEW(a, struct json);
    *copy = j;
    return copy;
}

static bool is_set(const struct json *map, struct str key)
{
    return json_get_str(map, key)->kind != JSON_NULL;
}

static const struct object *find_class(const struct pod_rules *rules, struct str name)
{
    for (size_t i = 0; i < rules->class_count; i++)
        if (str_eq(rules->classes[i]->name, name))
            return rules->classes[i];
    return NULL;
}

static void refuse(struct reader *r, struct notes *notes, const struct json *found,
                   const struct object *class, const char *what)
{
    notes_add(r, notes, found,
              arena_printf(r->keep,
                           "its %s is not that of RuntimeClass " STR_FMT
                           ": an API server refuses such a pod, here its own counts",
                           what, STR_ARG(class->name)));
}

static bool same_amounts(const struct json *x, const struct json *y)
{
    ARENA_AUTO a = {0};
    struct reader quiet = {.keep = &a};
    struct resource_table names = resource_table_new();
    struct resources first = {0}, second = {0};
    struct str unserved = {0};

    read_resources(&quiet, NULL, x, &names, &first, &unserved);
    read_resources(&quiet, NULL, y, &names, &second, &unserved);
    return memcmp(&first, &second, sizeof(first)) == 0;
}

static void add_overhead(struct reader *r, const struct object *class, struct json *spec,
                         struct notes *notes)
{
    const struct json *fixed = json_path(class->json, "overhead", "podFixed", NULL);
    const struct json *own = json_get(spec, "overhead");

    if (fixed->kind != JSON_OBJECT)
        return;
    if (own->kind == JSON_NULL)
        json_set(r->keep, spec, STR("overhead"), *fixed);
    else if (!same_amounts(own, fixed))
        refuse(r, notes, own, class, "overhead");
}

static void add_selector(struct reader *r, const struct object *class, struct json *spec,
                         struct notes *notes)
{
    const struct json *more = json_path(class->json, "scheduling", "nodeSelector", NULL);
    const struct json *own = json_get(spec, "nodeSelector");
    struct json both = copy_map(r->keep, own);

    if (more->kind != JSON_OBJECT || (own->kind != JSON_OBJECT && own->kind != JSON_NULL))
        return;
    for (size_t i = 0; i < more->count; i++)
        if (!is_set(own, more->keys[i]))
            json_set(r->keep, &both, more->keys[i], more->items[i]);
        else if (!json_eq(json_get_str(own, more->keys[i]), &more->items[i]))
            refuse(r, notes, own, class, "nodeSelector");
    json_set(r->keep, spec, STR("nodeSelector"), both);
}

static void add_tolerations(struct reader *r, const struct object *class, struct json *spec)
{
    const struct json *more = json_path(class->json, "scheduling", "tolerations", NULL);
    const struct json *own = json_get(spec, "tolerations");
    struct json both = json_new_array();

    if (more->kind != JSON_ARRAY || (own->kind != JSON_ARRAY && own->kind != JSON_NULL))
        return;
    for (size_t i = 0; i < own->count; i++)
        json_add(r->keep, &both, own->items[i]);
    for (size_t i = 0; i < more->count; i++)
        json_add(r->keep, &both, more->items[i]);
    json_set(r->keep, spec, STR("tolerations"), both);
}

static void add_class(struct reader *r, const struct pod_rules *rules, struct json *spec,
                      struct notes *notes)
{
    const struct json *named = json_get(spec, "runtimeClassName");
    struct str name = json_string_or(named, STR(""));
    const struct object *class = find_class(rules, name);

    if (class) {
        add_overhead(r, class, spec, notes);
        add_selector(r, class, spec, notes);
        add_tolerations(r, class, spec);
    } else if (name.len) {
        notes_add(r, notes, named,
                  arena_printf(r->keep,
                               "the files have no RuntimeClass " STR_FMT
                               ": its overhead, nodeSelector and tolerations are not counted",
                               STR_ARG(name)));
    }
}

/* A limit is the request where that is absent, and so leaves nothing to be given. */
static struct json give_requests(struct arena *a, const struct json *container,
                                 const struct json *given)
{
    const struct json *resources = json_get(container, "resources");
    const struct json *requests = json_get(resources, "requests");
    struct json copy = copy_map(a, container), parts = copy_map(a, resources),
                all = copy_map(a, requests);

    for (size_t i = 0; i < given->count; i++)
        if (!is_set(requests, given->keys[i]) &&
            !is_set(json_get(resources, "limits"), given->keys[i]))
            json_set(a, &all, given->keys[i], given->items[i]);
    json_set(a, &parts, STR("requests"), all);
    json_set(a, &copy, STR("resources"), parts);
    return copy;
}

/* What is no map is left for others to refuse. */
static bool takes_requests(const struct json *container)
{
    const struct json *resources = json_get(container, "resources");
    const struct json *parts[] = {resources, json_get(resources, "requests")};

    for (size_t i = 0; i < sizeof(parts) / sizeof(*parts); i++)
        if (parts[i]->kind != JSON_NULL && parts[i]->kind != JSON_OBJECT)
            return false;
    return container->kind == JSON_OBJECT;
}

static void add_requests(struct arena *a, const struct limit_range *range, struct json *spec,
                         const char *list)
{
    const struct json *containers = json_get(spec, list);
    struct json admitted = json_new_array();

    if (containers->kind != JSON_ARRAY)
        return;
    for (size_t i = 0; i < containers->count; i++) {
        const struct json *each = &containers->items[i];
        json_add(a, &admitted,
                 takes_requests(each) ? give_requests(a, each, &range->requests) : *each);
    }
    admitted.line = containers->line;
    json_set(a, spec, str_of(list), admitted);
}

static struct json admit(struct reader *r, const struct pod_rules *rules, struct str namespace,
                         const struct json *pod, struct notes *notes)
{
    struct json admitted = copy_map(r->keep, pod), spec = copy_map(r->keep, json_get(pod, "spec"));

    add_class(r, rules, &spec, notes);
    for (size_t i = 0; i < rules->range_count; i++)
        if (str_eq(rules->ranges[i].namespace, namespace)) {
            add_requests(r->keep, &rules->ranges[i], &spec, "containers");
            add_requests(r->keep, &rules->ranges[i], &spec, "initContainers");
        }
    json_set(r->keep, &admitted, STR("spec"), spec);
    return admitted;
}

static bool concerns(const struct pod_rules *rules, const struct object *o, const struct json *pod)
{
    bool concerned = json_path(pod, "spec", "runtimeClassName", NULL)->kind == JSON_STRING;

    for (size_t i = 0; i < rules->range_count; i++)
        concerned |= str_eq(rules->ranges[i].namespace, o->namespace);
    return concerned && json_get(pod, "spec")->kind == JSON_OBJECT;
}

const struct json *pod_rules_apply(struct reader *r, const struct pod_rules *rules,
                                   const struct object *o, struct notes *notes)
{
    const struct json *spec = json_get(o->json, "spec"), *template = json_get(spec, "template");
    bool is_pod = str_eq(o->kind_name, STR("Pod"));

    if (!concerns(rules, o, is_pod ? o->json : template) ||
        (is_pod && json_path(o->json, "metadata", "uid", NULL)->kind == JSON_STRING))
        return o->json;
    if (is_pod)
        return on_heap(r->keep, admit(r, rules, o->namespace, o->json, notes));
    struct json copy = copy_map(r->keep, o->json), outer = copy_map(r->keep, spec);
    json_set(r->keep, &outer, STR("template"), admit(r, rules, o->namespace, template, notes));
    json_set(r->keep, &copy, STR("spec"), outer);
    return on_heap(r->keep, copy);
}
