#include "engine/optimize/simplex.h"

enum {
    PIVOTS_MOST = 40000, /* in one solve: it goes round in circles */
    RENEW_AFTER = 64,    /* pivots, and as many more as there are rows */
};
static const double tiny = 1e-9; /* of a price, of a level */

static const size_t surplus = (size_t)1 << 40;

void simplex_open(struct arena *a, size_t rows, const double *need, struct simplex *s)
{
    *s = (struct simplex){.arena = a,
                          .rows = rows,
                          .need = need,
                          .basis = ARENA_ARRAY(a, size_t, rows),
                          .inverse = ARENA_ARRAY(a, double, rows *rows),
                          .level = ARENA_ARRAY(a, double, rows),
                          .dual = ARENA_ARRAY(a, double, rows),
                          .work = ARENA_ARRAY(a, double, rows)};
}

void simplex_add(struct simplex *s, struct column c)
{
    ARENA_PUSH(s->arena, s->columns, s->column_count, s->column_capacity, c);
    s->dearest = c.price > s->dearest ? c.price : s->dearest;
    if (s->column_count == s->rows)
        simplex_restart(s);
}

static double price_of(const struct simplex *s, size_t at)
{
    return s->basis[at] >= surplus ? 0 : s->columns[s->basis[at]].price;
}

/* Levels and duals from the inverse.  A little more of each row than is needed, a different little
 * of each, keeps the method from going round in circles. */
static void evaluate(struct simplex *s)
{
    size_t n = s->rows;

    for (size_t i = 0; i < n; i++) {
        double sum = 0;
        for (size_t k = 0; k < n; k++)
            sum += s->inverse[i * n + k] * (s->need[k] * (1 + 1e-7 * (double)(1 + k % 97)));
        s->level[i] = sum > 0 ? sum : 0;
    }
    for (size_t k = 0; k < n; k++)
        s->dual[k] = 0;
    for (size_t i = 0; i < n; i++) {
        double price = price_of(s, i);
        for (size_t k = 0; k < n && price > 0; k++)
            s->dual[k] += price * s->inverse[i * n + k];
    }
    s->spent += (int64_t)(2 * n * n / 200);
}

void simplex_restart(struct simplex *s)
{
    size_t n = s->rows;

    memset(s->inverse, 0, n * n * sizeof(*s->inverse));
    for (size_t i = 0; i < n; i++) {
        s->basis[i] = i;
        s->inverse[i * n + i] = 1.0 / s->columns[i].parts[0].count;
    }
    s->since = 0;
    evaluate(s);
}

/* The inverse times a column, into `work`. */
static void direction(struct simplex *s, size_t entering)
{
    size_t n = s->rows;

    for (size_t i = 0; i < n; i++) {
        const double *row = &s->inverse[i * n];
        double sum = 0;
        if (entering >= surplus) {
            sum = -row[entering - surplus];
        } else {
            const struct column *c = &s->columns[entering];
            for (size_t k = 0; k < c->part_count; k++)
                sum += row[c->parts[k].shape] * c->parts[k].count;
        }
        s->work[i] = sum;
    }
}

/* What the column gains for its price, or the surplus of a row for the dearest. */
static double gain_of(const struct simplex *s, size_t at)
{
    if (at >= surplus)
        return -s->dual[at - surplus] / s->dearest;
    const struct column *c = &s->columns[at];
    double worth = 0;
    for (size_t k = 0; k < c->part_count; k++)
        worth += s->dual[c->parts[k].shape] * c->parts[k].count;
    return (worth - c->price) / c->price;
}

static void keep_candidate(struct simplex *s, size_t at, double gain)
{
    size_t place = s->candidate_count < CANDIDATES ? s->candidate_count++ : CANDIDATES - 1;

    for (; place && s->gain[place - 1] < gain; place--) {
        s->gain[place] = s->gain[place - 1];
        s->candidate[place] = s->candidate[place - 1];
    }
    s->gain[place] = gain;
    s->candidate[place] = at;
}

static void look_at_all(struct simplex *s)
{
    s->candidate_count = 0;
    for (size_t i = 0; i < s->column_count + s->rows; i++) {
        size_t at = i < s->column_count ? i : surplus + i - s->column_count;
        double gain = gain_of(s, at);
        if (gain > tiny && (s->candidate_count < CANDIDATES || gain > s->gain[CANDIDATES - 1]))
            keep_candidate(s, at, gain);
    }
    s->spent += (int64_t)(s->column_count / 20);
}

/* What gains most for its price, or SIZE_MAX.  Only when those that gained most the last time that
 * all were looked at gain little by now, all are looked at again. */
static size_t choose_entering(struct simplex *s)
{
    size_t best = SIZE_MAX;
    double most = s->candidate_count ? s->gain[0] / 4 : 0;

    most = most > tiny ? most : tiny;
    for (size_t i = 0; i < s->candidate_count; i++) {
        double gain = gain_of(s, s->candidate[i]);
        if (gain > most) {
            most = gain;
            best = s->candidate[i];
        }
    }
    if (best != SIZE_MAX)
        return best;
    look_at_all(s);
    return s->candidate_count ? s->candidate[0] : SIZE_MAX;
}

/* What the entering column costs beyond what its rows are worth. */
static double reduced_cost(const struct simplex *s, size_t entering)
{
    if (entering >= surplus)
        return s->dual[entering - surplus];
    const struct column *c = &s->columns[entering];
    double cost = c->price;
    for (size_t k = 0; k < c->part_count; k++)
        cost -= s->dual[c->parts[k].shape] * c->parts[k].count;
    return cost;
}

static size_t choose_leaving(const struct simplex *s)
{
    size_t best = SIZE_MAX;
    double least = 0;

    for (size_t i = 0; i < s->rows; i++) {
        if (s->work[i] <= tiny)
            continue;
        double times = s->level[i] / s->work[i];
        if (best == SIZE_MAX || times < least || (times <= least && s->work[i] > s->work[best])) {
            least = times;
            best = i;
        }
    }
    return best;
}

static void pivot(struct simplex *s, size_t leaving)
{
    size_t n = s->rows;
    double *row = &s->inverse[leaving * n], by = s->work[leaving];

    for (size_t k = 0; k < n; k++)
        row[k] /= by;
    for (size_t i = 0; i < n; i++) {
        double factor = s->work[i];
        double *other = &s->inverse[i * n];
        if (i == leaving || (factor < 1e-12 && factor > -1e-12))
            continue;
        for (size_t k = 0; k < n; k++)
            other[k] -= factor * row[k];
    }
    s->spent += (int64_t)(n * n / 200 + 1);
}

/* The inverse from the basis itself, by elimination: what rounding has gathered is gone.  False:
 * the basis has come apart. */
static bool renew(struct simplex *s)
{
    ARENA_AUTO scratch = {0};
    size_t n = s->rows, *basis = ARENA_ARRAY(&scratch, size_t, n);
    bool *done = ARENA_ARRAY(&scratch, bool, n);

    memcpy(basis, s->basis, n * sizeof(*basis));
    memset(s->inverse, 0, n * n * sizeof(*s->inverse));
    for (size_t i = 0; i < n; i++)
        s->inverse[i * n + i] = 1;
    for (size_t j = 0; j < n; j++) {
        size_t at = SIZE_MAX;
        direction(s, basis[j]);
        for (size_t i = 0; i < n; i++) {
            double size = s->work[i] < 0 ? -s->work[i] : s->work[i];
            if (!done[i] && size > tiny &&
                (at == SIZE_MAX || size > (s->work[at] < 0 ? -s->work[at] : s->work[at])))
                at = i;
        }
        if (at == SIZE_MAX)
            return false;
        done[at] = true;
        s->basis[at] = basis[j];
        pivot(s, at);
    }
    s->since = 0;
    return true;
}

/* One column for another; levels and duals follow. */
static void exchange(struct simplex *s, size_t entering, size_t leaving)
{
    double cost = reduced_cost(s, entering), times = s->level[leaving] / s->work[leaving];

    for (size_t i = 0; i < s->rows; i++) {
        double level = i == leaving ? times : s->level[i] - times * s->work[i];
        s->level[i] = level > 0 ? level : 0;
    }
    pivot(s, leaving);
    for (size_t k = 0; k < s->rows; k++)
        s->dual[k] += cost * s->inverse[leaving * s->rows + k];
    s->basis[leaving] = entering;
    s->since++;
}

void simplex_solve(struct simplex *s)
{
    bool fresh = false;

    s->candidate_count = 0;
    for (int n = 0; n < PIVOTS_MOST; n++) {
        size_t entering = choose_entering(s), leaving = SIZE_MAX;
        if (entering != SIZE_MAX) {
            direction(s, entering);
            leaving = choose_leaving(s);
        }
        if (leaving == SIZE_MAX && fresh)
            return;
        fresh = leaving == SIZE_MAX;
        if (!fresh)
            exchange(s, entering, leaving);
        if (fresh)
            evaluate(s);
        else if (s->since >= RENEW_AFTER + s->rows) {
            if (!renew(s))
                simplex_restart(s);
            evaluate(s);
        }
    }
    evaluate(s);
}

double simplex_cost(const struct simplex *s)
{
    double cost = 0;

    for (size_t i = 0; i < s->rows; i++)
        cost += price_of(s, i) * s->level[i];
    return cost;
}

const struct column *simplex_taken(const struct simplex *s, size_t place, double *times)
{
    *times = s->level[place];
    return s->basis[place] >= surplus ? NULL : &s->columns[s->basis[place]];
}
