#include "engine/optimize/dive.h"

#include "engine/optimize/search.h"

enum {
    PRECISION = 9,        /* of the program before it is rounded: one part in 512 */
    PRECISION_DIVING = 7, /* and on the way down */
    AT_ONCE = 16,         /* of so many nodes that are left one more is rounded at a time */
    AT_ONCE_LATE = 3,     /* when work is out */
    SEARCHED = 1500,      /* choices that are searched at the end */
    DIVES = 12,
    GOOD = 10, /* so near the bound that no other dive is made: one part in 2^10 */
};

static bool is_done(const struct dive *d)
{
    for (size_t i = 0; i < d->cover->row_count; i++)
        if (d->left[i])
            return false;
    return true;
}

/* As much of the column as is left to place; false: nothing. */
static bool buy(struct dive *d, size_t host, const struct part *parts, size_t count)
{
    struct plan_node n = {host, ARENA_ARRAY(d->arena, struct part, count), 0};

    for (size_t i = 0; i < count; i++) {
        uint32_t *left = &d->left[parts[i].shape];
        uint32_t some = parts[i].count < *left ? parts[i].count : *left;
        if (!some)
            continue;
        n.parts[n.part_count++] = (struct part){parts[i].shape, some};
        *left -= some;
    }
    if (!n.part_count)
        return false;
    ARENA_PUSH(d->arena, d->nodes, d->count, d->capacity, n);
    if (__builtin_add_overflow(d->cost, d->cover->hosts[host].price, &d->cost))
        d->cost = INT64_MAX;
    return true;
}

static bool is_whole(const struct dive *d, const struct column *c)
{
    for (size_t i = 0; i < c->part_count; i++)
        if (c->parts[i].count > d->left[c->parts[i].shape])
            return false;
    return true;
}

/* What the program takes whole. */
static size_t buy_whole(struct dive *d)
{
    size_t bought = 0;

    for (size_t i = 0; i < d->cover->row_count; i++) {
        double times;
        const struct column *c = simplex_taken(&d->g.simplex, i, &times);
        for (; c && times >= 1 - 1e-6 && is_whole(d, c); times--)
            bought += buy(d, c->host, c->parts, c->part_count);
    }
    return bought;
}

/* How much is for rounding a column up now.  The first dive takes what is most nearly whole; the
 * second what costs most, so that the mistakes that are left for the end are cheap ones; the others
 * one or the other, with some luck. */
static double appeal(struct dive *d, const struct column *c, double times)
{
    double luck = 1;

    if (d->number > 1) {
        d->random = d->random * 6364136223846793005u + 1442695040888963407u;
        luck = 0.5 + (double)(d->random >> 40) / (double)(1 << 24);
    }
    return luck * (d->number % 2 ? times * c->price : times);
}

/* The most appealing column of those that are not bought. */
static const struct column *next_column(struct dive *d, const bool *used, size_t *place)
{
    const struct column *best = NULL;
    double most = 0;

    for (size_t i = 0; i < d->cover->row_count; i++) {
        double times;
        const struct column *c = simplex_taken(&d->g.simplex, i, &times);
        if (!c || used[i] || times <= 1e-6)
            continue;
        double a = appeal(d, c, times);
        if (a > most) {
            most = a;
            best = c;
            *place = i;
        }
    }
    return best;
}

static double nodes_left(const struct dive *d)
{
    double sum = 0;

    for (size_t i = 0; i < d->cover->row_count; i++) {
        double times;
        if (simplex_taken(&d->g.simplex, i, &times))
            sum += times;
    }
    return sum;
}

static void buy_some(struct dive *d)
{
    bool *used = ARENA_ARRAY(d->arena, bool, d->cover->row_count);
    int at_once = d->g.work > 0 ? AT_ONCE : AT_ONCE_LATE;
    size_t n = (size_t)(nodes_left(d) / at_once) + 1, place = 0;
    const struct column *c;

    while (n-- && (c = next_column(d, used, &place))) {
        used[place] = true;
        buy(d, c->host, c->parts, c->part_count);
    }
}

/* Columns hold no more than what is left; those that hold nothing any more go, but the first of
 * each row stay. */
static void trim(struct dive *d)
{
    struct simplex *s = &d->g.simplex;
    size_t rows = d->cover->row_count, kept = rows;

    for (size_t i = rows; i < s->column_count; i++) {
        struct column c = s->columns[i];
        struct part *parts = ARENA_ARRAY(d->arena, struct part, c.part_count);
        size_t count = 0;
        double worth = 0;
        for (size_t k = 0; k < c.part_count; k++) {
            uint32_t left = d->left[c.parts[k].shape];
            uint32_t n = c.parts[k].count < left ? c.parts[k].count : left;
            worth += s->dual[c.parts[k].shape] * n;
            if (n)
                parts[count++] = (struct part){c.parts[k].shape, n};
        }
        if (worth > 0.9 * c.price)
            s->columns[kept++] = (struct column){c.host, c.price, parts, count};
    }
    s->column_count = kept;
}

static void solve_rest(struct dive *d)
{
    trim(d);
    for (size_t i = 0; i < d->cover->row_count; i++)
        d->g.need[i] = d->left[i];
    simplex_restart(&d->g.simplex);
    int64_t part = d->g.work / AT_ONCE;
    if (part > 0) {
        d->g.work -= part * (AT_ONCE - 1);
        generation_run(&d->g, PRECISION_DIVING);
        d->g.work += part * (AT_ONCE - 1);
    } else {
        simplex_solve(&d->g.simplex);
    }
}

/* The last handful, exactly. */
static bool finish(struct dive *d)
{
    ARENA_AUTO scratch = {0};
    struct cover rest = *d->cover;
    struct searched s;

    rest.rows = ARENA_ARRAY(&scratch, struct row, rest.row_count);
    for (size_t i = 0; i < rest.row_count; i++) {
        rest.rows[i] = d->cover->rows[i];
        rest.rows[i].count = d->left[i];
    }
    if (!search_cheapest(&scratch, &rest, SEARCHED, &s))
        return false;
    for (size_t i = 0; i < s.count; i++)
        buy(d, s.hosts[i], s.parts[i], s.part_counts[i]);
    return true;
}

static void dive(struct dive *d)
{
    buy_whole(d);
    while (!is_done(d) && !finish(d)) {
        solve_rest(d);
        if (!buy_whole(d))
            buy_some(d);
    }
}

static bool is_good(const struct dive *d)
{
    return d->cost - d->proved <= d->proved >> GOOD;
}

/* From the solved program down again, as it was before the first dive. */
static void surface(struct dive *d, const struct simplex *solved, const struct cover *c)
{
    d->nodes = NULL;
    d->count = d->capacity = 0;
    d->cost = 0;
    d->g.simplex.column_count = solved->column_count;
    memcpy(d->g.simplex.columns, solved->columns, solved->column_count * sizeof(*solved->columns));
    for (size_t i = 0; i < c->row_count; i++) {
        d->left[i] = c->rows[i].count;
        d->g.need[i] = c->rows[i].count;
    }
    simplex_restart(&d->g.simplex);
    simplex_solve(&d->g.simplex);
}

bool dive_again_and_again(struct dive *d, struct dive *best)
{
    struct simplex solved;
    int64_t kept = d->g.work / 3; /* for diving, when the program takes too long */

    d->g.work -= kept;
    generation_run(&d->g, PRECISION);
    d->g.work = (d->g.work > 0 ? d->g.work : 0) + kept;
    d->g.dives = true;
    d->proved = (int64_t)(d->g.proved >> WEIGHT_BITS);
    solved = d->g.simplex;
    solved.columns = ARENA_ARRAY(d->arena, struct column, solved.column_count);
    memcpy(solved.columns, d->g.simplex.columns, solved.column_count * sizeof(*solved.columns));
    *best = (struct dive){.cost = INT64_MAX};
    for (; d->number < DIVES && d->g.work > 0; d->number++) {
        surface(d, &solved, d->cover);
        dive(d);
        if (is_done(d) && d->cost < best->cost)
            *best = *d;
        if (is_good(best))
            break;
    }
    return best->cost != INT64_MAX;
}
