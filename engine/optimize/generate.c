#include "engine/optimize/generate.h"

#include "engine/optimize/weights.h"

enum {
    STEPS_FIRST = 400, /* branches a host, at first ... */
    STEPS_LAST = 200 * 1000,
    COLUMNS_A_LOOK = 24,
    SLACK_FIRST = 4, /* columns that hold 1/16 more than their price; later ones finer */
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
    g->need = ARENA_ARRAY(a, double, c->row_count);
    g->most = ARENA_ARRAY(a, uint32_t, c->row_count);
    g->blends = ARENA_ARRAY(a, struct blend, c->host_count);
    g->weight = ARENA_ARRAY(a, int64_t, c->row_count);
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

/* What one more pod of each row costs, a little less: whole numbers that round down. */
static void weigh(const struct generation *g, int slack, int64_t *weight)
{
    double scale = (double)(1 << WEIGHT_BITS) * (1 - 1.0 / (double)(1 << slack));

    for (size_t i = 0; i < g->cover->row_count; i++) {
        double w = g->simplex.dual[i] * scale;
        weight[i] = w >= 1 ? w < (double)(INT64_MAX / 4) ? (int64_t)w : INT64_MAX / 4 : 0;
    }
}

struct look {
    size_t found;
    bool all;               /* hosts were looked at; then no filling weighs more than ... */
    int64_t at_most, price; /* ... so much for this price, in the worst case */
};

static bool is_fresh(const struct blend *b)
{
    for (size_t i = 0; i < RESOURCES_MAX; i++)
        if (b->share[i])
            return false;
    return true;
}

/* Hosts of like price hold like things, so a look strides over all of them: by about 0.38 of their
 * number, with which it has no divisor in common. */
static size_t stride(size_t count)
{
    size_t step = count * 3 / 8 + 1;

    for (size_t i = 2; i <= step; i++)
        if (step % i == 0 && count % i == 0) {
            step++;
            i = 1;
        }
    return step;
}

/* From the host where the last look ended, until enough was found. */
static struct look look_around(struct generation *g, const int64_t *weight, int64_t steps)
{
    const struct cover *c = g->cover;
    struct look l = {0};
    size_t step = stride(c->host_count);

    for (size_t n = 0; n < c->host_count; n++) {
        const struct host *h = &c->hosts[g->next];
        struct filler f = {.cover = c, .weight = weight, .most = g->most, .steps = steps};
        struct filled filled;
        if (l.found >= COLUMNS_A_LOOK || g->work <= 0)
            return l;
        if (is_fresh(&g->blends[g->next])) /* hosts of about one price have about one blend */
            g->blends[g->next] = g->blends[(g->next + c->host_count - 1) % c->host_count];
        fill_host(&f, h, &g->blends[g->next], priced(h->price), g->arena, &filled);
        g->work -= f.work + 1;
        if (filled.part_count) {
            simplex_add(&g->simplex,
                        (struct column){g->next, price_of(h), filled.parts, filled.part_count});
            l.found++;
        }
        if (filled.at_most > priced(h->price) &&
            (__int128)filled.at_most * l.price >= (__int128)l.at_most * priced(h->price)) {
            l.at_most = filled.at_most;
            l.price = priced(h->price);
        }
        g->next = (g->next + step) % c->host_count;
    }
    l.all = true;
    return l;
}

/* What free rooms may hold for nothing. */
static __int128 held_free(const struct generation *g, const int64_t *weight)
{
    __int128 sum = 0;

    for (size_t i = 0; i < g->cover->room_count; i++) {
        struct filler f = {
            .cover = g->cover, .weight = weight, .most = g->most, .steps = STEPS_FIRST};
        struct blend blend = {0};
        struct filled filled;
        ARENA_AUTO scratch = {0};
        fill_host(&f, &g->cover->rooms[i], &blend, 0, &scratch, &filled);
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

void generation_run(struct generation *g, int precision)
{
    int64_t *weight = ARENA_ARRAY(g->arena, int64_t, g->cover->row_count);
    int64_t steps = STEPS_FIRST;
    int slack = SLACK_FIRST;

    while (g->work > 0) {
        g->simplex.spent = 0;
        simplex_solve(&g->simplex);
        g->work -= g->simplex.spent;
        weigh(g, slack, weight);
        struct look l = look_around(g, weight, steps);
        if (l.all) {
            scale_down(g, &l, weight);
            generation_prove(g, weight);
        }
        if (l.found)
            continue;
        if (!l.all || is_close(g, precision))
            return;
        if (!l.at_most && slack <= precision)
            slack += 2;
        else if (l.at_most && steps < STEPS_LAST)
            steps *= 8;
        else
            return;
    }
}
