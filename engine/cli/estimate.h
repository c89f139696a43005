#ifndef ENGINE_CLI_ESTIMATE_H
#define ENGINE_CLI_ESTIMATE_H

#include "engine/base/buf.h"
#include "engine/cli/planned_fleet.h"

/* What `tenon estimate` answers, and the three forms in which it is printed. */

/* The input's own nodes.  `microusd_per_hour` counts those whose price is known. */
struct estimate_today {
    size_t count;
    int64_t microusd_per_hour;
    const struct str *unpriced; /* nodes of a type without a price: the sum is then not all */
    size_t unpriced_count;
};

struct estimate {
    struct planned_fleet fleet;
    struct planned_bound bound;
    struct estimate_today today;   /* count 0: the input has no nodes */
    int64_t decide_ms, elapsed_ms; /* deciding alone; reading with it */
    const struct str *notes;       /* what the reader passed over, a sentence each */
    size_t note_count;
};

/* The fields of surface.md, and beside them "today" and "notes". */
void estimate_json(struct buf *out, const struct estimate *e);
/* For a terminal: sums, nodes by pool and type, what has no place and why, notes. */
void estimate_table(struct buf *out, const struct estimate *e);
/* A page that needs nothing but itself. */
void estimate_html(struct buf *out, const struct estimate *e);

/* Is the whole price of the input's nodes known? */
static inline bool estimate_has_today(const struct estimate *e)
{
    return e->today.count > 0 && e->today.unpriced_count == 0;
}

/* A sentence on how far the price is above the bound. */
struct str estimate_gap(struct arena *a, const struct estimate *e);
/* What the choice of the launches may cost, in words; empty: nothing. */
struct str estimate_premium(struct arena *a, const struct planned_fleet *f);

#endif
