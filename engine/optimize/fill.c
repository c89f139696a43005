#include "engine/optimize/fill.h"

enum {
    SIZE_WHOLE = 1 << 24, /* a host's room in every resource */
    RATE_BITS = 24,       /* fraction of a weight per size */
    HALVINGS = 24,        /* in the search for a rate */
    MEASURES = 4,         /* the blend, and the resources whose own rates also bound */
};

/* Some pods of one row that could go in. */
struct item {
    uint32_t row, group, most;
    int64_t weight, size;
    int64_t part[MEASURES]; /* its size by each measure */
    size_t end;             /* of its group */
    int64_t gain;           /* the most that one of these beyond the rate, from here to `end` */
    int64_t beyond;         /* and what all groups from `end` on can gain together */
};

struct fill {
    struct filler *f;
    const struct host *host;
    struct item *items; /* members of a group side by side, best rate first */
    size_t count;
    __int128 rate;                 /* per size, RATE_BITS of fraction */
    __int128 *best_rate[MEASURES]; /* by item: of it and all later ones */
    size_t measure_count;
    uint32_t *taken, *best_taken; /* by item */
    int64_t best, enough, unexplored;
    int64_t steps;
};

static int64_t clamp(__int128 x)
{
    return x > INT64_MAX / 4 ? INT64_MAX / 4 : (int64_t)x;
}

/* What a size is worth at a rate, rounded up. */
static int64_t worth(__int128 rate, int64_t size)
{
    return clamp((rate * size + ((1 << RATE_BITS) - 1)) >> RATE_BITS);
}

static __int128 rate_of(int64_t weight, int64_t size)
{
    if (size <= 0)
        return (__int128)INT64_MAX << RATE_BITS;
    return (((__int128)weight << RATE_BITS) + size - 1) / size;
}

/* Of a whole room, rounded down. */
static int64_t share_of(int64_t amount, int64_t room)
{
    return room > 0 ? (int64_t)((__int128)amount * SIZE_WHOLE / room) : 0;
}

static int64_t blended(const struct blend *b, const int64_t *shares, size_t count)
{
    int64_t sum = 0;

    for (size_t i = 0; i < count; i++)
        sum += b->share[i] * shares[i];
    return sum / BLEND_WHOLE;
}

static int64_t gain_at(const struct item *i, __int128 rate)
{
    int64_t gain = clamp((__int128)i->weight - (rate * i->size >> RATE_BITS));

    return gain > 0 ? gain : 0;
}

/* The best gain of a group that begins at `from`, and the item that has it; *end: what follows. */
static int64_t group_gain(const struct fill *f, size_t from, __int128 rate, size_t *end,
                          const struct item **best)
{
    int64_t most = 0;

    *best = NULL;
    for (*end = from; *end < f->count; ++*end) {
        const struct item *i = &f->items[*end];
        if (*end > from && (i->group == NO_GROUP || i->group != f->items[from].group))
            break;
        int64_t gain = gain_at(i, rate);
        if (gain > most) {
            most = gain;
            *best = i;
        }
    }
    return most;
}

static uint32_t group_limit(const struct fill *f, const struct item *i)
{
    return i->group == NO_GROUP ? i->most : f->f->cover->group_most[i->group];
}

/* What the room could hold if size sold at this rate: a bound for every rate.  *used: how much of
 * the room that would take. */
static __int128 bound_at(const struct fill *f, __int128 rate, __int128 *used)
{
    __int128 sum = worth(rate, SIZE_WHOLE);

    *used = 0;
    for (size_t at = 0, end; at < f->count; at = end) {
        const struct item *best;
        int64_t gain = group_gain(f, at, rate, &end, &best);
        if (!best)
            continue;
        uint32_t most = group_limit(f, &f->items[at]);
        sum += (__int128)gain * most;
        *used += (__int128)best->size * most;
    }
    return sum;
}

/* The rate with the least bound: at a lower one the room would be overfull. */
static __int128 best_rate(const struct fill *f, __int128 *bound)
{
    __int128 low = 0, high = 0, used;

    for (size_t i = 0; i < f->count; i++) {
        if (f->items[i].size <= 0)
            continue;
        __int128 r = rate_of(f->items[i].weight, f->items[i].size);
        high = r > high ? r : high;
    }
    *bound = bound_at(f, high, &used);
    __int128 best = high;
    for (int n = 0; n < HALVINGS && low < high; n++) {
        __int128 middle = (low + high) / 2, b = bound_at(f, middle, &used);
        if (b < *bound) {
            *bound = b;
            best = middle;
        }
        if (used > SIZE_WHOLE)
            low = middle + 1;
        else
            high = middle;
    }
    return best;
}

static __int128 try_blend(struct fill *f, const struct blend *b, int64_t *const *shares,
                          __int128 *rate)
{
    __int128 bound;

    for (size_t i = 0; i < f->count; i++)
        f->items[i].size = blended(b, shares[i], f->f->cover->resource_count);
    *rate = best_rate(f, &bound);
    f->f->work += (int64_t)f->count;
    return bound;
}

/* Moves some of the mix from one resource to another. */
static bool shift(struct blend *b, size_t from, size_t to, int32_t by)
{
    if (from == to || b->share[from] < by)
        return false;
    b->share[from] -= by;
    b->share[to] += by;
    return true;
}

/* Could it run out at all?  A blend with others is of no use. */
static bool is_scarce(const struct fill *f, int64_t *const *shares, size_t resource)
{
    __int128 sum = 0;

    for (size_t i = 0; i < f->count; i++)
        sum += (__int128)shares[i][resource] * f->items[i].most;
    return sum > SIZE_WHOLE;
}

/* Walks downhill from the blend that did best last time; a bound of `enough` is as good as any. */
static __int128 improve_blend(struct fill *f, struct blend *b, int64_t *const *shares)
{
    size_t count = f->f->cover->resource_count;
    __int128 rate, bound, other;
    bool fresh = true, scarce[RESOURCES_MAX];

    for (size_t i = 0; i < count; i++) {
        scarce[i] = is_scarce(f, shares, i);
        fresh &= b->share[i] == 0;
    }
    if (fresh)
        b->share[RESOURCE_CPU] = b->share[RESOURCE_MEMORY] = BLEND_WHOLE / 2;
    bound = try_blend(f, b, shares, &rate);
    for (int32_t by = BLEND_WHOLE / (fresh ? 4 : 64); by > 0 && bound > f->enough;) {
        bool better = false;
        for (size_t from = 0; from < count; from++)
            for (size_t to = 0; to < count; to++) {
                struct blend next = *b;
                if (!scarce[to] || !shift(&next, from, to, by))
                    continue;
                __int128 r, n = try_blend(f, &next, shares, &r);
                if (n >= bound)
                    continue;
                bound = n;
                rate = r;
                *b = next;
                better = true;
            }
        by = better ? by : by / 4;
    }
    try_blend(f, b, shares, &other);
    f->rate = rate;
    return bound;
}

static int64_t how_many(const struct resources *amount, const struct resources *rest, size_t count,
                        int64_t most)
{
    for (size_t i = 0; i < count && most > 0; i++)
        if (amount->amount[i] > 0 && rest->amount[i] / amount->amount[i] < most)
            most = rest->amount[i] < 0 ? 0 : rest->amount[i] / amount->amount[i];
    return most;
}

/* By group, each where its best member stands; those without a group are their own. */
static int by_rate(const struct item *a, const struct item *b)
{
    __int128 x = (__int128)a->weight * b->size, y = (__int128)b->weight * a->size;

    if (x != y)
        return x > y ? -1 : 1;
    return (a->row > b->row) - (a->row < b->row);
}

static int compare_items(const void *x, const void *y)
{
    return by_rate(x, y);
}

/* Sorted by rate, then each group drawn up to its first member. */
static void order_items(struct fill *f)
{
    struct item *sorted = ARENA_ARRAY(f->f->scratch, struct item, f->count + 1);
    bool *done = ARENA_ARRAY(f->f->scratch, bool, f->count);
    size_t n = 0;

    qsort(f->items, f->count, sizeof(*f->items), compare_items);
    for (size_t i = 0; i < f->count; i++) {
        if (done[i])
            continue;
        sorted[n++] = f->items[i];
        for (size_t k = i + 1; f->items[i].group != NO_GROUP && k < f->count; k++)
            if (!done[k] && f->items[k].group == f->items[i].group) {
                done[k] = true;
                sorted[n++] = f->items[k];
            }
    }
    f->items = sorted;
}

static void add_measures(struct fill *f)
{
    const struct cover *c = f->f->cover;

    for (size_t i = 0; i < f->count; i++)
        f->items[i].part[0] = f->items[i].size;
    f->measure_count = 1;
    for (size_t r = 0; r < c->resource_count && f->measure_count < MEASURES; r++) {
        int64_t room = f->host->room.amount[r];
        if (room <= 0)
            continue;
        for (size_t i = 0; i < f->count; i++)
            f->items[i].part[f->measure_count] =
                share_of(c->rows[f->items[i].row].amount.amount[r], room);
        f->measure_count++;
    }
    for (size_t m = 0; m < f->measure_count; m++) {
        f->best_rate[m] = ARENA_ARRAY(f->f->scratch, __int128, f->count + 1);
        for (size_t i = f->count; i-- > 0;) {
            __int128 r = rate_of(f->items[i].weight, f->items[i].part[m]);
            f->best_rate[m][i] = r > f->best_rate[m][i + 1] ? r : f->best_rate[m][i + 1];
        }
    }
}

static bool same_group(const struct item *x, const struct item *y)
{
    return x->group != NO_GROUP && x->group == y->group;
}

static void add_gains(struct fill *f)
{
    for (size_t i = f->count; i-- > 0;) {
        struct item *it = &f->items[i], *next = it + 1;
        it->gain = gain_at(it, f->rate);
        it->end = i + 1;
        it->beyond = 0;
        if (i + 1 == f->count)
            continue;
        if (same_group(it, next)) {
            it->end = next->end;
            it->beyond = next->beyond;
            it->gain = next->gain > it->gain ? next->gain : it->gain;
        } else {
            it->beyond = clamp((__int128)next->gain * group_limit(f, next) + next->beyond);
        }
    }
}

/* Where a branch stands: before this item, of whose group `left` pods may still come. */
struct branch {
    size_t at;
    uint32_t left;
    int64_t weight;
    struct resources rest;
    int64_t parts[MEASURES]; /* what is left by each measure */
};

/* The most that it can still come to. */
static int64_t can_reach(const struct fill *f, const struct branch *b)
{
    if (b->at == f->count)
        return b->weight;
    const struct item *i = &f->items[b->at];
    __int128 more = (__int128)worth(f->rate, b->parts[0]) + (__int128)i->gain * b->left + i->beyond;
    for (size_t m = 0; m < f->measure_count; m++) {
        int64_t other = worth(f->best_rate[m][b->at], b->parts[m]);
        if (other < more)
            more = other;
    }
    return clamp(b->weight + more);
}

static void resources_take(struct resources *rest, const struct resources *one, uint32_t n,
                           size_t count)
{
    for (size_t i = 0; i < count; i++)
        rest->amount[i] -= one->amount[i] * n;
}

/* The branch where n of the next item go in. */
static struct branch with(const struct fill *f, const struct branch *b, uint32_t n)
{
    const struct item *i = &f->items[b->at];
    const struct resources *amount = &f->f->cover->rows[i->row].amount;
    struct branch next = *b;

    next.weight += i->weight * n;
    resources_take(&next.rest, amount, n, f->f->cover->resource_count);
    for (size_t m = 0; m < f->measure_count; m++)
        next.parts[m] -= i->part[m] * n;
    next.left -= n;
    next.at++;
    if (next.at == i->end || !next.left) {
        next.at = i->end;
        next.left = next.at < f->count ? group_limit(f, &f->items[next.at]) : 0;
    }
    return next;
}

static void remember(struct fill *f, const struct branch *b)
{
    f->best = b->weight;
    memcpy(f->best_taken, f->taken, f->count * sizeof(*f->taken));
}

static void explore(struct fill *f, const struct branch *b)
{
    if (b->weight > f->best)
        remember(f, b);
    if (b->at == f->count)
        return;
    const struct item *i = &f->items[b->at];
    int64_t most = how_many(&f->f->cover->rows[i->row].amount, &b->rest,
                            f->f->cover->resource_count, i->most < b->left ? i->most : b->left);
    for (int64_t n = most; n >= 0; n--) {
        struct branch next = with(f, b, (uint32_t)n);
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
        f->taken[b->at] = (uint32_t)n;
        explore(f, &next);
        f->taken[b->at] = 0;
    }
}

/* What one takes of what is left, over all resources; rounded, for comparing alone. */
static int64_t pressure(const struct fill *f, const struct item *i, const struct resources *rest)
{
    const int64_t *amount = f->f->cover->rows[i->row].amount.amount;
    int64_t sum = 1;

    for (size_t r = 0; r < f->f->cover->resource_count; r++)
        if (amount[r] > 0)
            sum += (int64_t)((__int128)amount[r] * SIZE_WHOLE / rest->amount[r]);
    return sum;
}

/* What weighs most for what it takes of what is left, again and again: all resources run out
 * together.  In a large room the search, which fills up with the best rate first, would not come to
 * that in time. */
static void fill_in_balance(struct fill *f)
{
    size_t count = f->f->cover->resource_count;
    uint32_t *in_group = ARENA_ARRAY(f->f->scratch, uint32_t, f->f->cover->group_count);
    struct resources rest = f->host->room;
    int64_t weight = 0;

    for (;;) {
        struct item *best = NULL;
        int64_t best_pressure = 1, best_most = 0;
        for (size_t i = 0; i < f->count; i++) {
            struct item *it = &f->items[i];
            int64_t most = it->most - f->taken[i];
            if (it->group != NO_GROUP && group_limit(f, it) - in_group[it->group] < most)
                most = group_limit(f, it) - in_group[it->group];
            most = how_many(&f->f->cover->rows[it->row].amount, &rest, count, most);
            if (most <= 0)
                continue;
            int64_t p = pressure(f, it, &rest);
            if (!best || (__int128)it->weight * best_pressure > (__int128)best->weight * p) {
                best = it;
                best_pressure = p;
                best_most = most;
            }
        }
        f->steps -= (int64_t)f->count / 4;
        if (!best)
            break;
        uint32_t n = (uint32_t)(best_most / 8 + 1);
        resources_take(&rest, &f->f->cover->rows[best->row].amount, n, count);
        f->taken[best - f->items] += n;
        if (best->group != NO_GROUP)
            in_group[best->group] += n;
        weight += best->weight * n;
    }
    if (weight > f->best) {
        f->best = weight;
        memcpy(f->best_taken, f->taken, f->count * sizeof(*f->taken));
    }
    memset(f->taken, 0, f->count * sizeof(*f->taken));
}

static void list_items(struct fill *f)
{
    const struct cover *c = f->f->cover;

    f->items = ARENA_ARRAY(f->f->scratch, struct item, c->row_count);
    for (uint32_t i = 0; i < c->row_count; i++) {
        const struct row *r = &c->rows[i];
        uint32_t most = f->f->most[i];
        if (r->group != NO_GROUP && c->group_most[r->group] < most)
            most = c->group_most[r->group];
        if (!bits_has(f->host->rows, i) || f->f->weight[i] <= 0)
            continue;
        most = (uint32_t)how_many(&r->amount, &f->host->room, c->resource_count, most);
        if (most)
            f->items[f->count++] =
                (struct item){.row = i, .group = r->group, .most = most, .weight = f->f->weight[i]};
    }
}

static void keep_best(const struct fill *f, struct arena *keep, struct filled *out)
{
    out->weight = f->best;
    out->parts = ARENA_ARRAY(keep, struct part, f->count);
    for (size_t i = 0; i < f->count; i++)
        if (f->best_taken[i])
            out->parts[out->part_count++] = (struct part){f->items[i].row, f->best_taken[i]};
}

static void search(struct fill *f)
{
    struct branch root = {.rest = f->host->room};

    order_items(f);
    add_measures(f);
    add_gains(f);
    f->taken = ARENA_ARRAY(f->f->scratch, uint32_t, f->count);
    f->best_taken = ARENA_ARRAY(f->f->scratch, uint32_t, f->count);
    for (size_t m = 0; m < f->measure_count; m++)
        root.parts[m] = SIZE_WHOLE;
    root.left = group_limit(f, &f->items[0]);
    fill_in_balance(f);
    explore(f, &root);
}

/* By group, so that bounds can be told before the order is known. */
static int by_group(const void *x, const void *y)
{
    const struct item *a = x, *b = y;

    if (a->group != b->group)
        return a->group < b->group ? -1 : 1;
    return (a->row > b->row) - (a->row < b->row);
}

void fill_host(struct filler *filler, const struct host *h, struct blend *blend, int64_t enough,
               struct arena *keep, struct filled *out)
{
    ARENA_AUTO scratch = {0};
    size_t count = filler->cover->resource_count;
    struct fill f = {.f = filler, .host = h, .enough = enough, .steps = filler->steps};

    *out = (struct filled){.at_most = enough};
    filler->scratch = &scratch;
    list_items(&f);
    if (!f.count)
        return;
    qsort(f.items, f.count, sizeof(*f.items), by_group);
    int64_t **shares = ARENA_ARRAY(&scratch, int64_t *, f.count);
    for (size_t i = 0; i < f.count; i++) {
        shares[i] = ARENA_ARRAY(&scratch, int64_t, count);
        for (size_t r = 0; r < count; r++)
            shares[i][r] =
                share_of(filler->cover->rows[f.items[i].row].amount.amount[r], h->room.amount[r]);
    }
    if (improve_blend(&f, blend, shares) <= enough)
        return;
    f.best = enough;
    search(&f);
    filler->work += filler->steps - f.steps;
    out->at_most = f.best > f.unexplored ? f.best : f.unexplored;
    if (f.best > enough)
        keep_best(&f, keep, out);
}
