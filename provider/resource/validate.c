#include <assert.h>
#include <regex.h>

#include "provider/cty/path.h"
#include "provider/resource/bind.h"
#include "provider/resource/resource.h"

/* Checks a configuration against its table.  Nothing stops at the first fault: a user mends a file
 * once.  Unknown values are passed over, for Terraform asks again when they are known. */
struct validation {
    struct call *call;
    struct arena *arena;
    struct error *errors;
};

static void fault(struct validation *v, const struct cty_path *path, struct str summary,
                  struct str detail)
{
    struct error *e = error_new(v->arena, ERROR_INVALID, STR_FMT, STR_ARG(summary));
    e->detail = detail;
    v->errors = error_join(v->errors, error_at(e, cty_path_text(v->arena, path)));
}

/* How a value is shown in an error: never, when it is a secret. */
static struct str shown(struct validation *v, const struct attr *row, struct str text)
{
    if (row->flags & SENSITIVE)
        return STR("(sensitive)");
    bool is_long = text.len > 80;
    return arena_printf(v->arena, "\"" STR_FMT "%s\"", STR_ARG(str_slice(text, 0, 80)),
                        is_long ? "..." : "");
}

static size_t characters(struct str s)
{
    size_t n = 0;
    for (size_t i = 0; i < s.len; i++)
        n += ((unsigned char)s.ptr[i] & 0xc0) != 0x80;
    return n;
}

static bool within(const struct attr *row, int64_t n)
{
    bool unlimited = row->max == 0 && row->min != 0;
    return (row->min == 0 && row->max == 0) || (n >= row->min && (unlimited || n <= row->max));
}

static struct str range_text(struct arena *a, const struct attr *row, const char *unit)
{
    if (row->min == row->max)
        return arena_printf(a, "It must be exactly %lld%s.", (long long)row->min, unit);
    if (row->max == 0 || row->max == INT64_MAX)
        return arena_printf(a, "It must be at least %lld%s.", (long long)row->min, unit);
    return arena_printf(a, "It must be from %lld to %lld%s.", (long long)row->min,
                        (long long)row->max, unit);
}

static void check_range(struct validation *v, const struct attr *row, const struct cty_path *path,
                        int64_t n, const char *verb, const char *unit)
{
    if (!within(row, n))
        fault(v, path, arena_printf(v->arena, "%s %s %lld%s", row->name, verb, (long long)n, unit),
              range_text(v->arena, row, unit));
}

static struct str allowed_text(struct arena *a, const struct attr *row)
{
    struct buf out = buf_in(a);
    buf_add(&out, STR("Allowed: "));
    for (size_t i = 0; row->one_of[i]; i++)
        buf_printf(&out, "%s\"%s\"", i ? ", " : "", row->one_of[i]);
    buf_add_char(&out, '.');
    return buf_str(&out);
}

static bool is_allowed(const struct attr *row, struct str text)
{
    for (size_t i = 0; row->one_of[i]; i++)
        if (str_eq(text, str_of(row->one_of[i])))
            return true;
    return false;
}

/* Whether the pattern is "[...]+" or "[...]*" with nothing but characters and ranges inside, which
 * most are: then `class` is what stands in the brackets. */
static bool is_class(struct str pattern, struct str *class, bool *may_be_empty)
{
    size_t len = pattern.len;
    if (len < 4 || pattern.ptr[0] != '[' || pattern.ptr[len - 2] != ']')
        return false;
    *class = str_slice(pattern, 1, len - 2);
    *may_be_empty = pattern.ptr[len - 1] == '*';
    return (*may_be_empty || pattern.ptr[len - 1] == '+') && class->ptr[0] != '^' &&
           !memchr(class->ptr, '[', class->len) && !memchr(class->ptr, ']', class->len);
}

static bool in_class(struct str class, char c)
{
    for (size_t i = 0; i < class.len; i++) {
        bool is_range = i + 2 < class.len && class.ptr[i + 1] == '-';
        if (is_range ? c >= class.ptr[i] && c <= class.ptr[i + 2] : c == class.ptr[i])
            return true;
        i += is_range ? 2 : 0;
    }
    return false;
}

static bool matches(struct arena *a, const char *pattern, struct str text)
{
    regex_t compiled;
    struct str whole = arena_printf(a, "^(%s)$", pattern), class;
    bool good;
    if (is_class(str_of(pattern), &class, &good)) { /* compiling takes longer than all else here */
        good |= text.len > 0;
        for (size_t i = 0; i < text.len && good; i++)
            good = in_class(class, text.ptr[i]);
        return good;
    }
    if (memchr(text.len ? text.ptr : "", 0, text.len))
        return false;
    int broken = regcomp(&compiled, whole.ptr, REG_EXTENDED | REG_NOSUB);
    assert(broken == 0); /* the pattern stands in one of our tables */
    bool hit = regexec(&compiled, arena_str(a, text).ptr, 0, NULL, 0) == 0;
    regfree(&compiled);
    return hit;
}

/* What a check found, and it may find several faults in one text. */
static void take_faults(struct validation *v, const struct attr *row, const struct cty_path *path,
                        struct error *found)
{
    if (!found)
        return;
    struct str at = cty_path_text(v->arena, path);
    bool secret = (row->flags & SENSITIVE) != 0; /* a check may quote what it was given */

    for (struct error *e = found; e; e = e->next) {
        e->summary = arena_printf(v->arena, "%s: " STR_FMT, row->name,
                                  STR_ARG(secret ? STR("not what it must be") : e->summary));
        error_at(e, at);
    }
    v->errors = error_join(v->errors, found);
}

static void take_advice(struct validation *v, const struct attr *row, const struct cty_path *path,
                        const struct error *advice)
{
    for (const struct error *e = advice; e; e = e->next)
        call_warn(v->call, cty_path_text(v->arena, path),
                  arena_printf(v->arena, "%s: " STR_FMT, row->name, STR_ARG(e->summary)),
                  e->detail);
}

static void check_text(struct validation *v, const struct attr *row, const struct cty_path *path,
                       struct str text)
{
    struct str value = shown(v, row, text);
    if (row->kind == ATTR_STRING)
        check_range(v, row, path, (int64_t)characters(text), "has", " characters");
    if (row->one_of && !is_allowed(row, text))
        fault(v, path, arena_printf(v->arena, "%s is " STR_FMT, row->name, STR_ARG(value)),
              allowed_text(v->arena, row));
    if (row->pattern && !matches(v->arena, row->pattern, text))
        fault(v, path, arena_printf(v->arena, "%s is " STR_FMT, row->name, STR_ARG(value)),
              arena_printf(v->arena, "Allowed: %s.",
                           row->pattern_says ? row->pattern_says : row->pattern));
    struct error *faults = row->check ? row->check(v->arena, text) : NULL;
    take_faults(v, row, path, faults);
    if (!faults && row->advise)
        take_advice(v, row, path, row->advise(v->arena, text));
}

static void check_number(struct validation *v, const struct attr *row, const struct cty_path *path,
                         struct cty_number n)
{
    if (n.is_integer)
        check_range(v, row, path, n.integer, "is", "");
    else if (row->kind == ATTR_INT)
        fault(v, path, arena_printf(v->arena, "%s is " STR_FMT, row->name, STR_ARG(n.text)),
              STR("It must be a whole number."));
}

static void check_object(struct validation *v, const struct model *m,
                         const struct cty_value *object, const struct cty_path *path);

static struct cty_path element_path(const struct attr *row, const struct cty_value *value,
                                    const struct cty_path *path, size_t i)
{
    if (value->kind == CTY_MAP)
        return cty_path_key(path, value->keys[i]);
    return attr_is_set(row) ? cty_path_set_element(path) : cty_path_index(path, i);
}

/* A map as a whole.  What is not known yet counts as empty. */
static void check_map(struct validation *v, const struct attr *row, const struct cty_path *path,
                      const struct cty_value *map)
{
    struct str *values = ARENA_ARRAY(v->arena, struct str, map->count + 1);

    for (size_t i = 0; i < map->count; i++)
        if (map->items[i].kind == CTY_STRING)
            values[i] = map->items[i].string;
    take_faults(v, row, path, row->check_map(v->arena, map->keys, values, map->count));
}

static void check_element(struct validation *v, const struct attr *row, const struct cty_path *path,
                          const struct cty_value *element)
{
    if (element->kind == CTY_OBJECT)
        check_object(v, row->nested, element, path);
    else if (element->kind == CTY_STRING)
        check_text(v, row, path, element->string);
    else if (element->kind == CTY_NULL && row->kind != ATTR_MAP)
        fault(v, path, arena_printf(v->arena, "%s has a null element", row->name),
              STR("Leave the element out, or give it a value; compact() drops null elements."));
}

static void check_value(struct validation *v, const struct attr *row, const struct cty_path *path,
                        const struct cty_value *value)
{
    if (value->kind == CTY_STRING)
        check_text(v, row, path, value->string);
    if (value->kind == CTY_NUMBER)
        check_number(v, row, path, value->number);
    if (value->kind == CTY_OBJECT)
        check_object(v, row->nested, value, path);
    if (value->kind != CTY_LIST && value->kind != CTY_SET && value->kind != CTY_MAP)
        return;
    check_range(v, row, path, (int64_t)value->count, "has",
                value->count == 1 ? " element" : " elements");
    if (row->check_map && value->kind == CTY_MAP)
        check_map(v, row, path, value);
    for (size_t i = 0; i < value->count; i++) {
        struct cty_path at = element_path(row, value, path, i);
        check_element(v, row, &at, &value->items[i]);
    }
}

/* Set in the sense of "written by the user and known to be something". */
static bool is_set(const struct model *m, const struct cty_value *object, struct str name)
{
    const struct attr *row = model_row(m, name);
    const struct cty_value *value = cty_get(object, name);
    bool empty_block = row && attr_is_block(row) && !attr_is_single(row) && value->count == 0;
    return value->kind != CTY_NULL && value->kind != CTY_UNKNOWN && !empty_block;
}

/* True where nothing conflicts. */
static bool check_conflicts(struct validation *v, const struct model *m, const struct attr *row,
                            const struct cty_value *object, const struct cty_path *path)
{
    struct str rest = str_of(row->conflicts), other;
    bool alone = true;
    if (!row->conflicts || !is_set(m, object, str_of(row->name)))
        return true;
    while (next_name(&rest, &other)) {
        if (!is_set(m, object, other))
            continue;
        alone = false;
        fault(v, path,
              arena_printf(v->arena, "%s and " STR_FMT " are both set", row->name, STR_ARG(other)),
              STR("Only one of them may be."));
    }
    return alone;
}

static void check_exactly_one(struct validation *v, const struct model *m, const struct attr *row,
                              const struct cty_value *object, const struct cty_path *path)
{
    struct str rest = str_of(row->exactly_one_of), name = str_of(row->name);
    size_t count = 0;
    if (!row->exactly_one_of)
        return;
    do {
        if (cty_get(object, name)->kind == CTY_UNKNOWN)
            return;
        count += is_set(m, object, name);
    } while (next_name(&rest, &name));
    if (count != 1)
        fault(v, path,
              arena_printf(v->arena,
                           count ? "%s and %s: more than one is set" : "%s, %s: none is set",
                           row->name, row->exactly_one_of),
              STR("Exactly one of them must be."));
}

static void check_attr(struct validation *v, const struct model *m, const struct attr *row,
                       const struct cty_value *object, const struct cty_path *path)
{
    const struct cty_value *value = cty_get(object, str_of(row->name));
    if (value->kind == CTY_NULL && (row->flags & REQUIRED))
        fault(v, path, arena_printf(v->arena, "%s is not set", row->name), STR("It is required."));
    check_value(v, row, path, value);
    bool set = value->kind != CTY_NULL && value->kind != CTY_UNKNOWN;
    if (set && !(row->flags & (REQUIRED | OPTIONAL)))
        fault(v, path, arena_printf(v->arena, "%s is set", row->name),
              STR("The provider finds this value out itself; take the attribute out."));
    bool alone = check_conflicts(v, m, row, object, path);
    check_exactly_one(v, m, row, object, path);
    if (alone && row->deprecated && is_set(m, object, str_of(row->name)) &&
        cty_is_wholly_known(value))
        call_warn(v->call, cty_path_text(v->arena, path), STR("Argument is deprecated"),
                  arena_printf(v->arena, "%s is deprecated. %s", row->name, row->deprecated));
}

static void check_object(struct validation *v, const struct model *m,
                         const struct cty_value *object, const struct cty_path *path)
{
    for (size_t i = 0; i < m->count; i++) {
        struct cty_path at = cty_path_attribute(path, str_of(m->attrs[i].name));
        check_attr(v, m, &m->attrs[i], object, &at);
    }
}

struct error *model_validate(struct call *c, const struct model *m, const struct cty_value *config)
{
    struct validation v = {c, c->arena, NULL};
    check_object(&v, m, config, NULL);
    return v.errors;
}

struct error *resource_validate(struct call *c, const struct resource_type *t,
                                const struct cty_value *config)
{
    struct error *errors = model_validate(c, &t->model, config);
    void *model = bind_new(c->arena, &t->model);
    /* What does not fit the struct was found by the table already. */
    if (!t->validate || bind_decode(c->arena, &t->model, config, model))
        return errors;
    return error_join(errors, t->validate(c, model));
}
