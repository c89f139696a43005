#include "engine/loop/listing.h"

enum {
    QUICK_FIRST_MS = 1000,
    QUICK_MOST_MS = 5 * 1000,
    IDLE_MS = 8 * 1000,
    PAGE_MS = 2 * 1000,
    JITTER_MS = 250,
};

static bool something_moves(const struct state *s)
{
    for (size_t i = 0; i < s->claims.count; i++)
        if (CLAIM_AT(s, i)->claim.phase != CLAIM_READY || CLAIM_AT(s, i)->missed_ms)
            return true;
    for (size_t i = 0; i < s->pools.count; i++)
        if (POOL_AT(s, i)->text.deleting)
            return true;
    return false;
}

int64_t listing_next_ms(const struct state *s)
{
    int64_t pages = s->page_count > 1 ? (int64_t)s->page_count : 0;
    int64_t least_ms = s->list_sent_ms + pages * PAGE_MS;
    if (s->list_in_flight)
        return NEVER_MS;
    return s->list_ms > least_ms ? s->list_ms : least_ms;
}

void listing_send(struct state *s, const struct cloud_port *cloud, struct rng *jitter,
                  int64_t now_ms)
{
    int64_t pause_ms = IDLE_MS;
    if (now_ms < listing_next_ms(s))
        return;
    if (something_moves(s)) {
        pause_ms = s->list_pause_ms ? s->list_pause_ms * 3 / 2 : QUICK_FIRST_MS;
        pause_ms = pause_ms < QUICK_MOST_MS ? pause_ms : QUICK_MOST_MS;
    }
    s->list_pause_ms = pause_ms < IDLE_MS ? pause_ms : 0;
    s->list_ms = now_ms + pause_ms + (int64_t)rng_below(jitter, JITTER_MS);
    s->list_sent_ms = now_ms;
    s->list_in_flight = true;
    cloud->submit_list(cloud->self);
}
