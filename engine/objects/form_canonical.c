#include "engine/base/time.h"
#include "engine/core/quantity.h"
#include "engine/objects/form.h"
#include "engine/objects/names.h"

/* Equal values written alike: what cannot be read stays as it is and is equal to itself only. */

static struct json canonical_object(struct arena *a, const struct form *form,
                                    const struct json *object, unsigned only);

static struct json canonical_quantity(struct arena *a, const struct json *j)
{
    int64_t amount;

    if (j->kind != JSON_STRING && j->kind != JSON_NUMBER)
        return *j;
    /* In thousandths as far as they reach (9 petabytes), beyond that in whole units; what neither
     * says exactly ("0.0416") stays as written. */
    struct str text = {0};
    if (quantity_parse_milli(j->text, &amount))
        text = quantity_format_milli(a, amount);
    else if (quantity_parse(j->text, &amount))
        text = arena_printf(a, "%lld", (long long)amount);
    return json_new_string(text.ptr && quantity_eq(text, j->text) ? text : j->text);
}

static struct json canonical_map(struct arena *a, const struct field *f, const struct json *map)
{
    struct json out = json_new_object();

    for (size_t i = 0; i < map->count; i++)
        json_set(a, &out, map->keys[i],
                 f->flags & FIELD_QUANTITIES ? canonical_quantity(a, &map->items[i])
                                             : map->items[i]);
    return out;
}

struct sortable {
    struct str text;
    struct json value;
};

static int by_text(const void *x, const void *y)
{
    return str_cmp(((const struct sortable *)x)->text, ((const struct sortable *)y)->text);
}

static void sort_values(struct arena *a, struct json *list)
{
    struct sortable *each = ARENA_ARRAY(a, struct sortable, list->count);

    for (size_t i = 0; i < list->count; i++) {
        struct buf text = buf_in(a);
        json_print(&text, &list->items[i], true);
        each[i] = (struct sortable){buf_str(&text), list->items[i]};
    }
    if (list->count)
        qsort(each, list->count, sizeof(*each), by_text);
    for (size_t i = 0; i < list->count; i++)
        list->items[i] = each[i].value;
}

static struct json canonical_list(struct arena *a, const struct field *f, const struct json *list)
{
    struct json out = json_new_array();

    for (size_t i = 0; i < list->count; i++)
        json_add(a, &out,
                 f->form && list->items[i].kind == JSON_OBJECT
                     ? canonical_object(a, f->form, &list->items[i], 0)
                     : list->items[i]);
    if (!(f->flags & FIELD_ORDERED))
        sort_values(a, &out);
    return out;
}

static struct json canonical_value(struct arena *a, const struct field *f, const struct json *j)
{
    int64_t n;

    switch (f->kind) {
    case FIELD_STRING:
        if (f->flags & FIELD_IAM_NAME && j->kind == JSON_STRING)
            return json_new_string(iam_name(j->text));
        break;
    case FIELD_BOOL:
        break;
    case FIELD_INT:
        if (json_to_int64(j, &n))
            return json_new_int(a, n);
        break;
    case FIELD_QUANTITY:
        return canonical_quantity(a, j);
    case FIELD_DURATION:
        if (j->kind == JSON_STRING && duration_parse(j->text, &n))
            return json_new_string(duration_format(a, n));
        break;
    case FIELD_MAP:
        if (j->kind == JSON_OBJECT)
            return canonical_map(a, f, j);
        break;
    case FIELD_OBJECT:
        if (j->kind == JSON_OBJECT)
            return canonical_object(a, f->form, j, 0);
        break;
    case FIELD_STRINGS:
    case FIELD_LIST:
        if (j->kind == JSON_ARRAY)
            return canonical_list(a, f, j);
        break;
    }
    return *j;
}

/* With unset members as what they mean; only rows that carry all the flags `only`. */
static struct json canonical_object(struct arena *a, const struct form *form,
                                    const struct json *object, unsigned only)
{
    struct json out = json_new_object();

    for (size_t i = 0; i < form->count; i++) {
        const struct field *f = &form->fields[i];
        struct json value = *json_get(object, f->name);
        if ((f->flags & only) != only)
            continue;
        if (value.kind == JSON_NULL && f->dflt && json_parse(a, str_of(f->dflt), &value))
            continue;
        if (value.kind != JSON_NULL)
            json_set(a, &out, str_of(f->name), canonical_value(a, f, &value));
    }
    return out;
}

bool form_equal(const struct form *form, struct str attribute, const struct json *a,
                const struct json *b)
{
    ARENA_AUTO scratch = {0};

    for (size_t i = 0; i < form->count; i++) {
        const struct field *f = &form->fields[i];
        if (!str_eq(str_of(f->name), attribute))
            continue;
        if (a->kind == JSON_NULL || b->kind == JSON_NULL)
            return a->kind == b->kind;
        struct json x = canonical_value(&scratch, f, a), y = canonical_value(&scratch, f, b);
        return json_eq(&x, &y);
    }
    return json_eq(a, b);
}

struct str form_canonical(struct arena *a, const struct form *form, const struct json *object)
{
    struct json canonical = canonical_object(a, form, object, FIELD_SHAPES_NODES);
    struct buf text = buf_in(a);

    json_print(&text, &canonical, true);
    return buf_str(&text);
}
