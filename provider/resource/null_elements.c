#include "provider/resource/resource.h"

/* hashicorp/aws's SDK does not see the null elements of a map: `tags = { a = null }` has no tag,
 * and is no map at all.  AWS could not hold one either, so a plan that kept it would never be met.
 */

static struct cty_value map_without_nulls(struct arena *a, const struct cty_value *map)
{
    struct cty_value kept = cty_collection(a, CTY_MAP, map->count);

    kept.count = 0;
    for (size_t i = 0; i < map->count; i++) {
        if (map->items[i].kind == CTY_NULL)
            continue;
        kept.keys[kept.count] = map->keys[i];
        kept.items[kept.count++] = map->items[i];
    }
    if (kept.count == map->count)
        return *map;
    return kept.count ? kept : cty_null();
}

static struct cty_value attr_without_nulls(struct arena *a, const struct attr *row,
                                           const struct cty_value *v)
{
    if (row->kind == ATTR_MAP && v->kind == CTY_MAP)
        return map_without_nulls(a, v);
    if (row->kind != ATTR_BLOCKS || v->kind == CTY_NULL || v->kind == CTY_UNKNOWN)
        return *v;
    if (attr_is_single(row))
        return without_null_elements(a, row->nested, v);
    struct cty_value out = cty_collection(a, v->kind, v->count);
    for (size_t i = 0; i < v->count; i++)
        out.items[i] = without_null_elements(a, row->nested, &v->items[i]);
    return out;
}

struct cty_value without_null_elements(struct arena *a, const struct model *m,
                                       const struct cty_value *object)
{
    if (object->kind != CTY_OBJECT)
        return *object;
    struct cty_value out = cty_collection(a, CTY_OBJECT, m->count);
    for (size_t i = 0; i < m->count; i++) {
        out.keys[i] = str_of(m->attrs[i].name);
        out.items[i] = attr_without_nulls(a, &m->attrs[i], cty_get(object, out.keys[i]));
    }
    return out;
}
