#ifndef ENGINE_CORE_ARRIVALS_H
#define ENGINE_CORE_ARRIVALS_H

#include "engine/core/attempt.h"
#include "engine/core/job.h"
#include "engine/core/places.h"

/* Pods that come one at a time, each to a room or to a node to be, whichever bears it: rooms, zones
 * and nodes are chosen together, where the other ways (serve.c) choose one after the other and may
 * so miss what is cheapest.  It takes a step for each pod and node, so it is for few pods: first
 * fit (arrivals_first.c), and for a handful all ways there are (arrivals_all.c).
 *
 * Not looked at are preferences, pools of several weights, min_values, spread_limit, moves that are
 * under way, and nodes that were launched for one of the pods: where there is any of it,
 * arrivals_open says so, and the other ways have to do. */

enum {
    ARRIVALS_MOST = 64, /* pods; of first fit */
    ARRIVALS_FEW = 8,   /* and of all ways */
    NO_STOP = UINT32_MAX,
    NO_PLACE = UINT32_MAX,
};

/* A node on which pods arrive. */
struct stop {
    struct room *room; /* NULL: a node to be, ... */
    struct bin bin;    /* ... without parts */
    size_t offer;      /* it is this offer and stays it; SIZE_MAX: any that holds all */
    struct resources rest;
    struct companies company;
};

/* Pods of one shape. */
struct arrival_kind {
    uint32_t shape;
    const struct places *places; /* NULL: it is the same where others are, hostnames aside */
    uint32_t *confined;          /* its shape there, by place */
};

struct arrival {
    const struct seeker *seeker;
    uint32_t kind;
    uint32_t stop, place; /* NO_STOP: nowhere; NO_PLACE: of a kind that has none */
    bool here;            /* it is counted */
};

/* The best that was found. */
struct arrived {
    bool any;
    size_t unserved; /* fewest come first, ... */
    int64_t cost;    /* ... then money */
    struct {
        uint32_t stop, place;
    } at[ARRIVALS_MOST];        /* by arrival */
    size_t shop[ARRIVALS_MOST]; /* of each node to be */
};

struct arrivals {
    struct plan *plan;
    struct market *m;
    struct job job; /* what bins are filled by */
    struct arrival_kind *kinds;
    size_t kind_count, kind_capacity;
    struct arrival *items; /* by kind, largest first */
    size_t count;
    struct stop *stops; /* rooms, then nodes to be */
    size_t stop_count, room_count;
    size_t *shops;
    size_t shop_count;
    int64_t cost; /* of the nodes to be */
    int64_t work; /* steps left */
    struct arrived best;
    bool complete; /* all ways were looked at, and none is left out for rooms or limits: nothing
                      else is possible */
};

/* For the seekers as they are, in the lasting rooms of the plan and on new nodes.  False: there is
 * something that arrivals do not look at, or nothing by which they could find more than packing. */
bool arrivals_open(struct plan *p, const struct seeker *seekers, size_t count,
                   struct arrivals *out);

/* Look for something better than the best so far, and remember it.  What runs out of work leaves it
 * at what it has. */
void arrivals_first_fit(struct arrivals *w);
void arrivals_search(struct arrivals *w);

/* Have they found places for more pods than these, or the same for less?  Where they are complete,
 * what another way says to be better breaks a rule. */
bool arrivals_beat(const struct arrivals *w, size_t unserved, int64_t cost);
/* Gives the pods their places of the best in the plan's rooms and on new nodes.  Nothing of the
 * plan has changed until then, and must not have. */
void arrivals_apply(struct arrivals *w, struct attempt *out);

/* Private to the ways. */

static inline uint32_t arrival_shape(const struct arrivals *w, const struct arrival *a,
                                     uint32_t place)
{
    const struct arrival_kind *k = &w->kinds[a->kind];

    return place == NO_PLACE ? k->shape : k->confined[place];
}

/* How many choices of place a kind has for a new node, and which of them a stop leaves: a room is
 * in one place. */
static inline size_t arrival_places(const struct arrivals *w, const struct arrival *a)
{
    const struct places *p = w->kinds[a->kind].places;

    return p ? p->count : 1;
}
static inline uint32_t arrival_place(const struct arrivals *w, const struct arrival *a, size_t i)
{
    return w->kinds[a->kind].places ? (uint32_t)i : NO_PLACE;
}

/* May it be there as far as room, labels, company and anti-affinity go?  What they refuse once they
 * refuse for ever.  *context is what a node to be becomes. */
bool stop_bears(struct arrivals *w, const struct stop *at, const struct arrival *a, uint32_t place,
                int32_t *context);
/* And as far as spreads and affinity go, which change as others come? */
bool stop_welcomes(const struct arrivals *w, const struct stop *at, const struct arrival *a,
                   uint32_t place);
/* A node of the shop, to be; as that offer, or (SIZE_MAX) any. */
struct stop stop_new(size_t shop, size_t offer);
/* It comes, and goes again: what stop_bears has found.  `before` is the stop as it was. */
void arrival_come(struct arrivals *w, struct arrival *a, uint32_t stop, uint32_t place,
                  int32_t context);
void arrival_go(struct arrivals *w, struct arrival *a, const struct stop *before);
/* The same for counts and company alone. */
void arrival_count(struct arrivals *w, struct arrival *a);
void arrival_uncount(struct arrivals *w, struct arrival *a);
/* As it is, so many pods without a place: is that better than the best?  Then it is that. */
bool arrivals_are_better(const struct arrivals *w, size_t unserved);
void arrivals_remember(struct arrivals *w, size_t unserved);
/* Do spreads and affinity of all that have come hold? */
bool arrivals_hold_at_last(const struct arrivals *w);
/* Do the plan's limits leave as much as the nodes to be are? */
bool arrivals_within_limits(const struct arrivals *w);

#endif
