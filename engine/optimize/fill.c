#include "engine/optimize/fill.h"

enum {
    RATE_BITS = 24, /* fraction of a weight per size */
    MEASURES = 4,   /* tolls, and the resources whose own rates also bound */
};
static const int64_t no_rate = INT64_MAX; /* something has no size: what is left bounds nothing */

struct fill {
    struct filler *f;
    struct items *s;              /* best rate first */
    int64_t *part[MEASURES];      /* by item: its size by each measure */
    int64_t *best_rate[MEASURES]; /* by item: of it and all later ones */
    int64_t *gain;                /* by item: the most of one from here to the end of its group */
    int64_t *beyond;              /* by item: what all groups after its own can gain together */
    size_t measure_count;
    uint32_t *taken, *best_taken; /* by item */
    int64_t best, enough, unexplored;
    int64_t steps;
};

static int64_t clamp(__int128 x)
{
    return x > INT64_MAX / 4 ? INT64_MAX / 4 : (int64_t)x;
}

static int64_t rate_of(int64_t weight, int64_t size)
{
    __int128 rate = size > 0 ? (((__int128)weight << RATE_BITS) + size - 1) / size : no_rate;

    return rate < no_rate ? (int64_t)rate : no_rate;
}

/* What a size is worth at a rate, rounded up. */
static int64_t worth(int64_t rate, int64_t size)
{
    if (rate == no_rate)
        return INT64_MAX / 4;
    return clamp(((__int128)rate * size + ((1 << RATE_BITS) - 1)) >> RATE_BITS);
}

/* How many such pods there are in what is left, at most `most`. */
static int64_t how_many(const struct fill *f, const struct item *i, const int64_t *rest,
                        int64_t most)
{
    for (size_t r = 0; r < f->s->resource_count && most > 0; r++)
        if (i->amount[r] > 0 && i->amount[r] * most > rest[r])
            most = rest[r] / i->amount[r];
    return most;
}

static int by_rate(const struct item *a, const struct item *b)
{
    __int128 x = (__int128)a->weight * b->toll, y = (__int128)b->weight * a->toll;

    if (x != y)
        return x > y ? -1 : 1;
    return (a->row > b->row) - (a->row < b->row);
}

static int compare_items(const void *x, const void *y)
{
    return by_rate(*(const struct item *const *)x, *(const struct item *const *)y);
}

/* Sorted by rate, then each group drawn up to its first member. */
static void order_items(struct items *s)
{
    struct item *sorted = ARENA_ARRAY(s->arena, struct item, s->count);
    const struct item **by = ARENA_ARRAY(s->arena, const struct item *, s->count);
    size_t n = 0;

    for (size_t i = 0; i < s->count; i++)
        by[i] = &s->all[i];
    qsort(by, s->count, sizeof(*by), compare_items);
    for (size_t i = 0; i < s->count; i++) {
        size_t first = n;
        if (!by[i])
            continue;
        sorted[n++] = *by[i];
        for (size_t k = i + 1; sorted[first].group != NO_GROUP && k < s->count; k++)
            if (by[k] && by[k]->group == sorted[first].group) {
                sorted[n++] = *by[k];
                by[k] = NULL;
            }
    }
    s->all = sorted;
}

/* By tolls all resources are one size; and by those that are used up first, each alone. */
static void add_measures(struct fill *f)
{
    struct items *s = f->s;

    f->measure_count = 1 + (s->resource_count < MEASURES ? s->resource_count : MEASURES - 1);
    for (size_t m = 0; m < f->measure_count; m++) {
        f->part[m] = ARENA_ARRAY(s->arena, int64_t, s->count);
        f->best_rate[m] = ARENA_ARRAY(s->arena, int64_t, s->count + 1);
        for (size_t i = s->count; i-- > 0;) {
            f->part[m][i] = m ? s->all[i].share[m - 1] : s->all[i].toll;
            int64_t rate = rate_of(s->all[i].weight, f->part[m][i]);
            f->best_rate[m][i] = rate > f->best_rate[m][i + 1] ? rate : f->best_rate[m][i + 1];
        }
    }
}

static void add_gains(struct fill *f)
{
    const struct items *s = f->s;

    f->gain = ARENA_ARRAY(s->arena, int64_t, s->count);
    f->beyond = ARENA_ARRAY(s->arena, int64_t, s->count);
    for (size_t i = s->count; i-- > 0;) {
        size_t end = s->all[i].end;
        f->gain[i] = item_gain(&s->all[i]);
        if (i + 1 < end && f->gain[i + 1] > f->gain[i])
            f->gain[i] = f->gain[i + 1];
        if (end < s->count)
            f->beyond[i] = clamp((__int128)f->gain[end] * s->all[end].limit + f->beyond[end]);
    }
}

/* Where a branch stands: before this item, of whose group `left` pods may still come. */
struct branch {
    size_t at;
    int64_t left;
    int64_t weight;
    int64_t parts[MEASURES];     /* what is left by each measure, */
    int64_t rest[RESOURCES_MAX]; /* and of each scarce resource */
};

/* The most that it can still come to. */
static int64_t can_reach(const struct fill *f, const struct branch *b)
{
    if (b->at == f->s->count)
        return b->weight;
    __int128 more = (__int128)f->gain[b->at] * b->left + f->beyond[b->at] + b->parts[0];
    for (size_t m = 0; m < f->measure_count; m++) {
        int64_t other = worth(f->best_rate[m][b->at], b->parts[m]);
        if (other < more)
            more = other;
    }
    return clamp(b->weight + more);
}

/* The branch where n of the next item go in. */
static void go_in(const struct fill *f, const struct branch *b, int64_t n, struct branch *next)
{
    const struct item *i = &f->s->all[b->at];

    for (size_t r = 0; r < f->s->resource_count; r++)
        next->rest[r] = b->rest[r] - i->amount[r] * n;
    for (size_t m = 0; m < f->measure_count; m++)
        next->parts[m] = b->parts[m] - f->part[m][b->at] * n;
    next->weight = b->weight + i->weight * n;
    next->left = b->left - n;
    next->at = b->at + 1;
    if (next->at == i->end || !next->left) {
        next->at = i->end;
        next->left = next->at < f->s->count ? f->s->all[next->at].limit : 0;
    }
}

/* Was the search here before, with as much left and no less in?  Whatever could follow has then
 * been looked at.  Many ways lead to one rest where pods of few sizes are told apart by their
 * groups. */
static bool was_here(struct fill *f, const struct branch *b)
{
    size_t count = f->s->resource_count;
    uint64_t hash = hash_mix(b->at, (uint64_t)b->left);

    for (size_t r = 0; r < count; r++)
        hash = hash_mix(hash ^ hash >> 29, (uint64_t)b->rest[r]);
    struct visit *v = &f->f->visits[(hash ^ hash >> 31) & (FILL_VISITS - 1)];
    bool same = v->fill == f->f->fill && v->at == b->at && v->left == b->left &&
                memcmp(v->rest, b->rest, count * sizeof(*v->rest)) == 0;
    if (same && v->weight >= b->weight)
        return true;
    v->fill = f->f->fill;
    v->at = b->at;
    v->left = b->left;
    v->weight = b->weight;
    memcpy(v->rest, b->rest, count * sizeof(*v->rest));
    return false;
}

static void remember(struct fill *f, int64_t weight)
{
    if (weight <= f->best)
        return;
    f->best = weight;
    memcpy(f->best_taken, f->taken, f->s->count * sizeof(*f->taken));
}

static void explore(struct fill *f, const struct branch *b)
{
    remember(f, b->weight);
    if (b->at == f->s->count)
        return;
    const struct item *i = &f->s->all[b->at];
    int64_t most = how_many(f, i, b->rest, i->most < b->left ? i->most : b->left);
    for (int64_t n = most; n >= 0; n--) {
        struct branch next;
        go_in(f, b, n, &next);
        int64_t reach = can_reach(f, &next);
        f->steps--;
        if (reach <= f->best || reach <= f->enough)
            continue;
        if (f->steps <= 0) {
            /* Out of steps: what this branch could have come to stands. */
            f->unexplored = reach > f->unexplored ? reach : f->unexplored;
            if (next.weight <= f->best)
                continue;
        }
        if (next.at < f->s->count && was_here(f, &next))
            continue;
        f->taken[b->at] = (uint32_t)n;
        explore(f, &next);
        f->taken[b->at] = 0;
    }
}

/* What one takes of what is left, over all resources; for comparing alone. */
static double pressure(const struct fill *f, const struct item *i, const int64_t *rest)
{
    double sum = 1e-9;

    for (size_t r = 0; r < f->s->resource_count; r++)
        if (i->amount[r] > 0)
            sum += (double)i->amount[r] / (double)rest[r];
    return sum;
}

/* What weighs most for what it takes of what is left, again and again: all resources run out
 * together.  In a large room the search, which fills up with the best rate first, would not come to
 * that in time. */
static void fill_in_balance(struct fill *f)
{
    const struct items *s = f->s;
    uint32_t *in_group = ARENA_ARRAY(s->arena, uint32_t, f->f->cover->group_count);
    int64_t rest[RESOURCES_MAX], weight = 0;

    memcpy(rest, s->room, sizeof(rest));
    for (;;) {
        size_t best = SIZE_MAX;
        int64_t best_most = 0;
        double best_rate = 0;
        for (size_t i = 0; i < s->count; i++) {
            const struct item *it = &s->all[i];
            int64_t most = it->most - f->taken[i];
            if (it->group != NO_GROUP && it->limit - in_group[it->group] < most)
                most = it->limit - in_group[it->group];
            most = how_many(f, it, rest, most);
            if (most <= 0)
                continue;
            double rate = (double)it->weight / pressure(f, it, rest);
            if (rate > best_rate) {
                best = i;
                best_rate = rate;
                best_most = most;
            }
        }
        f->steps -= (int64_t)s->count / 16;
        if (best == SIZE_MAX)
            break;
        const struct item *it = &s->all[best];
        uint32_t n = (uint32_t)(best_most / 8 + 1);
        for (size_t r = 0; r < s->resource_count; r++)
            rest[r] -= it->amount[r] * n;
        f->taken[best] += n;
        if (it->group != NO_GROUP)
            in_group[it->group] += n;
        weight += it->weight * n;
    }
    remember(f, weight);
    memset(f->taken, 0, s->count * sizeof(*f->taken));
}

/* Is one of x, in whatever filling, as well replaced by one of y?  Of y there are enough then: no
 * count but the room's own can run out, so resources that are not scarce are compared too. */
static bool is_surpassed(const struct filler *f, const struct item *x, const struct item *y)
{
    const int64_t *amount = f->cover->rows[x->row].amount.amount;
    const int64_t *other = f->cover->rows[y->row].amount.amount;

    if (x->weight > y->weight || (y->group != NO_GROUP && y->group != x->group) || !y->plenty)
        return false;
    for (size_t k = 0; k < f->asked_count; k++)
        if (other[f->asked[k]] > amount[f->asked[k]])
            return false;
    return true;
}

/* Leaves out the items without which the heaviest filling is as heavy. */
static void prune(struct fill *f)
{
    struct items *s = f->s;
    size_t kept = 0;

    for (size_t i = 0; i < s->count; i++) {
        bool surpassed = false;
        for (size_t k = 0; k < kept && !surpassed; k++)
            surpassed = is_surpassed(f->f, &s->all[i], &s->all[k]);
        if (!surpassed)
            s->all[kept++] = s->all[i];
    }
    f->steps -= (int64_t)(s->count * kept / 64);
    s->count = kept;
    items_end_groups(s);
}

static void search(struct fill *f, const struct tolls *tolls)
{
    struct branch root = {0};
    struct items *s = f->s;

    order_items(s);
    prune(f);
    add_measures(f);
    add_gains(f);
    f->taken = ARENA_ARRAY(s->arena, uint32_t, s->count);
    f->best_taken = ARENA_ARRAY(s->arena, uint32_t, s->count);
    memcpy(root.rest, s->room, sizeof(root.rest));
    for (size_t r = 0; r < s->resource_count; r++)
        root.parts[0] += tolls->whole[s->place[r]];
    for (size_t m = 1; m < f->measure_count; m++)
        root.parts[m] = (int64_t)1 << SHARE_BITS;
    root.left = s->all[0].limit;
    fill_in_balance(f);
    explore(f, &root);
}

static void keep_best(const struct fill *f, struct arena *keep, struct filled *out)
{
    out->weight = f->best;
    out->parts = ARENA_ARRAY(keep, struct part, f->s->count);
    for (size_t i = 0; i < f->s->count; i++)
        if (f->best_taken[i])
            out->parts[out->part_count++] = (struct part){f->s->all[i].row, f->best_taken[i]};
}

void fill_host(struct filler *filler, const struct host *h, struct tolls *tolls, int64_t enough,
               struct arena *keep, struct filled *out)
{
    ARENA_AUTO scratch = {0};
    struct items s = {.arena = &scratch};
    struct fill f = {.f = filler, .s = &s, .best = enough, .enough = enough};

    *out = (struct filled){.at_most = enough};
    items_list(filler, h, &s);
    if (!s.count)
        return;
    __int128 relaxed = tolls_choose(&s, enough, tolls);
    filler->work += s.work;
    if (relaxed <= enough)
        return;
    f.steps = filler->steps;
    filler->fill++;
    search(&f, tolls);
    filler->work += filler->steps - f.steps;
    out->at_most = f.best > f.unexplored ? f.best : f.unexplored;
    if (relaxed < out->at_most)
        out->at_most = (int64_t)relaxed;
    if (f.best > enough)
        keep_best(&f, keep, out);
}
