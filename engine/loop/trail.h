#ifndef ENGINE_LOOP_TRAIL_H
#define ENGINE_LOOP_TRAIL_H

#include "engine/base/arena.h"
#include "engine/loop/map.h"

/* Records of one kind, a new one each time, of which the newest that fit are kept: what the past
 * may take of the store is bounded. */
struct trail {
    struct map records; /* oldest first */
    size_t bytes;
};

struct state;

/* A key after all that are there: "000001700000000000-0000"; dates sort as text, and two records
 * may share one. */
struct str trail_next_key(struct arena *a, const struct trail *t, int64_t date_ms);
/* Has a record written, and the oldest deleted while all of them take more than `most_bytes`; the
 * newest stays however large it is. */
void trail_write(struct state *s, struct trail *t, struct str kind, struct str key, struct str body,
                 size_t most_bytes);
/* One that the store holds. */
void trail_fold(struct trail *t, struct str key, size_t bytes);
void trail_finish(struct trail *t);

#endif
