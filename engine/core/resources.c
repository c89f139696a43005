#include "engine/core/resources.h"

struct resource_table resource_table_new(void)
{
    return (struct resource_table){
        .name = {[RESOURCE_CPU] = STR("cpu"),
                 [RESOURCE_MEMORY] = STR("memory"),
                 [RESOURCE_PODS] = STR("pods"),
                 [RESOURCE_EPHEMERAL_STORAGE] = STR("ephemeral-storage")},
        .count = RESOURCE_FIRST_EXTENDED,
    };
}

size_t resource_table_find(const struct resource_table *t, struct str name)
{
    for (size_t i = 0; i < t->count; i++)
        if (str_eq(t->name[i], name))
            return i;
    return RESOURCES_MAX;
}

size_t resource_table_add(struct resource_table *t, struct str name)
{
    size_t at = resource_table_find(t, name);

    if (at != RESOURCES_MAX || t->count == RESOURCES_MAX)
        return at;
    t->name[t->count] = name;
    return t->count++;
}

void resources_lift_unstated(struct resources *offered, const struct resource_table *t)
{
    for (size_t i = RESOURCE_FIRST_EXTENDED; i < t->count; i++)
        if (!offered->amount[i] && str_starts_with(t->name[i], STR(RESOURCE_ATTACHABLE_PREFIX)))
            offered->amount[i] = INT64_MAX;
}

void resources_add(struct resources *sum, const struct resources *more)
{
    for (size_t i = 0; i < RESOURCES_MAX; i++)
        if (__builtin_add_overflow(sum->amount[i], more->amount[i], &sum->amount[i]))
            sum->amount[i] = more->amount[i] > 0 ? INT64_MAX : INT64_MIN;
}

void resources_subtract(struct resources *rest, const struct resources *less)
{
    for (size_t i = 0; i < RESOURCES_MAX; i++)
        if (__builtin_sub_overflow(rest->amount[i], less->amount[i], &rest->amount[i]))
            rest->amount[i] = less->amount[i] > 0 ? INT64_MIN : INT64_MAX;
}

struct str resource_amount_text(struct arena *a, size_t place, int64_t amount)
{
    if (place == RESOURCE_CPU)
        return quantity_format_milli(a, amount);
    if (place == RESOURCE_MEMORY || place == RESOURCE_EPHEMERAL_STORAGE)
        return quantity_format_bytes(a, amount);
    return arena_printf(a, "%lld", (long long)amount);
}

struct str resource_amount_about(struct arena *a, size_t place, int64_t amount)
{
    if (place == RESOURCE_MEMORY || place == RESOURCE_EPHEMERAL_STORAGE)
        return quantity_format_bytes_about(a, amount);
    return resource_amount_text(a, place, amount);
}

/* Divisions are dear, and the amount that runs out first nearly always comes early: of the others
 * it is enough that there is as much of them. */
int64_t resources_times(const struct resources *one, const struct resources *rest)
{
    int64_t times = INT64_MAX, needed;

    for (size_t i = 0; i < RESOURCES_MAX; i++)
        if (one->amount[i] > 0 &&
            (__builtin_mul_overflow(one->amount[i], times, &needed) || needed > rest->amount[i]))
            times = rest->amount[i] > 0 ? rest->amount[i] / one->amount[i] : 0;
    return times;
}
