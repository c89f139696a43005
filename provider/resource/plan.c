#include "provider/cty/path.h"
#include "provider/resource/bind.h"
#include "provider/resource/region.h"
#include "provider/resource/review.h"

/* What will be, as far as it can be known: passes over the table in a fixed order.
 *
 *   1. defaults, what state already means, and which computed values are not known yet
 *   2. tags_all and region
 *   3. what only the resource knows (its plan function)
 *   4. volatile values become unknown if anything else changes
 *   5. which changes need a new object
 *   6. what AWS says of the policies in it, where the provider block wants that
 *
 * Equal input gives an equal plan: Terraform asks again at apply and compares.  Terraform's rule is
 * that a planned value equals the configured one or the prior one, and may be ours to choose only
 * where the configuration is silent and the attribute is computed.
 *
 * One case is out of reach: elements of a set or an unordered list of which some are known only at
 * apply, and then all together mean what state has in another writing.  The first plan had to show
 * the configured writing, the second finds state's; Terraform reports that, and the next run
 * settles it. */

struct planning {
    struct arena *arena;
    bool new_object; /* there is no prior to keep computed values from */
    bool in_set;     /* where Terraform lets the plan write more than the configuration */
    bool drop_in;    /* of hashicorp/aws, so plans must look like its own */
    bool *departs;   /* set where the plan says otherwise than the configuration */
};

static struct cty_value plan_object(const struct planning *p, const struct model *m,
                                    const struct cty_value *config,
                                    const struct cty_value *proposed,
                                    const struct cty_value *prior);

/* Where both forms of nothing will do: what state has; a map that is taken away becomes empty. */
static struct cty_value plan_nothing(const struct planning *p, const struct attr *row,
                                     const struct cty_value *prior)
{
    if (p->in_set && row->kind == ATTR_STRING) /* elements of a set have no prior */
        return cty_string(STR(""));            /* as hashicorp/aws has it there */
    if (attr_is_nothing(row, prior))
        return *prior;
    return row->kind == ATTR_MAP ? cty_collection(p->arena, CTY_MAP, 0) : cty_null();
}

static struct cty_value plan_silent(const struct planning *p, const struct attr *row,
                                    const struct cty_value *proposed, const struct cty_value *prior)
{
    if (row->dflt) {
        struct cty_value fallback = attr_default(row);
        bool held = prior->kind != CTY_NULL && attr_means_same(p->arena, row, &fallback, prior);
        return held ? *prior : fallback;
    }
    if (row->flags & EMPTY_OK)
        return plan_nothing(p, row, prior);
    bool not_yet = p->new_object && proposed->kind == CTY_NULL && (row->flags & COMPUTED);
    return not_yet ? cty_unknown() : *proposed;
}

/* Elements are paired by place, as Terraform pairs them; those of a set have none, so nothing
 * prior is theirs. */
static struct cty_value plan_elements(const struct planning *p, const struct attr *row,
                                      const struct cty_value *config,
                                      const struct cty_value *proposed,
                                      const struct cty_value *prior)
{
    const struct cty_value none = cty_null();
    struct cty_value planned = cty_collection(p->arena, config->kind, config->count);
    for (size_t i = 0; i < config->count; i++) {
        bool paired = !attr_is_set(row) && prior->kind == config->kind && i < prior->count;
        bool proposed_there = paired && proposed->kind == config->kind && i < proposed->count;
        struct planning inner = {p->arena, !paired, attr_is_set(row), p->drop_in, p->departs};
        planned.items[i] = plan_object(&inner, row->nested, &config->items[i],
                                       proposed_there ? &proposed->items[i] : &config->items[i],
                                       paired ? &prior->items[i] : &none);
    }
    return planned;
}

/* hashicorp/aws's SDK leaves a map, list or set open as a whole when an element is, and takes an
 * empty computed one for none in a new object.  Terraform forgives the SDK that, so we ask it to
 * forgive us (plan_result.departs), for plans must look the same. */
static bool is_left_open(const struct planning *p, const struct attr *row,
                         const struct cty_value *config)
{
    bool collection = row->kind == ATTR_MAP || row->kind == ATTR_STRINGS;
    bool none = p->new_object && (row->flags & COMPUTED) && cty_is_empty(config);
    return p->drop_in && collection && (none || !cty_is_wholly_known(config));
}

/* "" or {} where state has null, from before it was written or from an import: no change, which
 * needs the same leave from Terraform. */
static bool is_nothing_again(const struct planning *p, const struct attr *row,
                             const struct cty_value *config, const struct cty_value *prior)
{
    return p->drop_in && !p->new_object && (row->flags & EMPTY_OK) && prior->kind == CTY_NULL &&
           cty_is_empty(config);
}

/* "" where a provider might fill something in is silence to the SDK; only a policy document, which
 * it brings into a writing of its own, is planned as "" in a new object. */
static bool is_silence(const struct planning *p, const struct attr *row,
                       const struct cty_value *config)
{
    bool either = (row->flags & OPTIONAL) && (row->flags & COMPUTED);
    return p->drop_in && either && row->kind == ATTR_STRING && cty_is_empty(config) &&
           !(p->new_object && row->equal == equal_iam_policy);
}

/* What the user wrote, in hashicorp/aws's writing.  Of a text that is not known yet Terraform may
 * know how it begins ("{\n  \"Version\""), which will not be so. */
static struct cty_value in_normal_writing(const struct planning *p, const struct attr *row,
                                          const struct cty_value *config)
{
    if (!p->drop_in || !row->normal)
        return *config;
    if (config->kind == CTY_UNKNOWN && config->refinement.len) {
        *p->departs = true;
        return cty_unknown();
    }
    return config->kind == CTY_STRING ? cty_string(row->normal(p->arena, config->string)) : *config;
}

/* A set of objects that is one value to Terraform.  The SDK looks into them, and to it a text that
 * is left out is "": that is what state has to say, for it takes an object of nothing but nulls
 * for none. */
static struct cty_value plan_whole_set(const struct planning *p, const struct attr *row,
                                       const struct cty_value *config)
{
    const struct model *m = row->nested;
    struct cty_value planned = cty_collection(p->arena, config->kind, config->count);
    for (size_t i = 0; i < config->count; i++) {
        struct cty_value element = config->items[i];
        for (size_t j = 0; element.kind == CTY_OBJECT && j < m->count; j++) {
            struct str name = str_of(m->attrs[j].name);
            const struct cty_value *wrote = cty_get(&element, name);
            if (m->attrs[j].kind != ATTR_STRING)
                continue;
            element = cty_with(p->arena, &element, name,
                               wrote->kind == CTY_NULL ? cty_string(STR(""))
                                                       : in_normal_writing(p, &m->attrs[j], wrote));
        }
        planned.items[i] = element;
    }
    *p->departs |= !cty_eq(&planned, config);
    return planned;
}

/* A new object's map that is written and empty is none to the SDK. */
static bool is_empty_map(const struct planning *p, const struct attr *row,
                         const struct cty_value *config)
{
    return p->drop_in && p->new_object && row->kind == ATTR_MAP && (row->flags & EMPTY_OK) &&
           cty_is_empty(config);
}

static struct cty_value plan_attr(const struct planning *p, const struct attr *row,
                                  const struct cty_value *config, const struct cty_value *proposed,
                                  const struct cty_value *prior)
{
    if (config->kind == CTY_UNKNOWN)
        return in_normal_writing(p, row, config);
    if (config->kind == CTY_NULL)
        return plan_silent(p, row, proposed, prior);
    if (is_left_open(p, row, config)) {
        *p->departs = true;
        return cty_unknown();
    }
    if (is_empty_map(p, row, config)) {
        *p->departs = true;
        return cty_null();
    }
    if (is_silence(p, row, config)) {
        *p->departs = true;
        return p->new_object ? cty_unknown() : *prior;
    }
    if (prior->kind != CTY_NULL && attr_config_holds(p->arena, row, config, prior))
        return *prior;
    if (is_nothing_again(p, row, config, prior)) {
        *p->departs = true;
        return *prior;
    }
    if (row->nesting == BLOCK_SET_COMPUTED && p->drop_in)
        return plan_whole_set(p, row, config);
    if (row->kind == ATTR_STRING) {
        struct cty_value planned = in_normal_writing(p, row, config);
        *p->departs |= !cty_eq(&planned, config);
        return planned;
    }
    if (row->kind != ATTR_BLOCKS || attr_is_whole(row))
        return *config; /* one value as a whole: Terraform does not look inside either */
    if (!attr_is_single(row))
        return plan_elements(p, row, config, proposed, prior);
    struct planning inner = {p->arena, prior->kind == CTY_NULL, false, p->drop_in, p->departs};
    return plan_object(&inner, row->nested, config, proposed, prior);
}

static struct cty_value plan_object(const struct planning *p, const struct model *m,
                                    const struct cty_value *config,
                                    const struct cty_value *proposed, const struct cty_value *prior)
{
    if (config->kind != CTY_OBJECT)
        return *config;
    struct cty_value planned = cty_collection(p->arena, CTY_OBJECT, m->count);
    for (size_t i = 0; i < m->count; i++) {
        struct str name = str_of(m->attrs[i].name);
        planned.keys[i] = name;
        planned.items[i] = plan_attr(p, &m->attrs[i], cty_get(config, name),
                                     cty_get(proposed, name), cty_get(prior, name));
    }
    return planned;
}

/* Members that the function set back to what state holds are state's value to the letter. */
static void take_prior(const struct model *m, const struct cty_value *prior, const void *was,
                       const void *before, const void *after, struct cty_value *planned)
{
    for (size_t i = 0; was && i < m->count; i++) {
        const struct attr *row = &m->attrs[i];
        if (!attr_eq(row, before, after) && attr_eq(row, was, after))
            planned->items[i] = *cty_get(prior, str_of(row->name));
    }
}

/* The resource's own say.  It sees structs, and only what it changed is taken over. */
static struct error *plan_by_type(struct call *c, const struct resource_type *t,
                                  const struct plan_request *request, struct cty_value *planned)
{
    const struct model *m = &t->model;
    void *prior = request->prior->kind == CTY_NULL ? NULL : bind_new(c->arena, m);
    void *config = bind_new(c->arena, m), *before = bind_new(c->arena, m);
    void *after = bind_new(c->arena, m);

    if (!t->plan)
        return NULL;
    if (prior)
        TRY(bind_decode(c->arena, m, request->prior, prior));
    TRY(bind_decode(c->arena, m, request->config, config));
    TRY(bind_decode(c->arena, m, planned, before));
    TRY(bind_decode(c->arena, m, planned, after));
    TRY(t->plan(c, prior, config, after));
    *planned = bind_merge(c->arena, m, planned, before, after);
    take_prior(m, request->prior, prior, before, after, planned);
    return NULL;
}

/* What state has already Terraform lets stand beside a configuration that says otherwise; but of
 * blocks it counts those that are written, whatever was before. */
static bool attr_plan_departs(const struct attr *row, const struct cty_value *wrote,
                              const struct cty_value *was, const struct cty_value *will)
{
    bool as_before = was->kind != CTY_NULL && cty_eq(was, will);

    if (!(row->flags & FOLLOWS) || wrote->kind == CTY_NULL)
        return false;
    if (row->kind == ATTR_BLOCKS)
        return wrote->kind == will->kind && wrote->count != will->count;
    return !cty_eq(wrote, will) && !as_before;
}

static bool plan_departs(const struct model *m, const struct plan_request *request,
                         const struct cty_value *planned)
{
    for (size_t i = 0; i < m->count; i++) {
        struct str name = str_of(m->attrs[i].name);
        if (attr_plan_departs(&m->attrs[i], cty_get(request->config, name),
                              cty_get(request->prior, name), cty_get(planned, name)))
            return true;
    }
    return false;
}

static bool anything_changes(const struct model *m, const struct cty_value *prior,
                             const struct cty_value *planned)
{
    for (size_t i = 0; i < m->count; i++) {
        struct str name = str_of(m->attrs[i].name);
        if (!(m->attrs[i].flags & VOLATILE) &&
            !cty_eq(cty_get(prior, name), cty_get(planned, name)))
            return true;
    }
    return false;
}

static void plan_volatile(const struct model *m, const struct cty_value *prior,
                          struct cty_value *planned)
{
    if (prior->kind == CTY_NULL || !anything_changes(m, prior, planned))
        return;
    for (size_t i = 0; i < m->count; i++)
        if (m->attrs[i].flags & VOLATILE)
            planned->items[i] = cty_unknown();
}

/* Other timeouts alone are no change to the SDK, which stores them with the next. */
static void keep_timeouts(const struct planning *p, const struct model *m,
                          const struct cty_value *prior, struct cty_value *planned)
{
    const struct str name = STR("timeouts");
    if (!p->drop_in || p->new_object || !model_row(m, name) || cty_eq(planned, prior))
        return;
    struct cty_value without = cty_with(p->arena, planned, name, *cty_get(prior, name));
    if (!cty_eq(&without, prior))
        return;
    *p->departs = true;
    *planned = without;
}

static void find_replacements(struct arena *a, const struct model *m, const struct cty_value *prior,
                              const struct cty_value *planned, const struct cty_path *path,
                              struct plan_result *out)
{
    for (size_t i = 0; i < m->count; i++) {
        const struct attr *row = &m->attrs[i];
        struct cty_path at = cty_path_attribute(path, str_of(row->name));
        const struct cty_value *was = cty_get(prior, at.name), *will = cty_get(planned, at.name);
        if (cty_eq(was, will))
            continue;
        bool both_nothing = attr_is_nothing(row, was) && attr_is_nothing(row, will);
        if ((row->flags & FORCE_NEW) && !both_nothing)
            ARENA_PUSH(a, out->replace, out->replace_count, out->replace_capacity,
                       cty_path_text(a, &at));
        if (row->kind != ATTR_BLOCKS || attr_is_set(row))
            continue;
        if (attr_is_single(row))
            find_replacements(a, row->nested, was, will, &at, out);
        for (size_t j = 0; will->kind == CTY_LIST && j < will->count; j++) {
            struct cty_path element = cty_path_index(&at, j);
            const struct cty_value none = cty_null();
            bool paired = was->kind == CTY_LIST && j < was->count;
            find_replacements(a, row->nested, paired ? &was->items[j] : &none, &will->items[j],
                              &element, out);
        }
    }
}

struct error *resource_plan(struct call *c, const struct resource_type *t,
                            const struct plan_request *request, struct plan_result *out)
{
    const struct model *m = &t->model;
    struct planning p = {c->arena, request->prior->kind == CTY_NULL, false,
                         str_starts_with(str_of(t->name), STR("aws_")), &out->departs};
    struct cty_value config, proposed;
    struct plan_request seen = *request;

    *out = (struct plan_result){.planned = cty_null()};
    if (request->proposed->kind == CTY_NULL)
        return NULL; /* a destroy: nothing to add */
    if (p.drop_in) {
        config = without_null_elements(c->arena, m, request->config);
        proposed = without_null_elements(c->arena, m, request->proposed);
        out->departs = !cty_eq(&config, request->config);
        seen.config = &config;
        seen.proposed = &proposed;
        request = &seen;
    }
    out->planned = plan_object(&p, m, request->config, request->proposed, request->prior);
    plan_tags(c, m, request, &out->planned);
    TRY(region_plan(c, m, request, &out->planned));
    if (p.new_object)
        plan_known(c, m, &out->planned);
    TRY(plan_by_type(c, t, request, &out->planned));
    plan_volatile(m, request->prior, &out->planned);
    keep_timeouts(&p, m, request->prior, &out->planned);
    out->departs |= plan_departs(m, request, &out->planned);
    if (p.new_object)
        return plan_reviewed(c, m, request->config, request->prior);
    bool changes = !cty_eq(request->prior, &out->planned);
    struct cty_value was = region_told(c, m, request->prior);
    find_replacements(c->arena, m, &was, &out->planned, NULL, out);
    if (changes)
        return plan_reviewed(c, m, request->config, request->prior);
    c->warnings = NULL; /* a plan without changes says nothing, or CI logs fill with noise */
    return NULL;
}
