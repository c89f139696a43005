#ifndef ENGINE_LOOP_WRITE_H
#define ENGINE_LOOP_WRITE_H

#include "engine/loop/state.h"

/* Carries what differs from its record into the store: one atomic batch at a time, so that records
 * are never written out of order.  A batch that failed is submitted again as it was. */
struct writer {
    struct arena arena; /* of the batch on its way */
    struct store_record *records;
    size_t count, capacity;
    uint64_t order;
    bool in_flight;
    bool failed; /* to be submitted again at retry_ms */
    int64_t retry_ms;
    unsigned failures;
    char problem[512];
};

void writer_finish(struct writer *w);
/* Submits what is dirty, or the failed batch again if it is time. */
void writer_flush(struct writer *w, struct state *s, const struct store_port *store,
                  int64_t now_ms);
/* Takes WRITTEN.  Returns false when the store refuses us: somebody else holds the lease. */
bool writer_fold(struct writer *w, struct state *s, const struct event *e, int64_t now_ms);
/* Is everything in the store? */
bool writer_is_idle(const struct writer *w, const struct state *s);

#endif
