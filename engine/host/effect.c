#include "engine/worlds/effect.h"
#include "engine/host/ahead.h"
#include "engine/host/inside.h"

/* What a plan comes to: of a pool or class as it is planned, in the world that the store's engine
 * saw last.  AWS is not asked. */

static struct error *ahead_of(struct host *h, struct arena *a, const struct spec *spec,
                              struct ahead *out)
{
    struct store_door *store;

    TRY(host_store_there(h, a, &store));
    return ahead_read(a, store, &h->settings, spec, 1, out);
}

static struct str subject(struct arena *a, const struct spec *spec)
{
    return arena_printf(a, "%s " STR_FMT, spec->kind == SPEC_POOL ? "pool" : "node class",
                        STR_ARG(spec->name));
}

static void say_effect(struct arena *a, const struct spec *spec, const struct ahead *ahead,
                       struct convergence *out)
{
    struct preview p;
    struct buf lines = buf_in(a);

    preview_make(a, &ahead->world, true, &p);
    struct effect e = effect_of(&ahead->world, &p);
    e.seen_ms = ahead->seen_ms;
    e.list_prices = ahead->list_prices;
    effect_lines(&lines, &e);
    notice_add(a, out, false, (struct str){0},
               arena_printf(a, STR_FMT ": " STR_FMT, STR_ARG(subject(a, spec)),
                            STR_ARG(effect_line(a, &e))),
               str_trim(buf_str(&lines)));
}

static void say_unknown(struct arena *a, const struct spec *spec, const struct str *unknown,
                        size_t count, struct convergence *out)
{
    struct buf paths = buf_in(a);

    for (size_t i = 0; i < count; i++)
        buf_printf(&paths, "%s" STR_FMT, i ? ", " : "", STR_ARG(unknown[i]));
    notice_add(a, out, false, (struct str){0},
               arena_printf(a, STR_FMT ": what it does to nodes is not known yet",
                            STR_ARG(subject(a, spec))),
               arena_printf(a, "Known after apply: " STR_FMT ".", STR_ARG(buf_str(&paths))));
}

/* Without a store, or before its engine has decided anything, there is no fleet to speak of. */
void preview_effect(struct host *h, struct arena *a, const struct spec *spec,
                    const struct str *unknown, size_t unknown_count, struct convergence *out)
{
    struct ahead ahead;
    struct error *e = ahead_of(h, a, spec, &ahead);

    if (e && e->kind == ERROR_NOT_FOUND)
        return;
    if (e)
        notice_add(a, out, false, (struct str){0},
                   arena_printf(a, STR_FMT ": what it does to nodes is not known",
                                STR_ARG(subject(a, spec))),
                   arena_printf(a, STR_FMT ". " STR_FMT, STR_ARG(e->summary), STR_ARG(e->detail)));
    else if (unknown_count)
        say_unknown(a, spec, unknown, unknown_count, out);
    else
        say_effect(a, spec, &ahead, out);
}
