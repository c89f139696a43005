#include "engine/objects/catalog_csv.h"

#include <stdlib.h>

#include "engine/objects/names.h"
#include "engine/objects/values.h"

enum column {
    TYPE,
    ZONE,
    CAPACITY,
    HOURLY_USD,
    CPU,
    MEMORY,
    PODS,
    ARCH,
    OS,
    LABELS,
    COLUMNS,
};
static const char *const names[COLUMNS] = {
    [TYPE] = "instance_type",
    [ZONE] = "zone",
    [CAPACITY] = "capacity_type",
    [HOURLY_USD] = "hourly_usd",
    [CPU] = "cpu_millicores",
    [MEMORY] = "memory_bytes",
    [PODS] = "pods",
    [ARCH] = "arch",
    [OS] = "os",
    [LABELS] = "labels",
};

struct cell {
    struct str text;
    int line, column;
};

struct row {
    struct str type, zone, arch, os, labels;
    enum capacity_type capacity;
    int64_t microusd, cpu_milli, memory_bytes, pods;
    struct cell first, label_cell;
};

struct csv {
    struct arena *keep;
    struct str file, rest;
    const char *line_start;
    int line;
    struct error *errors, *last;
    size_t error_count;
    struct row *rows;
    size_t count, capacity;
};

/* A file that is no catalog has an error in each row: the first ones tell enough. */
enum { ERRORS_MOST = 20 };

static void keep_error(struct csv *c, const struct cell *at, struct str what, struct str way_out)
{
    if (++c->error_count > ERRORS_MOST)
        return;
    struct error *e = error_new(c->keep, ERROR_INVALID, STR_FMT ":%d:%d: " STR_FMT,
                                STR_ARG(c->file), at->line, at->column, STR_ARG(what));
    e->detail = way_out;
    if (c->last)
        c->last->next = e;
    else
        c->errors = e;
    c->last = e;
}

static void refuse(struct csv *c, enum column column, const struct cell *cell, const char *allowed)
{
    enum { LONGEST = 60 };
    struct str shown = str_slice(cell->text, 0, LONGEST);

    keep_error(c, cell,
               cell->text.len
                   ? arena_printf(c->keep, "%s is \"" STR_FMT "\"", names[column], STR_ARG(shown))
                   : arena_printf(c->keep, "%s is missing", names[column]),
               str_of(allowed));
}

static char peek(const struct csv *c)
{
    return c->rest.len ? c->rest.ptr[0] : '\n';
}

static void skip(struct csv *c, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (c->rest.ptr[i] == '\n') {
            c->line++;
            c->line_start = c->rest.ptr + i + 1;
        }
    c->rest = str_slice(c->rest, n, c->rest.len);
}

static struct cell cell_here(const struct csv *c)
{
    return (struct cell){.line = c->line, .column = (int)(c->rest.ptr - c->line_start) + 1};
}

/* "a ""b"" c" */
static struct cell quoted_cell(struct csv *c)
{
    struct cell cell = cell_here(c);
    struct buf text = buf_in(c->keep);

    skip(c, 1);
    while (c->rest.len && !(c->rest.ptr[0] == '"' && (c->rest.len < 2 || c->rest.ptr[1] != '"'))) {
        size_t taken = c->rest.ptr[0] == '"' ? 2 : 1;
        buf_add_char(&text, c->rest.ptr[0]);
        skip(c, taken);
    }
    cell.text = buf_str(&text);
    if (!c->rest.len)
        keep_error(c, &cell, STR("the quote that opens here is not closed"),
                   STR("A quoted value ends with a quote; one inside of it is written twice."));
    else
        skip(c, 1);
    return cell;
}

static struct cell plain_cell(struct csv *c)
{
    struct cell cell = cell_here(c);
    size_t n = 0;

    while (n < c->rest.len && c->rest.ptr[n] != ',' && c->rest.ptr[n] != '\n')
        n++;
    cell.text = str_trim(str_slice(c->rest, 0, n));
    skip(c, n);
    return cell;
}

/* The cells of one line; returns how many it has, which may be more than are kept. */
static size_t read_line(struct csv *c, struct cell cells[COLUMNS])
{
    size_t n = 0;

    for (;;) {
        struct cell cell = peek(c) == '"' ? quoted_cell(c) : plain_cell(c);
        if (n < COLUMNS)
            cells[n] = cell;
        n++;
        while (c->rest.len && (peek(c) == ' ' || peek(c) == '\r'))
            skip(c, 1);
        if (peek(c) != ',')
            break;
        skip(c, 1);
    }
    size_t junk = str_find(c->rest, '\n');
    if (junk > 0) {
        struct cell at = cell_here(c);
        keep_error(c, &at, STR("text stands behind a quoted value"),
                   STR("A comma or the end of the line is expected."));
    }
    skip(c, junk + (junk < c->rest.len));
    return n;
}

static bool read_header(struct csv *c)
{
    struct cell cells[COLUMNS] = {0};
    const struct cell start = {.line = 1, .column = 1};
    size_t n;

    if (str_starts_with(c->rest, STR("\xef\xbb\xbf")))
        c->rest = str_slice(c->rest, 3, c->rest.len);
    c->line_start = c->rest.ptr;
    n = c->rest.len ? read_line(c, cells) : 0;
    for (size_t i = 0; i < COLUMNS; i++) {
        if (n == COLUMNS && str_eq(cells[i].text, str_of(names[i])))
            continue;
        keep_error(c, cells[i].line && n == COLUMNS ? &cells[i] : &start,
                   STR("this is no catalog's header"),
                   STR("The first line is " CATALOG_CSV_HEADER "."));
        return false;
    }
    return true;
}

static bool read_word(struct csv *c, enum column column, const struct cell *cell, struct str *out)
{
    *out = cell->text;
    if (cell->text.len && label_value_is_valid(cell->text))
        return true;
    refuse(c, column, cell, LABEL_VALUE_RULE);
    return false;
}

static bool read_count(struct csv *c, enum column column, const struct cell *cell, int64_t *out)
{
    if (str_to_int64(cell->text, out) && *out >= 0)
        return true;
    refuse(c, column, cell, "A whole number of at least 0 is expected.");
    return false;
}

static bool read_capacity(struct csv *c, const struct cell *cell, enum capacity_type *out)
{
    for (int t = CAPACITY_ON_DEMAND; t <= CAPACITY_SPOT; t++)
        if (str_eq(cell->text, capacity_type_text((enum capacity_type)t))) {
            *out = (enum capacity_type)t;
            return true;
        }
    refuse(c, CAPACITY, cell, "Allowed: on-demand or spot.");
    return false;
}

enum { NO_PRICE = -1 };

/* Zeros behind the sixth decimal say nothing; and nothing says that nobody knows the price. */
static bool read_price(struct csv *c, const struct cell *cell, int64_t *out)
{
    struct str text = cell->text;

    if (!text.len) {
        *out = NO_PRICE;
        return true;
    }
    while (str_find(text, '.') < text.len && str_find(text, '.') + 7 < text.len &&
           text.ptr[text.len - 1] == '0')
        text.len--;
    if (usd_parse_micro(text, out))
        return true;
    refuse(c, HOURLY_USD, cell,
           "Dollars per hour such as 0.096 are expected, to a millionth; nothing at all where the "
           "price is not known.");
    return false;
}

static void read_row(struct csv *c, const struct cell cells[COLUMNS])
{
    struct row row = {
        .first = cells[TYPE], .label_cell = cells[LABELS], .labels = cells[LABELS].text};
    bool good = read_word(c, TYPE, &cells[TYPE], &row.type);

    good &= read_word(c, ZONE, &cells[ZONE], &row.zone);
    good &= read_capacity(c, &cells[CAPACITY], &row.capacity);
    good &= read_price(c, &cells[HOURLY_USD], &row.microusd);
    good &= read_count(c, CPU, &cells[CPU], &row.cpu_milli);
    good &= read_count(c, MEMORY, &cells[MEMORY], &row.memory_bytes);
    good &= read_count(c, PODS, &cells[PODS], &row.pods);
    good &= read_word(c, ARCH, &cells[ARCH], &row.arch);
    good &= read_word(c, OS, &cells[OS], &row.os);
    if (good)
        ARENA_PUSH(c->keep, c->rows, c->count, c->capacity, row);
}

static void read_rows(struct csv *c)
{
    while (c->rest.len) {
        struct cell cells[COLUMNS] = {0};
        struct cell start = cell_here(c);
        size_t n = read_line(c, cells);
        if (n == 1 && cells[0].text.len == 0)
            continue;
        if (n != COLUMNS)
            keep_error(c, &start, arena_printf(c->keep, "the row has %zu columns", n),
                       STR("There are ten: " CATALOG_CSV_HEADER "."));
        else
            read_row(c, cells);
        if (c->count <= CATALOG_ROWS_MAX)
            continue;
        keep_error(c, &start, STR("the catalog goes on beyond 200000 rows"),
                   STR("One row is one type in one zone under one capacity type."));
        return;
    }
}

static int compare_int(int64_t x, int64_t y)
{
    return (x > y) - (x < y);
}

/* By what makes one type of several rows. */
static int compare_types(const struct row *x, const struct row *y)
{
    int order = str_cmp(x->type, y->type);

    order = order ? order : str_cmp(x->arch, y->arch);
    order = order ? order : str_cmp(x->os, y->os);
    order = order ? order : compare_int(x->cpu_milli, y->cpu_milli);
    order = order ? order : compare_int(x->memory_bytes, y->memory_bytes);
    order = order ? order : compare_int(x->pods, y->pods);
    return order ? order : str_cmp(x->labels, y->labels);
}

static int by_offering(const void *x, const void *y)
{
    const struct row *a = x, *b = y;
    int order = compare_types(a, b);

    order = order ? order : str_cmp(a->zone, b->zone);
    order = order ? order : (int)a->capacity - (int)b->capacity;
    return order ? order : compare_int(a->first.line, b->first.line);
}

/* What stands in a column of its own is not said again otherwise. */
static bool repeats_column(const struct row *row, struct str key, struct str value, bool *same)
{
    const struct label columns[] = {
        {LABEL_INSTANCE_TYPE, row->type},
        {LABEL_ZONE, row->zone},
        {LABEL_CAPACITY_TYPE, capacity_type_text(row->capacity)},
        {LABEL_ARCH, row->arch},
        {LABEL_OS, row->os},
    };

    for (size_t i = 0; i < sizeof(columns) / sizeof(*columns); i++)
        if (str_eq(key, columns[i].key)) {
            *same = str_eq(value, columns[i].value);
            return true;
        }
    return false;
}

static void add_label(struct csv *c, const struct row *row, struct str pair, struct labels *out)
{
    size_t equals = str_find(pair, '=');
    struct str key = str_trim(str_slice(pair, 0, equals));
    struct str value = str_trim(str_slice(pair, equals + 1, pair.len));
    struct cell at = row->label_cell;
    bool same = true;

    if (pair.ptr >= at.text.ptr && pair.ptr <= at.text.ptr + at.text.len)
        at.column += (int)(pair.ptr - at.text.ptr);
    at.text = pair;
    if (equals == pair.len)
        refuse(c, LABELS, &at, "Labels are written key=value;key=value.");
    else if (!label_key_is_valid(key))
        refuse(c, LABELS, &at, LABEL_KEY_RULE);
    else if (!label_value_is_valid(value))
        refuse(c, LABELS, &at, LABEL_VALUE_RULE);
    else if (repeats_column(row, label_normalize(key), value, &same) && !same)
        refuse(c, LABELS, &at, "A column of its own says otherwise: leave the label out.");
    else if (labels_get(out, label_normalize(key)).ptr)
        refuse(c, LABELS, &at, "The row has this label already: a key has one value.");
    else if (!repeats_column(row, label_normalize(key), value, &same))
        labels_set(c->keep, out, label_normalize(key), value);
}

static struct labels labels_of_row(struct csv *c, const struct row *row)
{
    struct labels labels = {0};
    struct str rest = row->labels;

    while (rest.ptr) {
        struct str pair = str_trim(str_cut(&rest, ';'));
        if (pair.len)
            add_label(c, row, pair, &labels);
    }
    labels_set(c->keep, &labels, LABEL_INSTANCE_TYPE, row->type);
    labels_set(c->keep, &labels, LABEL_ARCH, row->arch);
    labels_set(c->keep, &labels, LABEL_OS, row->os);
    return labels;
}

/* What limits count: rules of Karpenter's labels. */
static int64_t stated(const struct labels *labels, struct str key, int64_t unit, int64_t otherwise)
{
    int64_t n, amount;

    return str_to_int64(labels_get(labels, key), &n) && n >= 0 &&
                   !__builtin_mul_overflow(n, unit, &amount)
               ? amount
               : otherwise;
}

static void give_amounts(struct instance_type *type, const struct row *row)
{
    int64_t cpu =
                stated(&type->labels, STR("karpenter.k8s.aws/instance-cpu"), 1000, row->cpu_milli),
            memory = stated(&type->labels, STR("karpenter.k8s.aws/instance-memory"), 1 << 20,
                            row->memory_bytes);

    type->allocatable.amount[RESOURCE_CPU] = row->cpu_milli;
    type->allocatable.amount[RESOURCE_MEMORY] = row->memory_bytes;
    type->allocatable.amount[RESOURCE_PODS] = row->pods;
    type->allocatable.amount[RESOURCE_EPHEMERAL_STORAGE] = INT64_MAX;
    type->capacity = type->allocatable;
    type->capacity.amount[RESOURCE_CPU] = cpu;
    type->capacity.amount[RESOURCE_MEMORY] = memory;
    type->capacity.amount[RESOURCE_EPHEMERAL_STORAGE] = 0;
}

static void check_repeated(struct csv *c, size_t i)
{
    const struct row *row = &c->rows[i], *before = row - 1;

    if (i == 0 || compare_types(before, row) || !str_eq(before->zone, row->zone) ||
        before->capacity != row->capacity)
        return;
    keep_error(c, &row->first,
               arena_printf(c->keep, "line %d has this offering too", before->first.line),
               STR("A type has one price in one zone under one capacity type: remove one of the "
                   "rows."));
}

static void make_types(struct csv *c, struct catalog *out)
{
    struct instance_type *types = ARENA_ARRAY(c->keep, struct instance_type, c->count);
    struct offering *offerings = ARENA_ARRAY(c->keep, struct offering, c->count);

    for (size_t i = 0, priced = 0; i < c->count; i++) {
        const struct row *row = &c->rows[i];
        struct instance_type *type = &types[out->count - (out->count > 0)];
        if (i == 0 || compare_types(row - 1, row)) {
            type = &types[out->count++];
            *type = (struct instance_type){.name = row->type,
                                           .labels = labels_of_row(c, row),
                                           .offerings = &offerings[priced]};
            give_amounts(type, row);
        }
        check_repeated(c, i);
        if (row->microusd == NO_PRICE) /* (core/explain_price.h) */
            continue;
        offerings[priced++] = (struct offering){.zone = row->zone,
                                                .capacity_type = row->capacity,
                                                .price_microusd_per_hour = row->microusd};
        type->offering_count++;
    }
    out->types = types;
}

struct error *catalog_csv_read(struct arena *keep, struct str file, struct str text,
                               struct catalog *out)
{
    struct csv c = {.keep = keep, .file = file, .rest = text, .line = 1};

    *out = (struct catalog){0};
    if (read_header(&c))
        read_rows(&c);
    if (c.count)
        qsort(c.rows, c.count, sizeof(*c.rows), by_offering);
    if (!c.errors && !c.count)
        keep_error(&c, &(struct cell){.line = 1, .column = 1}, STR("the catalog has no rows"),
                   STR("Each row below the header is an offering."));
    make_types(&c, out);
    if (c.error_count > ERRORS_MOST)
        c.last->detail = arena_printf(keep, STR_FMT " (and %zu more errors in this file)",
                                      STR_ARG(c.last->detail), c.error_count - ERRORS_MOST);
    return c.errors;
}
