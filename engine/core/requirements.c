#include "engine/core/requirement.h"

/* Where the key is, or would be. */
static size_t place_of(const struct requirements *set, struct str key)
{
    size_t low = 0, high = set->count;

    while (low < high) {
        size_t middle = (low + high) / 2;
        if (str_cmp(set->items[middle].key, key) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

const struct requirement *requirements_get(const struct requirements *set, struct str key)
{
    size_t at = place_of(set, key);

    return at < set->count && str_eq(set->items[at].key, key) ? &set->items[at] : NULL;
}

void requirements_add(struct arena *a, struct requirements *set, const struct requirement *r)
{
    size_t at = place_of(set, r->key);

    if (at < set->count && str_eq(set->items[at].key, r->key)) {
        set->items[at] = requirement_intersect(a, &set->items[at], r);
        return;
    }
    ARENA_PUSH(a, set->items, set->count, set->capacity, *r);
    memmove(&set->items[at + 1], &set->items[at], (set->count - 1 - at) * sizeof(*set->items));
    set->items[at] = *r;
}

void requirements_add_all(struct arena *a, struct requirements *set,
                          const struct requirements *more)
{
    for (size_t i = 0; i < more->count; i++)
        requirements_add(a, set, &more->items[i]);
}

/* NotIn and DoesNotExist of one key are both content with a node that lacks it. */
static bool agree(const struct requirement *x, const struct requirement *y)
{
    return requirement_intersects(x, y) ||
           (requirement_allows_absence(x) && requirement_allows_absence(y));
}

const struct requirement *requirements_contradiction(const struct requirements *set)
{
    for (size_t i = 0; i < set->count; i++)
        if (requirement_is_contradiction(&set->items[i]))
            return &set->items[i];
    return NULL;
}

const struct requirement *requirements_conflict(const struct requirements *x,
                                                const struct requirements *y)
{
    for (size_t i = 0; i < x->count; i++) {
        const struct requirement *other = requirements_get(y, x->items[i].key);
        if (other && !agree(&x->items[i], other))
            return &x->items[i];
    }
    return NULL;
}

bool requirements_eq(const struct requirements *x, const struct requirements *y)
{
    bool same = x->count == y->count;

    for (size_t i = 0; same && i < x->count; i++)
        same = requirement_eq(&x->items[i], &y->items[i]);
    return same;
}
