#ifndef ENGINE_LOOP_JOURNAL_H
#define ENGINE_LOOP_JOURNAL_H

#include "engine/core/decide.h"
#include "engine/loop/state.h"

/* What was decided and why, for people: one record a decision that did something.  The newest that
 * fit into JOURNAL_BYTES are kept.  An entry takes JOURNAL_ENTRY_BYTES and little more, whatever
 * was decided: of what does not fit it has the numbers alone. */
enum { JOURNAL_BYTES = 8 * 1024 * 1024, JOURNAL_ENTRY_BYTES = 16 * 1024 };

/* Returns the entry's key. */
struct str journal_decision(struct arena *a, struct state *s, const struct decision *d,
                            int64_t now_ms);
/* An entry that the store holds. */
void journal_fold(struct state *s, const struct store_record *r);

#endif
