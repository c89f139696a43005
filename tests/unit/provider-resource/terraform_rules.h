/* Terraform core's rules of plan and apply, written down a second time as an oracle for tests: what
 * it proposes (objchange.ProposedNew), what it accepts as a plan (AssertPlanValid), and what may
 * become of a value that was planned (AssertObjectCompatible).  Every rule that is broken gives a
 * text; NULL means accepted. */
#ifndef TESTS_TERRAFORM_RULES_H
#define TESTS_TERRAFORM_RULES_H

#include "provider/resource/table.h"

/* What Terraform proposes. */

static struct cty_value proposed_object(struct arena *a, const struct model *m,
                                        const struct cty_value *prior,
                                        const struct cty_value *config);

/* Whether everything inside is ours to compute, so that a prior value may stand for silence. */
static inline bool all_computed(const struct attr *row, const struct cty_value *prior)
{
    const struct model *m = row->nested;
    if (prior->kind == CTY_LIST || prior->kind == CTY_SET) {
        for (size_t i = 0; i < prior->count; i++)
            if (!all_computed(row, &prior->items[i]))
                return false;
        return true;
    }
    for (size_t i = 0; prior->kind == CTY_OBJECT && i < m->count; i++)
        if (!attr_is_computed(&m->attrs[i]) && prior->items[i].kind != CTY_NULL)
            return false;
    return true;
}

/* Could `prior` have come from `config`, computed members filled in? */
static inline bool could_come_from(const struct model *m, const struct cty_value *prior,
                                   const struct cty_value *config)
{
    for (size_t i = 0; prior->kind == CTY_OBJECT && config->kind == CTY_OBJECT && i < m->count;
         i++) {
        const struct cty_value *c = &config->items[i], *p = &prior->items[i];
        if (!cty_eq(c, p) && !(c->kind == CTY_NULL && attr_is_computed(&m->attrs[i])))
            return false;
    }
    return prior->kind == config->kind;
}

static inline struct cty_value proposed_elements(struct arena *a, const struct attr *row,
                                                 const struct cty_value *prior,
                                                 const struct cty_value *config)
{
    const struct cty_value none = cty_null();
    struct cty_value out = cty_collection(a, config->kind, config->count);
    bool taken[64] = {false};
    for (size_t i = 0; i < config->count; i++) {
        const struct cty_value *from = &none;
        if (config->kind == CTY_LIST && prior->kind == CTY_LIST && i < prior->count)
            from = &prior->items[i];
        for (size_t j = 0; config->kind == CTY_SET && prior->kind == CTY_SET && j < prior->count;
             j++)
            if (from == &none && !taken[j] &&
                could_come_from(row->nested, &prior->items[j], &config->items[i])) {
                taken[j] = true;
                from = &prior->items[j];
            }
        out.items[i] = proposed_object(a, row->nested, from, &config->items[i]);
    }
    return out;
}

static inline struct cty_value proposed_attr(struct arena *a, const struct attr *row,
                                             const struct cty_value *prior,
                                             const struct cty_value *config)
{
    bool objects = row->kind == ATTR_BLOCKS && row->nesting != BLOCK_SET_COMPUTED;
    if (config->kind == CTY_UNKNOWN)
        return *config;
    if (config->kind == CTY_NULL && attr_is_computed(row) && !attr_is_block(row))
        return objects && (row->flags & OPTIONAL) && !all_computed(row, prior) ? *config : *prior;
    if (!objects || config->kind == CTY_NULL)
        return *config;
    return attr_is_single(row) ? proposed_object(a, row->nested, prior, config)
                               : proposed_elements(a, row, prior, config);
}

static struct cty_value proposed_object(struct arena *a, const struct model *m,
                                        const struct cty_value *prior,
                                        const struct cty_value *config)
{
    if (config->kind != CTY_OBJECT)
        return *config;
    struct cty_value out = cty_collection(a, CTY_OBJECT, m->count);
    for (size_t i = 0; i < m->count; i++) {
        out.keys[i] = str_of(m->attrs[i].name);
        out.items[i] = proposed_attr(a, &m->attrs[i], cty_get(prior, out.keys[i]),
                                     cty_get(config, out.keys[i]));
    }
    return out;
}

/* What Terraform accepts as a plan. */

static const char *broken_object(const struct model *m, const struct cty_value *prior,
                                 const struct cty_value *config, const struct cty_value *planned);

static inline const char *broken_elements(const struct attr *row, const struct cty_value *prior,
                                          const struct cty_value *config,
                                          const struct cty_value *planned)
{
    const struct cty_value none = cty_null();
    if (planned->kind == CTY_NULL)
        return "blocks or nested objects planned as null";
    if (planned->kind == CTY_UNKNOWN)
        return "blocks or nested objects planned as unknown";
    if (planned->count != config->count)
        return "count of blocks or nested objects differs from the configuration";
    for (size_t i = 0; i < planned->count; i++) {
        const char *broken = NULL;
        bool paired = prior->kind == CTY_LIST && i < prior->count;
        if (config->kind == CTY_LIST)
            broken = broken_object(row->nested, paired ? &prior->items[i] : &none,
                                   &config->items[i], &planned->items[i]);
        else if (planned->items[i].kind == CTY_UNKNOWN && config->items[i].kind != CTY_UNKNOWN)
            broken = "an element of a set planned as unknown";
        if (broken)
            return broken;
    }
    return NULL;
}

static inline const char *broken_attr(const struct attr *row, const struct cty_value *prior,
                                      const struct cty_value *config,
                                      const struct cty_value *planned)
{
    bool objects = row->kind == ATTR_BLOCKS && row->nesting != BLOCK_SET_COMPUTED;
    bool collection = row->kind == ATTR_MAP || row->kind == ATTR_STRINGS;
    if (cty_eq(planned, config))
        return NULL;
    if ((row->flags & EMPTY_OK) && cty_eq(planned, prior) && cty_is_empty(prior) &&
        cty_is_empty(config))
        return NULL; /* likewise */
    bool either = (row->flags & OPTIONAL) && (row->flags & COMPUTED);
    if (either && row->kind == ATTR_STRING && cty_is_empty(config))
        return NULL; /* likewise */
    if (collection && planned->kind == CTY_UNKNOWN &&
        (!cty_is_wholly_known(config) || config->count == 0))
        return NULL; /* with the mark of a legacy type system (plan_result.departs) */
    if (attr_is_block(row))
        return config->kind == CTY_UNKNOWN ? "an unknown block was changed"
               : attr_is_single(row)       ? broken_object(row->nested, prior, config, planned)
                                           : broken_elements(row, prior, config, planned);
    if (cty_eq(planned, prior) && prior->kind != CTY_NULL && config->kind != CTY_NULL)
        return NULL;
    if (config->kind == CTY_NULL)
        return attr_is_computed(row) ? NULL : "a value for an attribute that is not computed";
    if (!objects || config->kind == CTY_UNKNOWN)
        return "neither the configured nor the prior value";
    return attr_is_single(row) ? broken_object(row->nested, prior, config, planned)
                               : broken_elements(row, prior, config, planned);
}

static const char *broken_object(const struct model *m, const struct cty_value *prior,
                                 const struct cty_value *config, const struct cty_value *planned)
{
    if ((planned->kind == CTY_NULL) != (config->kind == CTY_NULL))
        return "null where the configuration is not, or the reverse";
    if (planned->kind != CTY_OBJECT)
        return cty_eq(planned, config) ? NULL : "an object planned as unknown";
    for (size_t i = 0; i < m->count; i++) {
        struct str name = str_of(m->attrs[i].name);
        const char *broken = broken_attr(&m->attrs[i], cty_get(prior, name), cty_get(config, name),
                                         cty_get(planned, name));
        if (broken)
            return broken;
    }
    return NULL;
}

/* What may become of a planned value. */

static const char *broken_promise(const struct cty_value *planned, const struct cty_value *actual);

static inline bool has_partner(const struct cty_value *v, const struct cty_value *others,
                               bool v_is_planned)
{
    for (size_t i = 0; i < others->count; i++)
        if (!(v_is_planned ? broken_promise(v, &others->items[i])
                           : broken_promise(&others->items[i], v)))
            return true;
    return false;
}

static inline const char *broken_set(const struct cty_value *planned,
                                     const struct cty_value *actual)
{
    if (actual->count > planned->count)
        return "a set has grown";
    for (size_t i = 0; i < planned->count; i++)
        if (!has_partner(&planned->items[i], actual, true))
            return "a planned element of a set is gone";
    for (size_t i = 0; i < actual->count; i++)
        if (!has_partner(&actual->items[i], planned, false))
            return "an element of a set was not planned";
    return NULL;
}

static const char *broken_promise(const struct cty_value *planned, const struct cty_value *actual)
{
    if (planned->kind == CTY_UNKNOWN)
        return NULL;
    if (planned->kind != actual->kind)
        return "null, known and unknown differ";
    if (planned->kind == CTY_SET)
        return broken_set(planned, actual);
    if (planned->count != actual->count)
        return "a count has changed";
    if (planned->count == 0)
        return cty_eq(planned, actual) ? NULL : "a known value has changed";
    for (size_t i = 0; i < planned->count; i++) {
        const struct cty_value *other = &actual->items[i];
        if (planned->keys)
            other = cty_get(actual, planned->keys[i]);
        const char *broken = broken_promise(&planned->items[i], other);
        if (broken)
            return broken;
    }
    return NULL;
}

#endif
