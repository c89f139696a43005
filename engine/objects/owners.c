#include "engine/objects/owners.h"

/* A chain of owners is two or three long; one that is longer is a circle. */
enum { CHAIN_LONGEST = 8 };

int owners_by_identity(const void *x, const void *y)
{
    const struct object *a = x, *b = y;
    int order = str_cmp(a->full_name, b->full_name);

    if (order == 0)
        order = str_cmp(a->kind_name, b->kind_name);
    return order ? order : (a->order > b->order) - (a->order < b->order);
}

bool owners_same_identity(const struct object *a, const struct object *b)
{
    return str_eq(a->kind_name, b->kind_name) && str_eq(a->full_name, b->full_name);
}

static struct object *find(const struct objects *all, const struct object *wanted)
{
    size_t low = 0, high = all->count;

    while (low < high) {
        size_t middle = (low + high) / 2;
        if (owners_same_identity(&all->items[middle], wanted))
            return &all->items[middle];
        if (owners_by_identity(&all->items[middle], wanted) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return NULL;
}

/* A listed object of that name that was made after the owner had gone is another one. */
static bool is_other(const struct object *o, const struct owner *reference)
{
    return o->uid.len && reference->uid.len && !str_eq(o->uid, reference->uid);
}

/* The listed object that a reference of `o` names. */
static struct object *find_owner(const struct objects *all, const struct object *o,
                                 const struct owner *reference)
{
    ARENA_AUTO scratch = {0};
    struct object wanted = {
        .kind_name = reference->kind,
        .full_name = arena_printf(&scratch, STR_FMT "/" STR_FMT, STR_ARG(o->namespace),
                                  STR_ARG(reference->name)),
    };
    struct object *found = find(all, &wanted);
    return found && !is_other(found, reference) ? found : NULL;
}

/* The listed workload that made it, one step up. */
static struct object *direct_maker(const struct objects *all, const struct object *o)
{
    for (size_t i = 0; i < o->owner_count; i++) {
        struct object *owner = find_owner(all, o, &o->owners[i]);
        if (owner && workload_kind_makes_pods(owner->kind))
            return owner;
    }
    return NULL;
}

static struct object *outermost_maker(const struct objects *all, const struct object *o)
{
    struct object *maker = direct_maker(all, o);

    for (int i = 0; maker && i < CHAIN_LONGEST; i++) {
        struct object *next = direct_maker(all, maker);
        if (!next)
            return maker;
        maker = next;
    }
    return NULL;
}

static struct str lone_daemon_set(struct arena *a, const struct objects *all,
                                  const struct object *o)
{
    for (size_t i = 0; i < o->owner_count; i++) {
        const struct owner *each = &o->owners[i];
        if (str_eq(each->kind, STR("DaemonSet")) && each->name.len && !find_owner(all, o, each))
            return arena_printf(a, STR_FMT "/" STR_FMT, STR_ARG(o->namespace), STR_ARG(each->name));
    }
    return (struct str){0};
}

void owners_find(struct arena *a, struct objects *all)
{
    for (size_t i = 0; i < all->count; i++) {
        struct object *o = &all->items[i], *maker = outermost_maker(all, o);
        o->maker = maker;
        if (!str_eq(o->kind_name, STR("Pod")))
            continue;
        o->daemon_set = lone_daemon_set(a, all, o);
        if (!maker)
            continue;
        ARENA_PUSH(a, maker->own_pods, maker->own_pod_count, maker->own_pod_capacity, o->full_name);
        maker->live_pods += o->lives;
    }
}
