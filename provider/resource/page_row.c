#include "provider/grammar/arn.h"
#include "provider/grammar/event_target.h"
#include "provider/grammar/policy.h"
#include "provider/grammar/redrive.h"
#include "provider/resource/page.h"
#include "provider/resource/table.h"

/* What a row says, sentence after sentence, each from one of its fields. */

struct str row_path(struct arena *a, struct str outer, const struct attr *row)
{
    if (!outer.len)
        return str_of(row->name);
    return arena_printf(a, STR_FMT ".%s", STR_ARG(outer), row->name);
}

struct attr row_with_rules(struct arena *a, const struct resource_type *t, const struct attr *row,
                           struct str path)
{
    return t && t->with_rules ? t->with_rules(a, row, path) : *row;
}

static const char *type_in_words(const struct attr *row)
{
    switch (row->kind) {
    case ATTR_STRING:
        return "String";
    case ATTR_INT:
    case ATTR_NUMBER:
        return "Number";
    case ATTR_BOOL:
        return "Boolean";
    case ATTR_STRINGS:
        return attr_is_set(row) ? "Set of String" : "List of String";
    case ATTR_MAP:
        return "Map of String";
    case ATTR_BLOCKS:
        break;
    }
    switch (row->nesting) {
    case NESTED_LIST:
    case BLOCK_LIST_COMPUTED:
        return "List of Object";
    case NESTED_SET:
        return "Set of Object";
    case NESTED_SINGLE:
        return "Object";
    case BLOCK_LIST:
        return row->max == 1 ? "Block" : "Blocks";
    case BLOCK_SET:
    case BLOCK_SET_COMPUTED:
        return row->max == 1 ? "Block" : "Blocks, in any order";
    case BLOCK_SINGLE:
        return "Block";
    }
    return "";
}

/* What the shared checks ask for; a check of one type's own is its describe's to explain. */
static const char *form_in_words(const struct attr *row)
{
    static const struct {
        struct error *(*check)(struct arena *a, struct str value);
        const char *words;
    } forms[] = {
        {check_arn, ", ARN"},
        {check_arn_parts, ", ARN"},
        {check_target_arn, ", ARN"},
        {check_dead_letter_arn, ", ARN"},
        {check_role_of_iam, ", ARN"},
        {check_policy_arn, ", ARN"},
        {check_json, ", JSON"},
        {check_redrive_policy, ", JSON"},
        {check_redrive_allow_policy, ", JSON"},
        {check_managed_policy, ", JSON"},
        {check_inline_policy, ", JSON"},
        {check_trust_policy, ", JSON"},
        {check_queue_policy, ", JSON"},
        {check_bus_policy, ", JSON"},
        {check_duration, ", duration"},
    };

    for (size_t i = 0; i < sizeof(forms) / sizeof(*forms); i++)
        if (row->check == forms[i].check)
            return forms[i].words;
    return "";
}

/* Characters that Markdown would take for its own. */
static void add_plain(struct buf *out, struct str text)
{
    for (size_t i = 0; i < text.len; i++) {
        if (memchr("\\`*_<>[]|", text.ptr[i], 9))
            buf_add_char(out, '\\');
        buf_add_char(out, text.ptr[i]);
    }
}

static void add_default(struct buf *out, const struct attr *row)
{
    if (!row->dflt)
        return;
    if (row->kind == ATTR_STRING)
        buf_printf(out, " Default: `\"%s\"`.", row->dflt);
    else
        buf_printf(out, " Default: `%s`.", row->dflt);
}

static bool is_scalar_number(const struct attr *row)
{
    return row->kind == ATTR_INT || row->kind == ATTR_NUMBER;
}

static const char *unit_of(const struct attr *row, int64_t count)
{
    if (is_scalar_number(row))
        return "";
    if (row->kind == ATTR_STRING)
        return count == 1 ? " character" : " characters";
    return count == 1 ? " element" : " elements";
}

static void add_range(struct buf *out, const struct attr *row)
{
    int64_t min = row->min, max = row->max;
    bool is_open = max == 0 || max == INT64_MAX;
    const char *unit = unit_of(row, is_open ? min : max);

    if (min == 0 && max == 0)
        return;
    if (row->kind == ATTR_BLOCKS && max == 1) /* its type said "Block" */
        return;
    if (is_open)
        buf_printf(out, " At least %lld%s.", (long long)min, unit);
    else if (min == max)
        buf_printf(out, " Exactly %lld%s.", (long long)min, unit);
    else if (min == 0 && !is_scalar_number(row))
        buf_printf(out, " At most %lld%s.", (long long)max, unit);
    else
        buf_printf(out, " From %lld to %lld%s.", (long long)min, (long long)max, unit);
}

/* The last of several words is joined by `last` (" and "). */
static void add_names(struct buf *out, struct str names, const char *last)
{
    struct str name;
    bool first = true;

    while (next_name(&names, &name)) {
        buf_printf(out, "%s`" STR_FMT "`", first ? "" : names.ptr ? ", " : last, STR_ARG(name));
        first = false;
    }
}

static void add_allowed(struct buf *out, const struct attr *row)
{
    for (size_t i = 0; row->one_of && row->one_of[i]; i++)
        buf_printf(out, "%s`%s`",
                   i ? ", " : " Allowed: ", *row->one_of[i] ? row->one_of[i] : "\"\"");
    if (row->one_of)
        buf_add_char(out, '.');
    if (row->pattern_says) {
        buf_add(out, STR(" Allowed: "));
        add_plain(out, str_of(row->pattern_says));
        buf_add_char(out, '.');
    }
}

static void add_meaning(struct buf *out, const struct attr *row)
{
    if (row->equal == equal_json || row->equal == equal_iam_policy)
        buf_add(out, STR(" Another writing of the same document is no change."));
    if (row->flags & UNORDERED)
        buf_add(out, STR(" Their order says nothing."));
}

static void add_company(struct buf *out, const struct attr *row)
{
    if (row->conflicts) {
        buf_add(out, STR(" Conflicts with "));
        add_names(out, str_of(row->conflicts), " and ");
        buf_add_char(out, '.');
    }
    if (row->exactly_one_of) {
        buf_add(out, STR(" Exactly one of this and "));
        add_names(out, str_of(row->exactly_one_of), " and ");
        buf_add(out, STR(" is set."));
    }
}

void row_in_words(struct buf *out, const struct attr *row)
{
    buf_printf(out, "(%s%s%s%s)", type_in_words(row), form_in_words(row),
               row->flags & SENSITIVE ? ", sensitive" : "", row->deprecated ? ", deprecated" : "");
    if (row->describe)
        buf_printf(out, " %s", row->describe);
    if (row->deprecated)
        buf_printf(out, " Deprecated: %s", row->deprecated);
    add_default(out, row);
    add_range(out, row);
    add_allowed(out, row);
    add_meaning(out, row);
    add_company(out, row);
    if (row->flags & FORCE_NEW)
        buf_add(out, STR(" A change replaces the resource."));
}
