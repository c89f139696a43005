/* Does the proof of a lower bound hold?  Shares no code with the engine, and needs whole numbers
 * alone.
 *
 *   certificate FILE     as `tenon estimate --certificate FILE` writes it
 * (engine/optimize/certificate.h)
 *
 * Prints `holds` and exits with 0, or says what does not and exits with 1; 2 where the file cannot
 * be read.  Of a part that is proved by weights, no host filled with whole pods may weigh more than
 * its price, which a branch and bound over the fillings finds out, and all pods together, less what
 * free rooms can hold, must weigh what the part is said to prove.  A part that is proved by search
 * is searched again.  That the parts sum to the bound is checked too; that rows and hosts are those
 * of a world is not. */
#include <inttypes.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { RESOURCES_MOST = 32, ROWS_MOST = 1 << 17, UNIT = 1024, STATES_MOST = 4096, NO_GROUP = -1 };

struct row {
    int64_t count, weight, amount[RESOURCES_MOST];
    int group;
};

struct host {
    int64_t price; /* of a free room 0 */
    int64_t room[RESOURCES_MOST];
    int *rows;
    size_t row_count;
};

struct part {
    bool by_search;
    int64_t *group_most;
    struct row *rows;
    struct host *hosts, *rooms;
    size_t group_count, row_count, host_count, room_count;
    int64_t step, proves;
};

struct certificate {
    size_t resource_count;
    int64_t standing, bound;
    struct part *parts;
    size_t part_count;
    int64_t **placed; /* by part and row: pods that are listed */
};

static _Noreturn void stop(int code, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    vprintf(format, args);
    va_end(args);
    putchar('\n');
    exit(code);
}

/* One more element of an array whose capacity is the next power of two. */
static void *one_more(void *items, size_t *count, size_t size)
{
    if ((*count & (*count - 1)) == 0)
        items = realloc(items, (*count ? *count * 2 : 1) * size);
    if (!items)
        stop(2, "out of memory");
    memset((char *)items + *count * size, 0, size);
    ++*count;
    return items;
}

/* Reading. */

struct line {
    const char *at;
    size_t number;
};

/* What does not fit is left out. */
static bool next_word(struct line *l, char *word, size_t size)
{
    size_t n = 0;

    while (*l->at == ' ')
        l->at++;
    for (; *l->at && *l->at != ' ' && *l->at != '\n'; l->at++)
        if (n + 1 < size)
            word[n++] = *l->at;
    word[n] = '\0';
    return n > 0;
}

static int64_t next_number(struct line *l, int64_t least, int64_t most)
{
    char *end;
    int64_t n = strtoll(l->at, &end, 10);

    if (end == l->at || (*end && *end != ' ' && *end != '\n') || n < least || n > most)
        stop(2, "line %zu: a whole number from %" PRId64 " to %" PRId64 " is wanted", l->number,
             least, most);
    l->at = end;
    return n;
}

static void read_amounts(struct line *l, size_t count, int64_t *out)
{
    for (size_t i = 0; i < count; i++)
        out[i] = next_number(l, 0, INT64_MAX);
}

static void read_host(struct line *l, const struct certificate *c, const struct part *p,
                      struct host *h)
{
    char word[8];

    read_amounts(l, c->resource_count, h->room);
    if (!next_word(l, word, sizeof(word)) || strcmp(word, ":") != 0)
        stop(2, "line %zu: a colon is wanted before the rows", l->number);
    for (; *l->at && *l->at != '\n';) {
        h->rows = one_more(h->rows, &h->row_count, sizeof(*h->rows));
        h->rows[h->row_count - 1] = (int)next_number(l, 0, (int64_t)p->row_count - 1);
        if (h->row_count > 1 && h->rows[h->row_count - 1] <= h->rows[h->row_count - 2])
            stop(2, "line %zu: rows are to be named once, in order", l->number);
    }
}

static void read_row(struct line *l, const struct certificate *c, const struct part *p,
                     struct row *r)
{
    char group[16];

    r->count = next_number(l, 0, INT32_MAX);
    next_word(l, group, sizeof(group));
    r->group = strcmp(group, "-") ? (int)strtol(group, NULL, 10) : NO_GROUP;
    if (r->group != NO_GROUP && (r->group < 0 || (size_t)r->group >= p->group_count))
        stop(2, "line %zu: there is no group %s", l->number, group);
    r->weight = next_number(l, 0, INT64_MAX);
    read_amounts(l, c->resource_count, r->amount);
}

static void read_in_part(struct certificate *c, struct part *p, const char *what, struct line *l)
{
    if (!strcmp(what, "group")) {
        p->group_most = one_more(p->group_most, &p->group_count, sizeof(*p->group_most));
        p->group_most[p->group_count - 1] = next_number(l, 0, INT32_MAX);
    } else if (!strcmp(what, "row")) {
        p->rows = one_more(p->rows, &p->row_count, sizeof(*p->rows));
        read_row(l, c, p, &p->rows[p->row_count - 1]);
    } else if (!strcmp(what, "host")) {
        p->hosts = one_more(p->hosts, &p->host_count, sizeof(*p->hosts));
        p->hosts[p->host_count - 1].price = next_number(l, 0, INT64_MAX / UNIT);
        read_host(l, c, p, &p->hosts[p->host_count - 1]);
    } else if (!strcmp(what, "room")) {
        p->rooms = one_more(p->rooms, &p->room_count, sizeof(*p->rooms));
        read_host(l, c, p, &p->rooms[p->room_count - 1]);
    } else if (!strcmp(what, "step")) {
        p->step = next_number(l, 1, INT64_MAX);
    } else if (!strcmp(what, "proves")) {
        p->proves = next_number(l, 0, INT64_MAX);
    } else {
        stop(2, "line %zu: %s means nothing here", l->number, what);
    }
}

static void read_pod(struct certificate *c, struct line *l)
{
    int64_t part = next_number(l, 0, (int64_t)c->part_count - 1);
    int64_t row = next_number(l, 0, (int64_t)c->parts[part].row_count - 1);

    if (!c->placed)
        c->placed = calloc(c->part_count, sizeof(*c->placed));
    for (size_t i = 0; c->placed && i < c->part_count; i++)
        if (!c->placed[i])
            c->placed[i] = calloc(c->parts[i].row_count + 1, sizeof(**c->placed));
    if (!c->placed || !c->placed[part])
        stop(2, "out of memory");
    c->placed[part][row]++;
}

/* False: that was the end. */
static bool read_line(struct certificate *c, struct line *l)
{
    char what[16], how[16];

    if (!next_word(l, what, sizeof(what)))
        return true;
    if (!strcmp(what, "resources")) {
        while (next_word(l, how, sizeof(how)))
            c->resource_count += c->resource_count < RESOURCES_MOST;
    } else if (!strcmp(what, "standing")) {
        c->standing = next_number(l, 0, INT64_MAX);
    } else if (!strcmp(what, "bound")) {
        c->bound = next_number(l, 0, INT64_MAX);
    } else if (!strcmp(what, "pod")) {
        read_pod(c, l);
    } else if (!strcmp(what, "part")) {
        next_word(l, how, sizeof(how));
        c->parts = one_more(c->parts, &c->part_count, sizeof(*c->parts));
        c->parts[c->part_count - 1].by_search = !strcmp(how, "search");
    } else if (!strcmp(what, "end")) {
        return false;
    } else if (c->part_count) {
        read_in_part(c, &c->parts[c->part_count - 1], what, l);
    } else {
        stop(2, "line %zu: %s stands before any part", l->number, what);
    }
    return true;
}

static void read_certificate(FILE *f, struct certificate *c)
{
    char *text = NULL;
    size_t size = 0;
    struct line l = {.number = 1};
    bool goes_on = true;

    if (getline(&text, &size, f) < 0 || strcmp(text, "tenon-bound 1\n") != 0)
        stop(2, "line 1: this is no tenon-bound 1");
    while (goes_on && getline(&text, &size, f) >= 0) {
        l.number++;
        l.at = text;
        goes_on = read_line(c, &l);
    }
    free(text);
    if (goes_on)
        stop(2, "line %zu: it is cut off", l.number);
}

/* The heaviest filling of one host.
 *
 * Resources are blended into one size, a sum with whole factors: what fits in every resource fits
 * in the blend, so a filling by best rate, its last pod cut, weighs at least as much as any.  Of a
 * group, which one host may hold few of, only the upper hull of its rows counts: what one place in
 * it can weigh, by size. */
enum { SHARES = 1 << 20 }; /* of a room, each worth about 2^36 whatever the resource */
#define TRIES ((int64_t)1000 * 1000 * 1000) /* steps that one host may take */

struct item {
    int64_t size, weight, most;
    int group;
    const struct row *row;
    const struct row *lead; /* of its group the row with the best rate, and that one's ... */
    int64_t lead_size, lead_weight;
};

/* A branch that was looked at: which filling's, before which item, with what left. */
enum { SEEN = 1 << 16 };
struct seen {
    uint64_t filling;
    size_t from;
    int64_t in_group, weight, rest[RESOURCES_MOST];
};

/* So much more weight for so much more size, so many times; of an item, or of places in a group. */
struct gain {
    int64_t size, weight, times;
    int group;
    size_t item;
};

struct filling {
    const struct certificate *c;
    const struct part *p;
    const struct host *host;
    struct item *items; /* best rate first */
    size_t item_count;
    struct gain *gains; /* best rate first */
    size_t gain_count;
    bool asked[RESOURCES_MOST];
    int64_t share[RESOURCES_MOST];
    int64_t rest[RESOURCES_MOST], size_rest, weight, best;
    int64_t *group_rest;
    int64_t tries;
    uint64_t number; /* of the filling; no two have the same */
    struct seen *seen;
    bool gave_up;
};

/* No amount is larger than its room, so no sum overflows. */
static int64_t size_of(const struct filling *f, const int64_t *amount)
{
    int64_t sum = 0;

    for (size_t r = 0; r < f->c->resource_count; r++)
        if (f->asked[r])
            sum += f->share[r] * ((int64_t)1 << 36) / f->host->room[r] * amount[r];
    return sum;
}

static int by_rate(const void *x, const void *y)
{
    const struct gain *a = x, *b = y;
    __int128 left = (__int128)a->weight * b->size, right = (__int128)b->weight * a->size;

    return left != right ? (left > right ? -1 : 1) : (a->item > b->item) - (a->item < b->item);
}

static int by_group_and_size(const void *x, const void *y)
{
    const struct item *a = x, *b = y;

    if (a->group != b->group)
        return a->group < b->group ? -1 : 1;
    return a->size != b->size ? (a->size > b->size) - (a->size < b->size)
                              : (a->weight < b->weight) - (a->weight > b->weight);
}

static int by_ratio(int64_t weight, int64_t size, int64_t other_weight, int64_t other_size)
{
    __int128 left = (__int128)weight * other_size, right = (__int128)other_weight * size;

    return left != right ? (left > right ? -1 : 1) : 0;
}

/* The order of branching: best rate first, those of a group side by side, so that what was taken of
 * groups that are done with does not matter any more. */
static int by_rate_of_item(const void *x, const void *y)
{
    const struct item *a = x, *b = y;
    int order = by_ratio(a->lead_weight, a->lead_size, b->lead_weight, b->lead_size);

    if (!order)
        order = (a->lead > b->lead) - (a->lead < b->lead);
    if (!order)
        order = by_ratio(a->weight, a->size, b->weight, b->size);
    return order ? order : (a->row > b->row) - (a->row < b->row);
}

static void find_lead(struct filling *f, size_t from, size_t to)
{
    const struct item *lead = &f->items[from];

    for (size_t i = from + 1; i < to; i++)
        if (by_ratio(f->items[i].weight, f->items[i].size, lead->weight, lead->size) < 0)
            lead = &f->items[i];
    for (size_t i = from; i < to; i++) {
        f->items[i].lead = lead->row;
        f->items[i].lead_size = lead->size;
        f->items[i].lead_weight = lead->weight;
    }
}

/* The upper hull of a group's items, from nothing at all upwards: steps of falling rate. */
static void add_hull(struct filling *f, size_t from, size_t to)
{
    size_t bottom = f->gain_count;
    int64_t size = 0, weight = 0;

    for (size_t i = from; i < to; i++) {
        struct gain g = {f->items[i].size - size, f->items[i].weight - weight, 0, f->items[i].group,
                         from};
        if (g.weight <= 0)
            continue;
        while (f->gain_count > bottom &&
               by_rate(&g, &f->gains[f->gain_count - 1]) < 0) { /* the one before lies below */
            struct gain *last = &f->gains[--f->gain_count];
            g.size += last->size;
            g.weight += last->weight;
        }
        f->gains[f->gain_count++] = g;
        size = f->items[i].size;
        weight = f->items[i].weight;
    }
}

/* A gain is to be had as long as its item, or the last item of its group, is still to come. */
static void date_gains(struct filling *f)
{
    for (size_t i = 0; i < f->item_count; i++) {
        const struct item *it = &f->items[i];
        if (it->group == NO_GROUP)
            f->gains[f->gain_count++] = (struct gain){it->size, it->weight, it->most, NO_GROUP, i};
        for (size_t k = 0; it->group != NO_GROUP && k < f->gain_count; k++)
            if (f->gains[k].group == it->group)
                f->gains[k].item = i;
    }
}

static void list_gains(struct filling *f)
{
    f->gain_count = 0;
    for (size_t i = 0; i < f->item_count; i++)
        f->items[i].size = size_of(f, f->items[i].row->amount);
    qsort(f->items, f->item_count, sizeof(*f->items), by_group_and_size);
    for (size_t i = 0, next; i < f->item_count; i = next) {
        next = i + 1;
        while (f->items[i].group != NO_GROUP && next < f->item_count &&
               f->items[next].group == f->items[i].group)
            next++;
        find_lead(f, i, next);
        if (f->items[i].group != NO_GROUP)
            add_hull(f, i, next);
    }
    qsort(f->items, f->item_count, sizeof(*f->items), by_rate_of_item);
    date_gains(f);
    qsort(f->gains, f->gain_count, sizeof(*f->gains), by_rate);
}

/* At most so much more weighs what comes from this item on. */
static int64_t at_most(struct filling *f, size_t from)
{
    int64_t room = f->size_rest;
    __int128 sum = 0;

    f->tries += (int64_t)f->gain_count;
    for (size_t i = 0; i < f->gain_count; i++) {
        const struct gain *g = &f->gains[i];
        int64_t times = g->group == NO_GROUP ? g->times : f->group_rest[g->group];
        if (g->item < from)
            continue;
        if (g->size && room / g->size < times) {
            sum += (__int128)(room / g->size) * g->weight;
            sum += ((__int128)(room % g->size) * g->weight + g->size - 1) / g->size;
            break;
        }
        sum += (__int128)times * g->weight;
        room -= times * g->size;
    }
    return sum > INT64_MAX ? INT64_MAX : (int64_t)sum;
}

static int64_t most_of(const struct filling *f, const struct item *it)
{
    int64_t most = it->most;

    if (it->group != NO_GROUP && f->group_rest[it->group] < most)
        most = f->group_rest[it->group];
    for (size_t r = 0; r < f->c->resource_count; r++)
        if (it->row->amount[r] && f->rest[r] / it->row->amount[r] < most)
            most = f->rest[r] / it->row->amount[r];
    return most;
}

static void put(struct filling *f, const struct item *it, int64_t times)
{
    for (size_t r = 0; r < f->c->resource_count; r++)
        f->rest[r] -= times * it->row->amount[r];
    f->size_rest -= times * it->size;
    f->weight += times * it->weight;
    if (it->group != NO_GROUP)
        f->group_rest[it->group] -= times;
}

/* Was the search here before with as much left, and no less in?  Then all that can follow is known.
 * Where it has not been, it is remembered to have been now, in place of what had the same hash. */
static bool was_seen(struct filling *f, size_t from)
{
    int group = f->items[from].group;
    struct seen here = {
        f->number, from, group == NO_GROUP ? 0 : f->group_rest[group], f->weight, {0}};
    uint64_t hash = (from + 1) * 0x9e3779b97f4a7c15u ^ (uint64_t)here.in_group << 48;

    for (size_t r = 0; r < f->c->resource_count; r++) {
        here.rest[r] = f->rest[r];
        hash = (hash ^ hash >> 29 ^ (uint64_t)f->rest[r]) * 0xbf58476d1ce4e5b9u;
    }
    struct seen *s = &f->seen[(hash >> 40) % SEEN];
    if (s->filling == here.filling && s->from == from && s->in_group == here.in_group &&
        memcmp(s->rest, here.rest, sizeof(here.rest)) == 0 && s->weight >= here.weight)
        return true;
    *s = here;
    return false;
}

static void branch(struct filling *f, size_t from)
{
    if (f->weight > f->best)
        f->best = f->weight;
    if (from == f->item_count || f->gave_up)
        return;
    int64_t more = at_most(f, from);
    if (more <= f->best - f->weight || was_seen(f, from))
        return;
    f->gave_up = f->tries > TRIES;
    const struct item *it = &f->items[from];
    int64_t most = most_of(f, it);
    put(f, it, most);
    for (int64_t n = most;; n--) {
        branch(f, from + 1);
        if (!n || f->gave_up) {
            put(f, it, -n);
            return;
        }
        put(f, it, -1);
    }
}

static void begin(struct filling *f)
{
    memcpy(f->rest, f->host->room, sizeof(f->rest));
    for (size_t i = 0; i < f->p->group_count; i++)
        f->group_rest[i] = f->p->group_most[i];
    f->size_rest = size_of(f, f->host->room);
    f->weight = f->tries = 0;
    f->gave_up = false;
}

static int64_t with_shares(struct filling *f)
{
    begin(f);
    list_gains(f);
    return f->size_rest ? at_most(f, 0) : INT64_MAX;
}

/* All alike, or one resource alone: what bounds best. */
static int64_t begin_shares(struct filling *f)
{
    int64_t best = INT64_MAX, kept[RESOURCES_MOST] = {0};

    for (size_t alone = 0; alone <= f->c->resource_count; alone++) {
        for (size_t r = 0; r < f->c->resource_count; r++)
            f->share[r] = !f->asked[r]                    ? 0
                          : alone == f->c->resource_count ? SHARES / 2
                          : alone == r                    ? SHARES
                                                          : 0;
        int64_t found = with_shares(f);
        if (found < best) {
            best = found;
            memcpy(kept, f->share, sizeof(kept));
        }
    }
    memcpy(f->share, kept, sizeof(kept));
    return best;
}

static bool change_share(struct filling *f, size_t r, int64_t by)
{
    f->share[r] += by;
    return f->asked[r] && f->share[r] >= 0 && f->share[r] <= SHARES;
}

/* One share or two, more or less: is that better? */
static bool move_shares(struct filling *f, size_t r, size_t q, int64_t by, int64_t also,
                        int64_t *best)
{
    int64_t kept[RESOURCES_MOST], found;

    memcpy(kept, f->share, sizeof(kept));
    if (change_share(f, r, by) && (r == q || change_share(f, q, also)) &&
        (found = with_shares(f)) < *best) {
        *best = found;
        return true;
    }
    memcpy(f->share, kept, sizeof(kept));
    return false;
}

/* Shares under which the blend bounds best, looked for in ever finer steps until it says enough. */
static int64_t choose_shares(struct filling *f, int64_t enough)
{
    int64_t best = begin_shares(f);

    for (int64_t by = SHARES / 4; by && best > enough; by /= 2)
        for (bool moved = true; moved && best > enough;) {
            moved = false;
            for (size_t r = 0; r < f->c->resource_count; r++)
                for (size_t q = 0; q <= r; q++)
                    for (int ways = 0; f->asked[r] && f->asked[q] && ways < 4; ways++)
                        moved |=
                            move_shares(f, r, q, ways & 1 ? by : -by, ways & 2 ? by : -by, &best);
        }
    with_shares(f);
    return best;
}

static bool row_fits(const struct filling *f, const struct row *r)
{
    for (size_t i = 0; i < f->c->resource_count; i++)
        if (r->amount[i] > f->host->room[i])
            return false;
    return r->count > 0 && r->weight > 0;
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

/* Sums of pods are multiples of what all their amounts are multiples of; no more of the room can be
 * used. */
static struct host use_of(const struct filling *f, const struct host *h)
{
    struct host use = *h;

    for (size_t r = 0; r < f->c->resource_count; r++) {
        int64_t piece = 0;
        for (size_t i = 0; i < f->item_count; i++)
            piece = common_divisor(f->items[i].row->amount[r], piece);
        use.room[r] -= piece ? use.room[r] % piece : 0;
    }
    return use;
}

/* No filling of the host weighs more than what is returned, or than `enough`.  Where the search was
 * given up, some filling may well weigh less. */
static int64_t heaviest(const struct certificate *c, const struct part *p, const struct host *h,
                        int64_t enough, bool *gave_up)
{
    static struct seen seen[SEEN];
    static uint64_t number;
    struct filling f = {
        .c = c, .p = p, .host = h, .best = enough, .seen = seen, .number = ++number};
    int64_t bound;

    f.items = calloc(h->row_count + 1, sizeof(*f.items));
    f.gains = calloc(h->row_count + 1, sizeof(*f.gains));
    f.group_rest = calloc(p->group_count + 1, sizeof(*f.group_rest));
    if (!f.items || !f.gains || !f.group_rest)
        stop(2, "out of memory");
    for (size_t i = 0; i < h->row_count; i++) {
        const struct row *r = &p->rows[h->rows[i]];
        if (!row_fits(&f, r))
            continue;
        struct item it = {.weight = r->weight, .most = r->count, .group = r->group, .row = r};
        for (size_t k = 0; k < c->resource_count; k++) {
            f.asked[k] |= r->amount[k] > 0;
            if (r->amount[k] && h->room[k] / r->amount[k] < it.most)
                it.most = h->room[k] / r->amount[k];
        }
        f.items[f.item_count++] = it;
    }
    struct host use = use_of(&f, h);
    f.host = &use;
    bound = f.item_count ? choose_shares(&f, enough) : 0;
    if (bound > enough) {
        begin(&f);
        branch(&f, 0);
        bound = f.gave_up ? bound : f.best;
    }
    *gave_up = f.gave_up;
    free(f.items);
    free(f.gains);
    free(f.group_rest);
    return bound > enough ? bound : enough;
}

/* Proofs. */

static int64_t up_to_steps(__int128 weight, int64_t step)
{
    __int128 unit = (__int128)step * UNIT;
    __int128 steps = weight > 0 ? (weight + unit - 1) / unit : 0;

    return steps * step > INT64_MAX ? INT64_MAX : (int64_t)(steps * step);
}

static void check_weights(const struct certificate *c, const struct part *p, size_t at)
{
    __int128 sum = 0;
    bool gave_up;

    for (size_t i = 0; i < p->host_count; i++) {
        int64_t price = p->hosts[i].price * UNIT;
        int64_t found = heaviest(c, p, &p->hosts[i], price, &gave_up);
        if (p->hosts[i].price % p->step)
            stop(1, "part %zu: the price of host %zu is no multiple of step %" PRId64, at, i,
                 p->step);
        if (found > price)
            stop(1,
                 "part %zu: host %zu may hold pods of weight %" PRId64 ", and costs %" PRId64 "%s",
                 at, i, found, price, gave_up ? " (as far as was searched)" : "");
    }
    for (size_t i = 0; i < p->row_count; i++)
        sum += (__int128)p->rows[i].count * p->rows[i].weight;
    for (size_t i = 0; i < p->room_count; i++)
        sum -= heaviest(c, p, &p->rooms[i], 0, &gave_up);
    if (p->proves > up_to_steps(sum, p->step))
        stop(1, "part %zu: its pods weigh %" PRId64 ", which does not prove %" PRId64, at,
             up_to_steps(sum, p->step), p->proves);
}

/* How many of each row the number of a state stands for: digits, one a row. */
static void counts_of_state(const struct part *p, size_t state, int64_t *out)
{
    for (size_t i = 0; i < p->row_count; i++) {
        out[i] = (int64_t)(state % (size_t)(p->rows[i].count + 1));
        state /= (size_t)(p->rows[i].count + 1);
    }
}

static bool host_holds(const struct certificate *c, const struct part *p, const struct host *h,
                       const int64_t *counts)
{
    int64_t group[STATES_MOST] = {0};
    size_t next = 0;

    for (size_t r = 0; r < c->resource_count; r++) {
        __int128 sum = 0;
        for (size_t i = 0; i < p->row_count; i++)
            sum += (__int128)counts[i] * p->rows[i].amount[r];
        if (sum > h->room[r])
            return false;
    }
    for (size_t i = 0; i < p->row_count; i++) {
        while (next < h->row_count && (size_t)h->rows[next] < i)
            next++;
        bool admitted = next < h->row_count && (size_t)h->rows[next] == i;
        if (counts[i] && !admitted)
            return false;
        int g = p->rows[i].group;
        if (g != NO_GROUP && (group[g] += counts[i]) > p->group_most[g])
            return false;
    }
    return true;
}

/* The cheapest hosts for every choice of pods, from few to many. */
static void check_search(const struct certificate *c, const struct part *p, size_t at)
{
    int64_t counts[64], other[64], alone[STATES_MOST], best[STATES_MOST];
    size_t states = 1;

    for (size_t i = 0; i < p->row_count && states <= STATES_MOST; i++)
        states *= (size_t)p->rows[i].count + 1;
    if (states > STATES_MOST || p->row_count > 64 || p->room_count || p->group_count > STATES_MOST)
        stop(1, "part %zu: it is too large to be searched", at);
    for (size_t s = 1; s < states; s++) {
        alone[s] = INT64_MAX;
        counts_of_state(p, s, counts);
        for (size_t i = 0; i < p->host_count; i++)
            if (p->hosts[i].price < alone[s] && host_holds(c, p, &p->hosts[i], counts))
                alone[s] = p->hosts[i].price;
    }
    best[0] = 0;
    for (size_t s = 1; s < states; s++) {
        best[s] = INT64_MAX;
        counts_of_state(p, s, counts);
        for (size_t n = 1; n <= s; n++) { /* digits that do not exceed those of s subtract freely */
            bool within = alone[n] != INT64_MAX && best[s - n] != INT64_MAX;
            counts_of_state(p, n, other);
            for (size_t i = 0; within && i < p->row_count; i++)
                within = other[i] <= counts[i];
            if (within && alone[n] < INT64_MAX - best[s - n] && alone[n] + best[s - n] < best[s])
                best[s] = alone[n] + best[s - n];
        }
    }
    if (best[states - 1] < p->proves)
        stop(1, "part %zu: %" PRId64 " is enough, and it is said to prove %" PRId64, at,
             best[states - 1], p->proves);
}

static void check_pods(const struct certificate *c, const struct part *p, size_t at)
{
    for (size_t i = 0; i < p->row_count; i++) {
        int64_t listed = c->placed ? c->placed[at][i] : 0;
        if (listed != p->rows[i].count)
            stop(1, "part %zu: row %zu counts %" PRId64 " pods, and %" PRId64 " are listed", at, i,
                 p->rows[i].count, listed);
    }
}

int main(int argc, char **argv)
{
    struct certificate c = {0};
    __int128 sum;
    FILE *f = argc == 2 ? fopen(argv[1], "re") : NULL;

    if (!f)
        stop(2, "usage: certificate FILE (which can be read)");
    read_certificate(f, &c);
    fclose(f);
    sum = c.standing;
    for (size_t i = 0; i < c.part_count; i++) {
        if (!c.parts[i].step)
            stop(2, "part %zu has no step", i);
        check_pods(&c, &c.parts[i], i);
        if (c.parts[i].by_search)
            check_search(&c, &c.parts[i], i);
        else
            check_weights(&c, &c.parts[i], i);
        sum += c.parts[i].proves;
    }
    if (c.bound > sum)
        stop(1, "the parts prove %" PRId64 ", and the bound is said to be %" PRId64,
             (int64_t)(sum > INT64_MAX ? INT64_MAX : sum), c.bound);
    stop(0, "holds");
}
