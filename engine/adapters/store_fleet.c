#include "engine/adapters/store_fleet.h"

const char *const fleet_keys[FLEET_MEMBERS] = {"account", "region", "cluster", "endpoint"};

struct str *fleet_member(struct fleet_identity *f, size_t i)
{
    struct str *members[] = {&f->account, &f->region, &f->cluster, &f->endpoint};
    return members[i];
}

bool fleet_differs(struct fleet_identity ours, struct fleet_identity theirs)
{
    bool differs = false;

    for (size_t i = 0; i < FLEET_MEMBERS; i++) {
        struct str *mine = fleet_member(&ours, i), *its = fleet_member(&theirs, i);
        differs |= mine->len && its->len && !str_eq(*mine, *its);
    }
    return differs;
}

bool fleet_fill(struct fleet_identity ours, struct fleet_identity *theirs)
{
    bool differs = fleet_differs(ours, *theirs), changed = false;

    for (size_t i = 0; i < FLEET_MEMBERS; i++) {
        struct str *mine = fleet_member(&ours, i), *its = fleet_member(theirs, i);
        if (!mine->len || (!differs && its->len))
            continue;
        changed |= !str_eq(*mine, *its);
        *its = *mine;
    }
    return changed;
}

static struct str fleet_text(struct arena *a, const struct fleet_identity *f)
{
    return arena_printf(a, "account " STR_FMT ", region " STR_FMT ", cluster " STR_FMT "%s" STR_FMT,
                        STR_ARG(f->account), STR_ARG(f->region), STR_ARG(f->cluster),
                        f->endpoint.len ? ", endpoint " : "", STR_ARG(f->endpoint));
}

struct error *fleet_is_another(struct arena *a, struct str store, const struct fleet_identity *ours,
                               const struct fleet_identity *theirs)
{
    struct error *e = error_new(a, ERROR_INVALID, "the store " STR_FMT " belongs to another fleet",
                                STR_ARG(store));
    e->detail = arena_printf(a,
                             "It was made for " STR_FMT ". This provider is configured for " STR_FMT
                             ". One store serves one cluster in one region: name another with "
                             "engine.store, or go back to the configuration that the store knows.",
                             STR_ARG(fleet_text(a, theirs)), STR_ARG(fleet_text(a, ours)));
    return error_at(e, STR("engine.store"));
}
