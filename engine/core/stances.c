#include "engine/core/places.h"

/* What kube-scheduler asks: of one more pod as things are counted, and of all at the end. */

int32_t profile_adds(const struct profile *p, uint32_t crowd)
{
    for (size_t i = 0; i < p->member_count; i++)
        if (p->members[i].crowd == crowd)
            return p->members[i].count;
    return 0;
}

/* The least count among the domains that the crowd's spread looks at, and how many there are. */
int64_t crowd_least(const struct topology *t, uint32_t crowd, int64_t *domains)
{
    const struct key_domains *k = &t->keys[t->crowds[crowd].key];
    int64_t low = INT64_MAX;

    *domains = 0;
    for (size_t d = 0; d < k->count; d++) {
        if (!t->opens[crowd][d])
            continue;
        ++*domains;
        if (t->counts[crowd][d] < low)
            low = t->counts[crowd][d];
    }
    return *domains ? low : 0;
}

static int64_t floor_of(const struct topology *t, const struct stance *s)
{
    int64_t domains, low = crowd_least(t, s->crowd, &domains);

    return domains < s->min_domains ? 0 : low;
}

bool crowd_is_empty(const struct topology *t, uint32_t crowd)
{
    for (size_t d = 0; d < t->keys[t->crowds[crowd].key].count; d++)
        if (t->counts[crowd][d])
            return false;
    return true;
}

/* Would it hold for one more of the profile there? */
bool stance_holds(const struct topology *t, const struct profile *p, const struct stance *s,
                  uint32_t cell)
{
    uint32_t d = topology_domain(t, s->crowd, cell);
    int32_t own = profile_adds(p, s->crowd);

    switch (s->kind) {
    case TOPOLOGY_SPREAD:
        return d != NO_DOMAIN && t->counts[s->crowd][d] + own - floor_of(t, s) <= s->max_skew;
    case TOPOLOGY_AFFINITY:
        return d != NO_DOMAIN &&
               (t->counts[s->crowd][d] > 0 || (own && !s->outside && crowd_is_empty(t, s->crowd)));
    case TOPOLOGY_ANTI_AFFINITY:
        return d == NO_DOMAIN || t->counts[s->crowd][d] == 0;
    }
    return true;
}

/* Does it hold at the end, its own pod counted in that cell? */
bool stance_holds_at_last(const struct topology *t, const struct profile *p, const struct stance *s,
                          uint32_t cell)
{
    uint32_t d = topology_domain(t, s->crowd, cell);
    int32_t own = profile_adds(p, s->crowd);
    int32_t there = d == NO_DOMAIN ? 0 : t->counts[s->crowd][d];

    switch (s->kind) {
    case TOPOLOGY_SPREAD:
        return d != NO_DOMAIN && there - floor_of(t, s) <= s->max_skew;
    case TOPOLOGY_AFFINITY:
        return there > 0;
    case TOPOLOGY_ANTI_AFFINITY:
        return there <= own;
    }
    return true;
}

uint32_t place_cell(const struct market *m, uint32_t shape)
{
    return m->cohorts[m->shapes[shape].cohort].cells[0];
}

/* Anti-affinity did when it was placed, and those who came later have heeded it. */
bool apportion_holds(const struct market *m, uint32_t shape)
{
    const struct topology *t = &m->topology;
    const struct profile *p = &t->profiles[m->shapes[shape].profile];

    for (size_t i = 0; i < p->stance_count; i++)
        if (p->stances[i].kind != TOPOLOGY_ANTI_AFFINITY && p->stances[i].required &&
            !stance_holds_at_last(t, p, &p->stances[i], place_cell(m, shape)))
            return false;
    return true;
}

void apportion_count(struct market *m, uint32_t shape, int32_t times)
{
    topology_count(m, m->shapes[shape].profile, place_cell(m, shape), times);
}

/* Preferences in the order in which they are kept: spreads, then anti-affinity, then affinity,
 * heavier ones first. */
int64_t apportion_worth(const struct stance *s)
{
    static const int64_t of_kind[] = {[TOPOLOGY_SPREAD] = 2 * INT64_C(1000000000),
                                      [TOPOLOGY_ANTI_AFFINITY] = 1000000,
                                      [TOPOLOGY_AFFINITY] = 1000};

    return of_kind[s->kind] * (s->kind == TOPOLOGY_SPREAD ? 1 : s->weight);
}

bool apportion_concerns(const struct market *m, uint32_t shape)
{
    const struct profile *p = &m->topology.profiles[m->shapes[shape].profile];

    return p->stance_count > 0 || p->member_count > 0;
}

void apportion_undo(struct market *m, struct seeker *s)
{
    if (s->shape == s->own)
        return;
    apportion_count(m, s->shape, -1);
    s->shape = s->own;
}

struct str stance_text(const struct market *m, const struct stance *s)
{
    static const char *const kinds[] = {[TOPOLOGY_SPREAD] = "spread over",
                                        [TOPOLOGY_AFFINITY] = "affinity by",
                                        [TOPOLOGY_ANTI_AFFINITY] = "anti-affinity by"};

    return arena_printf(m->arena, "%s%s " STR_FMT, s->required ? "" : "preferred ",
                        s->inverse ? "other pods' anti-affinity by" : kinds[s->kind],
                        STR_ARG(m->topology.keys[m->topology.crowds[s->crowd].key].key));
}
