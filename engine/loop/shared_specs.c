#include "engine/loop/shared_specs.h"

#include <stdio.h>

#include "engine/base/memory.h"
#include "engine/core/pod_spec.h"
#include "engine/loop/pod_digest.h"
#include "engine/worlds/clone.h"

enum { BUCKETS_LEAST = 64 };

/* Volumes of a driver that no catalog limits. */
static bool is_attachable(struct str resource)
{
    return str_starts_with(resource, STR(RESOURCE_ATTACHABLE_PREFIX));
}

void spec_rename(const struct resource_table *to_names, const struct resource_table *names,
                 const struct pod_spec *from, struct pod_spec *to)
{
    struct resources requests = {0};

    *to = *from;
    for (size_t i = 0; i < names->count; i++) {
        int64_t amount = from->requests.amount[i];
        size_t at = amount ? resource_table_find(to_names, names->name[i]) : RESOURCES_MAX;
        if (at < RESOURCES_MAX)
            requests.amount[at] = amount;
        else if (amount && !to->unserved_resource.len && !is_attachable(names->name[i]))
            to->unserved_resource = names->name[i];
    }
    to->requests = requests;
}

static struct str kept_name(struct shared_specs *all, struct str name)
{
    for (size_t i = 0; i < all->name_count; i++)
        if (str_eq(all->names[i], name))
            return all->names[i];
    struct str copy = arena_str(&all->names_arena, name);
    ARENA_PUSH(&all->names_arena, all->names, all->name_count, all->name_capacity, copy);
    return copy;
}

struct resource_table shared_specs_names(struct shared_specs *all, const struct resource_table *t)
{
    struct resource_table kept = resource_table_new();

    for (size_t i = kept.count; i < t->count; i++)
        kept.name[kept.count++] = kept_name(all, t->name[i]);
    return kept;
}

/* The fixed names, and of the rest those that the pod asks for, in their order. */
static struct resource_table own_names(struct shared_specs *all, const struct resource_table *names,
                                       const struct resources *asked)
{
    struct resource_table own = resource_table_new();

    for (size_t i = RESOURCE_FIRST_EXTENDED; i < names->count; i++) {
        if (!asked->amount[i])
            continue;
        struct str name = kept_name(all, names->name[i]);
        size_t at = own.count++;
        for (; at > RESOURCE_FIRST_EXTENDED && str_cmp(own.name[at - 1], name) > 0; at--)
            own.name[at] = own.name[at - 1];
        own.name[at] = name;
    }
    return own;
}

static bool says(const struct shared_spec *one, uint64_t hash, const struct pod_spec *spec,
                 const struct resource_table *names)
{
    bool eq = one->hash == hash && one->names.count == names->count;

    for (size_t i = RESOURCE_FIRST_EXTENDED; eq && i < names->count; i++)
        eq = str_eq(one->names.name[i], names->name[i]);
    return eq && pod_spec_eq(one->said, spec);
}

static void push(struct shared_specs *all, struct shared_spec *one)
{
    struct shared_spec **first = &all->buckets[one->hash & (all->bucket_count - 1)];

    one->next = *first;
    *first = one;
}

static void grow(struct shared_specs *all)
{
    struct shared_spec **old = all->buckets;
    size_t count = all->bucket_count;

    all->bucket_count = count ? 2 * count : BUCKETS_LEAST;
    all->buckets = must_have(calloc(all->bucket_count, sizeof(struct shared_spec *)));
    for (size_t i = 0; i < count; i++)
        for (struct shared_spec *next, *one = old[i]; one; one = next) {
            next = one->next;
            push(all, one);
        }
    free(old);
}

static struct shared_spec *add(struct shared_specs *all, uint64_t hash, const struct pod_spec *spec,
                               const struct resource_table *names)
{
    ARENA_AUTO a = {0};
    struct shared_spec *one = must_have(calloc(1, sizeof(*one)));

    *one = (struct shared_spec){.hash = hash, .users = 1, .names = *names};
    one->said = parts_clone(TABLE_POD_SPEC, spec, 1);
    spec_rename(&all->table, names, one->said, &one->shown);
    snprintf(one->digest, sizeof(one->digest), STR_FMT, STR_ARG(pod_digest(&a, names, spec)));
    if (all->count++ >= all->bucket_count)
        grow(all);
    push(all, one);
    return one;
}

struct shared_spec *shared_specs_take(struct shared_specs *all, const struct pod_spec *spec,
                                      const struct resource_table *names)
{
    struct resource_table own = own_names(all, names, &spec->requests);
    struct pod_spec named;

    spec_rename(&own, names, spec, &named);
    uint64_t hash = pod_spec_hash(&named);
    struct shared_spec *one =
        all->bucket_count ? all->buckets[hash & (all->bucket_count - 1)] : NULL;
    while (one && !says(one, hash, &named, &own))
        one = one->next;
    if (!one)
        return add(all, hash, &named, &own);
    one->users++;
    return one;
}

static void spec_free(struct shared_spec *one)
{
    free(one->said);
    free(one);
}

void shared_specs_drop(struct shared_specs *all, struct shared_spec *one)
{
    struct shared_spec **at = &all->buckets[one->hash & (all->bucket_count - 1)];

    if (--one->users)
        return;
    while (*at != one)
        at = &(*at)->next;
    *at = one->next;
    all->count--;
    spec_free(one);
}

static bool tables_eq(const struct resource_table *x, const struct resource_table *y)
{
    bool eq = x->count == y->count;

    for (size_t i = 0; eq && i < x->count; i++)
        eq = str_eq(x->name[i], y->name[i]);
    return eq;
}

void shared_specs_show(struct shared_specs *all, const struct resource_table *table)
{
    if (tables_eq(&all->table, table))
        return;
    all->table = shared_specs_names(all, table);
    for (size_t i = 0; i < all->bucket_count; i++)
        for (struct shared_spec *one = all->buckets[i]; one; one = one->next)
            spec_rename(table, &one->names, one->said, &one->shown);
}

void shared_specs_free(struct shared_specs *all)
{
    for (size_t i = 0; i < all->bucket_count; i++)
        for (struct shared_spec *next, *one = all->buckets[i]; one; one = next) {
            next = one->next;
            spec_free(one);
        }
    free(all->buckets);
    arena_free(&all->names_arena);
    *all = (struct shared_specs){0};
}
