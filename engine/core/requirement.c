#include "engine/core/requirement.h"

#include "engine/base/buf.h"

static const struct operator_row {
    struct str text;
    bool complement;
    size_t least, most; /* how many values it takes */
    bool number;
} operators[] = {
    [OPERATOR_IN] = {STR_INIT("In"), false, 1, SIZE_MAX, false},
    [OPERATOR_NOT_IN] = {STR_INIT("NotIn"), true, 1, SIZE_MAX, false},
    [OPERATOR_EXISTS] = {STR_INIT("Exists"), true, 0, 0, false},
    [OPERATOR_DOES_NOT_EXIST] = {STR_INIT("DoesNotExist"), false, 0, 0, false},
    [OPERATOR_GT] = {STR_INIT("Gt"), true, 1, 1, true},
    [OPERATOR_LT] = {STR_INIT("Lt"), true, 1, 1, true},
    [OPERATOR_GTE] = {STR_INIT("Gte"), true, 1, 1, true},
    [OPERATOR_LTE] = {STR_INIT("Lte"), true, 1, 1, true},
};
static const size_t operator_count = sizeof(operators) / sizeof(*operators);

bool requirement_operator_parse(struct str text, enum requirement_operator *out)
{
    for (size_t i = 0; i < operator_count; i++)
        if (str_eq(text, operators[i].text)) {
            *out = (enum requirement_operator)i;
            return true;
        }
    return false;
}

static int compare_str(const void *x, const void *y)
{
    return str_cmp(*(const struct str *)x, *(const struct str *)y);
}

/* Sorted and distinct, in memory of its own. */
static void set_values(struct arena *a, struct requirement *r, const struct str *values,
                       size_t count)
{
    if (!count)
        return;
    r->values = ARENA_ARRAY(a, struct str, count);
    memcpy(r->values, values, count * sizeof(*values));
    qsort(r->values, count, sizeof(*r->values), compare_str);
    for (size_t i = 0; i < count; i++)
        if (!r->count || !str_eq(r->values[r->count - 1], r->values[i]))
            r->values[r->count++] = r->values[i];
}

static bool is_bounded(const struct requirement *r)
{
    return r->at_least != INT64_MIN || r->at_most != INT64_MAX;
}

/* Nothing satisfies it, not even absence. */
static void make_contradiction(struct requirement *r)
{
    r->complement = false;
    r->values = NULL;
    r->count = 0;
    r->at_least = INT64_MIN;
    r->at_most = INT64_MAX;
    r->present = true;
    r->above = r->below = false;
}

static void set_bounds(struct requirement *r, enum requirement_operator op, int64_t number)
{
    bool none = (op == OPERATOR_GT && number == INT64_MAX) || (op == OPERATOR_LT && number <= 0) ||
                (op == OPERATOR_LTE && number < 0);

    if (none) { /* a label's value has no minus sign */
        make_contradiction(r);
    } else if (op == OPERATOR_GT || op == OPERATOR_GTE) {
        r->above = op == OPERATOR_GT;
        r->at_least = number + r->above;
    } else {
        r->below = op == OPERATOR_LT;
        r->at_most = number - r->below;
    }
}

static struct error *check_count(struct arena *a, const struct operator_row *row, size_t count)
{
    if (count >= row->least && count <= row->most)
        return NULL;
    struct error *e = error_new(a, ERROR_INVALID, "%s with %zu values", row->text.ptr, count);
    e->detail = !row->most    ? STR("Exists and DoesNotExist take no values: remove them.")
                : row->number ? STR("Gt, Lt, Gte and Lte compare with exactly one whole number.")
                              : STR("In and NotIn need at least one value.");
    return error_at(e, STR("values"));
}

static struct error *check_values(struct arena *a, const struct operator_row *row,
                                  const struct str *values, size_t count)
{
    int64_t number;

    for (size_t i = 0; i < count; i++) {
        struct error *e = NULL;
        if (row->number && !str_to_int64(values[i], &number)) {
            e = error_new(a, ERROR_INVALID, "%s compares with \"" STR_FMT "\"", row->text.ptr,
                          STR_ARG(values[i]));
            e->detail = STR("Gt, Lt, Gte and Lte compare with a whole number such as \"2\".");
        } else if (!row->number && !label_value_is_valid(values[i])) {
            e = error_new(a, ERROR_INVALID, "\"" STR_FMT "\" cannot be a label's value",
                          STR_ARG(values[i]));
            e->detail = STR("Up to 63 letters, digits, '-', '_' and '.', first and last a letter "
                            "or digit.");
        }
        if (e)
            return error_at(e, arena_printf(a, "values[%zu]", i));
    }
    return NULL;
}

static struct error *check_min_values(struct arena *a, enum requirement_operator op,
                                      const struct requirement *r, int64_t min_values)
{
    if (min_values >= 0 && min_values <= 50 &&
        (op != OPERATOR_IN || min_values <= (int64_t)r->count))
        return NULL;
    struct error *e = error_new(a, ERROR_INVALID, "min_values is %lld", (long long)min_values);
    e->detail =
        op == OPERATOR_IN && min_values > 0 && min_values <= 50
            ? arena_printf(a, "In lists %zu distinct values, so no node can keep more.", r->count)
            : STR("1 to 50 are allowed; leave it out to ask for none.");
    return error_at(e, STR("min_values"));
}

struct error *requirement_new(struct arena *a, struct str key, enum requirement_operator op,
                              const struct str *values, size_t count, int64_t min_values,
                              struct requirement *out)
{
    const struct operator_row *row = &operators[op];
    int64_t number;

    *out = (struct requirement){.key = label_normalize(key),
                                .complement = row->complement,
                                .at_least = INT64_MIN,
                                .at_most = INT64_MAX};
    if (!label_key_is_valid(key)) {
        struct error *e =
            error_new(a, ERROR_INVALID, "\"" STR_FMT "\" cannot be a label's key", STR_ARG(key));
        e->detail = STR("A key is a name of up to 63 letters, digits, '-', '_' and '.', perhaps "
                        "after a domain and '/': \"example.com/team\".");
        return error_at(e, STR("key"));
    }
    TRY(check_count(a, row, count));
    TRY(check_values(a, row, values, count));
    if (!row->number)
        set_values(a, out, values, count);
    else if (str_to_int64(values[0], &number))
        set_bounds(out, op, number);
    TRY(check_min_values(a, op, out, min_values));
    out->min_values = min_values;
    return NULL;
}

static bool in_bounds(const struct requirement *r, struct str value)
{
    int64_t number;

    return !is_bounded(r) ||
           (str_to_int64(value, &number) && number >= r->at_least && number <= r->at_most);
}

bool requirement_has(const struct requirement *r, struct str value)
{
    return str_is_among(value, r->values, r->count) != r->complement && in_bounds(r, value);
}

bool requirement_is_empty(const struct requirement *r)
{
    return r->complement ? r->at_least > r->at_most : r->count == 0;
}

bool requirement_allows_absence(const struct requirement *r)
{
    if (r->present || is_bounded(r))
        return false;
    return r->complement ? r->count > 0 : r->count == 0;
}

bool requirement_is_contradiction(const struct requirement *r)
{
    return requirement_is_empty(r) && !requirement_allows_absence(r);
}

/* A finite set keeps what the other side has too. */
static void keep_shared(struct arena *a, struct requirement *out, const struct requirement *finite,
                        const struct requirement *other)
{
    out->values = finite->count ? ARENA_ARRAY(a, struct str, finite->count) : NULL;
    for (size_t i = 0; i < finite->count; i++)
        if (requirement_has(other, finite->values[i]))
            out->values[out->count++] = finite->values[i];
}

static void join_excluded(struct arena *a, struct requirement *out, const struct requirement *x,
                          const struct requirement *y)
{
    size_t total = x->count + y->count;
    struct str *all = total ? ARENA_ARRAY(a, struct str, total) : NULL;

    if (x->count)
        memcpy(all, x->values, x->count * sizeof(*all));
    if (y->count)
        memcpy(all + x->count, y->values, y->count * sizeof(*all));
    set_values(a, out, all, total);
    out->complement = true;
    const struct requirement *low = x->at_least > y->at_least ? x : y;
    const struct requirement *high = x->at_most < y->at_most ? x : y;
    out->at_least = low->at_least;
    out->above = low->above;
    out->at_most = high->at_most;
    out->below = high->below;
}

struct requirement requirement_intersect(struct arena *a, const struct requirement *x,
                                         const struct requirement *y)
{
    bool absence = requirement_allows_absence(x) && requirement_allows_absence(y);
    struct requirement out = {
        .key = x->key,
        .at_least = INT64_MIN,
        .at_most = INT64_MAX,
        .min_values = x->min_values > y->min_values ? x->min_values : y->min_values,
    };

    if (x->complement && y->complement)
        join_excluded(a, &out, x, y);
    else
        keep_shared(a, &out, x->complement ? y : x, x->complement ? x : y);
    if (requirement_is_empty(&out) && !absence)
        make_contradiction(&out);
    else
        out.present = !absence && requirement_allows_absence(&out);
    return out;
}

bool requirement_intersects(const struct requirement *x, const struct requirement *y)
{
    const struct requirement *finite = x->complement ? y : x;
    const struct requirement *other = x->complement ? x : y;

    if (finite->complement) {
        int64_t least = x->at_least > y->at_least ? x->at_least : y->at_least;
        int64_t most = x->at_most < y->at_most ? x->at_most : y->at_most;
        return least <= most;
    }
    for (size_t i = 0; i < finite->count; i++)
        if (requirement_has(other, finite->values[i]))
            return true;
    return false;
}

bool requirement_eq(const struct requirement *x, const struct requirement *y)
{
    bool same = str_eq(x->key, y->key) && x->complement == y->complement && x->count == y->count &&
                x->at_least == y->at_least && x->at_most == y->at_most &&
                x->min_values == y->min_values && x->present == y->present;

    for (size_t i = 0; same && i < x->count; i++)
        same = str_eq(x->values[i], y->values[i]);
    return same;
}

static void add_values(struct buf *b, const struct requirement *r)
{
    for (size_t i = 0; i < r->count; i++)
        buf_printf(b, "%s" STR_FMT, i ? " " : "", STR_ARG(r->values[i]));
}

struct str requirement_text(struct arena *a, const struct requirement *r)
{
    struct buf b = buf_in(a);

    buf_add(&b, r->key);
    if (!r->complement && requirement_allows_absence(r)) {
        buf_add(&b, STR(" DoesNotExist"));
    } else if (!r->complement || r->count) {
        buf_add(&b, r->complement ? STR(" NotIn [") : STR(" In ["));
        add_values(&b, r);
        buf_add_char(&b, ']');
    } else if (!is_bounded(r)) {
        buf_add(&b, STR(" Exists"));
    }
    if (r->at_least != INT64_MIN)
        buf_printf(&b, " %s %lld", r->above ? "Gt" : "Gte", (long long)(r->at_least - r->above));
    if (r->at_most != INT64_MAX)
        buf_printf(&b, " %s %lld", r->below ? "Lt" : "Lte", (long long)(r->at_most + r->below));
    return buf_str(&b);
}
