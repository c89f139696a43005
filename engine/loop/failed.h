#ifndef ENGINE_LOOP_FAILED_H
#define ENGINE_LOOP_FAILED_H

#include "engine/loop/record.h"
#include "engine/loop/state.h"

/* A node that was launched and gone, or given up, before it was ready.  Its claim has ended, so
 * nothing else of the state remembers it, and what is at fault (an image that does not boot, a key
 * that nobody may use) would meet every node like it: a pool replaces nothing more while the
 * failure stands for the pool as it is now.  It is kept in the pool's status record, so that the
 * next engine knows it; with a lost store it is found out anew, at the price of one more wave. */

/* The claim was launched and will never be ready.  One of a pool that has changed since says
 * nothing of what it is now, so a failure that stands is not forgotten for it. */
void failed_note(const struct state *s, struct pool_entry *p, const struct claim_entry *c,
                 int64_t date_ms);
/* It is given up, for it has been starting for too long. */
void failed_give_up(struct state *s, struct pool_entry *p, const struct claim_entry *c,
                    int64_t now_ms);
/* A launch has come to nothing, soon or after a long wait: the same again would come to the same,
 * so the pool's next waits, longer each time in a row.  What was launched together fails together,
 * and counts once. */
enum failed_after { FAILED_SOON, FAILED_AFTER_LONG };
void failed_pause(struct pool_entry *p, enum failed_after after, int64_t now_ms);
/* The claim has become ready: a failure before it was launched is past. */
void failed_forget(struct pool_entry *p, const struct claim_entry *c);
/* Who failed, for people, if the pool would launch the same again: hash and image are what its
 * class means now.  Else empty. */
struct str failed_text(struct arena *a, const struct state *s, const struct pool_entry *p);

void failed_write(struct json_writer *w, const struct pool_entry *p);
/* As the status record has it, with that record's texts; no claim: it has none. */
struct failed failed_read(const struct record *status);
void failed_keep(struct pool_entry *p, const struct failed *f); /* a copy */
void failed_finish(struct pool_entry *p);

#endif
