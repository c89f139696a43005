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

const struct taint *taints_untolerated(const struct taints *taints,
                                       const struct tolerations *tolerations)
{
    for (size_t i = 0; i < taints->count; i++) {
        const struct taint *taint = &taints->items[i];
        bool fine = taint->effect == EFFECT_PREFER_NO_SCHEDULE;
        for (size_t k = 0; !fine && k < tolerations->count; k++)
            fine = tolerates(&tolerations->items[k], taint);
        if (!fine)
            return taint;
    }
    return NULL;
}

struct str taint_text(struct arena *a, const struct taint *t)
{
    struct str effect = taint_effect_text(t->effect);

    if (t->value.len == 0)
        return arena_printf(a, STR_FMT ":" STR_FMT, STR_ARG(t->key), STR_ARG(effect));
    return arena_printf(a, STR_FMT "=" STR_FMT ":" STR_FMT, STR_ARG(t->key), STR_ARG(t->value),
                        STR_ARG(effect));
}
