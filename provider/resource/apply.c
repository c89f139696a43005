#include "provider/resource/bind.h"
#include "provider/resource/provider.h"
#include "provider/resource/recall.h"
#include "provider/resource/region.h"

/* Makes a plan true.  Whatever happens on the way, `state` says what then holds. */

/* The planned value wherever it was known, for Terraform accepts nothing else; where the remote
 * side made something different of it, the next refresh shows that as drift.  What was unknown is
 * as the function left it, and so is what FOLLOWS. */
static struct cty_value settle(struct arena *a, const struct cty_value *planned,
                               const struct cty_value *made)
{
    if (cty_is_wholly_known(planned))
        return *planned;
    if (planned->kind == CTY_UNKNOWN || planned->kind != made->kind ||
        planned->count != made->count || planned->kind == CTY_SET)
        return cty_unknown_as_null(a, made);
    struct cty_value out = cty_collection(a, planned->kind, planned->count);
    for (size_t i = 0; i < planned->count; i++) {
        if (out.keys)
            out.keys[i] = planned->keys[i];
        const struct cty_value *its = out.keys ? cty_get(made, planned->keys[i]) : &made->items[i];
        out.items[i] = settle(a, &planned->items[i], its);
    }
    return out;
}

static struct cty_value settle_object(struct arena *a, const struct model *m,
                                      const struct cty_value *planned,
                                      const struct cty_value *made);

static bool are_pairs(const struct attr *row, const struct cty_value *planned,
                      const struct cty_value *made)
{
    return row->kind == ATTR_BLOCKS && !attr_is_set(row) && planned->kind == made->kind &&
           planned->count == made->count && planned->kind != CTY_NULL;
}

static struct cty_value settle_attr(struct arena *a, const struct attr *row,
                                    const struct cty_value *planned, const struct cty_value *made)
{
    if (row->flags & FOLLOWS)
        return cty_unknown_as_null(a, made);
    if (!are_pairs(row, planned, made))
        return settle(a, planned, made);
    if (planned->kind == CTY_OBJECT)
        return settle_object(a, row->nested, planned, made);
    struct cty_value out = cty_collection(a, planned->kind, planned->count);
    for (size_t i = 0; i < planned->count; i++)
        out.items[i] = settle_object(a, row->nested, &planned->items[i], &made->items[i]);
    return out;
}

static struct cty_value settle_object(struct arena *a, const struct model *m,
                                      const struct cty_value *planned, const struct cty_value *made)
{
    struct cty_value out = cty_collection(a, CTY_OBJECT, m->count);
    for (size_t i = 0; i < m->count; i++) {
        out.keys[i] = str_of(m->attrs[i].name);
        out.items[i] =
            settle_attr(a, &m->attrs[i], cty_get(planned, out.keys[i]), cty_get(made, out.keys[i]));
    }
    return out;
}

static struct cty_value each_stores_empties(struct arena *a, const struct model *m,
                                            const struct cty_value *list)
{
    struct cty_value out = *list;
    if (list->kind != CTY_LIST)
        return out;
    out = cty_collection(a, CTY_LIST, list->count);
    for (size_t i = 0; i < list->count; i++)
        out.items[i] = store_empties(a, m, &list->items[i]);
    return out;
}

struct cty_value store_empties(struct arena *a, const struct model *m,
                               const struct cty_value *state)
{
    if (state->kind != CTY_OBJECT)
        return *state;
    struct cty_value out = cty_collection(a, CTY_OBJECT, m->count);
    for (size_t i = 0; i < m->count; i++) {
        const struct attr *row = &m->attrs[i];
        out.keys[i] = str_of(row->name);
        out.items[i] = *cty_get(state, out.keys[i]);
        if (attr_stores_empty(row) && out.items[i].kind == CTY_NULL)
            out.items[i] = cty_string(STR(""));
        if (row->kind == ATTR_BLOCKS && !attr_is_set(row))
            out.items[i] = attr_is_single(row) ? store_empties(a, row->nested, &out.items[i])
                                               : each_stores_empties(a, row->nested, &out.items[i]);
    }
    return out;
}

static struct cty_value made_of(struct call *c, const struct model *m, const struct cty_value *base,
                                const void *before, const void *after)
{
    struct cty_value made = bind_merge(c->arena, m, base, before, after);
    struct cty_value state = settle_object(c->arena, m, base, &made);
    return store_empties(c->arena, m, &state);
}

static bool object_departs(const struct model *m, const struct cty_value *planned,
                           const struct cty_value *state);

static bool attr_departs(const struct attr *row, const struct cty_value *planned,
                         const struct cty_value *state)
{
    if (row->flags & FOLLOWS)
        return planned->kind != CTY_UNKNOWN && !cty_eq(planned, state);
    if (attr_stores_empty(row))
        return planned->kind == CTY_NULL && state->kind != CTY_NULL;
    if (!are_pairs(row, planned, state))
        return false;
    if (planned->kind == CTY_OBJECT)
        return object_departs(row->nested, planned, state);
    for (size_t i = 0; i < planned->count; i++)
        if (object_departs(row->nested, &planned->items[i], &state->items[i]))
            return true;
    return false;
}

static bool object_departs(const struct model *m, const struct cty_value *planned,
                           const struct cty_value *state)
{
    for (size_t i = 0; i < m->count; i++) {
        struct str name = str_of(m->attrs[i].name);
        if (attr_departs(&m->attrs[i], cty_get(planned, name), cty_get(state, name)))
            return true;
    }
    return false;
}

bool resource_departs(const struct resource_type *t, const struct cty_value *planned,
                      const struct cty_value *state)
{
    return state->kind == CTY_OBJECT && object_departs(&t->model, planned, state);
}

static struct tf_string *id_of(const struct model *m, void *model)
{
    const struct attr *row = model_row(m, STR("id"));
    return row && row->kind == ATTR_STRING ? (void *)((char *)model + row->offset) : NULL;
}

static struct error *apply_create(struct call *c, const struct resource_type *t,
                                  const struct cty_value *planned, struct cty_value *state)
{
    const struct model *m = &t->model;
    void *before = bind_new(c->arena, m), *model = bind_new(c->arena, m);
    struct tf_string *id = id_of(m, model);

    call_begin(c, t, OPERATION_CREATE, planned);
    TRY(bind_decode(c->arena, m, planned, before));
    TRY(bind_decode(c->arena, m, planned, model));
    settle_tags(c, m, model);
    region_settle(c, m, model);
    if (id)
        id->state = TF_UNKNOWN;
    struct error *e = find_blame(c->arena, t, model, t->create(c, model));
    bool exists = !e || (id && id->state == TF_KNOWN);
    if (exists) {
        *state = made_of(c, m, planned, before, model);
        call_sign(c);
        call_note_made(c);
    }
    return e;
}

/* Prior, with what the update said it had brought about. */
static struct cty_value half_updated(const struct call *c, const struct cty_value *prior,
                                     const struct cty_value *made)
{
    struct cty_value now = *prior;
    for (const struct applied_list *done = c->applied; done; done = done->next) {
        struct str name = str_of(done->attribute);
        now = cty_with(c->arena, &now, name, *cty_get(made, name));
    }
    return cty_unknown_as_null(c->arena, &now);
}

/* After a failed update only the remote side knows what holds.  If it cannot be asked (it may be
 * what failed), what was noted on the way has to do. */
static struct cty_value what_holds(struct call *c, const struct resource_type *t,
                                   const struct cty_value *base)
{
    struct cty_value found;
    struct error *e = resource_read(c, t, base, &found);
    return e || found.kind == CTY_NULL ? *base : found;
}

static struct error *apply_update(struct call *c, const struct resource_type *t,
                                  const struct cty_value *prior, const struct cty_value *planned,
                                  struct cty_value *state)
{
    const struct model *m = &t->model;
    void *before = bind_new(c->arena, m), *model = bind_new(c->arena, m);
    void *old = bind_new(c->arena, m);

    call_begin(c, t, OPERATION_UPDATE, planned);
    TRY(bind_decode(c->arena, m, prior, old));
    TRY(bind_decode(c->arena, m, planned, before));
    TRY(bind_decode(c->arena, m, planned, model));
    settle_tags(c, m, model);
    region_settle(c, m, model);
    bool to_do = t->update && !region_alone_changes(c->arena, m, prior, planned);
    struct error *e = to_do ? find_blame(c->arena, t, model, t->update(c, old, model)) : NULL;
    struct cty_value made = made_of(c, m, planned, before, model);
    if (!e) {
        *state = made;
        call_sign(c);
        return NULL;
    }
    struct cty_value base = half_updated(c, prior, &made);
    *state = what_holds(c, t, &base);
    return e;
}

/* Terraform shows errors of a destroy without an address: nothing in the configuration is left. */
static struct error *name_destroyed(struct call *c, const struct resource_type *t, void *model,
                                    struct error *e)
{
    const struct tf_string *id = id_of(&t->model, model);

    for (struct error *each = e; each && id; each = each->next)
        each->summary = arena_printf(c->arena, "destroying %s " STR_FMT ": " STR_FMT, t->name,
                                     STR_ARG(id->v), STR_ARG(each->summary));
    return e;
}

static struct error *apply_destroy(struct call *c, const struct resource_type *t,
                                   const struct cty_value *prior, struct cty_value *state)
{
    void *model = bind_new(c->arena, &t->model);
    call_begin(c, t, OPERATION_DELETE, prior);
    TRY(bind_decode(c->arena, &t->model, prior, model));
    struct error *e = t->destroy ? t->destroy(c, model) : NULL;
    if (e && e->kind != ERROR_NOT_FOUND)
        return name_destroyed(c, t, model, e);
    *state = cty_null();
    return NULL;
}

struct error *resource_apply(struct call *c, const struct resource_type *t,
                             const struct cty_value *prior, const struct cty_value *planned,
                             struct cty_value *state)
{
    *state = *prior;
    if (c->provider)
        recall_end(provider_recall(c->provider));
    TRY(region_enter(c, &t->model, planned->kind == CTY_NULL ? prior : planned));
    if (planned->kind == CTY_NULL)
        return prior->kind == CTY_NULL ? NULL : apply_destroy(c, t, prior, state);
    if (prior->kind == CTY_NULL)
        return apply_create(c, t, planned, state);
    return apply_update(c, t, prior, planned, state);
}
