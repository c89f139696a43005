#ifndef ENGINE_LOOP_KEEPING_H
#define ENGINE_LOOP_KEEPING_H

#include "engine/loop/state.h"

/* Worlds are kept with what was decided from them (engine/worlds/kept.h), as records of the kind
 * "world":
 *
 *   last     what preview, plan and explain ask about: the newest world in which there was nothing
 *            to do, and, while there is always something to do, one every half a minute
 *   KEY      what replay decides again: the world of each decision that the journal has an entry
 *            of, under the entry's key; the newest that fit into WORLDS_BYTES
 *
 * A world of 100,000 pods is megabytes, and a burst of decisions a second must not write so many:
 * of large worlds one in ten seconds is kept for replay. */
enum {
    WORLDS_BYTES = 8 * 1024 * 1024,
    WORLD_LARGE_BYTES = 1024 * 1024,
    WORLD_LARGE_PAUSE_MS = 10 * 1000,
    WORLD_BUSY_MS = 30 * 1000,
    WORLD_AGE_MS = 10 * 60 * 1000, /* one that stays the same is kept again */
};

/* `text` of kept_write, made before the decision is carried out; `entry`: the key of the journal's
 * entry; empty: the decision did nothing. */
void keep_world(struct state *s, struct str text, struct str entry, int64_t now_ms);

#endif
