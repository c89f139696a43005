#include "engine/core/job.h"

enum { PODS_MAX = 10 };

/* Branch and bound over all ways to share pods among nodes: each pod joins a node that is open or
 * opens one.  A node never gets cheaper by another pod, so the cost so far bounds what follows. */
struct search {
    struct job *job;
    uint32_t pod[PODS_MAX]; /* shapes, largest first */
    size_t count;
    struct bin bins[PODS_MAX]; /* without parts: place[] says who is where */
    size_t bin_count;
    struct companies company[PODS_MAX]; /* memory for that of each bin */
    size_t place[PODS_MAX], best_place[PODS_MAX], best_shop[PODS_MAX];
    int64_t cost, best;
    bool found;
};

static void descend(struct search *s, size_t depth);

/* Bins of the search are copied to and fro, so a bin's company is what its pods make of it. */
static void gather(struct search *s, struct bin *b, size_t at, size_t depth)
{
    b->company = s->company[at];
    b->company.count = 0;
    for (size_t i = 0; i < depth; i++) {
        uint32_t profile = s->job->m->shapes[s->pod[i]].profile;
        if (s->place[i] == at && profile)
            company_add(s->job->arena, &b->company, &s->job->m->topology.profiles[profile], 1);
    }
    s->company[at] = b->company;
}

static bool add_to(struct search *s, struct bin *b, uint32_t shape, int32_t context)
{
    resources_add(&b->sum, &s->job->m->shapes[shape].requests);
    if (b->context != context)
        b->at = 0;
    b->context = context;
    return bin_reprice(s->job, b);
}

static void remember(struct search *s)
{
    s->best = s->cost;
    s->found = true;
    memcpy(s->best_place, s->place, sizeof(s->place));
    for (size_t i = 0; i < s->bin_count; i++)
        s->best_shop[i] = s->bins[i].shop;
}

static void join_open(struct search *s, size_t depth, size_t from)
{
    for (size_t i = from; i < s->bin_count; i++) {
        struct bin before = s->bins[i];
        int32_t context;
        if (s->job->m->topology.crowd_count)
            gather(s, &s->bins[i], i, depth);
        if (bin_joins(s->job, &s->bins[i], s->pod[depth], &context) &&
            add_to(s, &s->bins[i], s->pod[depth], context)) {
            s->cost += s->bins[i].cost - before.cost;
            s->place[depth] = i;
            descend(s, depth + 1);
            s->cost -= s->bins[i].cost - before.cost;
        }
        s->bins[i] = before;
    }
}

static void open_another(struct search *s, size_t depth)
{
    for (size_t i = 0; i < s->job->shop_count; i++) {
        struct bin b = {.shop = s->job->shops[i], .context = CONTEXT_ANY};
        int32_t context;
        if (!bin_joins(s->job, &b, s->pod[depth], &context) ||
            !add_to(s, &b, s->pod[depth], context))
            continue;
        s->place[depth] = s->bin_count;
        s->bins[s->bin_count++] = b;
        s->cost += b.cost;
        descend(s, depth + 1);
        s->cost -= b.cost;
        s->bin_count--;
    }
}

/* Each bin as the cheapest node that it can be. */
static bool is_within_limits(const struct search *s)
{
    for (size_t i = 0; s->job->left && i < s->job->shop_count; i++) {
        struct allowance left = s->job->left[s->job->shops[i]];
        for (size_t k = 0; k < s->bin_count; k++) {
            const struct bin *b = &s->bins[k];
            const struct shop *shop = &s->job->m->shops[b->shop];
            if (b->shop != s->job->shops[i])
                continue;
            if (!allowance_admits(&left, shop->types[b->type], b->cost))
                return false;
            allowance_take(&left, &shop->types[b->type]->capacity, b->cost);
        }
    }
    return true;
}

static void descend(struct search *s, size_t depth)
{
    if (s->cost >= s->best || s->job->work <= 0 || !is_within_limits(s))
        return;
    if (depth == s->count) {
        remember(s);
        return;
    }
    s->job->work -= 1 + (int64_t)s->bin_count;
    /* Of two pods alike the second goes no further left: the rest is the same by another name. */
    bool alike = depth > 0 && s->pod[depth] == s->pod[depth - 1];
    join_open(s, depth, alike ? s->place[depth - 1] : 0);
    open_another(s, depth);
}

static void rebuild(struct search *s, struct packing *out)
{
    *out = (struct packing){0};
    for (size_t i = 0; i < s->count; i++) {
        size_t at = s->best_place[i];
        int32_t context;
        while (out->count <= at)
            packing_push(s->job, out,
                         (struct bin){.shop = s->best_shop[out->count], .context = CONTEXT_ANY});
        if (bin_joins(s->job, &out->bins[at], s->pod[i], &context))
            bin_put(s->job, &out->bins[at], s->pod[i], 1, context);
    }
    for (size_t i = 0; i < out->count; i++)
        bin_reprice(s->job, &out->bins[i]);
    out->cost = packing_cost(out);
}

bool pack_exactly(struct job *j, int64_t limit, struct packing *out)
{
    struct search s = {.job = j, .best = limit};

    if (j->count > PODS_MAX)
        return false;
    for (size_t i = 0; i < j->kind_count; i++)
        for (uint32_t n = 0; n < j->want[j->kinds[i]]; n++)
            s.pod[s.count++] = j->kinds[i];
    descend(&s, 0);
    if (s.found)
        rebuild(&s, out);
    return s.found;
}
