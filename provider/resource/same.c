#include "provider/resource/table.h"

/* When two values mean the same although they are written differently. */

struct comparison {
    struct arena *scratch;
    bool with_config; /* `a` is configuration: what it leaves to us matches anything */
};

static bool objects_same(struct comparison *c, const struct model *m, const struct cty_value *a,
                         const struct cty_value *b);

static bool strings_same(struct comparison *c, const struct attr *row, const struct cty_value *a,
                         const struct cty_value *b)
{
    if (a->kind != CTY_STRING || b->kind != CTY_STRING)
        return cty_eq(a, b);
    return str_eq(a->string, b->string) ||
           (row->equal && row->equal(c->scratch, a->string, b->string));
}

static bool element_same(struct comparison *c, const struct attr *row, const struct cty_value *a,
                         const struct cty_value *b)
{
    return row->kind == ATTR_BLOCKS ? objects_same(c, row->nested, a, b)
                                    : strings_same(c, row, a, b);
}

static bool in_order(struct comparison *c, const struct attr *row, const struct cty_value *a,
                     const struct cty_value *b)
{
    for (size_t i = 0; i < a->count; i++)
        if (!element_same(c, row, &a->items[i], &b->items[i]))
            return false;
    return true;
}

/* Every element of `a` takes an element of `b` for itself.  First fit is enough as long as meaning
 * the same is an equivalence, which it is except where computed members are left out; a pairing
 * missed there costs a diff, not a wrong plan. */
static bool in_any_order(struct comparison *c, const struct attr *row, const struct cty_value *a,
                         const struct cty_value *b)
{
    bool *taken = ARENA_ARRAY(c->scratch, bool, b->count);
    for (size_t i = 0; i < a->count; i++) {
        size_t j = 0;
        while (j < b->count && (taken[j] || !element_same(c, row, &a->items[i], &b->items[j])))
            j++;
        if (j == b->count)
            return false;
        taken[j] = true;
    }
    return true;
}

static bool maps_same(struct comparison *c, const struct attr *row, const struct cty_value *a,
                      const struct cty_value *b)
{
    for (size_t i = 0; i < a->count; i++) {
        size_t j = 0;
        while (j < b->count && !str_eq(a->keys[i], b->keys[j]))
            j++;
        if (j == b->count || !strings_same(c, row, &a->items[i], &b->items[j]))
            return false;
    }
    return true;
}

static bool same(struct comparison *c, const struct attr *row, const struct cty_value *a,
                 const struct cty_value *b)
{
    bool has_defaults = c->with_config && row->kind == ATTR_BLOCKS && a->kind != CTY_NULL;
    if (!has_defaults && cty_eq(a, b))
        return cty_is_wholly_known(a);
    if (a->kind != b->kind || a->count != b->count)
        return false;
    switch (row->kind) {
    case ATTR_STRING:
        return strings_same(c, row, a, b);
    case ATTR_INT:
    case ATTR_BOOL:
    case ATTR_NUMBER:
        return false;
    case ATTR_MAP:
        return a->kind == CTY_MAP && maps_same(c, row, a, b);
    case ATTR_STRINGS:
    case ATTR_BLOCKS:
        break;
    }
    if (a->kind == CTY_OBJECT)
        return objects_same(c, row->nested, a, b);
    if (a->kind != CTY_LIST && a->kind != CTY_SET)
        return false;
    return attr_is_set(row) || (row->flags & UNORDERED) ? in_any_order(c, row, a, b)
                                                        : in_order(c, row, a, b);
}

static bool member_same(struct comparison *c, const struct attr *row, const struct cty_value *a,
                        const struct cty_value *b)
{
    bool texts = row->kind == ATTR_STRING && attr_is_nothing(row, a) && attr_is_nothing(row, b);
    if (!c->with_config && texts)
        return true;
    if (!c->with_config || a->kind != CTY_NULL || !attr_is_computed(row))
        return same(c, row, a, b);
    if (!row->dflt)
        return !(row->flags & EMPTY_OK) || attr_is_nothing(row, b);
    struct cty_value fallback = attr_default(row);
    return same(c, row, &fallback, b);
}

static bool objects_same(struct comparison *c, const struct model *m, const struct cty_value *a,
                         const struct cty_value *b)
{
    if (a->kind != CTY_OBJECT || b->kind != CTY_OBJECT)
        return a->kind == CTY_NULL && b->kind == CTY_NULL;
    for (size_t i = 0; i < m->count; i++) {
        struct str name = str_of(m->attrs[i].name);
        if (!member_same(c, &m->attrs[i], cty_get(a, name), cty_get(b, name)))
            return false;
    }
    return true;
}

bool attr_means_same(struct arena *scratch, const struct attr *row, const struct cty_value *a,
                     const struct cty_value *b)
{
    struct comparison c = {scratch, false};
    return same(&c, row, a, b);
}

bool attr_config_holds(struct arena *scratch, const struct attr *row,
                       const struct cty_value *config, const struct cty_value *prior)
{
    struct comparison c = {scratch, true};
    return same(&c, row, config, prior);
}
