#ifndef ENGINE_CORE_RATES_H
#define ENGINE_CORE_RATES_H

#include "engine/core/market.h"

/* What a pod must cost at least.
 *
 * Value all resources by one direction: so much for a millicore, so much for a byte.  A node of
 * price p whose room is worth v in it sells value at p/v; a pod worth w, which no host sells value
 * cheaper to than p/v, bears at least w*p/v of any node's price: the pods on a node are worth no
 * more than its room.  Summed over pods this is a lower bound of every fleet, for every direction.
 */
struct direction {
    int64_t factor[RESOURCES_MAX];
};
/* Integer prices keep ten bits of fraction in weights. */
enum { WEIGHT_BITS = 10 };

/* All directions worth trying; the table lives in the arena. */
size_t directions(struct arena *a, size_t resource_count, const struct direction **out);
int64_t direction_value(const struct direction *d, const struct resources *r, size_t count);

/* price per value; value 0: sells none. */
struct rate {
    int64_t price, value;
};
static inline bool rate_is_lower(struct rate x, struct rate y)
{
    if (!x.value || !y.value)
        return x.value != 0;
    return (__int128)x.price * y.value < (__int128)y.price * x.value;
}
/* What value `v` costs at that rate, rounded down, in 1/1024 micro-dollars. */
static inline int64_t rate_weight(struct rate r, int64_t v)
{
    __int128 w = r.value ? ((__int128)r.price << WEIGHT_BITS) * v / r.value : 0;
    return w > INT64_MAX / 4 ? INT64_MAX / 4 : (int64_t)w;
}

#endif
