#ifndef TESTS_UNIT_ENGINE_CORE_SHARE_COUNTS_H
#define TESTS_UNIT_ENGINE_CORE_SHARE_COUNTS_H

#include "tests/unit/engine-core/worlds.h"

/* How many nodes of a pool are one type in one zone once a decision is carried out, whichever of
 * its options each launch turns out to be: written for tests, without a look at how the engine
 * counts. */

static inline bool may_become(const struct action *act, const struct instance_type *type,
                              struct str zone)
{
    for (size_t i = 0; i < act->option_count; i++)
        if (act->options[i].type == type && str_eq(act->options[i].offering->zone, zone))
            return true;
    return false;
}

/* Nodes of the pool that are, or may come to be, that type in that zone; *standing: those that are
 * there. */
static inline int64_t count_of(const struct town *t, const struct decision *d, const struct pool *p,
                               const struct instance_type *type, struct str zone, int64_t *standing)
{
    int64_t n = 0;

    for (size_t i = 0; i < t->world.claim_count; i++)
        n += str_eq(t->claims[i].pool, p->name) && str_eq(t->claims[i].zone, zone) &&
             str_eq(t->claims[i].instance_type, type->name);
    *standing = n;
    for (size_t i = 0; i < d->action_count; i++)
        n += d->actions[i].kind == ACTION_LAUNCH && d->actions[i].pool == p &&
             may_become(&d->actions[i], type, zone);
    return n;
}

static inline int64_t nodes_of(const struct town *t, const struct decision *d, const struct pool *p)
{
    int64_t n = 0;

    for (size_t i = 0; i < t->world.claim_count; i++)
        n += str_eq(t->claims[i].pool, p->name);
    for (size_t i = 0; i < d->action_count; i++)
        n += d->actions[i].kind == ACTION_LAUNCH && d->actions[i].pool == p;
    return n;
}

/* The most of any type in any zone, those aside that only stand there. */
static inline int64_t largest(const struct town *t, const struct decision *d, const struct pool *p)
{
    int64_t most = 0;

    for (size_t i = 0; i < t->catalog.count; i++)
        for (size_t k = 0; k < t->types[i].offering_count; k++) {
            int64_t standing;
            int64_t n = count_of(t, d, p, &t->types[i], t->types[i].offerings[k].zone, &standing);
            most = n > standing && n > most ? n : most;
        }
    return most;
}

/* A node may be rounded up, and is one at least. */
static inline bool shares_hold(const struct town *t, const struct decision *d)
{
    for (size_t i = 0; i < t->world.pool_count; i++) {
        const struct pool *p = &t->pools[i];
        int64_t worst = (nodes_of(t, d, p) * p->spread_limit + 99) / 100;
        if (p->spread_limit && largest(t, d, p) > (worst > 1 ? worst : 1))
            return false;
    }
    return true;
}

#endif
