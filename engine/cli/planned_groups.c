#include "engine/cli/planned_groups.h"

#include <stdlib.h>

static int cmp_int(int64_t x, int64_t y)
{
    return (x > y) - (x < y);
}

static int by_cpu(const void *x, const void *y)
{
    const struct planned_part *a = x, *b = y;
    int64_t cpu_a = a->spec->requests.amount[RESOURCE_CPU] * (int64_t)a->count;
    int64_t cpu_b = b->spec->requests.amount[RESOURCE_CPU] * (int64_t)b->count;

    return cpu_a == cpu_b ? str_cmp(a->first->name, b->first->name) : cmp_int(cpu_b, cpu_a);
}

static struct planned_part *part_of(struct planned_part *parts, size_t count,
                                    const struct pod_spec *spec)
{
    for (size_t i = 0; i < count; i++)
        if (parts[i].spec == spec)
            return &parts[i];
    return NULL;
}

/* A node has few parts, and its pods come in the order of their names, so equal ones are near. */
static void add_parts(struct arena *a, struct planned_group *g)
{
    const struct planned_node *n = g->first;
    struct planned_part *parts = ARENA_ARRAY(a, struct planned_part, n->pod_count);

    for (size_t i = 0; i < n->pod_count; i++) {
        struct planned_part *same = part_of(parts, g->part_count, n->pods[i]->spec);
        if (same)
            same->count++;
        else
            parts[g->part_count++] = (struct planned_part){n->pods[i]->spec, n->pods[i], 1};
    }
    if (g->part_count)
        qsort(parts, g->part_count, sizeof(*parts), by_cpu);
    g->parts = parts;
}

static int by_kind(const struct planned_node *a, const struct planned_node *b)
{
    const struct launch_option *x = planned_option(a), *y = planned_option(b);
    int order = str_cmp(a->launch->pool->name, b->launch->pool->name);

    if (order == 0)
        order = str_cmp(x->type->name, y->type->name);
    return order ? order : cmp_int(x->offering->capacity_type, y->offering->capacity_type);
}

bool planned_group_is_akin(const struct planned_group *x, const struct planned_group *y)
{
    return by_kind(x->first, y->first) == 0;
}

/* Which comes first does not matter here, as long as equal nodes stand together. */
static int by_content(const void *x, const void *y)
{
    const struct planned_group *a = x, *b = y;
    int order = by_kind(a->first, b->first);

    if (order == 0)
        order = str_cmp(planned_option(a->first)->offering->zone,
                        planned_option(b->first)->offering->zone);
    if (order == 0)
        order = cmp_int((int64_t)a->part_count, (int64_t)b->part_count);
    for (size_t i = 0; order == 0 && i < a->part_count; i++) {
        order = (a->parts[i].spec > b->parts[i].spec) - (a->parts[i].spec < b->parts[i].spec);
        if (order == 0)
            order = cmp_int((int64_t)a->parts[i].count, (int64_t)b->parts[i].count);
    }
    return order;
}

static int for_people(const void *x, const void *y)
{
    const struct planned_group *a = x, *b = y;
    int order = by_kind(a->first, b->first);

    if (order == 0)
        order = str_cmp(planned_option(a->first)->offering->zone,
                        planned_option(b->first)->offering->zone);
    if (order == 0)
        order = cmp_int((int64_t)b->count, (int64_t)a->count);
    return order ? order : cmp_int(a->first->number, b->first->number);
}

void planned_groups_make(struct arena *a, const struct planned_fleet *f, struct planned_groups *out)
{
    struct planned_group *items = ARENA_ARRAY(a, struct planned_group, f->count);
    size_t kept = 0;

    for (size_t i = 0; i < f->count; i++) {
        items[i] = (struct planned_group){.first = &f->nodes[i], .count = 1};
        add_parts(a, &items[i]);
    }
    if (f->count)
        qsort(items, f->count, sizeof(*items), by_content);
    for (size_t i = 0; i < f->count; i++) {
        if (kept && by_content(&items[kept - 1], &items[i]) == 0) {
            struct planned_group *same = &items[kept - 1];
            same->count++;
            if (items[i].first->number < same->first->number)
                same->first = items[i].first;
        } else {
            items[kept++] = items[i];
        }
    }
    if (kept)
        qsort(items, kept, sizeof(*items), for_people);
    *out = (struct planned_groups){items, kept};
}

static void add_times(struct resources *sum, const struct resources *each, size_t times)
{
    for (size_t i = 0; i < RESOURCES_MAX; i++) {
        int64_t more;
        if (__builtin_mul_overflow(each->amount[i], (int64_t)times, &more) ||
            __builtin_add_overflow(sum->amount[i], more, &sum->amount[i]))
            sum->amount[i] = INT64_MAX;
    }
}

void planned_sum_add(struct planned_sum *sum, const struct world *w, const struct planned_group *g)
{
    const struct launch_option *o = planned_option(g->first);
    struct resources used = planned_used(g->first), reserved = planned_reserved(w, g->first);

    sum->nodes += g->count;
    sum->pods += g->count * g->first->pod_count;
    sum->microusd_per_hour += o->offering->price_microusd_per_hour * (int64_t)g->count;
    add_times(&sum->used, &used, g->count);
    add_times(&sum->reserved, &reserved, g->count);
    add_times(&sum->space, &o->type->allocatable, g->count);
}
