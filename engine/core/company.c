#include "engine/core/market.h"

/* Who shares a node with whom: crowds by hostname, and ports. */

static const struct company *find(const struct company *there, size_t count, uint32_t crowd)
{
    for (size_t i = 0; i < count; i++)
        if (there[i].crowd == crowd)
            return &there[i];
    return NULL;
}

int64_t company_admits(const struct company *there, size_t count, const struct profile *p,
                       int64_t most)
{
    for (size_t i = 0; i < p->company_count && most > 0; i++) {
        const struct company *own = &p->company[i], *other = find(there, count, own->crowd);
        int64_t cap = own->most, here = other ? other->count : 0;
        if (own->count && other && other->most < cap)
            cap = other->most;
        if (here > cap)
            return 0;
        if (own->count && cap != INT32_MAX && (cap - here) / own->count < most)
            most = (cap - here) / own->count;
    }
    return most;
}

void company_add(struct arena *a, struct companies *all, const struct profile *p, int64_t times)
{
    for (size_t i = 0; i < p->company_count; i++) {
        const struct company *own = &p->company[i];
        struct company *there = (struct company *)find(all->items, all->count, own->crowd);
        if (!there) {
            ARENA_PUSH(a, all->items, all->count, all->capacity,
                       (struct company){own->crowd, 0, INT32_MAX});
            there = &all->items[all->count - 1];
        }
        there->count += (int32_t)times * own->count;
        if (own->most < there->most)
            there->most = own->most;
    }
}

void company_add_running(struct market *m, struct companies *all, const struct profile *p)
{
    for (size_t i = 0; i < p->company_count; i++) {
        struct company one = p->company[i];
        struct profile only = {.company = &one, .company_count = 1};
        if (m->topology.crowds[one.crowd].who != PORT_USERS)
            one.most = INT32_MAX;
        company_add(m->arena, all, &only, 1);
    }
}

struct companies company_copy(struct arena *a, const struct companies *all)
{
    struct companies copy = {.count = all->count, .capacity = all->count};

    copy.items = ARENA_ARRAY(a, struct company, all->count);
    if (all->count)
        memcpy(copy.items, all->items, all->count * sizeof(*all->items));
    return copy;
}

bool company_has_mates(const struct companies *all, const struct profile *p)
{
    for (size_t i = 0; i < p->mate_count; i++) {
        const struct company *mates = find(all->items, all->count, p->mates[i]);
        if (!mates || !mates->count)
            return false;
    }
    return true;
}
