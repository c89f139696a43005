#include "engine/objects/cron.h"

#include <strings.h>

struct cron_field {
    const char *name;
    int64_t min, max;
    const char *const *names; /* of the values from `min` on */
    size_t name_count;
};

static const char *const months[] = {"jan", "feb", "mar", "apr", "may", "jun",
                                     "jul", "aug", "sep", "oct", "nov", "dec"};
static const char *const days[] = {"sun", "mon", "tue", "wed", "thu", "fri", "sat"};

static const struct cron_field fields[] = {
    {"minute", 0, 59, NULL, 0},   {"hour", 0, 23, NULL, 0},       {"day of month", 1, 31, NULL, 0},
    {"month", 1, 12, months, 12}, {"day of week", 0, 7, days, 7}, /* 0 and 7 are both Sunday */
};
enum { FIELD_COUNT = sizeof(fields) / sizeof(*fields) };

static bool is_number(struct str s)
{
    for (size_t i = 0; i < s.len; i++)
        if (s.ptr[i] < '0' || s.ptr[i] > '9')
            return false;
    return s.len > 0;
}

static bool value_of(const struct cron_field *f, struct str s, int64_t *out)
{
    for (size_t i = 0; i < f->name_count; i++)
        if (s.len == 3 && strncasecmp(s.ptr, f->names[i], 3) == 0) {
            *out = f->min + (int64_t)i;
            return true;
        }
    return is_number(s) && str_to_int64(s, out) && *out >= f->min && *out <= f->max;
}

/* "*", "5", "1-5", "mon-fri", each perhaps with "/2". */
static bool range_is_good(const struct cron_field *f, struct str range)
{
    struct str step = range, upper;
    int64_t from, to, n;

    struct str span = str_cut(&step, '/');
    if (step.ptr && (!is_number(step) || !str_to_int64(step, &n) || n < 1))
        return false;
    if (str_eq(span, STR("*")) || str_eq(span, STR("?")))
        return true;
    upper = span;
    struct str lower = str_cut(&upper, '-');
    if (!value_of(f, lower, &from))
        return false;
    return !upper.ptr || (value_of(f, upper, &to) && from <= to);
}

static bool field_is_good(const struct cron_field *f, struct str text)
{
    while (text.ptr)
        if (!range_is_good(f, str_cut(&text, ',')))
            return false;
    return true;
}

const char *cron_fault(struct str text)
{
    static const char *const words[] = {"@annually", "@yearly",   "@monthly", "@weekly",
                                        "@daily",    "@midnight", "@hourly"};
    size_t count = 0;

    text = str_trim(text);
    for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++)
        if (str_eq(text, str_of(words[i])))
            return NULL;
    while (text.ptr) {
        struct str part = str_cut(&text, ' ');
        if (part.len == 0) /* several blanks */
            continue;
        if (count == FIELD_COUNT)
            return "number of fields";
        if (!field_is_good(&fields[count], part))
            return fields[count].name;
        count++;
    }
    return count == FIELD_COUNT ? NULL : "number of fields";
}
