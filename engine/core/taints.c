#include "engine/core/world.h"

struct str taint_effect_text(enum taint_effect e)
{
    static const struct str text[] = {
        [EFFECT_NO_SCHEDULE] = STR_INIT("NoSchedule"),
        [EFFECT_PREFER_NO_SCHEDULE] = STR_INIT("PreferNoSchedule"),
        [EFFECT_NO_EXECUTE] = STR_INIT("NoExecute"),
    };
    return text[e];
}

bool taint_effect_parse(struct str text, enum taint_effect *out)
{
    for (int e = EFFECT_NO_SCHEDULE; e <= EFFECT_NO_EXECUTE; e++)
        if (str_eq(text, taint_effect_text((enum taint_effect)e))) {
            *out = (enum taint_effect)e;
            return true;
        }
    return false;
}

static bool tolerates(const struct toleration *t, const struct taint *taint)
{
    if (!t->any_effect && t->effect != taint->effect)
        return false;
    if (t->key.len == 0) /* only Exists may leave the key out, and then means every taint */
        return t->exists;
    return str_eq(t->key, taint->key) && (t->exists || str_eq(t->value, taint->value));
}

static bool tolerated(const struct taint *taint, const struct tolerations *tolerations)
{
    for (size_t i = 0; i < tolerations->count; i++)
        if (tolerates(&tolerations->items[i], taint))
            return true;
    return false;
}

static const struct taint *first_untolerated(const struct taints *taints,
                                             const struct tolerations *tolerations, bool preferred)
{
    for (size_t i = 0; i < taints->count; i++) {
        const struct taint *taint = &taints->items[i];
        if ((taint->effect == EFFECT_PREFER_NO_SCHEDULE) == preferred &&
            !tolerated(taint, tolerations))
            return taint;
    }
    return NULL;
}

const struct taint *taints_untolerated(const struct taints *taints,
                                       const struct tolerations *tolerations)
{
    return first_untolerated(taints, tolerations, false);
}

const struct taint *taints_unwelcome(const struct taints *taints,
                                     const struct tolerations *tolerations)
{
    return first_untolerated(taints, tolerations, true);
}

struct str taint_text(struct arena *a, const struct taint *t)
{
    struct str effect = taint_effect_text(t->effect);

    if (t->value.len == 0)
        return arena_printf(a, STR_FMT ":" STR_FMT, STR_ARG(t->key), STR_ARG(effect));
    return arena_printf(a, STR_FMT "=" STR_FMT ":" STR_FMT, STR_ARG(t->key), STR_ARG(t->value),
                        STR_ARG(effect));
}

bool tolerations_eq(const struct tolerations *x, const struct tolerations *y)
{
    bool same = x->count == y->count;

    for (size_t i = 0; same && i < x->count; i++) {
        const struct toleration *a = &x->items[i], *b = &y->items[i];
        same = str_eq(a->key, b->key) && str_eq(a->value, b->value) && a->exists == b->exists &&
               a->any_effect == b->any_effect && a->effect == b->effect;
    }
    return same;
}
