#ifndef ENGINE_AWS_PRICING_H
#define ENGINE_AWS_PRICING_H

#include "engine/aws/aws.h"

/* The on-demand list price of one instance type in the client's region: Linux, shared tenancy
 * (dedicated for bare metal), no software. */
struct pricing_row {
    struct str instance_type;
    int64_t microusd_per_hour;
};
struct pricing_rows {
    struct pricing_row *items;
    size_t count, capacity;
};

/* Every type's price in `region` (about 1,000 rows from 15 answers).  The Price List service runs
 * in three regions; the nearest is asked. */
MUST_CHECK struct error *pricing_on_demand(const struct aws_call *c, struct str region,
                                           struct pricing_rows *out);

/* One element of GetProducts' PriceList.  False when it carries no hourly price in dollars. */
bool pricing_read_product(struct arena *a, struct str json_text, struct pricing_row *out);

#endif
