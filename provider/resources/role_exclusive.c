#include "provider/resources/role_exclusive.h"
#include "provider/resources/shared.h"

/* Others may be changing the same role, and what is wanted may be a moment old. */
static const int64_t consistency_ms = 30 * 1000;

struct step {
    const struct role_exclusive_kind *kind;
    struct str role, one;
};

static bool has(const struct str *all, size_t count, struct str one)
{
    for (size_t i = 0; i < count; i++)
        if (str_eq(all[i], one))
            return true;
    return false;
}

static struct error *add_attempt(struct call *c, void *self)
{
    const struct step *s = self;
    struct aws_call aws = aws_call_of(c);
    return s->kind->add(&aws, s->role, s->one);
}

static struct error *add(struct call *c, void *self)
{
    return keep_trying(c, fresh_ms(c), add_attempt, is_missing, self);
}

static struct error *remove_attempt(struct call *c, void *self)
{
    const struct step *s = self;
    struct aws_call aws = aws_call_of(c);
    return gone_is_fine(s->kind->remove(&aws, s->role, s->one));
}

struct error *role_exclusive_make_so(struct call *c, const struct role_exclusive_kind *kind,
                                     struct role_exclusive *m)
{
    struct aws_call aws = aws_call_of(c);
    const struct tf_strings *wanted = &m->wanted;
    struct step s = {.kind = kind, .role = m->role_name.v};
    struct iam_names there;

    TRY(kind->list(&aws, m->role_name.v, &there));
    /* First what is to be there, so that the role is never without. */
    for (size_t i = 0; kind->add && i < wanted->count; i++) {
        s.one = wanted->v[i];
        if (!has(there.items, there.count, s.one))
            TRY(keep_trying(c, consistency_ms, add, is_conflict, &s));
    }
    for (size_t i = 0; i < there.count; i++) {
        s.one = there.items[i];
        if (!has(wanted->v, wanted->count, s.one))
            TRY(keep_trying(c, consistency_ms, remove_attempt, is_conflict, &s));
    }
    return NULL;
}

struct error *role_exclusive_read(struct call *c, const struct role_exclusive_kind *kind,
                                  struct role_exclusive *m)
{
    struct aws_call aws = aws_call_of(c);
    struct iam_names there;

    TRY(kind->list(&aws, m->role_name.v, &there));
    m->wanted = (struct tf_strings){TF_KNOWN, there.items, there.count};
    return NULL;
}

struct error *role_exclusive_import(struct call *c, struct str id, void *model)
{
    struct role_exclusive *m = model;

    m->role_name = tf_string_of(id);
    return check_role_name(c->arena, id);
}
