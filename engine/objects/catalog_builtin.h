#ifndef ENGINE_OBJECTS_CATALOG_BUILTIN_H
#define ENGINE_OBJECTS_CATALOG_BUILTIN_H

#include "engine/core/allocatable.h"
#include "engine/objects/builtin.h"
#include "engine/objects/class_document.h"

/* What a class can launch by the executable's own tables: for plans and estimates, where no account
 * is asked. */

/* The table's row as the core wants it; of a type that runs both architectures, amd64. */
struct instance_facts instance_facts_of_builtin(const struct builtin_type *t);

struct builtin_catalog {
    struct catalog catalog;
    /* The region is not in the price table, or not in that of zones: us-east-1's stand in. */
    bool foreign_prices, foreign_zones;
};

/* On-demand offerings of all types that are priced.  Without a quote a spot price is not guessed:
 * there are spot offerings only when somebody says how much cheaper they are, in per cent of the
 * on-demand price (1 to 99; 0: none).  `region` must outlive the catalog. */
void catalog_builtin(struct arena *a, const struct node_class *c, struct str region,
                     int64_t spot_discount_percent, struct resource_table *table,
                     struct builtin_catalog *out);
/* What a type costs there, on demand or at that discount; false when that is not known. */
bool builtin_offering_price(struct str region, struct str instance_type, enum capacity_type t,
                            int64_t spot_discount_percent, int64_t *microusd_per_hour);

/* Could any type of the table serve the pool?  Spot counts wherever the type is sold as spot.
 * False: *why says which requirement leaves no type over, for a warning ("with ... none of 900
 * types is left"). */
bool builtin_can_serve(struct arena *a, const struct pool *pool, const struct node_class *c,
                       struct str region, struct str *why);

#endif
