#include "engine/objects/priorities.h"

#include "engine/objects/values.h"

/* Kubernetes: what users may state ends at a billion, and its own classes stand above. */
static const struct priority_class of_every_cluster[] = {
    {STR_INIT("system-cluster-critical"), 2000000000},
    {STR_INIT("system-node-critical"), 2000001000},
};

static void read_class(struct reader *r, const struct object *o, struct priorities *out)
{
    struct place value_at = place_member(NULL, "value"),
                 default_at = place_member(NULL, "globalDefault");
    struct priority_class class = {.name = o->name};
    bool is_default = false;

    read_int(r, &value_at, json_get(o->json, "value"), INT32_MIN, INT32_MAX, &class.value);
    read_bool(r, &default_at, json_get(o->json, "globalDefault"), &is_default);
    ARENA_PUSH(r->keep, out->classes, out->class_count, out->class_capacity, class);
    if (is_default && (!out->has_default || class.value < out->by_default)) {
        out->has_default = true;
        out->by_default = class.value;
    }
}

void priorities_read(struct reader *r, const struct objects *all, struct priorities *out)
{
    *out = (struct priorities){0};
    for (size_t i = 0; i < all->count; i++)
        if (str_eq(all->items[i].kind_name, STR("PriorityClass"))) {
            object_announce(r, &all->items[i]);
            read_class(r, &all->items[i], out);
        }
}

static const struct priority_class *find(const struct priority_class *classes, size_t count,
                                         struct str name)
{
    for (size_t i = 0; i < count; i++)
        if (str_eq(classes[i].name, name))
            return &classes[i];
    return NULL;
}

int64_t priorities_of_pod(struct reader *r, const struct priorities *p, const struct place *at,
                          const struct json *spec, struct notes *notes)
{
    struct place value_at = place_member(at, "priority"),
                 name_at = place_member(at, "priorityClassName");
    int64_t value = 0;
    struct str name = {0};

    if (read_int(r, &value_at, json_get(spec, "priority"), INT32_MIN, INT32_MAX, &value))
        return value;
    if (!read_string(r, &name_at, json_get(spec, "priorityClassName"), &name) || !name.len)
        return p->by_default;
    const struct priority_class *class = find(p->classes, p->class_count, name);
    if (!class)
        class = find(of_every_cluster, sizeof(of_every_cluster) / sizeof(*of_every_cluster), name);
    if (class)
        return class->value;
    notes_add(r, notes, json_get(spec, "priorityClassName"),
              arena_printf(r->keep,
                           "the files have no PriorityClass " STR_FMT ": its pods are as important "
                           "as those that name none",
                           STR_ARG(name)));
    return p->by_default;
}
