#include "engine/core/market.h"

/* From the terms of pods to crowds and profiles. */
enum { MEANINGS = 256 };

static bool same_selector(const struct label_selector *x, const struct label_selector *y)
{
    bool same = x->present == y->present && x->count == y->count;

    for (size_t i = 0; same && i < x->count; i++)
        same = requirement_eq(&x->items[i], &y->items[i]);
    return same;
}

static bool same_who(const struct pod_selector *x, const struct pod_selector *y)
{
    bool same = x->namespace_count == y->namespace_count && same_selector(&x->labels, &y->labels) &&
                same_selector(&x->namespace_labels, &y->namespace_labels);

    for (size_t i = 0; same && i < x->namespace_count; i++)
        same = str_eq(x->namespaces[i], y->namespaces[i]);
    return same;
}

static uint64_t hash_selector(uint64_t h, const struct label_selector *s)
{
    for (size_t i = 0; i < s->count; i++) {
        h = hash_mix(h, str_hash(s->items[i].key));
        for (size_t k = 0; k < s->items[i].count; k++)
            h = hash_mix(h, str_hash(s->items[i].values[k]));
    }
    return hash_mix(h, s->present);
}

static uint64_t hash_who(const struct pod_selector *who)
{
    uint64_t h = hash_selector(who->namespace_count, &who->labels);

    for (size_t i = 0; i < who->namespace_count; i++)
        h = hash_mix(h, str_hash(who->namespaces[i]));
    return hash_selector(h, &who->namespace_labels);
}

static uint32_t who_of(struct market *m, const struct pod_selector *who)
{
    struct topology *t = &m->topology;
    uint64_t hash = hash_who(who);
    size_t hashes = t->who_count;

    for (size_t i = 0; i < t->who_count; i++)
        if (t->who[i] == who || (t->who_hash[i] == hash && same_who(t->who[i], who)))
            return (uint32_t)i;
    ARENA_PUSH(m->arena, t->who, t->who_count, t->who_capacity, who);
    ARENA_PUSH(m->arena, t->who_hash, hashes, t->hash_capacity, hash);
    return (uint32_t)hashes - 1;
}

static uint32_t key_of(struct market *m, struct str key)
{
    struct topology *t = &m->topology;

    if (str_eq(key, LABEL_HOSTNAME))
        return HOST_KEY;
    for (size_t i = 0; i < t->key_count; i++)
        if (str_eq(t->keys[i].key, key))
            return (uint32_t)i;
    ARENA_PUSH(m->arena, t->keys, t->key_count, t->key_capacity, (struct key_domains){.key = key});
    return (uint32_t)t->key_count - 1;
}

static bool asks_nothing(const struct pod_spec *s)
{
    return s->own_term_count == 1 && s->own_terms[0].count == 0;
}

static bool some_taints(const struct world *w)
{
    for (size_t i = 0; i < w->pool_count; i++)
        if (w->pools[i].taints.count)
            return true;
    for (size_t i = 0; i < w->claim_count; i++)
        if (w->claims[i].taints.count)
            return true;
    return false;
}

/* What tells no node from another is no filter. */
static uint32_t filter_of(struct market *m, const struct pod_spec *s,
                          const struct topology_term *term)
{
    struct topology *t = &m->topology;
    bool by_terms = term->heeds_affinity && !asks_nothing(s);
    bool by_taints = term->heeds_taints && some_taints(m->world);
    struct filter f = {by_terms ? s->own_terms : NULL, by_terms ? s->own_term_count : 0,
                       by_taints ? &s->tolerations : NULL};

    if (!by_terms && !by_taints)
        return NO_FILTER;
    for (size_t i = 0; i < t->filter_count; i++) {
        const struct filter *g = &t->filters[i];
        bool same = g->term_count == f.term_count && !g->tolerations == !f.tolerations;
        for (size_t k = 0; same && k < f.term_count; k++)
            same = requirements_eq(&g->terms[k], &f.terms[k]);
        if (same && (!f.tolerations || tolerations_eq(g->tolerations, f.tolerations)))
            return (uint32_t)i;
    }
    ARENA_PUSH(m->arena, t->filters, t->filter_count, t->filter_capacity, f);
    return (uint32_t)t->filter_count - 1;
}

static uint32_t find_crowd(const struct topology *t, struct crowd c)
{
    for (size_t i = 0; i < t->crowd_count; i++)
        if (t->crowds[i].who == c.who && t->crowds[i].key == c.key &&
            t->crowds[i].filter == c.filter && t->crowds[i].owners == c.owners)
            return (uint32_t)i;
    return NO_DOMAIN;
}

static uint32_t crowd_of(struct market *m, struct crowd c)
{
    struct topology *t = &m->topology;
    uint32_t found = find_crowd(t, c);

    if (found != NO_DOMAIN)
        return found;
    ARENA_PUSH(m->arena, t->crowds, t->crowd_count, t->crowd_capacity, c);
    return (uint32_t)t->crowd_count - 1;
}

static struct crowd crowd_meant(struct market *m, const struct pod_spec *s,
                                const struct topology_term *term)
{
    struct crowd c = {.who = who_of(m, &term->who),
                      .key = key_of(m, term->key),
                      .filter = NO_FILTER,
                      .skew = INT64_MAX};

    /* By hostname a node that does not count is one that the pod cannot be on. */
    if (term->kind == TOPOLOGY_SPREAD && c.key != HOST_KEY)
        c.filter = filter_of(m, s, term);
    return c;
}

/* Of pods that run, only what they hold against others still matters. */
static bool matters(const struct spec_entry *e, const struct topology_term *term,
                    const struct world *w)
{
    bool wanted = term->required || !w->no_preferences;

    return (e->pending && wanted) || (term->kind == TOPOLOGY_ANTI_AFFINITY && term->required);
}

static void find_crowds(struct market *m, const struct spec_entry *e)
{
    for (size_t i = 0; i < e->spec->topology_count; i++) {
        const struct topology_term *term = &e->spec->topology[i];
        if (!matters(e, term, m->world))
            continue;
        struct crowd c = crowd_meant(m, e->spec, term);
        uint32_t at = crowd_of(m, c);
        struct crowd *it = &m->topology.crowds[at];
        /* Of pods that run nobody asks again whether their spread holds. */
        if (term->kind == TOPOLOGY_SPREAD && term->required && e->waits &&
            term->max_skew < it->skew)
            it->skew = term->max_skew;
        if (term->kind == TOPOLOGY_ANTI_AFFINITY && term->required) {
            c.owners = true;
            crowd_of(m, c);
        }
    }
}

static const struct labels *namespace_labels(const struct world *w, struct str name)
{
    static const struct labels none;
    size_t low = 0, high = w->namespace_count;

    while (low < high) {
        size_t middle = (low + high) / 2;
        int order = str_cmp(w->namespaces[middle].name, name);
        if (order == 0)
            return &w->namespaces[middle].labels;
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return &none;
}

static bool means(const struct world *w, const struct pod_selector *who, const struct pod_spec *s)
{
    bool there = str_is_among(s->namespace, who->namespaces, who->namespace_count);

    if (!there && who->namespace_labels.present)
        there = label_selector_matches(&who->namespace_labels, namespace_labels(w, s->namespace));
    return there && label_selector_matches(&who->labels, &s->labels);
}

static struct company *company_of(struct market *m, struct profile *p, uint32_t crowd)
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
    struct company *c = company_of(m, p, crowd);

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
        company_of(m, p, crowd)->count = 1;
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
        if (!matters(e, term, m->world) || !is_held(term, &held))
            continue;
        struct crowd c = crowd_meant(m, e->spec, term);
        take_stance(m, p, term, find_crowd(&m->topology, c), meant);
        if (term->kind == TOPOLOGY_ANTI_AFFINITY && term->required) {
            c.owners = true;
            join_crowd(m, p, find_crowd(&m->topology, c));
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
        company_of(m, p, c.any)->count = 1;
        company_of(m, p, c.here)->count = 1;
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
        company_of(m, p, crowd)->count = 1;
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

static bool same_stance(const struct stance *x, const struct stance *y)
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
        same = same_stance(&x->stances[i], &y->stances[i]);
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

static uint32_t intern_profile(struct market *m, struct profile *p)
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

static uint64_t hash_labels(const struct pod_spec *s)
{
    uint64_t h = str_hash(s->namespace);

    for (size_t i = 0; i < s->labels.count; i++) {
        h = hash_mix(h, str_hash(s->labels.items[i].key));
        h = hash_mix(h ^ h >> 29, str_hash(s->labels.items[i].value));
    }
    return h ^ h >> 32;
}

static bool same_labels(const struct pod_spec *x, const struct pod_spec *y)
{
    bool same = x->labels.count == y->labels.count && str_eq(x->namespace, y->namespace);

    for (size_t i = 0; same && i < x->labels.count; i++)
        same = str_eq(x->labels.items[i].key, y->labels.items[i].key) &&
               str_eq(x->labels.items[i].value, y->labels.items[i].value);
    return same;
}

/* By selector: does it mean the pod?  Pods of one workload have the same labels. */
static const bool *who_mean(struct market *m, const struct pod_spec *s)
{
    struct topology *t = &m->topology;
    uint64_t hash = hash_labels(s);

    if (!t->meanings)
        t->meanings = ARENA_ARRAY(m->arena, struct meaning, MEANINGS);
    struct meaning *known = &t->meanings[hash % MEANINGS];
    if (known->of && known->hash == hash && same_labels(known->of, s))
        return known->means;
    if (!known->means)
        known->means = ARENA_ARRAY(m->arena, bool, t->who_count);
    known->hash = hash;
    known->of = s;
    for (size_t i = 0; i < t->who_count; i++)
        known->means[i] = means(m->world, t->who[i], s);
    return known->means;
}

uint32_t topology_profile(struct market *m, const struct spec_entry *e, struct soft_hosts held)
{
    const bool *meant = who_mean(m, e->spec);
    struct profile p = {0};

    read_terms(m, e, held, meant, &p);
    find_company(m, meant, &p);
    hold_ports(m, e->spec, &p);
    hold_volumes(m, e->spec, &p);
    return intern_profile(m, &p);
}

static bool join_company(struct market *m, struct profile *p, const struct profile *more)
{
    for (size_t i = 0; i < more->company_count; i++) {
        struct company *c = company_of(m, p, more->company[i].crowd);
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
        while (k < p->stance_count && !same_stance(&p->stances[k], &s))
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
    return intern_profile(m, &both);
}

void topology_read(struct market *m)
{
    const struct soft_hosts all = {SIZE_MAX, SIZE_MAX};
    struct profile nothing = {0};

    intern_profile(m, &nothing);
    for (size_t i = 0; i < m->spec_count; i++)
        find_crowds(m, &m->specs[i]);
    for (size_t i = 0; i < m->spec_count; i++)
        m->specs[i].profile = topology_profile(m, &m->specs[i], all);
}
