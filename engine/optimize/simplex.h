#ifndef ENGINE_OPTIMIZE_SIMPLEX_H
#define ENGINE_OPTIMIZE_SIMPLEX_H

#include "engine/core/packing.h"

/* The linear program of covering: columns (a host, filled) at a price, each taken any number of
 * times, perhaps a fraction; every row at least as often as it is needed; least cost.
 *
 * The revised simplex method with an explicit inverse, in double precision: its answers guide, and
 * are never believed; what is printed is proved in whole numbers (certificate.h).  Only sums,
 * products and quotients in a fixed order, so equal programs give equal answers on every machine.
 */
enum { CANDIDATES = 16 };

struct column {
    size_t host;
    double price;
    struct part *parts; /* `shape` is a row */
    size_t part_count;
};

struct simplex {
    struct arena *arena;
    size_t rows;
    const double *need;
    struct column *columns;
    size_t column_count, column_capacity;
    size_t *basis;   /* by place: a column, or the surplus of a row */
    double *inverse; /* rows x rows */
    double *level;   /* how much of each in the basis */
    double *dual;    /* what one more of a row would cost */
    double *work;
    size_t since;                 /* pivots since the inverse was made anew */
    size_t candidate[CANDIDATES]; /* to enter the basis: those that gained most, best first, ... */
    double gain[CANDIDATES];      /* ... and how much */
    size_t candidate_count;
    double dearest; /* of all columns' prices */
    int64_t spent;
};

/* `need` by row, above zero, stays the caller's.  The first `rows` columns must be there before the
 * first solve: the one of place i holds row i alone. */
void simplex_open(struct arena *a, size_t rows, const double *need, struct simplex *s);
void simplex_add(struct simplex *s, struct column c);
/* To the optimum over the columns that are there, from where it stood. */
void simplex_solve(struct simplex *s);
/* Starts from the first `rows` columns again: after needs have changed. */
void simplex_restart(struct simplex *s);
/* The least cost that was found. */
double simplex_cost(const struct simplex *s);
/* How often a place of the basis takes a column; NULL: a surplus stands there. */
const struct column *simplex_taken(const struct simplex *s, size_t place, double *times);

#endif
