#include "engine/adapters/store_kube_inside.h"

/* Pools and classes, which people and doors and the engine all write: each write names the version
 * that it replaces. */

enum { TRIES = 5 }; /* against others who write the same object */

struct error *store_kube_unless_gone(struct error *e)
{
    return e && e->kind == ERROR_NOT_FOUND ? NULL : e;
}

static bool was_another(const struct error *e)
{
    return e && (e->kind == ERROR_CONFLICT || e->kind == ERROR_EXISTS);
}

struct error *store_kube_read(const struct kube_call *c, const struct kube_target *t,
                              struct json *out, bool *there)
{
    struct error *e = kube_get(c, t, out);

    *there = !e;
    return store_kube_unless_gone(e);
}

static struct error *mark_deleting(const struct kube_call *c, const struct kube_target *t,
                                   const struct json *object)
{
    const struct kube_delete how = {.uid = kube_object_member(object, "metadata", "uid")};

    if (kube_object_member(object, "metadata", "deletionTimestamp").len)
        return NULL;
    return store_kube_unless_gone(kube_delete(c, t, &how));
}

static bool record_is_deleting(struct arena *a, const struct store_record *r)
{
    struct json body;

    return !json_parse(a, r->body, &body) && json_bool_or(json_get(&body, "deleting"), false);
}

/* Puts it in the place of what is there now; ERROR_CONFLICT or ERROR_EXISTS: that has changed. */
static struct error *put_spec(const struct kube_call *c, const struct store_record *r,
                              struct json *there)
{
    struct kube_target t = kube_record_target(c->arena, r->kind, r->key), all = t;
    struct json made;
    struct str body;

    all.name = STR("");
    TRY(kube_spec_object(c->arena, kube_record_kind(r->kind), r, there, &body));
    TRY(there ? kube_update(c, &t, body, &made) : kube_create(c, &all, body, &made));
    return record_is_deleting(c->arena, r) ? mark_deleting(c, &t, &made) : NULL;
}

/* The object goes when our finalizer does. */
static struct error *let_spec_go(const struct kube_call *c, const struct store_record *r)
{
    const struct kube_target t = kube_record_target(c->arena, r->kind, r->key);
    struct json object;
    bool there;

    TRY(store_kube_read(c, &t, &object, &there));
    if (!there)
        return NULL;
    TRY(mark_deleting(c, &t, &object));
    TRY(store_kube_read(c, &t, &object, &there));
    if (!there)
        return NULL;
    return store_kube_unless_gone(kube_update(c, &t, kube_spec_let_go(c->arena, &object), NULL));
}

struct error *store_kube_change_spec(const struct kube_call *c, const struct store_record *r)
{
    const struct kube_target t = kube_record_target(c->arena, r->kind, r->key);
    struct error *e = NULL;

    for (int i = 0; i < TRIES; i++) {
        struct json object;
        bool there = false;
        if (r->body.ptr)
            TRY(store_kube_read(c, &t, &object, &there));
        e = r->body.ptr ? put_spec(c, r, there ? &object : NULL) : let_spec_go(c, r);
        if (!was_another(e))
            break;
    }
    return e;
}

/* A door's compare and swap. */

static struct error *is_as_seen(struct arena *a, struct store *s, const struct store_record *seen,
                                bool *same)
{
    struct store_record now = {0};
    struct error *e = s->ops->get(a, s, seen->kind, seen->key, &now);

    *same = !now.body.ptr == !seen->body.ptr && str_eq(now.body, seen->body);
    return e && e->kind != ERROR_NOT_FOUND ? e : NULL;
}

static const struct store_record *seen_of(const struct record_list *seen,
                                          const struct store_record *r)
{
    for (size_t i = 0; i < seen->count; i++)
        if (str_eq(seen->items[i].kind, r->kind) && str_eq(seen->items[i].key, r->key))
            return &seen->items[i];
    return NULL;
}

/* Only in the place of what was seen: the object is read, is as it was, and its version stands in
 * what replaces it. */
static struct error *swap_spec(const struct kube_call *c, const struct store_record *r,
                               const struct store_record *seen, bool *done)
{
    const struct kube_target t = kube_record_target(c->arena, r->kind, r->key);
    struct store_record now = {0};
    struct error *faults;
    struct json object;
    bool there;

    TRY(store_kube_read(c, &t, &object, &there));
    if (there)
        TRY(kube_record_of(c->arena, kube_record_kind(r->kind), &object, &now, &faults));
    *done = !seen || (!now.body.ptr == !seen->body.ptr && str_eq(now.body, seen->body));
    if (!*done)
        return NULL;
    struct error *e = put_spec(c, r, there ? &object : NULL);
    *done = !was_another(e);
    return *done ? e : NULL;
}

struct error *store_kube_swap(struct arena *a, struct store *s, const struct record_list *seen,
                              const struct store_record *changes, size_t count, bool *done)
{
    const struct kube_call c = store_kube_call(store_kube_of(s), a);

    *done = true;
    for (size_t i = 0; i < seen->count && *done; i++)
        TRY(is_as_seen(a, s, &seen->items[i], done));
    /* What everybody looks for comes first: if it is not written, nothing is. */
    for (size_t i = 0; i < count && *done; i++) {
        enum custom_kind kind = kube_record_kind(changes[i].kind);
        if ((kind == CUSTOM_POOL || kind == CUSTOM_CLASS) && changes[i].body.ptr)
            TRY(swap_spec(&c, &changes[i], seen_of(seen, &changes[i]), done));
    }
    for (size_t i = 0; i < count && *done; i++) {
        enum custom_kind kind = kube_record_kind(changes[i].kind);
        if ((kind != CUSTOM_POOL && kind != CUSTOM_CLASS) || !changes[i].body.ptr)
            TRY(store_kube_change(&c, &changes[i]));
    }
    return NULL;
}
