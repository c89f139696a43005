#include "engine/core/interrupted.h"

enum {
    /* Maintenance is announced days ahead.  So long before it a node is as good as taken: a launch
     * may take some minutes, or be refused and have to be made elsewhere. */
    AT_THE_DOOR_MS = 10 * 60 * 1000,
};

enum reason interruption_reason(enum interruption i)
{
    switch (i) {
    case INTERRUPTION_NONE:
        return REASON_NONE;
    case INTERRUPTION_REBALANCE:
        return REASON_REBALANCE;
    case INTERRUPTION_MAINTENANCE:
        return REASON_MAINTENANCE;
    case INTERRUPTION_RESERVATION:
        return REASON_RESERVATION_TAKEN;
    case INTERRUPTION_SPOT:
        return REASON_SPOT_INTERRUPTED;
    }
    return REASON_NONE;
}

/* A wrong date must not make a matter of minutes of one of days. */
int64_t claim_taken_from_ms(const struct world *w, const struct claim *c)
{
    if (c->interruption != INTERRUPTION_MAINTENANCE || c->leave_by_ms == NEVER_MS ||
        w->date_unsure || claim_is_taken(w, c))
        return NEVER_MS;
    return c->leave_by_ms - AT_THE_DOOR_MS;
}

bool claim_is_taken(const struct world *w, const struct claim *c)
{
    if (c->interruption == INTERRUPTION_MAINTENANCE)
        return !w->date_unsure && c->leave_by_ms != NEVER_MS &&
               c->leave_by_ms - AT_THE_DOOR_MS <= w->now_ms;
    return c->interruption >= INTERRUPTION_RESERVATION;
}

int64_t claim_drain_by_ms(const struct claim *c)
{
    return c->leave_by_ms == NEVER_MS ? NEVER_MS : c->leave_by_ms - PODS_END_MS;
}
