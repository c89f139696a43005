#include "engine/optimize/groups.h"
#include "engine/optimize/hosting.h"
#include "engine/optimize/rows.h"

/* Classes that some host admits together are answered together; by class, the least of them. */
static void find_parts(const struct hosting *h, uint32_t *part)
{
    bool again = true;

    for (uint32_t i = 0; i < h->class_count; i++)
        part[i] = i;
    while (again) {
        again = false;
        for (size_t i = 0; i < h->host_count; i++) {
            uint32_t least = UINT32_MAX;
            for (uint32_t k = 0; k < h->class_count; k++)
                if (bits_has(h->hosts[i].rows, k) && part[k] < least)
                    least = part[k];
            for (uint32_t k = 0; k < h->class_count; k++)
                if (bits_has(h->hosts[i].rows, k) && part[k] != least) {
                    part[k] = least;
                    again = true;
                }
        }
    }
}

/* From classes to the rows of one cover; false: it admits none of them. */
static bool narrow(struct arena *a, const struct row_list *rows, const uint32_t *place,
                   size_t count, struct host *host)
{
    struct bits by_row = {ARENA_ARRAY(a, uint64_t, (count + 63) / 64)};
    bool any = false;

    for (size_t i = 0; i < rows->count; i++)
        if (place[i] != UINT32_MAX && bits_has(host->rows, rows->items[i].class)) {
            bits_set(by_row, place[i]);
            any = true;
        }
    host->rows = by_row;
    return any;
}

static struct host *narrow_all(struct arena *a, const struct row_list *rows, const uint32_t *place,
                               size_t row_count, const struct host *hosts, size_t *count)
{
    struct host *out = ARENA_ARRAY(a, struct host, *count);
    size_t kept = 0;

    for (size_t i = 0; i < *count; i++) {
        out[kept] = hosts[i];
        kept += narrow(a, rows, place, row_count, &out[kept]);
    }
    *count = kept;
    return out;
}

static struct cover cover_of(const struct hosting *h, const struct groups *groups,
                             const struct row_list *rows, const uint32_t *place, size_t count)
{
    struct arena *a = h->m->arena;
    uint32_t *most = ARENA_ARRAY(a, uint32_t, groups->count);
    struct cover c = {.resource_count = h->m->resource_count,
                      .rows = ARENA_ARRAY(a, struct row, count),
                      .row_count = count,
                      .group_most = most,
                      .group_count = groups->count,
                      .host_count = h->host_count,
                      .room_count = h->room_count};

    for (size_t i = 0; i < rows->count; i++)
        if (place[i] != UINT32_MAX)
            c.rows[place[i]] = rows->items[i].row;
    for (size_t i = 0; i < groups->count; i++)
        most[i] = groups->items[i].most;
    c.hosts = narrow_all(a, rows, place, count, h->hosts, &c.host_count);
    c.rooms = narrow_all(a, rows, place, count, h->rooms, &c.room_count);
    return c;
}

static void split(const struct hosting *h, const struct groups *groups, const struct row_list *rows,
                  struct covers *out, uint32_t *cover_of_row, uint32_t *place_of_row)
{
    struct arena *a = h->m->arena;
    uint32_t *part = ARENA_ARRAY(a, uint32_t, CLASSES_MOST);

    find_parts(h, part);
    out->items = ARENA_ARRAY(a, struct cover, h->class_count);
    for (uint32_t p = 0; p < h->class_count; p++) {
        uint32_t *place = ARENA_ARRAY(a, uint32_t, rows->count);
        uint32_t count = 0;
        for (size_t i = 0; i < rows->count; i++) {
            bool mine = part[rows->items[i].class] == p;
            place[i] = mine ? count++ : UINT32_MAX;
            if (mine) {
                cover_of_row[i] = (uint32_t)out->count;
                place_of_row[i] = place[i];
            }
        }
        if (count)
            out->items[out->count++] = cover_of(h, groups, rows, place, count);
    }
}

static void make(struct hosting *h, const uint32_t *pin_of_pod, size_t rows_most, bool round_up,
                 struct covers *out)
{
    struct arena *a = h->m->arena;
    size_t pods = h->m->world->pod_count;
    struct groups groups = {.arena = a, .of_others = h->now};
    struct kind_list kinds;
    struct row_list rows;

    kinds_list(h, pin_of_pod, &kinds);
    hosting_list(h);
    rows_make(h, &groups, &kinds, rows_most, round_up, &rows);
    uint32_t *cover = ARENA_ARRAY(a, uint32_t, rows.count);
    uint32_t *place = ARENA_ARRAY(a, uint32_t, rows.count);
    *out = (struct covers){.cover_of_pod = ARENA_ARRAY(a, uint32_t, pods),
                           .row_of_pod = ARENA_ARRAY(a, uint32_t, pods)};
    split(h, &groups, &rows, out, cover, place);
    for (size_t i = 0; i < pods; i++) {
        uint32_t kind = kinds.of_pod[i];
        uint32_t row = kind == UINT32_MAX ? UINT32_MAX : kinds.items[kind].row;
        out->cover_of_pod[i] = row == UINT32_MAX ? UINT32_MAX : cover[row];
        out->row_of_pod[i] = row == UINT32_MAX ? UINT32_MAX : place[row];
    }
}

void cover_for_bound(struct market *m, const bool *counted, size_t rows_most, struct covers *out)
{
    size_t *all = ARENA_ARRAY(m->arena, size_t, m->world->pool_count);
    uint32_t *pins = ARENA_ARRAY(m->arena, uint32_t, m->world->pod_count);
    struct hosting h;

    for (size_t i = 0; i < m->world->pool_count; i++)
        all[i] = i;
    for (size_t i = 0; i < m->world->pod_count; i++)
        pins[i] = counted[i] ? NO_PIN : NOT_COUNTED;
    hosting_open(&h, m, all, m->world->pool_count, false);
    make(&h, pins, rows_most, false, out);
}

void cover_for_fleet(struct market *m, const size_t *shops, size_t shop_count,
                     const struct pin *pins, size_t pin_count, const uint32_t *pin_of_pod,
                     struct covers *out)
{
    struct hosting h;

    hosting_open(&h, m, shops, shop_count, true);
    h.pins = pins;
    h.pin_count = pin_count;
    make(&h, pin_of_pod, ROWS_MOST, true, out);
}
