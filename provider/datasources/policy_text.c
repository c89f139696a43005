#include "provider/datasources/policy_text.h"

#include "engine/base/digest.h"
#include "provider/resource/normal.h"

static int descending(const void *a, const void *b)
{
    return str_cmp(*(const struct str *)b, *(const struct str *)a);
}

static struct json array_of(struct arena *a, const struct str *strings, size_t count)
{
    struct json array = json_new_array();

    for (size_t i = 0; i < count; i++)
        json_add(a, &array, json_new_string(strings[i]));
    return array;
}

struct json policy_strings(struct arena *a, const struct str *strings, size_t count)
{
    struct str *sorted = ARENA_ARRAY(a, struct str, count + 1);
    size_t kept = 0;

    for (size_t i = 0; i < count; i++)
        sorted[i] = strings[i];
    qsort(sorted, count, sizeof(*sorted), descending);
    for (size_t i = 0; i < count; i++)
        if (!kept || !str_eq(sorted[kept - 1], sorted[i]))
            sorted[kept++] = sorted[i];
    return kept == 1 ? json_new_string(sorted[0]) : array_of(a, sorted, kept);
}

void policy_member(struct arena *a, struct json *statement, const char *key, struct json value)
{
    if (value.kind != JSON_NULL)
        json_set(a, statement, str_of(key), value);
}

/* A member of an object takes more values: what was alone becomes the first of an array. */
static void join(struct arena *a, struct json *object, struct str key, const struct json *more)
{
    struct json now = *json_get_str(object, key);

    if (now.kind == JSON_NULL) {
        now = *more;
    } else {
        struct json alone = now;
        if (now.kind != JSON_ARRAY) {
            now = json_new_array();
            json_add(a, &now, alone);
        }
        for (size_t i = 0; more->kind == JSON_ARRAY && i < more->count; i++)
            json_add(a, &now, more->items[i]);
        if (more->kind != JSON_ARRAY)
            json_add(a, &now, *more);
    }
    json_set(a, object, key, now);
}

/* Keys in byte order, as Go writes its maps. */
static struct json with_sorted_keys(struct arena *a, const struct json *object)
{
    struct json out = json_new_object();
    struct str *keys = ARENA_ARRAY(a, struct str, object->count + 1);

    for (size_t i = 0; i < object->count; i++)
        keys[i] = object->keys[i];
    qsort(keys, object->count, sizeof(*keys), descending);
    for (size_t i = object->count; i > 0; i--)
        json_set(a, &out, keys[i - 1], *json_get_str(object, keys[i - 1]));
    return out;
}

static struct json in_descending_order(struct arena *a, const struct json *identifiers)
{
    struct str *strings = ARENA_ARRAY(a, struct str, identifiers->count + 1);

    for (size_t i = 0; i < identifiers->count; i++)
        strings[i] = json_string_or(&identifiers->items[i], STR(""));
    qsort(strings, identifiers->count, sizeof(*strings), descending);
    return array_of(a, strings, identifiers->count);
}

static bool is_everybody(const struct principal *p)
{
    const struct json *who = p->identifiers.kind == JSON_ARRAY && p->identifiers.count == 1
                                 ? p->identifiers.items
                                 : &p->identifiers;
    return str_eq(p->type, STR("*")) && str_eq(json_string_or(who, STR("")), STR("*"));
}

struct json policy_principals(struct arena *a, const struct principal *all, size_t count)
{
    struct json object = json_new_object();

    if (count == 0)
        return (struct json){.kind = JSON_NULL};
    if (count == 1 && is_everybody(all))
        return json_new_string(STR("*"));
    for (size_t i = 0; i < count; i++) {
        struct json more = all[i].identifiers.kind == JSON_ARRAY
                               ? in_descending_order(a, &all[i].identifiers)
                               : all[i].identifiers;
        join(a, &object, all[i].type, &more);
    }
    return with_sorted_keys(a, &object);
}

struct json policy_conditions(struct arena *a, const struct condition *all, size_t count)
{
    struct json tests = json_new_object();

    if (count == 0)
        return (struct json){.kind = JSON_NULL};
    for (size_t i = 0; i < count; i++) {
        struct json variables = *json_get_str(&tests, all[i].test);
        if (variables.kind == JSON_NULL)
            variables = json_new_object();
        join(a, &variables, all[i].variable, &all[i].values);
        json_set(a, &tests, all[i].test, with_sorted_keys(a, &variables));
    }
    return with_sorted_keys(a, &tests);
}

struct placed {
    struct str text;
    size_t place;
};

static int by_text(const void *a, const void *b)
{
    const struct placed *x = a, *y = b;
    int order = str_cmp(x->text, y->text);

    return order ? order : (x->place > y->place) - (x->place < y->place);
}

size_t *policy_set_order(struct arena *a, const struct str *written, size_t count)
{
    struct placed *placed = ARENA_ARRAY(a, struct placed, count + 1);
    size_t *order = ARENA_ARRAY(a, size_t, count + 1);

    for (size_t i = 0; i < count; i++)
        placed[i] = (struct placed){arena_printf(a, "%u", (unsigned)crc32_ieee(written[i])), i};
    qsort(placed, count, sizeof(*placed), by_text);
    for (size_t i = 0; i < count; i++)
        order[i] = placed[i].place;
    return order;
}

static void new_line(struct buf *out, int depth)
{
    buf_add_char(out, '\n');
    for (int i = 0; i < depth; i++)
        buf_add(out, STR("  "));
}

static void print_indented(struct buf *out, const struct json *j, int depth)
{
    bool array = j->kind == JSON_ARRAY;

    if ((!array && j->kind != JSON_OBJECT) || j->count == 0) {
        json_print(out, j, false);
        return;
    }
    buf_add_char(out, array ? '[' : '{');
    for (size_t i = 0; i < j->count; i++) {
        if (i)
            buf_add_char(out, ',');
        new_line(out, depth + 1);
        if (!array) {
            struct json key = json_new_string(j->keys[i]);
            json_print(out, &key, false);
            buf_add(out, STR(": "));
        }
        print_indented(out, &j->items[i], depth + 1);
    }
    new_line(out, depth);
    buf_add_char(out, array ? ']' : '}');
}

struct str policy_text(struct arena *a, const struct policy *p, bool indented)
{
    struct json whole = json_new_object(), statements = json_new_array();
    struct buf out = buf_in(a);

    for (size_t i = 0; i < p->count; i++)
        json_add(a, &statements, p->statements[i]);
    if (p->version.len)
        json_set(a, &whole, STR("Version"), json_new_string(p->version));
    if (p->id.len)
        json_set(a, &whole, STR("Id"), json_new_string(p->id));
    if (p->count)
        json_set(a, &whole, STR("Statement"), statements);
    if (indented)
        print_indented(&out, &whole, 0);
    else
        json_print(&out, &whole, false);
    return json_for_html(a, buf_str(&out));
}
