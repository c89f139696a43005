#include "engine/core/places.h"

/* Pods whose nodes await them.
 *
 * A claim says for whom it was launched, and its pods were given cells then.  Were they given cells
 * anew when they come, in another order and with others beside them, many would be sent to another
 * zone than that of their node, and there another would be bought.  So they come first, and only
 * who has no such node, or is kept away from it by what has changed since, has to choose. */

static size_t place_with(const struct places *all, uint32_t cell)
{
    for (size_t i = 0; i < all->count; i++)
        for (size_t k = 0; k < all->items[i].cell_count; k++)
            if (all->items[i].cells[k] == cell)
                return i;
    return SIZE_MAX;
}

static void open_lists(struct work *w, struct batch *b)
{
    b->expected = ARENA_ARRAY(w->scratch, struct expected, b->places->count);
    b->next_there = ARENA_ARRAY(w->scratch, uint32_t, b->count);
    b->is_settled = ARENA_ARRAY(w->scratch, bool, b->count);
    for (size_t i = 0; i < b->places->count; i++)
        b->expected[i].first = NO_SEEKER;
}

/* Of most kinds somebody is expected in one place only, so the others are not asked about. */
static struct expected *list_of(struct work *w, struct batch *b, size_t place)
{
    if (!b->expected)
        open_lists(w, b);
    struct expected *e = &b->expected[place];
    if (e->first == NO_SEEKER) {
        e->confined = place_confine(w->m, b->shape, b->places->items[place].cohort);
        e->cap = place_cap(w->caps, e->confined);
    }
    return e;
}

/* The last of them first, so that the lists are in the order of the seekers. */
static void list_expected(struct work *w, struct batch *b)
{
    for (size_t i = b->count; i-- > 0;) {
        const struct room *r = rooms_planned_for(w->m, w->rooms, &w->seekers[b->seekers[i]]);
        size_t place = r && r->cell != NO_DOMAIN ? place_with(b->places, r->cell) : SIZE_MAX;
        if (place == SIZE_MAX)
            continue;
        struct expected *e = list_of(w, b, place);
        b->next_there[i] = e->first;
        e->first = (uint32_t)i;
    }
}

static bool holds(const struct work *w, const struct batch *b, uint32_t cell)
{
    const struct topology *t = &w->m->topology;
    const struct profile *p = &t->profiles[w->m->shapes[b->shape].profile];

    for (size_t i = 0; i < p->stance_count; i++)
        if (p->stances[i].required && !stance_holds(t, p, &p->stances[i], cell))
            return false;
    return true;
}

/* One to each place that takes one: spreads go up step by step. */
static bool settle_round(struct work *w, struct batch *b)
{
    bool any = false;

    for (size_t i = 0; i < b->places->count; i++) {
        struct expected *e = &b->expected[i];
        const struct place *place = &b->places->items[i];
        if (e->first == NO_SEEKER || e->settled >= e->cap || !holds(w, b, place->cells[0]))
            continue;
        batch_settle(w, b, b->seekers[e->first], place, e->confined);
        b->is_settled[e->first] = any = true;
        e->first = b->next_there[e->first];
        e->settled++;
    }
    return any;
}

/* Those who have their place come before those who have to choose. */
static void put_settled_first(struct work *w, struct batch *b)
{
    uint32_t *all = ARENA_ARRAY(w->scratch, uint32_t, b->count);
    size_t n = 0;

    for (size_t i = 0; i < b->count; i++)
        if (b->is_settled[i])
            all[n++] = b->seekers[i];
    b->next = n;
    for (size_t i = 0; i < b->count; i++)
        if (!b->is_settled[i])
            all[n++] = b->seekers[i];
    b->seekers = all;
}

void batches_settle_expected(struct work *w)
{
    bool some = false;

    for (size_t i = 0; i < w->batch_count; i++) {
        list_expected(w, &w->batches[i]);
        some |= w->batches[i].expected != NULL;
    }
    /* Who waits for company comes again when it is there. */
    for (bool moved = some; moved;) {
        moved = false;
        for (size_t i = 0; i < w->batch_count; i++)
            while (w->batches[i].expected && settle_round(w, &w->batches[i]))
                moved = true;
    }
    for (size_t i = 0; i < w->batch_count; i++)
        if (w->batches[i].expected)
            put_settled_first(w, &w->batches[i]);
}
