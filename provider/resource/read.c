#include "provider/resource/bind.h"
#include "provider/resource/provider.h"
#include "provider/resource/region.h"

/* What the remote side says, written as state had it wherever it means the same: a policy document
 * that came back with other white space is no drift, nor is "" for null; {} and [] are, in
 * attributes that may hold either, as hashicorp/aws has it. */

struct cty_value keep_writing(struct arena *a, const struct model *m, const struct cty_value *kept,
                              const struct cty_value *remote)
{
    struct cty_value out = cty_collection(a, CTY_OBJECT, m->count);
    for (size_t i = 0; i < m->count; i++) {
        const struct attr *row = &m->attrs[i];
        struct str name = str_of(row->name);
        const struct cty_value *old = cty_get(kept, name), *new = cty_get(remote, name);
        bool is_either = (row->flags & EMPTY_OK) && row->kind != ATTR_STRING;
        bool both_absent = !is_either && cty_is_empty(old) && cty_is_empty(new);
        out.keys[i] = name;
        out.items[i] = both_absent || attr_means_same(a, row, new, old) ? *old : *new;
    }
    return out;
}

static struct cty_value in_normal_writing(struct arena *a, const struct model *m,
                                          const struct cty_value *object);

static struct cty_value normal_attr(struct arena *a, const struct attr *row,
                                    const struct cty_value *v)
{
    if (row->normal && v->kind == CTY_STRING)
        return cty_string(row->normal(a, v->string));
    if (row->kind != ATTR_BLOCKS || v->kind == CTY_NULL)
        return *v;
    if (attr_is_single(row))
        return in_normal_writing(a, row->nested, v);
    struct cty_value out = cty_collection(a, v->kind, v->count);
    for (size_t i = 0; i < v->count; i++)
        out.items[i] = in_normal_writing(a, row->nested, &v->items[i]);
    return out;
}

static struct cty_value in_normal_writing(struct arena *a, const struct model *m,
                                          const struct cty_value *object)
{
    struct cty_value out = cty_collection(a, CTY_OBJECT, m->count);
    for (size_t i = 0; i < m->count; i++) {
        out.keys[i] = str_of(m->attrs[i].name);
        out.items[i] = normal_attr(a, &m->attrs[i], cty_get(object, out.keys[i]));
    }
    return out;
}

/* What AWS holds now and state did not, in the writing that a plan would have. */
static struct cty_value with_news_in_normal_writing(struct arena *a, const struct model *m,
                                                    const struct cty_value *current,
                                                    const struct cty_value *found)
{
    struct cty_value out = *found;
    for (size_t i = 0; i < m->count; i++) {
        struct str name = str_of(m->attrs[i].name);
        const struct cty_value *new = cty_get(found, name);
        if (!cty_eq(cty_get(current, name), new))
            out = cty_with(a, &out, name, normal_attr(a, &m->attrs[i], new));
    }
    return out;
}

/* hashicorp/aws writes "" and {} where the configuration is silent; planned by our stricter rules
 * each would be a change.  So in state that another provider wrote they become null, once: state
 * of ours is signed. */
static struct cty_value without_foreign_empties(struct arena *a, const struct model *m,
                                                const struct cty_value *state)
{
    struct cty_value out = cty_collection(a, CTY_OBJECT, m->count);
    for (size_t i = 0; i < m->count; i++) {
        const struct attr *row = &m->attrs[i];
        out.keys[i] = str_of(row->name);
        out.items[i] = *cty_get(state, out.keys[i]);
        if (!attr_is_computed(row) && cty_is_empty(&out.items[i]))
            out.items[i] = attr_absent(a, row);
    }
    return out;
}

static void warn_unknown(struct call *c, const struct resource_type *t, struct str attribute)
{
    call_warn(c, STR(""), arena_printf(c->arena, "%s was not refreshed", t->name),
              arena_printf(c->arena,
                           "The provider's \"" STR_FMT "\" is not known before the apply, so "
                           "what is there now could not be asked; the plan takes it from state.",
                           STR_ARG(attribute)));
}

struct error *resource_read(struct call *c, const struct resource_type *t,
                            const struct cty_value *current, struct cty_value *state)
{
    const struct model *m = &t->model;
    void *before = bind_new(c->arena, m), *model = bind_new(c->arena, m);

    *state = *current;
    if (current->kind == CTY_NULL)
        return NULL;
    struct str unknown = c->provider ? provider_unknown(c->provider, t->uses_engine) : STR("");
    if (unknown.len) {
        warn_unknown(c, t, unknown);
        return NULL;
    }
    call_begin(c, t, OPERATION_READ, current);
    TRY(region_enter(c, m, current));
    TRY(bind_decode(c->arena, m, current, before));
    TRY(bind_decode(c->arena, m, current, model));
    struct error *e = t->read(c, model);
    if (e && e->kind == ERROR_NOT_FOUND) {
        *state = cty_null();
        return NULL;
    }
    TRY(e);
    region_settle(c, m, model);
    struct cty_value found = bind_merge(c->arena, m, current, before, model);
    found = with_news_in_normal_writing(c->arena, m, current, &found);
    if (!call_take_import(c)) /* in which state holds no writing to keep */
        found = keep_writing(c->arena, m, current, &found);
    found = store_empties(c->arena, m, &found);
    if (!call_is_signed(c))
        found = without_foreign_empties(c->arena, m, &found);
    call_sign(c);
    *state = cty_unknown_as_null(c->arena, &found);
    return NULL;
}
