#include "engine/core/crowds.h"

/* What a pod asks of crowds, and in which it is. */

struct company *profile_company(struct market *m, struct profile *p, uint32_t crowd)
{
    for (size_t i = 0; i < p->company_count; i++)
        if (p->company[i].crowd == crowd)
            return &p->company[i];
    ARENA_PUSH(m->arena, p->company, p->company_count, p->company_capacity,
               (struct company){crowd, 0, INT32_MAX});
    return &p->company[p->company_count - 1];
}

static void bear_at_most(struct market *m, struct profile *p, uint32_t crowd, int64_t most)
{
    struct company *c = profile_company(m, p, crowd);

    if (most < c->most)
        c->most = (int32_t)most;
}

static void add_member(struct market *m, struct profile *p, uint32_t crowd)
{
    for (size_t i = 0; i < p->member_count; i++)
        if (p->members[i].crowd == crowd)
            return;
    ARENA_PUSH(m->arena, p->members, p->member_count, p->member_capacity,
               (struct member){crowd, 1});
}

static void join_crowd(struct market *m, struct profile *p, uint32_t crowd)
{
    if (m->topology.crowds[crowd].key == HOST_KEY)
        profile_company(m, p, crowd)->count = 1;
    else
        add_member(m, p, crowd);
}

static bool is_own(const struct market *m, const bool *meant, uint32_t crowd)
{
    return meant[m->topology.crowds[crowd].who];
}

static void take_stance(struct market *m, struct profile *p, const struct topology_term *term,
                        uint32_t crowd, const bool *meant)
{
    struct stance s = {.crowd = crowd,
                       .kind = term->kind,
                       .required = term->required,
                       .weight = term->weight,
                       .max_skew = term->max_skew,
                       .min_domains = term->min_domains};

    if (m->topology.crowds[crowd].key != HOST_KEY)
        ARENA_PUSH(m->arena, p->stances, p->stance_count, p->stance_capacity, s);
    else if (term->kind == TOPOLOGY_SPREAD)
        bear_at_most(m, p, crowd, term->max_skew);
    else if (term->kind == TOPOLOGY_ANTI_AFFINITY)
        bear_at_most(m, p, crowd, is_own(m, meant, crowd));
    else if (term->required)
        ARENA_PUSH(m->arena, p->mates, p->mate_count, p->mate_capacity, crowd);
}

/* Of what is only preferred by hostname, as much as is to be held. */
static bool is_held(const struct topology_term *term, struct soft_hosts *held)
{
    if (term->required || !str_eq(term->key, LABEL_HOSTNAME))
        return true;
    size_t *left = term->kind == TOPOLOGY_SPREAD ? &held->spreads : &held->antis;
    if (term->kind == TOPOLOGY_AFFINITY || !*left)
        return false;
    --*left;
    return true;
}

/* What the pod asks, and that it is one of those who do. */
static void read_terms(struct market *m, const struct spec_entry *e, struct soft_hosts held,
                       const bool *meant, struct profile *p)
{
    for (size_t i = 0; i < e->spec->topology_count; i++) {
        const struct topology_term *term = &e->spec->topology[i];
        if (!crowd_matters(e, term, m->world) || !is_held(term, &held))
            continue;
        struct crowd c = crowd_meant(m, e->spec, term);
        take_stance(m, p, term, crowd_find(&m->topology, c), meant);
        if (term->kind == TOPOLOGY_ANTI_AFFINITY && term->required) {
            c.owners = true;
            join_crowd(m, p, crowd_find(&m->topology, c));
        }
    }
}

static bool owns(const struct profile *p, uint32_t crowd)
{
    for (size_t i = 0; i < p->company_count; i++)
        if (p->company[i].crowd == crowd && p->company[i].count)
            return true;
    return false;
}

/* The crowds that count it, and what others hold against it. */
static void find_company(struct market *m, const bool *meant, struct profile *p)
{
    for (uint32_t i = 0; i < m->topology.crowd_count; i++) {
        const struct crowd *c = &m->topology.crowds[i];
        if (c->who == PORT_USERS || !meant[c->who])
            continue;
        if (!c->owners)
            join_crowd(m, p, i);
        else if (c->key == HOST_KEY)
            bear_at_most(m, p, i, owns(p, i));
        else
            ARENA_PUSH(
                m->arena, p->stances, p->stance_count, p->stance_capacity,
                (struct stance){
                    .crowd = i, .kind = TOPOLOGY_ANTI_AFFINITY, .required = true, .inverse = true});
    }
}

struct port_crowds {
    uint32_t here, everywhere, any; /* users of it on that address, on all, on whichever */
};

static uint32_t port_crowd(struct market *m, const struct host_port *port, struct str ip)
{
    struct topology *t = &m->topology;
    uint32_t i = 0;

    for (; i < t->port_count; i++)
        if (t->ports[i].port == port->port && str_eq(t->ports[i].protocol, port->protocol) &&
            str_eq(t->ports[i].ip, ip))
            break;
    if (i == t->port_count)
        ARENA_PUSH(m->arena, t->ports, t->port_count, t->port_capacity,
                   (struct host_port){ip, port->port, port->protocol});
    return crowd_of(m, (struct crowd){.who = PORT_USERS, .key = HOST_KEY, .filter = i});
}

static struct port_crowds port_crowds_of(struct market *m, const struct host_port *port)
{
    struct str ip = host_port_is_everywhere(port) ? STR("") : port->ip;

    return (struct port_crowds){.here = port_crowd(m, port, ip),
                                .everywhere = port_crowd(m, port, STR("")),
                                .any = port_crowd(m, port, STR("*"))};
}

/* A port on one address meets the same port on that address and on all of them. */
static void hold_ports(struct market *m, const struct pod_spec *s, struct profile *p)
{
    for (size_t i = 0; i < s->port_count; i++) {
        struct port_crowds c = port_crowds_of(m, &s->ports[i]);
        profile_company(m, p, c.any)->count = 1;
        profile_company(m, p, c.here)->count = 1;
        bear_at_most(m, p, c.here, 1);
        if (c.everywhere == c.here)
            bear_at_most(m, p, c.any, 1);
        else
            bear_at_most(m, p, c.everywhere, 0);
    }
}

/* The users of a ReadWriteOnce claim keep to one node (teams.c); ReadWriteOncePod bears one there,
 * and so one at all. */
static void hold_volumes(struct market *m, const struct pod_spec *s, struct profile *p)
{
    for (size_t i = 0; i < s->volume_count; i++) {
        struct host_port held = {.ip = s->volumes[i].claim, .protocol = STR("volume")};
        uint32_t crowd = port_crowd(m, &held, held.ip);
        profile_company(m, p, crowd)->count = 1;
        if (s->volumes[i].by_one_pod)
            bear_at_most(m, p, crowd, 1);
        ARENA_PUSH(m->arena, p->mates, p->mate_count, p->mate_capacity, crowd);
    }
}

static uint64_t hash_profile(const struct profile *p)
{
    uint64_t h = p->stance_count;

    for (size_t i = 0; i < p->stance_count; i++)
        h = hash_mix(h, (uint64_t)p->stances[i].crowd * 64 + (uint64_t)p->stances[i].kind * 2 +
                            p->stances[i].required);
    for (size_t i = 0; i < p->member_count; i++)
        h = hash_mix(h, p->members[i].crowd);
    for (size_t i = 0; i < p->company_count; i++)
        h = hash_mix(h, (uint64_t)p->company[i].crowd << 32 ^ (uint64_t)p->company[i].most);
    return h;
}

bool stance_eq(const struct stance *x, const struct stance *y)
{
    return x->crowd == y->crowd && x->kind == y->kind && x->required == y->required &&
           x->inverse == y->inverse && x->outside == y->outside && x->weight == y->weight &&
           x->max_skew == y->max_skew && x->min_domains == y->min_domains;
}

static bool same_profile(const struct profile *x, const struct profile *y)
{
    bool same = x->hash == y->hash && x->stance_count == y->stance_count &&
                x->member_count == y->member_count && x->company_count == y->company_count &&
                x->mate_count == y->mate_count;

    for (size_t i = 0; same && i < x->stance_count; i++)
        same = stance_eq(&x->stances[i], &y->stances[i]);
    for (size_t i = 0; same && i < x->member_count; i++)
        same = x->members[i].crowd == y->members[i].crowd &&
               x->members[i].count == y->members[i].count;
    for (size_t i = 0; same && i < x->company_count; i++)
        same = x->company[i].crowd == y->company[i].crowd &&
               x->company[i].count == y->company[i].count &&
               x->company[i].most == y->company[i].most;
    for (size_t i = 0; same && i < x->mate_count; i++)
        same = x->mates[i] == y->mates[i];
    return same;
}

static int by_crowd(const void *x, const void *y)
{
    uint32_t a = ((const struct company *)x)->crowd, b = ((const struct company *)y)->crowd;

    return (a > b) - (a < b);
}

uint32_t profile_intern(struct market *m, struct profile *p)
{
    struct topology *t = &m->topology;

    if (p->company_count)
        qsort(p->company, p->company_count, sizeof(*p->company), by_crowd);
    p->hash = hash_profile(p);
    for (size_t i = 0; i < t->profile_count; i++)
        if (same_profile(&t->profiles[i], p))
            return (uint32_t)i;
    ARENA_PUSH(m->arena, t->profiles, t->profile_count, t->profile_capacity, *p);
    return (uint32_t)t->profile_count - 1;
}

uint32_t topology_profile(struct market *m, const struct spec_entry *e, struct soft_hosts held)
{
    const bool *meant = crowd_who_mean(m, e->spec);
    struct profile p = {0};

    read_terms(m, e, held, meant, &p);
    find_company(m, meant, &p);
    hold_ports(m, e->spec, &p);
    hold_volumes(m, e->spec, &p);
    return profile_intern(m, &p);
}
