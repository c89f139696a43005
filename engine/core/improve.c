#include "engine/core/job.h"

enum {
    TOGETHER_MIN = 2,
    TOGETHER_MAX = 6,    /* nodes taken apart at a time */
    PODS_MAX = 600,      /* on them */
    FAILURES_MAX = 300,  /* in a row: it is as good as this gets, ... */
    FAILURES_OF_ONE = 8, /* ... and of few nodes there are few groups */
    TRIAL_WORK = 60 * 1000,
};

/* Equal jobs draw equal numbers. */
static size_t draw(uint64_t *state, size_t below)
{
    *state = *state * 6364136223846793005u + 1442695040888963407u;
    return (size_t)(*state >> 33) % below;
}

static int64_t waste(const struct bin *b)
{
    return (b->cost << WEIGHT_BITS) - b->weight;
}

/* Of a few drawn, the one that wastes most. */
static size_t draw_dear(const struct packing *p, uint64_t *state)
{
    size_t dearest = draw(state, p->count);

    for (int i = 0; i < 3; i++) {
        size_t other = draw(state, p->count);
        if (waste(&p->bins[other]) > waste(&p->bins[dearest]))
            dearest = other;
    }
    return dearest;
}

struct group {
    size_t at[TOGETHER_MAX];
    size_t count, pods;
    int64_t cost;
};

static bool holds(const struct group *g, size_t at)
{
    for (size_t i = 0; i < g->count; i++)
        if (g->at[i] == at)
            return true;
    return false;
}

static size_t pods_on(const struct bin *b)
{
    size_t n = 0;

    for (size_t i = 0; i < b->part_count; i++)
        n += b->parts[i].count;
    return n;
}

static struct group draw_group(const struct packing *p, uint64_t *state)
{
    size_t size = TOGETHER_MIN + draw(state, TOGETHER_MAX - TOGETHER_MIN + 1);
    struct group g = {0};

    for (size_t tries = 0; tries < 3 * size && g.count < size; tries++) {
        size_t at = draw_dear(p, state);
        size_t pods = pods_on(&p->bins[at]);
        if (holds(&g, at) || (g.count && g.pods + pods > PODS_MAX))
            continue;
        g.at[g.count++] = at;
        g.pods += pods;
        g.cost += p->bins[at].cost;
    }
    return g;
}

static int by_weight(const int64_t *weight, uint32_t x, uint32_t y)
{
    if (weight[x] != weight[y])
        return weight[x] > weight[y] ? -1 : 1;
    return (x > y) - (x < y);
}

/* Shapes, largest first: groups are small, so insertion does. */
static void insert(struct job *sub, uint32_t *kinds, uint32_t shape)
{
    size_t at = sub->kind_count++;

    for (; at && by_weight(sub->weight, shape, kinds[at - 1]) < 0; at--)
        kinds[at] = kinds[at - 1];
    kinds[at] = shape;
}

/* The job's stacks as far as the group has pods of them, in the same order. */
static void sub_stacks(const struct job *j, struct job *sub)
{
    uint32_t *shapes = ARENA_ARRAY(sub->arena, uint32_t, sub->kind_count);
    size_t n = 0;

    sub->stacks = ARENA_ARRAY(sub->arena, struct stack, sub->kind_count);
    sub->stack_count = 0;
    for (size_t i = 0; i < sub->kind_count; i++) {
        uint32_t of = j->stack_of[sub->kinds[i]];
        struct stack s = j->stacks[of];
        bool known = false;
        for (size_t k = 0; k < i && !known; k++)
            known = j->stack_of[sub->kinds[k]] == of;
        if (known)
            continue;
        s.shapes = &shapes[n];
        s.shape_count = s.total = 0;
        s.alone = false;
        for (size_t k = i; k < sub->kind_count; k++)
            if (j->stack_of[sub->kinds[k]] == of) {
                shapes[n++] = sub->kinds[k];
                s.shape_count++;
                s.total += sub->want[sub->kinds[k]];
            }
        sub->stacks[sub->stack_count++] = s;
    }
}

/* The pods of the group as a job of their own; `want` is all zero and stays the caller's. */
static struct job sub_job(const struct job *j, struct arena *scratch, const struct packing *p,
                          const struct group *g, uint32_t *want)
{
    struct job sub = *j;
    uint32_t *kinds = ARENA_ARRAY(scratch, uint32_t, g->pods);
    uint32_t *sequence = ARENA_ARRAY(scratch, uint32_t, g->pods);

    sub.arena = scratch;
    sub.kind_count = sub.count = 0;
    for (size_t i = 0; i < g->count; i++)
        for (size_t k = 0; k < p->bins[g->at[i]].part_count; k++) {
            const struct part *part = &p->bins[g->at[i]].parts[k];
            if (!want[part->shape])
                insert(&sub, kinds, part->shape);
            want[part->shape] += part->count;
        }
    for (size_t i = 0; i < sub.kind_count; i++)
        for (uint32_t n = 0; n < want[kinds[i]]; n++)
            sequence[sub.count++] = kinds[i];
    sub.want = want;
    sub.kinds = kinds;
    sub.sequence = sequence;
    job_number(&sub);
    sub_stacks(j, &sub);
    return sub;
}

static void solve(struct job *sub, int64_t cost, struct packing *best)
{
    struct packing trial = {0};

    best->cost = cost;
    pack_first_fit(sub, sub->sequence, sub->count, OPEN_BEST_VALUE, &trial);
    if (trial.cost < best->cost)
        *best = trial;
    trial = (struct packing){0};
    pack_greedy(sub, &trial);
    if (trial.cost < best->cost)
        *best = trial;
    if (pack_exactly(sub, best->cost, &trial))
        *best = trial;
}

static int descending(const void *x, const void *y)
{
    size_t a = *(const size_t *)x, b = *(const size_t *)y;

    return (a < b) - (a > b);
}

/* The group's bins go, the better ones come. */
static void replace(struct job *j, struct packing *p, struct group *g, const struct packing *by)
{
    qsort(g->at, g->count, sizeof(*g->at), descending);
    for (size_t i = 0; i < g->count; i++)
        p->bins[g->at[i]] = p->bins[--p->count];
    for (size_t i = 0; i < by->count; i++)
        packing_push(j, p, bin_copy(j, &by->bins[i]));
    p->cost += by->cost - g->cost;
}

/* Nothing can be cheaper than what the pods weigh. */
static bool is_optimal(const struct packing *p, __int128 weight)
{
    return p->count < 2 || (__int128)p->cost << WEIGHT_BITS <= weight;
}

void pack_improve(struct job *j, struct packing *p)
{
    uint32_t *want = ARENA_ARRAY(j->arena, uint32_t, j->m->shape_count);
    uint64_t state = 88172645463325252u;
    __int128 weight = 0;
    for (size_t i = 0; i < p->count; i++)
        weight += p->bins[i].weight;
    size_t most =
        p->count * FAILURES_OF_ONE < FAILURES_MAX ? p->count * FAILURES_OF_ONE : FAILURES_MAX;

    for (size_t failures = 0; failures < most && j->work > 0 && !is_optimal(p, weight);
         failures++) {
        ARENA_AUTO scratch = {0};
        struct group g = draw_group(p, &state);
        struct job sub = sub_job(j, &scratch, p, &g, want);
        struct packing better = {0};

        sub.work = TRIAL_WORK;
        solve(&sub, g.cost, &better);
        j->work -= TRIAL_WORK - sub.work + (int64_t)g.pods;
        for (size_t i = 0; i < sub.kind_count; i++)
            want[sub.kinds[i]] = 0;
        if (better.cost < g.cost) {
            replace(j, p, &g, &better);
            failures = 0;
        }
    }
}
