#ifndef ENGINE_WORLDS_REPLAY_H
#define ENGINE_WORLDS_REPLAY_H

#include "engine/base/buf.h"
#include "engine/worlds/kept.h"

/* A decision that was kept with its world, taken again: is it the same, bit for bit? */
struct replayed {
    struct kept kept;
    struct decision again;
    bool same;
    struct str was, is; /* the first thing that is not: as it was, and as it is now */
};
MUST_CHECK struct error *replay(struct arena *a, struct str text, struct replayed *out);

/* What a decision says, a line a thing: its actions, who waits, what is held against each pool. */
struct str decision_text(struct arena *a, const struct decision *d, size_t pool_count);

/* Kept worlds as one file, each under its name:
 *
 *   tenon-journal 1
 *   world 001700000000000-0000 5120       and so many bytes
 */
void journal_file_begin(struct buf *out);
void journal_file_add(struct buf *out, struct str name, struct str text);
struct journal_file {
    struct str rest;
    size_t read; /* so many so far */
};
MUST_CHECK struct error *journal_file_open(struct arena *a, struct str text,
                                           struct journal_file *out);
/* The next, within the text; *found is false at the end. */
MUST_CHECK struct error *journal_file_next(struct arena *a, struct journal_file *f,
                                           struct str *name, struct str *text, bool *found);

#endif
