#include "engine/optimize/fill.h"

/* Where each item's group ends, once those of a group stand side by side. */
void items_end_groups(struct items *s)
{
    for (size_t i = s->count; i-- > 0;) {
        const struct item *next = &s->all[i + 1];
        bool together =
            i + 1 < s->count && s->all[i].group != NO_GROUP && s->all[i].group == next->group;
        s->all[i].end = together ? next->end : i + 1;
    }
}

/* Rows that weigh something and that the host can hold. */
static void list_items(const struct filler *f, const struct host *h, struct items *s)
{
    const struct cover *c = f->cover;

    s->all = ARENA_ARRAY(s->arena, struct item, c->row_count);
    for (size_t n = 0; n < c->row_count; n++) {
        uint32_t i = f->rows[n];
        const struct row *r = &c->rows[i];
        uint32_t group = r->group == NO_GROUP ? UINT32_MAX : c->group_most[r->group];
        int64_t most = group;
        if (f->weight[i] <= 0 || !bits_has(h->rows, i))
            continue;
        for (size_t k = 0; k < f->asked_count && most > 0; k++) {
            int64_t amount = r->amount.amount[f->asked[k]], room = h->room.amount[f->asked[k]];
            if (amount > 0 && room / amount < most)
                most = room / amount;
        }
        bool plenty = f->most[i] >= most;
        most = plenty ? most : f->most[i];
        if (most <= 0)
            continue;
        struct item *it = &s->all[s->count++]; /* which is all zero */
        it->row = i;
        it->group = r->group;
        it->most = (uint32_t)most;
        it->limit = r->group == NO_GROUP ? it->most : group;
        it->plenty = plenty;
        it->weight = f->weight[i];
    }
    items_end_groups(s);
}
/* Could the items use it up?  Only then it matters. */
static bool is_scarce(const struct cover *c, const struct host *h, const struct items *s, size_t k)
{
    __int128 sum = 0;

    for (size_t i = 0, end; i < s->count; i = end) {
        int64_t most = 0;
        uint32_t limit = s->all[i].limit;
        for (end = s->all[i].end; i < end; i++) {
            int64_t amount = c->rows[s->all[i].row].amount.amount[k];
            most = amount > most ? amount : most;
        }
        sum += (__int128)most * limit;
    }
    return sum > h->room.amount[k];
}

/* Never more than it is: whatever the rounding of doubles, less than one share is lost or won. */
static int64_t share_of(int64_t amount, int64_t room)
{
    double shares = (double)amount * (double)(1 << SHARE_BITS) / (double)room;

    return shares >= 1 ? (int64_t)shares - 1 : 0;
}

static void list_scarce(const struct filler *f, const struct host *h, struct items *s)
{
    const struct cover *c = f->cover;

    for (size_t n = 0; n < f->asked_count; n++) {
        size_t r = s->resource_count, k = f->asked[n];
        if (!is_scarce(c, h, s, k))
            continue;
        s->resource_count++;
        s->place[r] = k;
        s->room[r] = h->room.amount[k] - h->room.amount[k] % f->piece[n];
        for (size_t i = 0; i < s->count; i++) {
            s->all[i].amount[r] = c->rows[s->all[i].row].amount.amount[k];
            s->all[i].share[r] = share_of(s->all[i].amount[r], s->room[r]);
        }
    }
}

void items_list(const struct filler *f, const struct host *h, struct items *s)
{
    list_items(f, h, s);
    list_scarce(f, h, s);
}

static int64_t common_divisor(int64_t x, int64_t y)
{
    while (y) {
        int64_t rest = x % y;
        x = y;
        y = rest;
    }
    return x;
}

struct grouped {
    uint32_t group, row;
};

static int by_group(const void *x, const void *y)
{
    const struct grouped *a = x, *b = y;

    if (a->group != b->group)
        return a->group < b->group ? -1 : 1;
    return (a->row > b->row) - (a->row < b->row);
}

void filler_open(struct arena *a, const struct cover *c, struct filler *f)
{
    ARENA_AUTO scratch = {0};
    struct grouped *sorted = ARENA_ARRAY(&scratch, struct grouped, c->row_count);
    uint32_t *rows = ARENA_ARRAY(a, uint32_t, c->row_count);

    *f = (struct filler){
        .cover = c, .rows = rows, .visits = ARENA_ARRAY(a, struct visit, FILL_VISITS)};
    for (uint32_t i = 0; i < c->row_count; i++)
        sorted[i] = (struct grouped){c->rows[i].group, i};
    if (c->row_count)
        qsort(sorted, c->row_count, sizeof(*sorted), by_group);
    for (size_t i = 0; i < c->row_count; i++)
        rows[i] = sorted[i].row;
    for (size_t k = 0; k < c->resource_count; k++) {
        int64_t piece = 0;
        for (size_t i = 0; i < c->row_count; i++)
            piece = common_divisor(c->rows[i].amount.amount[k], piece);
        if (!piece)
            continue;
        f->piece[f->asked_count] = piece;
        f->asked[f->asked_count++] = k;
    }
}
