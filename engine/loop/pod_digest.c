#include "engine/loop/pod_digest.h"

#include "engine/base/buf.h"

/* A sum, for tables differ in the order of their names. */
static uint64_t amounts_hash(struct arena *a, const struct resource_table *names,
                             const struct resources *r)
{
    uint64_t sum = 0;
    for (size_t i = 0; i < names->count; i++)
        if (r->amount[i])
            sum += str_hash(
                arena_printf(a, STR_FMT "=%lld", STR_ARG(names->name[i]), (long long)r->amount[i]));
    return sum;
}

static void add_term(struct arena *a, struct buf *out, const struct requirements *term)
{
    for (size_t i = 0; i < term->count; i++)
        buf_printf(out, STR_FMT "%s,", STR_ARG(requirement_text(a, &term->items[i])),
                   term->items[i].present ? "!" : "");
    buf_add_char(out, ';');
}

static void add_toleration(struct buf *out, const struct toleration *t)
{
    buf_printf(out, STR_FMT "%s" STR_FMT ":" STR_FMT ";", STR_ARG(t->key), t->exists ? "*" : "=",
               STR_ARG(t->value), STR_ARG(t->any_effect ? STR("*") : taint_effect_text(t->effect)));
}

struct str pod_digest(struct arena *a, const struct resource_table *names, const struct pod_spec *p)
{
    struct buf constraints = buf_in(a);
    for (size_t i = 0; i < p->term_count; i++)
        add_term(a, &constraints, &p->terms[i]);
    for (size_t i = 0; i < p->tolerations.count; i++)
        add_toleration(&constraints, &p->tolerations.items[i]);
    return arena_printf(a, "%016llx-%016llx",
                        (unsigned long long)amounts_hash(a, names, &p->requests),
                        (unsigned long long)str_hash(buf_str(&constraints)));
}
