#include "engine/optimize/weights.h"

#include "engine/core/rates.h"

enum { PART_BITS = 14 };

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

/* Returns the dearest rate that a row pays. */
static struct rate weigh(const struct cover *c, const struct direction *d,
                         const struct ranked *ranks, int64_t *weight)
{
    struct rate dearest = {0};

    for (size_t i = 0; i < c->row_count; i++) {
        const struct resources *amount = &c->rows[i].amount;
        size_t k = 0;
        /* Some host takes it, or it would be no row. */
        while (!bits_has(ranks[k].host->rows, i) ||
               !fits(amount, &ranks[k].host->room, c->resource_count))
            k++;
        weight[i] = rate_weight(ranks[k].rate, direction_value(d, amount, c->resource_count));
        if (ranks[k].rate.value && (!dearest.value || rate_is_lower(dearest, ranks[k].rate)))
            dearest = ranks[k].rate;
    }
    return dearest;
}

__int128 weights_sum(const struct cover *c, const int64_t *weight)
{
    __int128 sum = 0;

    for (size_t i = 0; i < c->row_count; i++)
        sum += (__int128)weight[i] * c->rows[i].count;
    return sum;
}

/* The group that needs most hosts; NO_GROUP: there is none. */
static uint32_t largest_group(const struct cover *c)
{
    uint32_t best = NO_GROUP;
    uint64_t most = 0;

    for (uint32_t g = 0; g < c->group_count; g++) {
        uint64_t pods = 0;
        for (size_t i = 0; i < c->row_count; i++)
            pods += c->rows[i].group == g ? c->rows[i].count : 0;
        if (pods / c->group_most[g] > most) {
            most = pods / c->group_most[g];
            best = g;
        }
    }
    return best;
}

static bool admits_group(const struct cover *c, const struct host *h, uint32_t group)
{
    for (size_t i = 0; i < c->row_count; i++)
        if (c->rows[i].group == group && bits_has(h->rows, i))
            return true;
    return false;
}

/* The group that bears what nodes cost beyond their rooms, and by host whether it may come there:
 * it is asked in every direction. */
struct bearers {
    uint32_t group;
    bool *admitted;
};

static struct bearers find_bearers(struct arena *a, const struct cover *c)
{
    struct bearers b = {largest_group(c), ARENA_ARRAY(a, bool, c->host_count)};

    for (size_t i = 0; b.group != NO_GROUP && i < c->host_count; i++)
        b.admitted[i] = admits_group(c, &c->hosts[i], b.group);
    return b;
}

/* What every host costs beyond its room at the dearest rate that some row pays, and so the least
 * that is left for each pod of the group. */
static int64_t premium(const struct cover *c, const struct direction *d, const struct bearers *b,
                       struct rate rate, int64_t part)
{
    int64_t least = INT64_MAX;

    for (size_t i = 0; i < c->host_count; i++) {
        const struct host *h = &c->hosts[i];
        if (!b->admitted[i])
            continue;
        __int128 room = rate_weight(rate, direction_value(d, &h->room, c->resource_count));
        room = (room * part >> PART_BITS) + 1;
        __int128 left = ((__int128)h->price << WEIGHT_BITS) - room;
        if (left / c->group_most[b->group] < least)
            least = (int64_t)(left / c->group_most[b->group]);
    }
    return least > 0 && least < INT64_MAX ? least : 0;
}

/* Nodes cost more than their rooms are worth (what the system keeps of each), and a group says how
 * many nodes there are: with a little less for all worth, its pods can bear that. */
static void add_premium(struct arena *a, const struct cover *c, const struct direction *d,
                        const struct bearers *b, struct rate dearest, int64_t *weight)
{
    int64_t *trial = ARENA_ARRAY(a, int64_t, c->row_count), *best = NULL;
    __int128 most = weights_sum(c, weight);

    for (int k = 2; b->group != NO_GROUP && k <= PART_BITS; k++) {
        int64_t part = ((int64_t)1 << PART_BITS) - ((int64_t)1 << (PART_BITS - k));
        int64_t more = premium(c, d, b, dearest, part);
        for (size_t i = 0; i < c->row_count; i++)
            trial[i] = (int64_t)((__int128)weight[i] * part >> PART_BITS) +
                       (c->rows[i].group == b->group ? more : 0);
        __int128 sum = weights_sum(c, trial);
        if (sum <= most)
            continue;
        int64_t *swap = best ? best : ARENA_ARRAY(a, int64_t, c->row_count);
        most = sum;
        best = trial;
        trial = swap;
    }
    if (best)
        memcpy(weight, best, c->row_count * sizeof(*weight));
}

const int64_t *weights_by_worth(struct arena *a, const struct cover *c)
{
    const struct direction *all;
    size_t count = directions(a, c->resource_count, &all);
    struct ranked *ranks = ARENA_ARRAY(a, struct ranked, c->host_count);
    int64_t *best = ARENA_ARRAY(a, int64_t, c->row_count);
    int64_t *trial = ARENA_ARRAY(a, int64_t, c->row_count);
    struct bearers bearers = find_bearers(a, c);
    __int128 most = -1;

    for (size_t i = 0; i < count; i++) {
        rank(c, &all[i], ranks);
        struct rate dearest = weigh(c, &all[i], ranks, trial);
        if (dearest.value)
            add_premium(a, c, &all[i], &bearers, dearest, trial);
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
