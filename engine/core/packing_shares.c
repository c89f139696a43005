#include "engine/core/job.h"
#include "engine/core/shares.h"

/* A packing that was made as if no pool had a spread_limit, brought within them. */

static void take_half(struct job *j, struct bin *half, uint32_t shape, uint32_t times)
{
    int32_t context = shop_join(j->m, half->shop, half->context, j->m->shapes[shape].cohort);

    bin_put(j, half, shape, times, context);
}

/* Part by part; who is alone stays in the first. */
static void halve(struct job *j, const struct bin *b, struct bin *halves)
{
    uint32_t total = 0, room;

    for (size_t i = 0; i < b->part_count; i++)
        total += b->parts[i].count;
    room = (total + 1) / 2;
    for (int i = 0; i < 2; i++)
        halves[i] = (struct bin){.shop = b->shop, .context = CONTEXT_ANY};
    for (size_t i = 0; i < b->part_count; i++) {
        uint32_t first = b->parts[i].count < room ? b->parts[i].count : room;
        room -= first;
        if (first)
            take_half(j, &halves[0], b->parts[i].shape, first);
        if (b->parts[i].count > first)
            take_half(j, &halves[1], b->parts[i].shape, b->parts[i].count - first);
    }
}

static void give_up(const struct bin *b, uint32_t *unplaced)
{
    for (size_t i = 0; i < b->part_count; i++)
        unplaced[b->parts[i].shape] += b->parts[i].count;
}

/* There may be shares of smaller types: its pods come to two nodes, if limits leave them. */
static void replace(struct job *j, struct packing *p, const struct bin *lost,
                    struct allowance *left, uint32_t *unplaced)
{
    const struct shop *s = &j->m->shops[lost->shop];
    struct bin halves[2];

    halve(j, lost, halves);
    for (size_t i = 0; i < 2; i++) {
        struct bin *half = &halves[i];
        bool possible = half->part_count && halves[1].part_count && bin_reprice(j, half) &&
                        allowance_admits(left, s->types[half->type], half->cost);
        if (!possible) {
            give_up(half, unplaced);
            continue;
        }
        allowance_take(left, &s->types[half->type]->capacity, half->cost);
        packing_push(j, p, *half);
    }
}

static size_t bins_of(struct packing *p, size_t shop, struct bin **out)
{
    size_t n = 0;

    for (size_t i = 0; i < p->count; i++)
        if (p->bins[i].shop == shop)
            out[n++] = &p->bins[i];
    return n;
}

/* Takes the lost ones out of the packing and gives back what they have of the limits; returns
 * copies of them. */
static struct packing take_out(struct job *j, size_t shop, struct packing *p, const bool *lost,
                               struct allowance *left)
{
    struct packing out = {0};
    size_t kept = 0, at = 0;

    for (size_t i = 0; i < p->count; i++) {
        struct bin b = p->bins[i];
        if (b.shop != shop || !lost[at++]) {
            p->bins[kept++] = b;
            continue;
        }
        allowance_give(left, &j->m->shops[shop].types[b.type]->capacity, b.cost);
        packing_push(j, &out, b);
    }
    p->count = kept;
    return out;
}

/* Each round leaves fewer nodes or smaller ones, so it comes to an end. */
static void keep_of(struct job *j, size_t shop, struct packing *p, struct allowance *left,
                    uint32_t *unplaced)
{
    for (;;) {
        struct bin **bins = ARENA_ARRAY(j->arena, struct bin *, p->count);
        size_t count = bins_of(p, shop, bins);
        bool *lost = ARENA_ARRAY(j->arena, bool, count);
        if (!count || shares_grant(j->m, shop, bins, count, left, lost))
            return;
        struct packing gone = take_out(j, shop, p, lost, left);
        for (size_t i = 0; i < gone.count; i++)
            replace(j, p, &gone.bins[i], left, unplaced);
    }
}

void packing_keep_shares(struct job *j, struct packing *p, struct allowance *left,
                         uint32_t *unplaced)
{
    for (size_t i = 0; i < j->shop_count; i++)
        if (j->m->shops[j->shops[i]].pool->spread_limit)
            keep_of(j, j->shops[i], p, &left[j->shops[i]], unplaced);
    p->cost = packing_cost(p);
}
