#ifndef ENGINE_OPTIMIZE_HOSTING_H
#define ENGINE_OPTIMIZE_HOSTING_H

#include "engine/optimize/cover.h"

/* Private to cover: who could host whom.  Pods that the same offers and claims admit are one class;
 * a host's `rows` are classes here. */
enum { CLASSES_MOST = 64 };

struct hosting {
    struct market *m;
    bool now; /* what the shops sell now; else whatever could ever be, claims too */
    const size_t *shops;
    size_t shop_count;
    size_t word_count;    /* of a class's set of offers and claims, side by side */
    struct bits *classes; /* which offers of which shop, which claims */
    size_t class_count;   /* the last of CLASSES_MOST stands for all that came too late */
    const struct pin *pins;
    size_t pin_count;
    uint32_t *class_of; /* by cohort and pin, plus one; 0: not asked about yet */
    struct host *hosts, *rooms;
    size_t host_count, host_capacity, room_count, room_capacity;
};

void hosting_open(struct hosting *h, struct market *m, const size_t *shops, size_t shop_count,
                  bool now);
/* The class of pods of a cohort with a pin, or NO_PIN. */
uint32_t hosting_class(struct hosting *h, size_t cohort, uint32_t pin);
/* After every class was asked for: the hosts, those left out that a cheaper one surpasses. */
void hosting_list(struct hosting *h);
/* Does anything admit the class and hold such a pod? */
bool hosting_serves(const struct hosting *h, uint32_t class, const struct resources *amount);
/* Is its price unknown or nothing to us? */
bool claim_is_free(const struct claim *c);

#endif
