#include "engine/optimize/generate.h"

#include "engine/optimize/weights.h"

enum {
    STEPS_FIRST = 400, /* branches a host, at first ... */
    STEPS_LAST = 1000 * 1000,
    PROVING = 2, /* this part of the work is kept for it */
    COLUMNS_A_LOOK = 128,
    COLUMNS_A_HOST = 16, /* that have no row in common */
    PULL_WHOLE = 16,     /* weights are drawn towards the last ones by so many parts of it */
    PULL_FIRST = 8,
};

static int64_t priced(int64_t price)
{
    __int128 weight = (__int128)price << WEIGHT_BITS;

    return weight > INT64_MAX / 4 ? INT64_MAX / 4 : (int64_t)weight;
}

static double price_of(const struct host *h)
{
    return h->price > 0 ? (double)h->price : 1e-6;
}

/* How many of one row alone. */
static uint32_t alone_on(const struct generation *g, const struct host *h, uint32_t row)
{
    const struct row *r = &g->cover->rows[row];
    int64_t most = g->most[row];

    if (!bits_has(h->rows, row))
        return 0;
    if (r->group != NO_GROUP && g->cover->group_most[r->group] < most)
        most = g->cover->group_most[r->group];
    for (size_t i = 0; i < g->cover->resource_count; i++)
        if (r->amount.amount[i] > 0 && h->room.amount[i] / r->amount.amount[i] < most)
            most = h->room.amount[i] / r->amount.amount[i];
    return most > 0 ? (uint32_t)most : 0;
}

/* Each row alone, where one pod of it is cheapest. */
static void add_alone(struct generation *g, uint32_t row)
{
    struct column best = {.parts = ARENA_NEW(g->arena, struct part), .part_count = 1};

    best.parts[0] = (struct part){row, 1};
    for (size_t i = 0; i < g->cover->host_count; i++) {
        double price = price_of(&g->cover->hosts[i]);
        uint32_t n = alone_on(g, &g->cover->hosts[i], row);
        if (n && (best.price <= 0 || price * best.parts[0].count < best.price * n)) {
            best.host = i;
            best.price = price;
            best.parts[0].count = n;
        }
    }
    simplex_add(&g->simplex, best);
}

void generation_open(struct arena *a, const struct cover *c, int64_t work, struct generation *g)
{
    *g = (struct generation){.arena = a, .cover = c, .work = work};
    filler_open(a, c, &g->filler);
    g->need = ARENA_ARRAY(a, double, c->row_count);
    g->most = ARENA_ARRAY(a, uint32_t, c->row_count);
    g->spare = ARENA_ARRAY(a, uint32_t, c->row_count);
    g->tolls = ARENA_ARRAY(a, struct tolls, c->host_count);
    g->weight = ARENA_ARRAY(a, int64_t, c->row_count);
    g->center = ARENA_ARRAY(a, int64_t, c->row_count);
    g->order = ARENA_ARRAY(a, size_t, c->host_count);
    g->fullness = ARENA_ARRAY(a, double, c->host_count);
    for (size_t i = 0; i < c->host_count; i++)
        g->order[i] = i;
    for (size_t i = 0; i < c->row_count; i++) {
        g->need[i] = c->rows[i].count;
        g->most[i] = c->rows[i].count;
    }
    if (c->row_count > ROWS_MOST)
        return;
    simplex_open(a, c->row_count, g->need, &g->simplex);
    for (uint32_t i = 0; i < c->row_count; i++)
        add_alone(g, i);
}

/* What one more pod of each row costs, a little less, in whole numbers. */
static int64_t asked(const struct generation *g, size_t row, int precision)
{
    double w =
        g->simplex.dual[row] * (double)(1 << WEIGHT_BITS) * (1 - 1.0 / (double)(2 << precision));

    return w >= 1 ? w < (double)(INT64_MAX / 4) ? (int64_t)w : INT64_MAX / 4 : 0;
}

/* What the program asks for, drawn towards what it asked for before: by itself it swings from one
 * extreme to another, and most columns that it asks for then are of no use in the end. */
static void weigh(const struct generation *g, int precision, int pull, int64_t *weight)
{
    for (size_t i = 0; i < g->cover->row_count; i++) {
        __int128 sum = (__int128)asked(g, i, precision) * (PULL_WHOLE - pull);
        weight[i] = (int64_t)((sum + (__int128)g->center[i] * pull) / PULL_WHOLE);
    }
}

struct look {
    size_t found;
    bool all;               /* hosts were looked at; then no filling weighs more than ... */
    int64_t at_most, price; /* ... so much for this price, in the worst case */
};

static bool is_fresh(const struct tolls *t)
{
    for (size_t i = 0; i < RESOURCES_MAX; i++)
        if (t->whole[i])
            return false;
    return true;
}

/* The fullest of the last look first: who holds too much for its price is soon known, and most
 * others need only be shown not to hold more. */
static void order_hosts(struct generation *g)
{
    for (size_t i = 1; i < g->cover->host_count; i++) {
        size_t host = g->order[i], at = i;
        for (; at && g->fullness[g->order[at - 1]] < g->fullness[host]; at--)
            g->order[at] = g->order[at - 1];
        g->order[at] = host;
    }
}

/* What a filling must weigh to matter: more than the price; once there are columns enough, more
 * than what the fullest known host would hold at that price. */
static int64_t enough(const struct look *l, int64_t price)
{
    __int128 most;

    if (l->found < COLUMNS_A_LOOK || !l->price)
        return price;
    most = (__int128)l->at_most * price / l->price;
    return most < INT64_MAX / 4 ? (int64_t)most : INT64_MAX / 4;
}

static void remember_fullest(struct generation *g, size_t host, int64_t at_most, struct look *l)
{
    int64_t price = priced(g->cover->hosts[host].price);

    g->fullness[host] = price ? (double)at_most / (double)price : 0;
    if (at_most > price && (__int128)at_most * l->price >= (__int128)l->at_most * price) {
        l->at_most = at_most;
        l->price = price;
    }
}

/* The heaviest filling of a host; then the heaviest without the rows of that one, and so on: as
 * many columns as may be of use beside each other. */
static void look_at(struct generation *g, size_t host, struct look *l)
{
    const struct host *h = &g->cover->hosts[host];
    struct filler *f = &g->filler;

    memcpy(g->spare, g->most, g->cover->row_count * sizeof(*g->spare));
    for (int n = 0; n < COLUMNS_A_HOST; n++) {
        struct filled filled;
        f->work = 0;
        fill_host(f, h, &g->tolls[host], enough(l, priced(h->price)), g->arena, &filled);
        g->work -= f->work + 1;
        if (!n)
            remember_fullest(g, host, filled.at_most, l);
        if (!filled.part_count || l->found >= COLUMNS_A_LOOK)
            return;
        simplex_add(&g->simplex,
                    (struct column){host, price_of(h), filled.parts, filled.part_count});
        l->found++;
        for (size_t i = 0; i < filled.part_count; i++)
            g->spare[filled.parts[i].shape] = 0;
    }
}

/* At every host, as long as there is work. */
static struct look look_around(struct generation *g, const int64_t *weight, int64_t steps)
{
    const struct cover *c = g->cover;
    struct look l = {0};

    g->filler.weight = weight;
    g->filler.most = g->spare;
    g->filler.steps = steps;
    order_hosts(g);
    for (size_t n = 0; n < c->host_count && g->work > 0; n++) {
        if (n && is_fresh(&g->tolls[g->order[n]]))
            g->tolls[g->order[n]] = g->tolls[g->order[n - 1]];
        look_at(g, g->order[n], &l);
        l.all = n + 1 == c->host_count;
    }
    return l;
}

/* What free rooms may hold for nothing. */
static __int128 held_free(struct generation *g, const int64_t *weight)
{
    __int128 sum = 0;

    g->filler.weight = weight;
    g->filler.most = g->most;
    g->filler.steps = STEPS_FIRST;
    for (size_t i = 0; i < g->cover->room_count; i++) {
        struct tolls tolls = {0};
        struct filled filled;
        ARENA_AUTO scratch = {0};
        fill_host(&g->filler, &g->cover->rooms[i], &tolls, 0, &scratch, &filled);
        sum += filled.at_most;
    }
    return sum;
}

void generation_prove(struct generation *g, const int64_t *weight)
{
    __int128 sum = weights_sum(g->cover, weight) - held_free(g, weight);

    if (sum <= g->proved)
        return;
    g->proved = sum;
    memcpy(g->weight, weight, g->cover->row_count * sizeof(*weight));
}

/* As much less that the fullest host holds no more than its price. */
static void scale_down(const struct generation *g, const struct look *l, int64_t *weight)
{
    for (size_t i = 0; l->at_most && i < g->cover->row_count; i++)
        weight[i] = (int64_t)((__int128)weight[i] * l->price / l->at_most);
}

static bool is_close(const struct generation *g, int precision)
{
    double proved = (double)(int64_t)(g->proved >> WEIGHT_BITS);

    return proved >= simplex_cost(&g->simplex) * (1 - 1.0 / (double)(1 << precision));
}

/* After a look that found no column; false: there is none, as far as can be searched. */
static bool look_closer(const struct look *l, int *pull, int64_t *steps)
{
    if (*pull)
        *pull /= 2;
    else if (l->at_most && *steps < STEPS_LAST)
        *steps = STEPS_LAST;
    else
        return false;
    return true;
}

void generation_run(struct generation *g, int precision)
{
    size_t size = g->cover->row_count * sizeof(*g->weight);
    int64_t *weight = ARENA_ARRAY(g->arena, int64_t, g->cover->row_count);
    int64_t kept = g->proves ? g->work / PROVING : 0, steps = STEPS_FIRST;
    bool started = false;
    int pull = 0;

    while (g->work > 0) {
        g->simplex.spent = 0;
        simplex_solve(&g->simplex);
        g->work -= g->simplex.spent;
        if (g->work < kept)
            steps = STEPS_LAST;
        weigh(g, precision, pull, weight);
        memcpy(g->center, weight, size);
        struct look l = look_around(g, weight, steps < g->work / 4 ? steps : g->work / 4);
        if (l.all && !g->dives) {
            scale_down(g, &l, weight);
            generation_prove(g, weight);
        }
        if (!l.all || (!g->dives && is_close(g, precision)))
            return;
        if (!started)
            pull = PULL_FIRST;
        started = true;
        if (!l.found && !look_closer(&l, &pull, &steps))
            return;
    }
}
