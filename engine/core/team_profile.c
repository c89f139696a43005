#include "engine/core/crowds.h"

/* The profile of pods that are to share a node. */

static bool join_company(struct market *m, struct profile *p, const struct profile *more)
{
    for (size_t i = 0; i < more->company_count; i++) {
        struct company *c = profile_company(m, p, more->company[i].crowd);
        c->count += more->company[i].count;
        if (more->company[i].most < c->most)
            c->most = more->company[i].most;
    }
    for (size_t i = 0; i < p->company_count; i++)
        if (p->company[i].count > p->company[i].most)
            return false;
    return true;
}

static void join_members(struct market *m, struct profile *p, const struct profile *more)
{
    for (size_t i = 0; i < more->member_count; i++) {
        size_t k = 0;
        while (k < p->member_count && p->members[k].crowd != more->members[i].crowd)
            k++;
        if (k < p->member_count)
            p->members[k].count += more->members[i].count;
        else
            ARENA_PUSH(m->arena, p->members, p->member_count, p->member_capacity, more->members[i]);
    }
}

static bool is_member(const struct profile *p, uint32_t crowd)
{
    for (size_t i = 0; i < p->member_count; i++)
        if (p->members[i].crowd == crowd)
            return true;
    return false;
}

/* Those of `more`, who come after all of `before`: affinity to who is before them holds, for they
 * are on one node; to who comes after them it does not. */
static void join_stances(struct market *m, struct profile *p, const struct profile *before,
                         const struct profile *more)
{
    for (size_t i = 0; i < more->stance_count; i++) {
        struct stance s = more->stances[i];
        size_t k = 0;
        if (s.kind == TOPOLOGY_AFFINITY && s.required) {
            if (is_member(before, s.crowd))
                continue;
            s.outside |= !is_member(more, s.crowd);
        }
        while (k < p->stance_count && !stance_eq(&p->stances[k], &s))
            k++;
        if (k == p->stance_count)
            ARENA_PUSH(m->arena, p->stances, p->stance_count, p->stance_capacity, s);
    }
    for (size_t i = 0; i < more->mate_count; i++)
        ARENA_PUSH(m->arena, p->mates, p->mate_count, p->mate_capacity, more->mates[i]);
}

static bool is_there(const struct profile *p, uint32_t crowd)
{
    for (size_t i = 0; i < p->company_count; i++)
        if (p->company[i].crowd == crowd)
            return p->company[i].count > 0;
    return false;
}

/* On one node they are in one domain of every key. */
static bool shun_each_other(const struct profile *x, const struct profile *y)
{
    for (size_t i = 0; i < x->stance_count; i++)
        for (size_t k = 0; k < y->member_count; k++)
            if (x->stances[i].kind == TOPOLOGY_ANTI_AFFINITY && x->stances[i].required &&
                x->stances[i].crowd == y->members[k].crowd)
                return true;
    return false;
}

/* What the team has itself it need not look for. */
static void keep_lacking(struct profile *p)
{
    size_t kept = 0;

    for (size_t i = 0; i < p->mate_count; i++)
        if (!is_there(p, p->mates[i]))
            p->mates[kept++] = p->mates[i];
    p->mate_count = kept;
}

uint32_t profile_join(struct market *m, uint32_t x, uint32_t y)
{
    struct profile both = {0};

    if (shun_each_other(&m->topology.profiles[x], &m->topology.profiles[y]) ||
        shun_each_other(&m->topology.profiles[y], &m->topology.profiles[x]))
        return NO_DOMAIN;
    const struct profile first = m->topology.profiles[x], second = m->topology.profiles[y],
                         none = {0};
    if (!join_company(m, &both, &first) || !join_company(m, &both, &second))
        return NO_DOMAIN;
    join_members(m, &both, &first);
    join_members(m, &both, &second);
    join_stances(m, &both, &none, &first);
    join_stances(m, &both, &first, &second);
    keep_lacking(&both);
    return profile_intern(m, &both);
}
