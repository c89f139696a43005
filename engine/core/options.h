#ifndef ENGINE_CORE_OPTIONS_H
#define ENGINE_CORE_OPTIONS_H

#include "engine/core/packing.h"

/* From a planned node to a launch.
 *
 * The cloud is offered every type and zone that would hold the node's pods at no more than a tenth
 * above the best price, best first, at most 60, all of one capacity type: that of the cheapest
 * (spot at equal price).  A dearer option is worth that much, because each makes it likelier that
 * the launch succeeds and, for spot, that the node stays.  Beyond the tenth goes only what
 * min_values asks for, and where the pool is scarce everything up to those 60.  No option may take
 * the pool beyond its limits or its spread_limit (shares.h). */
enum { OPTIONS_MAX = 60, PREMIUM_PERCENT = 10 };

/* Fills a LAUNCH action's pool, options and labels, and lowers `left` by the largest capacity and
 * dearest price among its options.  On entry `left` is what remains when all planned nodes are
 * counted at their chosen types; the node's own share is given back first.  False: min_values
 * cannot be kept within the limits; nothing is taken. */
bool options_make(struct market *m, const struct bin *b, struct allowance *left,
                  struct action *launch);
/* The context, its offers ranked: the best first. */
const struct context *options_ranked(struct market *m, size_t shop, int32_t context);
/* Is one, at its price, worth being an option beside the best? */
bool options_within_premium(const struct pool *p, const struct offering *one,
                            const struct offering *best);
/* Gives back what a launch has taken of it, and takes it again. */
void options_return(const struct action *launch, struct allowance *left);
void options_take(const struct action *launch, struct allowance *left);

#endif
