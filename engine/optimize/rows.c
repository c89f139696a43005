#include "engine/optimize/rows.h"

static size_t table_size(size_t count)
{
    size_t size = 64;

    while (size < 2 * count)
        size *= 2;
    return size;
}

/* A bound looks at what is required alone; a fleet holds what is preferred too. */
static size_t cohort_of(const struct hosting *h, uint32_t spec)
{
    const struct spec_entry *e = &h->m->specs[spec];

    return h->now ? h->m->shapes[e->shape].cohort : e->cohort;
}

/* Open addressing over kinds plus one; 0 is a free place. */
void kinds_list(struct hosting *h, const uint32_t *pin_of_pod, struct kind_list *out)
{
    const struct market *m = h->m;
    size_t size = table_size(m->world->pod_count);
    uint32_t *table = ARENA_ARRAY(m->arena, uint32_t, size);

    *out = (struct kind_list){.of_pod = ARENA_ARRAY(m->arena, uint32_t, m->world->pod_count)};
    for (size_t i = 0; i < m->world->pod_count; i++) {
        uint32_t spec = m->spec_of_pod[i], pin = pin_of_pod[i];
        out->of_pod[i] = UINT32_MAX;
        if (pin == NOT_COUNTED)
            continue;
        uint64_t hash = ((uint64_t)spec << 32 | pin) * 0x9e3779b97f4a7c15u;
        size_t at = (hash ^ hash >> 31) & (size - 1);
        while (table[at] &&
               (out->items[table[at] - 1].spec != spec || out->items[table[at] - 1].pin != pin))
            at = (at + 1) & (size - 1);
        if (!table[at]) {
            struct kind k = {spec, pin, hosting_class(h, cohort_of(h, spec), pin), UINT32_MAX};
            ARENA_PUSH(m->arena, out->items, out->count, out->capacity, k);
            table[at] = (uint32_t)out->count;
        }
        out->of_pod[i] = table[at] - 1;
    }
}

static uint64_t hash_row(const struct classed_row *r)
{
    uint64_t h = hash_mix(r->class, r->row.group);

    for (size_t i = 0; i < RESOURCES_MAX; i++)
        h = hash_mix(h ^ h >> 31, (uint64_t)r->row.amount.amount[i]);
    return h ^ h >> 29;
}

static bool same_row(const struct classed_row *x, const struct classed_row *y)
{
    return x->class == y->class && x->row.group == y->row.group &&
           memcmp(&x->row.amount, &y->row.amount, sizeof(x->row.amount)) == 0;
}

/* Kinds that differ only in what does not matter here are one row. */
static void rows_of_kinds(struct hosting *h, struct groups *groups, struct kind_list *kinds,
                          struct row_list *out)
{
    size_t size = table_size(kinds->count);
    uint32_t *table = ARENA_ARRAY(h->m->arena, uint32_t, size);

    for (size_t i = 0; i < kinds->count; i++) {
        struct kind *k = &kinds->items[i];
        const struct pod_spec *spec = h->m->specs[k->spec].spec;
        struct classed_row row = {{spec->requests, 0, groups_find(groups, spec)}, k->class};
        size_t at = hash_row(&row) & (size - 1);
        while (table[at] && !same_row(&out->items[table[at] - 1], &row))
            at = (at + 1) & (size - 1);
        if (!table[at]) {
            if (!hosting_serves(h, k->class, &spec->requests))
                continue;
            ARENA_PUSH(h->m->arena, out->items, out->count, out->capacity, row);
            table[at] = (uint32_t)out->count;
        }
        k->row = table[at] - 1;
    }
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

void rows_make(struct hosting *h, struct groups *groups, struct kind_list *kinds, size_t rows_most,
               bool round_up, struct row_list *out)
{
    *out = (struct row_list){0};
    rows_of_kinds(h, groups, kinds, out);
    for (size_t i = 0; i < h->m->world->pod_count; i++) {
        uint32_t kind = kinds->of_pod[i];
        if (kind != UINT32_MAX && kinds->items[kind].row != UINT32_MAX)
            out->items[kinds->items[kind].row].row.count++;
    }
    if (out->count <= rows_most)
        return;
    uint32_t *became = ARENA_ARRAY(h->m->arena, uint32_t, out->count);
    merge(h->m->arena, rows_most, round_up, out, became);
    for (size_t i = 0; i < kinds->count; i++)
        if (kinds->items[i].row != UINT32_MAX)
            kinds->items[i].row = became[kinds->items[i].row];
}
