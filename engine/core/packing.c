#include "engine/core/job.h"

enum {
    EXACT_WORK = 400 * 1000,         /* for a handful of pods */
    GREEDY_WORK = 120 * 1000 * 1000, /* each for one weight of pools */
    IMPROVE_WORK_A_POD = 250,        /* unless the world allows for more, ... */
    IMPROVE_WORK_MOST = 300 * 1000,  /* ... and for all pods together */
    EXACT_PODS = 10,
    MANY = 400, /* pods: the simplest ways are not even tried */
};

static void keep_cheaper(struct packing *best, const struct packing *trial)
{
    if (!best->count || trial->cost < best->cost)
        *best = *trial;
}

static void first_fits(struct job *j, struct packing *best)
{
    const struct {
        const uint32_t *sequence;
        enum opening how;
    } ways[] = {
        {job_sequence(j, job_kinds(j, BY_CPU)), OPEN_CHEAPEST},
        {job_sequence(j, job_kinds(j, BY_MEMORY)), OPEN_CHEAPEST},
        {j->sequence, OPEN_CHEAPEST},
        {job_sequence(j, j->kinds), OPEN_CHEAPEST},
        {job_sequence(j, j->kinds), OPEN_BEST_VALUE},
    };

    for (size_t i = 0; i < sizeof(ways) / sizeof(*ways) && j->count <= MANY; i++) {
        struct packing trial = {0};
        pack_first_fit(j, ways[i].sequence, j->count, ways[i].how, &trial);
        keep_cheaper(best, &trial);
    }
}

static struct allowance *copy_of(struct arena *a, const struct allowance *left, size_t count)
{
    struct allowance *copy = ARENA_ARRAY(a, struct allowance, count);

    memcpy(copy, left, count * sizeof(*left));
    return copy;
}

bool packing_take(const struct market *m, const struct packing *p, struct allowance *left)
{
    for (size_t i = 0; i < p->count; i++) {
        const struct bin *b = &p->bins[i];
        const struct instance_type *t = m->shops[b->shop].types[b->type];
        if (!allowance_admits(&left[b->shop], t, b->cost))
            return false;
        allowance_take(&left[b->shop], &t->capacity, b->cost);
    }
    return true;
}

static bool fits_limits(const struct job *j, const struct packing *p)
{
    ARENA_AUTO scratch = {0};

    return packing_take(j->m, p, copy_of(&scratch, j->left, j->m->world->pool_count));
}

static void solve(struct job *j, struct packing *best)
{
    struct packing trial = {0};
    struct job few = *j;

    first_fits(j, best);
    few.work = EXACT_WORK;
    if (j->count <= EXACT_PODS) {
        int64_t limit = fits_limits(j, best) ? best->cost : INT64_MAX;
        if (pack_exactly(&few, limit, &trial))
            *best = trial;
        if (few.work > 0) /* it looked at everything */
            return;
    }
    trial = (struct packing){0};
    j->work = GREEDY_WORK;
    if (!pack_proposed(j, &trial))
        pack_greedy(j, &trial);
    keep_cheaper(best, &trial);
    j->work = (int64_t)j->count * IMPROVE_WORK_A_POD;
    if (j->work > IMPROVE_WORK_MOST)
        j->work = IMPROVE_WORK_MOST;
    if (j->m->effort > j->work)
        j->work = j->m->effort;
    pack_improve(j, best);
}

/* The cheapest type that the limits leave, into the bin. */
static bool reprice_within(const struct job *j, struct bin *b, const struct allowance *left)
{
    const struct shop *s = &j->m->shops[b->shop];
    const struct context *c = &s->contexts[b->context];

    for (size_t i = 0; i < c->all_count; i++) {
        uint32_t type = c->all[i].type;
        if (fits(&b->sum, &s->space[type], j->m->resource_count) &&
            allowance_admits(left, s->types[type], c->all[i].price)) {
            b->type = type;
            b->cost = c->all[i].price;
            return true;
        }
    }
    return false;
}

static void take(const struct job *j, struct allowance *left, const struct bin *b)
{
    allowance_take(&left[b->shop], &j->m->shops[b->shop].types[b->type]->capacity, b->cost);
}

static bool put_beside(struct job *j, struct packing *p, uint32_t shape)
{
    for (size_t i = 0; i < p->count; i++) {
        struct bin *b = &p->bins[i];
        const struct shop *s = &j->m->shops[b->shop];
        struct resources sum = b->sum;
        int32_t context;
        resources_add(&sum, &j->m->shapes[shape].requests);
        if (!fits(&sum, &s->space[b->type], j->m->resource_count) ||
            !bin_joins(j, b, shape, &context) ||
            s->contexts[context].price_of_type[b->type] > b->cost ||
            !bin_keeps_min_values(j, b, shape, context))
            continue;
        bin_put(j, b, shape, 1, context);
        return true;
    }
    return false;
}

static bool open_within(struct job *j, struct packing *p, uint32_t shape, struct allowance *left)
{
    for (size_t i = 0; i < j->shop_count; i++) {
        struct bin b = {.shop = j->shops[i], .context = CONTEXT_ANY};
        int32_t context;
        size_t at = 0;
        if (!bin_joins(j, &b, shape, &context) ||
            shop_price(j->m, b.shop, context, &j->m->shapes[shape].requests, &at) == INT64_MAX)
            continue;
        bin_put(j, &b, shape, 1, context);
        if (!reprice_within(j, &b, &left[b.shop]))
            continue;
        packing_push(j, p, b);
        take(j, left, &b);
        return true;
    }
    return false;
}

/* As many nodes of the plan as the limits admit; the pods of the others one by one, largest first,
 * to where there is room or into a smaller node.  Returns how many pods remain. */
static size_t fit_limits(struct job *j, const struct packing *plan, struct allowance *left,
                         struct packing *out, uint32_t *unplaced)
{
    uint32_t *over = ARENA_ARRAY(j->arena, uint32_t, j->m->shape_count);
    size_t remaining = 0;

    memcpy(over, j->want, j->m->shape_count * sizeof(*over));
    for (size_t i = 0; i < plan->count; i++) {
        struct bin b = bin_copy(j, &plan->bins[i]);
        if (!reprice_within(j, &b, &left[b.shop]))
            continue;
        packing_push(j, out, b);
        take(j, left, &b);
        for (size_t k = 0; k < b.part_count; k++)
            over[b.parts[k].shape] -= b.parts[k].count;
    }
    for (size_t i = 0; i < j->kind_count; i++) {
        uint32_t shape = j->kinds[i], n = over[shape];
        while (n && (put_beside(j, out, shape) || open_within(j, out, shape, left)))
            n--;
        unplaced[shape] = n;
        remaining += n;
    }
    out->cost = packing_cost(out);
    return remaining;
}

/* The plan as it is if limits admit it; else the best of the plan cut down, of placing pod by pod,
 * and of large nodes, of which fewer are needed. */
static void within_limits(struct job *j, const struct packing *plan, struct allowance *left,
                          struct packing *out, uint32_t *unplaced)
{
    size_t pools = j->m->world->pool_count;
    struct packing none = {0}, large = {0}, *starts[] = {(struct packing *)plan, &none, &large};
    size_t fewest = SIZE_MAX;
    struct allowance *best_left = left;

    if (fits_limits(j, plan)) { /* nearly always, and then nothing is copied */
        packing_take(j->m, plan, left);
        *out = *plan;
        for (size_t k = 0; k < j->kind_count; k++)
            unplaced[j->kinds[k]] = 0;
        return;
    }
    for (size_t i = 0; i < 3 && fewest > 0; i++) {
        if (starts[i] == &large)
            pack_first_fit(j, job_sequence(j, j->kinds), j->count, OPEN_LARGEST, &large);
        struct allowance *trial_left = copy_of(j->arena, left, pools);
        uint32_t *trial_over = ARENA_ARRAY(j->arena, uint32_t, j->m->shape_count);
        struct packing trial = {0};
        size_t remaining = fit_limits(j, starts[i], trial_left, &trial, trial_over);
        if (remaining > fewest || (remaining == fewest && trial.cost >= out->cost))
            continue;
        fewest = remaining;
        best_left = trial_left;
        *out = trial;
        for (size_t k = 0; k < j->kind_count; k++)
            unplaced[j->kinds[k]] = trial_over[j->kinds[k]];
    }
    memcpy(left, best_left, pools * sizeof(*left));
}

/* The shops of the heaviest pools below `weight`; lowers *weight to theirs. */
static size_t next_tier(const struct market *m, int64_t *weight, size_t *shops)
{
    int64_t best = INT64_MIN;
    size_t count = 0;

    for (size_t i = 0; i < m->world->pool_count; i++)
        if (shop_sells(&m->shops[i]) && m->shops[i].pool->weight < *weight &&
            m->shops[i].pool->weight > best)
            best = m->shops[i].pool->weight;
    for (size_t i = 0; i < m->world->pool_count && best != INT64_MIN; i++)
        if (shop_sells(&m->shops[i]) && m->shops[i].pool->weight == best)
            shops[count++] = i;
    *weight = best;
    return count;
}

static void count_shapes(const uint32_t *sequence, size_t count, uint32_t *over)
{
    for (size_t i = 0; i < count; i++)
        over[sequence[i]]++;
}

/* The heaviest pools first. */
static void solve_by_weight(struct market *m, const uint32_t *sequence, size_t count,
                            struct allowance *left, struct packing *out, uint32_t *unplaced)
{
    struct job keep = {.m = m, .arena = m->arena};
    int64_t weight = INT64_MAX;

    for (;;) {
        ARENA_AUTO scratch = {0};
        size_t *shops = ARENA_ARRAY(&scratch, size_t, m->world->pool_count);
        struct job j = {.m = m, .arena = &scratch, .shops = shops, .left = left};
        struct packing plan = {0}, kept = {0};
        j.shop_count = next_tier(m, &weight, shops);
        if (!j.shop_count)
            return;
        job_begin(&j, sequence, count, unplaced);
        if (!j.count)
            continue;
        solve(&j, &plan);
        within_limits(&j, &plan, left, &kept, unplaced);
        packing_keep_shares(&j, &kept, left, unplaced);
        packing_append(&keep, out, &kept);
    }
}

void packing_solve(struct market *m, const uint32_t *sequence, size_t count, struct allowance *left,
                   struct packing *out, uint32_t *unplaced)
{
    bool heeded = m->heeds;

    *out = (struct packing){0};
    count_shapes(sequence, count, unplaced);
    m->heeds = m->has_unwelcoming;
    solve_by_weight(m, sequence, count, left, out, unplaced);
    m->heeds = heeded;
    if (m->has_unwelcoming && !heeded)
        solve_by_weight(m, sequence, count, left, out, unplaced);
}

void packing_first_fit(struct market *m, const uint32_t *sequence, size_t count,
                       struct packing *out, uint32_t *unplaced)
{
    ARENA_AUTO scratch = {0};
    struct job keep = {.m = m, .arena = m->arena};
    size_t *shops = ARENA_ARRAY(&scratch, size_t, m->world->pool_count);
    struct job j = {.m = m, .arena = &scratch, .shops = shops};
    int64_t weight = INT64_MAX;
    struct packing trial = {0};

    *out = (struct packing){0};
    count_shapes(sequence, count, unplaced);
    j.shop_count = next_tier(m, &weight, shops);
    if (!j.shop_count)
        return;
    job_begin(&j, sequence, count, unplaced);
    pack_first_fit(&j, job_sequence(&j, job_kinds(&j, BY_CPU)), j.count, OPEN_CHEAPEST, &trial);
    for (size_t i = 0; i < j.kind_count; i++)
        unplaced[j.kinds[i]] = 0;
    packing_append(&keep, out, &trial);
}
