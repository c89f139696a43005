#include "engine/optimize/tolls.h"

enum {
    ROUNDS_MOST = 6,  /* over all directions */
    POINTS_MOST = 10, /* on one line */
    STEP_ITEMS = 100, /* looked at in the time of one step of the filler */
};
static const double close = 1e-6;                           /* to the least, of the bound */
static const double toll_most = (double)((int64_t)1 << 56); /* no sum of tolls overflows */

/* The bound as it depends on the tolls, item by item. */
struct relaxation {
    struct items *s;
    double toll[RESOURCES_MAX];
    double *share[RESOURCES_MAX]; /* by item */
    double *limit;                /* by item */
    double *beyond;               /* by item: what it weighs beyond its toll, less than 0 too */
    double *slope;                /* by item: how fast its toll rises along the line at hand */
    double rise;                  /* and all tolls */
    double bound;
};

static void relax(struct items *s, const struct tolls *tolls, int64_t enough, struct relaxation *x)
{
    bool fresh = true;

    *x = (struct relaxation){.s = s,
                             .limit = ARENA_ARRAY(s->arena, double, s->count),
                             .beyond = ARENA_ARRAY(s->arena, double, s->count),
                             .slope = ARENA_ARRAY(s->arena, double, s->count)};
    for (size_t r = 0; r < s->resource_count; r++)
        fresh &= tolls->whole[s->place[r]] == 0;
    for (size_t i = 0; i < s->count; i++) {
        x->limit[i] = s->all[i].limit;
        x->beyond[i] = (double)s->all[i].weight;
    }
    for (size_t r = 0; r < s->resource_count; r++) {
        x->share[r] = ARENA_ARRAY(s->arena, double, s->count);
        x->toll[r] =
            fresh ? (double)enough / (double)s->resource_count : (double)tolls->whole[s->place[r]];
        for (size_t i = 0; i < s->count; i++) {
            x->share[r][i] = (double)s->all[i].share[r] / (double)(1 << SHARE_BITS);
            x->beyond[i] -= x->toll[r] * x->share[r][i];
        }
    }
}

/* On the line of tolls at hand, so far from where they are. */
struct point {
    double at, bound, slope;
};

static struct point look(const struct relaxation *x, double at)
{
    struct point p = {.at = at, .bound = at * x->rise, .slope = x->rise};

    for (size_t r = 0; r < x->s->resource_count; r++)
        p.bound += x->toll[r];
    for (size_t i = 0, end; i < x->s->count; i = end) {
        double most = 0, slope = 0, limit = x->limit[i];
        for (end = x->s->all[i].end; i < end; i++) {
            double gain = x->beyond[i] - at * x->slope[i];
            if (gain > most) {
                most = gain;
                slope = x->slope[i];
            }
        }
        p.bound += most * limit;
        p.slope -= slope * limit;
    }
    x->s->work += (int64_t)(x->s->count / STEP_ITEMS) + 1;
    return p;
}

/* The lowest point on the side to which the bound falls, no further than `last`.  The bound is
 * convex: between a point where it falls and one where it rises it is nowhere below where their
 * tangents meet, and there it is looked at next. */
static struct point descend(const struct relaxation *x, struct point from, double step, double last)
{
    struct point best = from, near = from, far = from;
    bool between = false;

    for (int n = 0; n < POINTS_MOST; n++) {
        double at = near.at + step;
        if (between) {
            at = (far.bound - near.bound + near.slope * near.at - far.slope * far.at) /
                 (near.slope - far.slope);
            if (best.bound - (near.bound + near.slope * (at - near.at)) <= close * best.bound)
                break;
        } else if (step > 0 ? at > last : at < last) {
            at = last;
        }
        struct point p = look(x, at);
        if (p.bound < best.bound)
            best = p;
        if (p.slope * step >= 0) {
            far = p;
            between = true;
        } else {
            near = p;
            step *= 2;
            if (!between && at == last)
                break;
        }
    }
    return best;
}

/* Along a direction that changes each toll by so much, as long as none is below zero. */
static void follow(struct relaxation *x, const double *way, double step)
{
    const struct items *s = x->s;
    double first = -1e300, last = 1e300;

    x->rise = 0;
    for (size_t i = 0; i < s->count; i++)
        x->slope[i] = 0;
    for (size_t r = 0; r < s->resource_count; r++) {
        if (way[r] > 0 && -x->toll[r] / way[r] > first)
            first = -x->toll[r] / way[r];
        if (way[r] < 0 && -x->toll[r] / way[r] < last)
            last = -x->toll[r] / way[r];
        x->rise += way[r];
        for (size_t i = 0; way[r] != 0 && i < s->count; i++)
            x->slope[i] += way[r] * x->share[r][i];
    }
    struct point here = look(x, 0), best = here;
    if (here.slope < 0 && last > 0)
        best = descend(x, here, step, last);
    else if (here.slope > 0 && first < 0)
        best = descend(x, here, -step, first);
    x->bound = best.bound;
    for (size_t r = 0; best.at != 0 && r < s->resource_count; r++) {
        x->toll[r] += best.at * way[r];
        if (x->toll[r] < 0)
            x->toll[r] = 0;
    }
    for (size_t i = 0; best.at != 0 && i < s->count; i++)
        x->beyond[i] -= best.at * x->slope[i];
}

/* All tolls alike, each alone, and one at another's cost. */
static void go_round(struct relaxation *x, double enough)
{
    size_t count = x->s->resource_count;
    double way[RESOURCES_MAX] = {0}, step;

    follow(x, x->toll, 0.125);
    for (size_t r = 0; r < count; r++)
        for (size_t q = 0; q <= r && x->bound > enough; q++) {
            way[r] = 1;
            if (q != r)
                way[q] = -1;
            step = x->bound / 16;
            follow(x, way, step);
            way[r] = way[q] = 0;
        }
}

/* In whole numbers, and exactly a bound. */
static __int128 settle(struct items *s, const struct tolls *tolls)
{
    __int128 sum = 0;

    for (size_t r = 0; r < s->resource_count; r++)
        sum += tolls->whole[s->place[r]];
    for (size_t i = 0, end; i < s->count; i = end) {
        int64_t most = 0;
        uint32_t limit = s->all[i].limit;
        for (end = s->all[i].end; i < end; i++) {
            struct item *it = &s->all[i];
            __int128 toll = 0;
            for (size_t r = 0; r < s->resource_count; r++)
                toll += (__int128)tolls->whole[s->place[r]] * it->share[r];
            it->toll = (int64_t)(toll >> SHARE_BITS);
            most = item_gain(it) > most ? item_gain(it) : most;
        }
        sum += (__int128)most * limit;
    }
    return sum;
}

__int128 tolls_choose(struct items *s, int64_t enough, struct tolls *tolls)
{
    struct relaxation x;

    relax(s, tolls, enough, &x);
    x.bound = look(&x, 0).bound;
    double before = 2 * x.bound;
    for (int n = 0; n < ROUNDS_MOST && s->resource_count && x.bound > (double)enough &&
                    before - x.bound > close * x.bound;
         n++) {
        before = x.bound;
        go_round(&x, (double)enough);
    }
    for (size_t r = 0; r < s->resource_count; r++)
        tolls->whole[s->place[r]] =
            x.toll[r] < toll_most ? (int64_t)(x.toll[r] + 0.5) : (int64_t)toll_most;
    return settle(s, tolls);
}
