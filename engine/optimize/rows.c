#include "engine/optimize/rows.h"

struct making {
    struct hosting *h;
    struct groups *groups;
    struct row_list *rows;
    uint32_t *table; /* open addressing, by shape and group: a row plus two; 1: none, 0: free */
    uint64_t *keys;
    size_t table_size;
};

static size_t place_of(const struct making *k, uint64_t key)
{
    uint64_t hash = key * 0x9e3779b97f4a7c15u;
    size_t at = (hash ^ hash >> 31) & (k->table_size - 1);

    while (k->table[at] && k->keys[at] != key)
        at = (at + 1) & (k->table_size - 1);
    return at;
}

/* Shapes that differ only in what does not matter here are one row. */
static uint32_t find_row(struct making *k, const struct shape *s, uint32_t class, uint32_t group)
{
    struct row_list *rows = k->rows;

    for (size_t i = rows->count; i-- > 0 && rows->count - i <= ROWS_MOST;)
        if (rows->items[i].class == class && rows->items[i].row.group == group &&
            memcmp(&rows->items[i].row.amount, &s->requests, sizeof(s->requests)) == 0)
            return (uint32_t)i;
    if (!hosting_serves(k->h, class, &s->requests))
        return UINT32_MAX;
    struct classed_row row = {{s->requests, 0, group}, class};
    ARENA_PUSH(k->h->m->arena, rows->items, rows->count, rows->capacity, row);
    return (uint32_t)rows->count - 1;
}

static uint32_t row_of(struct making *k, size_t pod)
{
    const struct market *m = k->h->m;
    uint32_t shape = m->shape_of_pod[pod];
    uint32_t group = groups_find(k->groups, m->world->pods[pod].spec);
    uint64_t key = (uint64_t)shape << 32 | group;
    size_t at = place_of(k, key);

    if (!k->table[at]) {
        const struct shape *s = &m->shapes[shape];
        k->keys[at] = key;
        k->table[at] = find_row(k, s, hosting_class(k->h, s->cohort), group) + 2;
    }
    return k->table[at] - 2;
}

struct sized {
    struct classed_row row;
    uint32_t from;
};

/* Together what may be merged, then by CPU. */
static int by_cpu(const void *x, const void *y)
{
    const struct sized *a = x, *b = y;
    int64_t p = a->row.row.amount.amount[RESOURCE_CPU], q = b->row.row.amount.amount[RESOURCE_CPU];

    if (a->row.class != b->row.class)
        return a->row.class < b->row.class ? -1 : 1;
    if (a->row.row.group != b->row.row.group)
        return a->row.row.group < b->row.row.group ? -1 : 1;
    if (p != q)
        return p < q ? -1 : 1;
    return (a->from > b->from) - (a->from < b->from);
}

static int by_memory(const void *x, const void *y)
{
    const struct sized *a = x, *b = y;
    int64_t p = a->row.row.amount.amount[RESOURCE_MEMORY];
    int64_t q = b->row.row.amount.amount[RESOURCE_MEMORY];

    if (p != q)
        return p < q ? -1 : 1;
    return (a->from > b->from) - (a->from < b->from);
}

static void merge_into(struct row *all, const struct row *more, bool round_up)
{
    all->count += more->count;
    for (size_t i = 0; i < RESOURCES_MAX; i++) {
        int64_t have = all->amount.amount[i], other = more->amount.amount[i];
        if (round_up ? other > have : other < have)
            all->amount.amount[i] = other;
    }
}

static void merge_run(const struct sized *run, size_t count, bool round_up, struct row_list *out,
                      uint32_t *became)
{
    struct classed_row *all = &out->items[out->count];

    *all = run[0].row;
    for (size_t i = 0; i < count; i++) {
        if (i)
            merge_into(&all->row, &run[i].row.row, round_up);
        became[run[i].from] = (uint32_t)out->count;
    }
    out->count++;
}

static size_t root(size_t n)
{
    size_t r = 1;

    while ((r + 1) * (r + 1) <= n)
        r++;
    return r;
}

/* Strips of like CPU, in each of them runs of like memory. */
static void merge_alike(struct sized *run, size_t count, size_t into, bool round_up,
                        struct row_list *out, uint32_t *became)
{
    size_t strips = root(into < count ? into : count);

    for (size_t i = 0; i < strips; i++) {
        size_t from = count * i / strips, n = count * (i + 1) / strips - from;
        size_t runs = n < strips ? n : strips;
        qsort(run + from, n, sizeof(*run), by_memory);
        for (size_t k = 0; k < runs; k++)
            merge_run(run + from + n * k / runs, n * (k + 1) / runs - n * k / runs, round_up, out,
                      became);
    }
}

static void merge(struct arena *a, size_t rows_most, bool round_up, struct row_list *rows,
                  uint32_t *became)
{
    struct sized *all = ARENA_ARRAY(a, struct sized, rows->count);
    size_t count = rows->count, kinds = 1;

    for (uint32_t i = 0; i < count; i++)
        all[i] = (struct sized){rows->items[i], i};
    qsort(all, count, sizeof(*all), by_cpu);
    for (size_t i = 1; i < count; i++)
        kinds += all[i].row.class != all[i - 1].row.class ||
                 all[i].row.row.group != all[i - 1].row.row.group;
    rows->count = 0;
    for (size_t i = 0, n; i < count; i += n) {
        for (n = 1; i + n < count && all[i + n].row.class == all[i].row.class &&
                    all[i + n].row.row.group == all[i].row.row.group;)
            n++;
        size_t into = kinds < rows_most ? 1 + n * (rows_most - kinds) / count : 1;
        merge_alike(all + i, n, into, round_up, rows, became);
    }
}

void rows_make(struct hosting *h, struct groups *groups, const bool *counted, size_t rows_most,
               bool round_up, struct row_list *out, uint32_t *row_of_pod)
{
    const struct world *w = h->m->world;
    struct making k = {.h = h, .groups = groups, .rows = out, .table_size = 64};

    *out = (struct row_list){0};
    while (k.table_size < 2 * w->pod_count)
        k.table_size *= 2;
    k.table = ARENA_ARRAY(h->m->arena, uint32_t, k.table_size);
    k.keys = ARENA_ARRAY(h->m->arena, uint64_t, k.table_size);
    for (size_t i = 0; i < w->pod_count; i++) {
        row_of_pod[i] = counted[i] ? row_of(&k, i) : UINT32_MAX;
        if (row_of_pod[i] != UINT32_MAX)
            out->items[row_of_pod[i]].row.count++;
    }
    if (out->count <= rows_most)
        return;
    uint32_t *became = ARENA_ARRAY(h->m->arena, uint32_t, out->count);
    merge(h->m->arena, rows_most, round_up, out, became);
    for (size_t i = 0; i < w->pod_count; i++)
        if (row_of_pod[i] != UINT32_MAX)
            row_of_pod[i] = became[row_of_pod[i]];
}
