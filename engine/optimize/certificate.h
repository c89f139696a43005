#ifndef ENGINE_OPTIMIZE_CERTIFICATE_H
#define ENGINE_OPTIMIZE_CERTIFICATE_H

#include "engine/base/buf.h"
#include "engine/optimize/cover.h"

/* Why no fleet can be cheaper, as data that anybody can check with whole numbers alone.
 *
 * Each part is a cover with one of two proofs.
 *
 * PROOF_DUAL gives every row a weight, in 1/1024 micro-dollars, such that whatever a host can hold
 * weighs no more than its price.  Then the hosts of any fleet cost at least what all pods weigh
 * together, less the most that each free room can hold by weight.  What a host can hold: n pods of
 * each row that it admits, n at most the row's count, over the rows of a group together at most the
 * group's number, the amounts together at most the room in every resource.
 *
 * PROOF_SEARCH says that the number is the least sum of prices of hosts that hold all the rows'
 * pods, which a search over the counts finds; it is given where counts are so few that the product
 * of (count + 1) over all rows is at most SEARCH_STATES.  Weights are then zero.
 *
 * As text, one thing a line, numbers separated by one space, rows and groups numbered from 0:
 *
 *   tenon-bound 1
 *   resources cpu memory pods               amounts below are in this order: millicores, bytes,
 * pieces standing 40000                          micro-dollars per hour of static pools, beside the
 * parts part dual                               or: part search group 1 most row 5 0 98304000 2000
 * 4294967296 1      count, group or -, weight, amounts of one pod host 96000 3920 7516192768 58 : 0
 * 1 4   price, room, rows admitted room 500 1073741824 3 : 0               free, once step 100
 * divides the price of every host proves 480000                           (sum of count x weight -
 * rooms) / 1024, up to whole steps bound 520000                            standing and what the
 * parts prove pod 0 3 default/web-1                   part and row of every pod that counts end
 *
 * Against the world: a pod asks for at least its row's amounts; each node that could ever host it
 * (an offer of a pool that admits it, its DaemonSets taken off; a claim) is surpassed by a host of
 * its part that admits its row: no less room in anything, no dearer, and for every pod that the
 * node admits too.  Pods may be left out, which only lowers the bound. */
enum proof { PROOF_DUAL, PROOF_SEARCH };
enum { SEARCH_STATES = 4096 };

struct proved {
    struct cover cover;
    enum proof how;
    const int64_t *weight; /* by row */
    int64_t step;
    int64_t microusd_per_hour;
};

struct certificate {
    int64_t standing_microusd_per_hour;
    struct proved *parts;
    size_t part_count;
    const uint32_t *part_of_pod, *row_of_pod; /* by place in the world; UINT32_MAX: left out */
    int64_t microusd_per_hour;
};

void certificate_write(struct buf *out, const struct world *w, const struct certificate *c);

#endif
