#include "engine/optimize/search.h"

/* A choice of pods is a number whose digits are the counts of rows: row i counts `unit[i]`, up to
 * count_i of them.  Less pods, smaller number. */
struct choices {
    const struct cover *c;
    struct resources largest; /* of any host, each for itself */
    uint32_t *rows;           /* those that have pods */
    size_t row_count;
    size_t *unit;
    size_t count;
    uint32_t *digits; /* row_count to a choice */
    int64_t *price;   /* of the cheapest host that holds the choice; INT64_MAX: none */
    size_t *host;
    int64_t *cost; /* of the cheapest fleet ... */
    size_t *node;  /* ... and the choice that one node of it holds */
};

static bool number(struct arena *a, const struct cover *c, size_t most, struct choices *s)
{
    *s = (struct choices){.c = c, .count = 1};
    s->rows = ARENA_ARRAY(a, uint32_t, c->row_count);
    s->unit = ARENA_ARRAY(a, size_t, c->row_count);
    for (uint32_t i = 0; i < c->row_count; i++) {
        if (!c->rows[i].count)
            continue;
        if (c->rows[i].count >= most || s->count * (c->rows[i].count + 1) > most)
            return false;
        s->rows[s->row_count] = i;
        s->unit[s->row_count++] = s->count;
        s->count *= c->rows[i].count + 1;
    }
    return true;
}

static bool groups_hold(const struct choices *s, const uint32_t *digits)
{
    for (size_t g = 0; g < s->c->group_count; g++) {
        uint64_t sum = 0;
        for (size_t i = 0; i < s->row_count; i++)
            sum += s->c->rows[s->rows[i]].group == g ? digits[i] : 0;
        if (sum > s->c->group_most[g])
            return false;
    }
    return true;
}

static bool admits(const struct choices *s, const struct host *h, const uint32_t *digits)
{
    for (size_t i = 0; i < s->row_count; i++)
        if (digits[i] && !bits_has(h->rows, s->rows[i]))
            return false;
    return true;
}

static struct resources largest(const struct cover *c)
{
    struct resources all = {0};

    for (size_t h = 0; h < c->host_count; h++)
        for (size_t r = 0; r < c->resource_count; r++)
            if (c->hosts[h].room.amount[r] > all.amount[r])
                all.amount[r] = c->hosts[h].room.amount[r];
    return all;
}

/* Hosts are sorted by price. */
static void price_choice(struct choices *s, size_t at)
{
    const struct cover *c = s->c;
    const uint32_t *digits = &s->digits[at * s->row_count];
    struct resources sum = {0};

    s->price[at] = INT64_MAX;
    for (size_t i = 0; i < s->row_count; i++)
        for (uint32_t n = 0; n < digits[i]; n++) {
            resources_add(&sum, &c->rows[s->rows[i]].amount);
            if (!fits(&sum, &s->largest, c->resource_count))
                return; /* most of thousands of pods are too many, and that is soon known */
        }
    for (size_t h = 0; groups_hold(s, digits) && h < c->host_count; h++)
        if (fits(&sum, &c->hosts[h].room, c->resource_count) && admits(s, &c->hosts[h], digits)) {
            s->price[at] = c->hosts[h].price;
            s->host[at] = h;
            return;
        }
}

/* The next smaller part of a choice that still holds its lowest pod; 0: there is none. */
static size_t next_part(const struct choices *s, size_t whole, size_t part, size_t must)
{
    const uint32_t *most = &s->digits[whole * s->row_count];

    for (size_t i = 0; i < s->row_count; i++) {
        uint32_t digit = s->digits[part * s->row_count + i];
        if (digit > (i == must ? 1u : 0u))
            return part - s->unit[i];
        part += (most[i] - digit) * s->unit[i];
    }
    return 0;
}

static void answer(struct choices *s, size_t whole)
{
    size_t must = 0;

    while (!s->digits[whole * s->row_count + must])
        must++;
    s->cost[whole] = INT64_MAX;
    for (size_t part = whole; part; part = next_part(s, whole, part, must)) {
        int64_t rest = s->cost[whole - part], cost;
        if (s->price[part] != INT64_MAX && rest != INT64_MAX &&
            !__builtin_add_overflow(s->price[part], rest, &cost) && cost < s->cost[whole]) {
            s->cost[whole] = cost;
            s->node[whole] = part;
        }
    }
}

static void keep(struct arena *a, const struct choices *s, struct searched *out)
{
    size_t rows = s->row_count;

    for (size_t at = s->count - 1; at; at -= s->node[at])
        out->count++;
    out->hosts = ARENA_ARRAY(a, size_t, out->count);
    out->parts = ARENA_ARRAY(a, struct part *, out->count);
    out->part_counts = ARENA_ARRAY(a, size_t, out->count);
    for (size_t at = s->count - 1, n = 0; at; at -= s->node[at], n++) {
        const uint32_t *digits = &s->digits[s->node[at] * rows];
        out->hosts[n] = s->host[s->node[at]];
        out->parts[n] = ARENA_ARRAY(a, struct part, rows);
        for (uint32_t i = 0; i < rows; i++)
            if (digits[i])
                out->parts[n][out->part_counts[n]++] = (struct part){s->rows[i], digits[i]};
    }
}

bool search_cheapest(struct arena *a, const struct cover *c, size_t most, struct searched *out)
{
    ARENA_AUTO scratch = {0};
    struct choices s;

    *out = (struct searched){0};
    if (!number(&scratch, c, most, &s))
        return false;
    s.largest = largest(c);
    s.digits = ARENA_ARRAY(&scratch, uint32_t, s.count * s.row_count);
    s.price = ARENA_ARRAY(&scratch, int64_t, s.count);
    s.host = ARENA_ARRAY(&scratch, size_t, s.count);
    s.cost = ARENA_ARRAY(&scratch, int64_t, s.count);
    s.node = ARENA_ARRAY(&scratch, size_t, s.count);
    for (size_t at = 1; at < s.count; at++) {
        for (size_t i = 0; i < s.row_count; i++)
            s.digits[at * s.row_count + i] =
                (uint32_t)(at / s.unit[i] % (c->rows[s.rows[i]].count + 1));
        price_choice(&s, at);
        answer(&s, at);
    }
    if (s.cost[s.count - 1] == INT64_MAX)
        return false;
    out->cost = s.cost[s.count - 1];
    keep(a, &s, out);
    return true;
}
