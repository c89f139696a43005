/* Random configurations and states for any table.  Texts come from small pools in which several
 * mean the same, so that "equal", "means the same" and "differs" all happen often. */
#ifndef TESTS_RANDOM_VALUES_H
#define TESTS_RANDOM_VALUES_H

#include "engine/base/rng.h"
#include "provider/resource/table.h"

struct random_values {
    struct arena *arena;
    struct rng *rng;
    bool is_config;      /* else state: computed values are filled in */
    bool may_be_unknown; /* configuration while it is planned the first time */
    bool unknown_inside; /* of objects too */
};

static struct cty_value random_object(struct random_values *r, const struct model *m);

static inline bool chance(struct random_values *r, unsigned percent)
{
    return rng_below(r->rng, 100) < percent;
}

static inline struct str random_text(struct random_values *r, const struct attr *row)
{
    static const char *const json[] = {"{\"a\":1,\"b\":[\"x\"]}", "{ \"b\": [\"x\"], \"a\": 1.0 }",
                                       "{\"a\":2}", "not json"};
    static const char *const durations[] = {"60m", "1h", "90s", "1m30s"};
    static const char *const plain[] = {"a", "A", "b", ""};
    size_t i = rng_below(r->rng, 4), n = 0;
    if (row->one_of) {
        while (row->one_of[n])
            n++;
        return str_of(row->one_of[i % n]);
    }
    if (row->equal == equal_json || row->equal == equal_iam_policy)
        return str_of(json[i]);
    return str_of(row->equal == equal_duration ? durations[i] : plain[i]);
}

static inline void add_distinct(struct cty_value *set, struct cty_value v)
{
    for (size_t i = 0; i < set->count; i++)
        if (cty_eq(&set->items[i], &v))
            return;
    set->items[set->count++] = v;
}

static inline struct cty_value random_collection(struct random_values *r, const struct attr *row)
{
    size_t count = rng_below(r->rng, 4);
    struct cty_value v = cty_collection(r->arena, attr_is_set(row) ? CTY_SET : CTY_LIST, count);
    v.count = 0;
    struct random_values inside = *r;
    if (attr_is_set(row) || (row->flags & UNORDERED) || !r->unknown_inside)
        inside.may_be_unknown = false; /* see plan.c on elements that come to mean the same */
    for (size_t i = 0; i < count; i++) {
        struct cty_value element = row->kind == ATTR_BLOCKS ? random_object(&inside, row->nested)
                                                            : cty_string(random_text(r, row));
        bool unknown = r->may_be_unknown && row->kind == ATTR_STRINGS && !row->equal &&
                       !(row->flags & UNORDERED) && chance(r, 10);
        if (unknown)
            element = cty_unknown();
        if (v.kind == CTY_SET)
            add_distinct(&v, element);
        else
            v.items[v.count++] = element;
    }
    return v;
}

static inline struct cty_value random_map(struct random_values *r, const struct attr *row)
{
    static const char *const keys[] = {"k1", "k2", "k3"};
    struct cty_value v = cty_collection(r->arena, CTY_MAP, 3);
    v.count = 0;
    for (size_t i = 0; i < 3; i++) {
        if (chance(r, 50))
            continue;
        v.keys[v.count] = str_of(keys[i]);
        v.items[v.count++] = r->is_config && chance(r, 5) ? cty_null()
                             : r->may_be_unknown && !row->equal && chance(r, 10)
                                 ? cty_unknown()
                                 : cty_string(random_text(r, row));
    }
    return v;
}

static inline struct cty_value random_known(struct random_values *r, const struct attr *row)
{
    struct cty_value number = {.kind = CTY_NUMBER};
    static const char *const ratios[] = {"0.1", "0.10", "1e-1", "2.5"};
    switch (row->kind) {
    case ATTR_STRING:
        return cty_string(random_text(r, row));
    case ATTR_INT:
        return cty_int((int64_t)rng_below(r->rng, 3));
    case ATTR_NUMBER:
        (void)!cty_number_parse(str_of(ratios[rng_below(r->rng, 4)]), &number.number);
        return number;
    case ATTR_BOOL:
        return cty_bool(chance(r, 50));
    case ATTR_MAP:
        return random_map(r, row);
    case ATTR_STRINGS:
        return random_collection(r, row);
    case ATTR_BLOCKS:
        break;
    }
    struct random_values inside = *r;
    inside.may_be_unknown = r->may_be_unknown && r->unknown_inside;
    return attr_is_single(row) ? random_object(&inside, row->nested) : random_collection(r, row);
}

static inline struct cty_value random_attr(struct random_values *r, const struct attr *row)
{
    bool block = attr_is_block(row) && !attr_is_single(row);
    bool ours = attr_is_computed(row), silent = !(row->flags & (REQUIRED | OPTIONAL));
    if (r->is_config && silent)
        return cty_null();
    bool block_or_single = row->kind == ATTR_BLOCKS && row->nesting == BLOCK_SINGLE;
    if (r->may_be_unknown && !block_or_single && chance(r, 8))
        return cty_unknown();
    if (!(row->flags & REQUIRED) && !block && chance(r, ours && !r->is_config ? 15 : 40))
        return cty_null();
    return random_known(r, row);
}

static struct cty_value random_object(struct random_values *r, const struct model *m)
{
    struct cty_value v = cty_collection(r->arena, CTY_OBJECT, m->count);
    for (size_t i = 0; i < m->count; i++) {
        v.keys[i] = str_of(m->attrs[i].name);
        v.items[i] = random_attr(r, &m->attrs[i]);
    }
    return v;
}

static inline struct cty_value random_resolved(struct random_values *r, const struct model *m,
                                               const struct cty_value *config);

static inline struct cty_value resolved_attr(struct random_values *r, const struct attr *row,
                                             const struct cty_value *v)
{
    struct cty_value out = *v;
    if (v->kind == CTY_UNKNOWN)
        return random_known(r, row);
    if (row->kind == ATTR_BLOCKS && v->kind == CTY_OBJECT)
        return random_resolved(r, row->nested, v);
    out.items = ARENA_ARRAY(r->arena, struct cty_value, v->count);
    for (size_t i = 0; i < v->count; i++) {
        out.items[i] = v->items[i];
        if (row->kind == ATTR_BLOCKS)
            out.items[i] = random_resolved(r, row->nested, &v->items[i]);
        else if (v->items[i].kind == CTY_UNKNOWN)
            out.items[i] = cty_string(arena_printf(r->arena, "known %zu", i));
    }
    return out;
}

/* The configuration once everything is known: unknown values become some value. */
static inline struct cty_value random_resolved(struct random_values *r, const struct model *m,
                                               const struct cty_value *config)
{
    struct random_values known = {r->arena, r->rng, true, false, false};
    struct cty_value out = cty_collection(r->arena, CTY_OBJECT, m->count);
    if (config->kind == CTY_NULL)
        return *config;
    for (size_t i = 0; i < m->count; i++) {
        out.keys[i] = str_of(m->attrs[i].name);
        out.items[i] = config->kind == CTY_UNKNOWN
                           ? random_attr(&known, &m->attrs[i])
                           : resolved_attr(&known, &m->attrs[i], &config->items[i]);
    }
    return out;
}

#endif
