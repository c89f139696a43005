#include "engine/optimize/weights.h"

#include "engine/core/rates.h"

struct ranked {
    struct rate rate;
    const struct host *host;
};

static int by_rate(const void *x, const void *y)
{
    const struct ranked *a = x, *b = y;

    if (rate_is_lower(a->rate, b->rate))
        return -1;
    if (rate_is_lower(b->rate, a->rate))
        return 1;
    return (a->host > b->host) - (a->host < b->host);
}

static void rank(const struct cover *c, const struct direction *d, struct ranked *out)
{
    for (size_t i = 0; i < c->host_count; i++)
        out[i] = (struct ranked){
            {c->hosts[i].price, direction_value(d, &c->hosts[i].room, c->resource_count)},
            &c->hosts[i]};
    if (c->host_count)
        qsort(out, c->host_count, sizeof(*out), by_rate);
}

static void weigh(const struct cover *c, const struct direction *d, const struct ranked *ranks,
                  int64_t *weight)
{
    for (size_t i = 0; i < c->row_count; i++) {
        const struct resources *amount = &c->rows[i].amount;
        size_t k = 0;
        /* Some host takes it, or it would be no row. */
        while (!bits_has(ranks[k].host->rows, i) ||
               !fits(amount, &ranks[k].host->room, c->resource_count))
            k++;
        weight[i] = rate_weight(ranks[k].rate, direction_value(d, amount, c->resource_count));
    }
}

__int128 weights_sum(const struct cover *c, const int64_t *weight)
{
    __int128 sum = 0;

    for (size_t i = 0; i < c->row_count; i++)
        sum += (__int128)weight[i] * c->rows[i].count;
    return sum;
}

const int64_t *weights_by_worth(struct arena *a, const struct cover *c)
{
    const struct direction *all;
    size_t count = directions(a, c->resource_count, &all);
    struct ranked *ranks = ARENA_ARRAY(a, struct ranked, c->host_count);
    int64_t *best = ARENA_ARRAY(a, int64_t, c->row_count);
    int64_t *trial = ARENA_ARRAY(a, int64_t, c->row_count);
    __int128 most = -1;

    for (size_t i = 0; i < count; i++) {
        rank(c, &all[i], ranks);
        weigh(c, &all[i], ranks, trial);
        __int128 sum = weights_sum(c, trial);
        if (sum > most) {
            int64_t *swap = best;
            most = sum;
            best = trial;
            trial = swap;
        }
    }
    return best;
}
