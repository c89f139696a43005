#include "engine/objects/form.h"
#include "provider/resources/fleet.h"

/* What the rules of documents (engine/objects) say of a row, put into the row's own terms. */

static const struct field *field_at(const struct form *form, struct str path)
{
    struct str name = str_cut(&path, '.');

    for (size_t i = 0; form && i < form->count; i++) {
        const struct field *field = &form->fields[i];
        if (str_eq(str_of(field->name), name))
            return path.ptr ? field_at(field->form, path) : field;
    }
    return NULL; /* uid, converged: not of the document */
}

/* JSON of a scalar as rows have it: a string without its quotes.  Empty lists and objects are what
 * everybody expects, and are not worth a word. */
static const char *default_of(struct arena *a, const struct field *field)
{
    struct str json = str_of(field->dflt);

    if (field->kind == FIELD_STRING && json.len > 2)
        return arena_str(a, str_slice(json, 1, json.len - 1)).ptr;
    return field->kind == FIELD_BOOL || field->kind == FIELD_INT ? field->dflt : NULL;
}

/* A bound that only keeps milliseconds within 64 bits is none to a reader. */
static int64_t upper_end(int64_t max)
{
    return max >= INT64_MAX / 1000 ? INT64_MAX : max;
}

struct attr fleet_row(struct arena *a, const struct form *form, const struct attr *row,
                      struct str path)
{
    const struct field *field = field_at(form, path);
    struct attr full = *row;

    if (!field)
        return full;
    full.dflt = default_of(a, field);
    full.one_of = field->words;
    full.min = field->min;
    full.max = upper_end(field->max);
    if ((field->kind == FIELD_LIST || field->kind == FIELD_STRINGS) &&
        !(field->flags & FIELD_ORDERED))
        full.flags |= UNORDERED;
    if (field->kind == FIELD_DURATION)
        full.check = check_duration;
    if (field->unheeded)
        full.describe = arena_printf(a, "%s %s", row->describe, field->unheeded).ptr;
    return full;
}
