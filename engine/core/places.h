#ifndef ENGINE_CORE_PLACES_H
#define ENGINE_CORE_PLACES_H

#include "engine/core/apportion.h"

/* Private to apportioning: the places that pods could have (places.c), the rules of terms on crowds
 * as they are counted (stances.c), those who have a node already that was launched for them
 * (expected.c), and the choice between places for all others (apportion.c). */

/* A choice for pods of one cohort and profile: cells that none of its crowds tells apart. */
struct place {
    uint32_t *cells; /* sorted */
    size_t cell_count, cell_capacity;
    size_t cohort; /* the pods' own, confined to these cells */
    bool stocked;  /* new nodes can be had there */
};

struct places {
    size_t cohort;
    uint32_t profile;
    struct place *items;
    size_t count, capacity;
};

/* One kind of pods to be placed. */
struct batch {
    uint32_t shape;
    const struct places *places;
    struct offer_price {
        int64_t weight, price; /* of the heaviest pool that sells there; price INT64_MAX: none */
        int64_t room; /* how many more of the batch the rooms there take, or more than it has */
        uint32_t cap; /* how many more may be there at all */
        uint32_t confined; /* the shape that is there alone; NO_SHAPE: not known yet */
    } * prices;            /* by place; NULL: nobody has had to choose yet */
    size_t open;           /* places that could take one, whatever others do */
    uint32_t *seekers;
    size_t count, capacity;
    size_t next; /* the first of them without a place */
    bool begins; /* some of them have to be placed while there is none of their kind */
    uint64_t draw;
    /* Of those whose nodes await them: */
    struct expected {
        uint32_t first; /* who comes next of them, as a place among the seekers; NO_SEEKER */
        uint32_t cap, confined;
        uint32_t settled;
    } * expected;         /* by place; NULL: nobody */
    uint32_t *next_there; /* by seeker of the batch: who comes after it */
    bool *is_settled;     /* the same */
};
enum { NO_SEEKER = UINT32_MAX };

struct work {
    struct market *m;
    struct arena *scratch; /* for what ends with the work; places go on in cohorts */
    struct rooms *rooms;
    struct seeker *seekers;
    size_t seeker_count;
    const struct way *way;
    const struct caps *caps;
    struct apportionment *out;
    struct batch *batches;
    size_t batch_count, batch_capacity;
    int32_t **reach; /* by crowd and domain: pods that want to be near it and could be there */
    uint64_t state;
};

/* The places of a cohort and profile, found once for as long as no room comes or goes. */
const struct places *places_find(struct work *w, size_t cohort, uint32_t profile);
/* The shape of pods that are confined to the place of that cohort. */
uint32_t place_confine(struct market *m, uint32_t shape, size_t cohort);
/* How many of it there may be, as far as that has been learnt; UINT32_MAX: any number. */
uint32_t place_cap(const struct caps *caps, uint32_t confined);
/* A cell of a confined shape: what it asks of crowds is the same in all of them. */
uint32_t place_cell(const struct market *m, uint32_t shape);
/* A batch for each shape among the seekers that is to be given cells; they are `nowhere` from now
 * on. */
void batches_make(struct work *w);
/* What the batch's places cost and have room for, if nobody has asked before. */
void batch_price(struct work *w, struct batch *b);
/* A seeker of the batch gets that place, where its shape is the confined one. */
void batch_settle(struct work *w, const struct batch *b, size_t seeker, const struct place *place,
                  uint32_t confined);
/* Those for whom a claim was launched get cells where it is, as long as what they must have of
 * crowds holds there: in another place they would need another node. */
void batches_settle_expected(struct work *w);

/* How many one pod (or team) of the profile adds to a crowd. */
int32_t profile_adds(const struct profile *p, uint32_t crowd);
/* The least count among the domains that a spread over the crowd looks at, and their number. */
int64_t crowd_least(const struct topology *t, uint32_t crowd, int64_t *domains);
bool crowd_is_empty(const struct topology *t, uint32_t crowd);
/* Would it hold for one more of the profile in the cell?  And does it, now that one is there? */
bool stance_holds(const struct topology *t, const struct profile *p, const struct stance *s,
                  uint32_t cell);
bool stance_holds_at_last(const struct topology *t, const struct profile *p, const struct stance *s,
                          uint32_t cell);

#endif
