#ifndef ENGINE_WORLDS_EFFECT_H
#define ENGINE_WORLDS_EFFECT_H

#include "engine/base/buf.h"
#include "engine/worlds/rollout.h"

/* What a preview comes to, in words: one line, and what stands beneath it, for a plan's warning and
 * for the end of `tenon preview`. */
struct effect {
    const struct world *world; /* that the preview was made of */
    const struct preview *preview;
    int64_t seen_ms; /* when the engine saw the world */
    bool list_prices;
    struct rollout rollout; /* of a plan's */
    /* So much less the fleet would come to cost without the PodDisruptionBudgets that let none of
     * their pods go. */
    int64_t never_met_microusd_per_hour;
    int64_t bound_microusd_per_hour; /* no fleet for the pods that have a node in the end costs
                                        less; 0: it was not reckoned */
};

/* Of what comes of this preview, with the bound of its end. */
struct effect effect_of(const struct world *w, const struct preview *p);

/* "3 nodes are replaced and 1 goes, $412.30/month become $389.10/month" */
struct str effect_line(struct arena *a, const struct effect *e);
void effect_lines(struct buf *out, const struct effect *e);

/* Nodes that go for a reason, and how many of them are replaced. */
struct leaving_count {
    enum reason reason;
    size_t gone, replaced;
};
/* By reason, as many as there are; at most REASON_COUNT. */
size_t effect_leaving(const struct preview *p, struct leaving_count *out);

/* Nodes of a pool that are due for the same reason and held back by the same rule. */
struct held_count {
    const struct held *like; /* the first of them */
    size_t count;
    int64_t saves_microusd_per_hour; /* all of them, where that is known */
};
/* Of a preview those that would leave now, of a plan those that stay when all has been done. */
struct held_count *effect_held(struct arena *a, const struct preview *p, size_t *count);
/* The ids of all of a kind. */
struct str *effect_held_claims(struct arena *a, const struct preview *p,
                               const struct held_count *kind);

/* Launches alike. */
struct launch_count {
    const struct coming *like;
    size_t count;
};
struct launch_count *effect_launches(struct arena *a, const struct preview *p, size_t *count);

#endif
