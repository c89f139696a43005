#include "engine/objects/form.h"

#include "engine/objects/values.h"

static void check_count(struct reader *r, const struct place *at, const struct field *f,
                        const struct json *j)
{
    int64_t count = (int64_t)j->count;
    if (count < f->min || (f->max && count > f->max))
        reader_fault(r, at, j, arena_printf(r->keep, "has %lld entries", (long long)count),
                     f->max ? arena_printf(r->keep, "Allowed are %lld to %lld.", (long long)f->min,
                                           (long long)f->max)
                            : arena_printf(r->keep, "At least %lld is needed.", (long long)f->min));
}

static bool read_map_field(struct reader *r, const struct place *at, const struct field *f,
                           const struct json *j, struct labels *into)
{
    if (!read_map(r, at, j))
        return false;
    check_count(r, at, f, j);
    for (size_t i = 0; f->flags & FIELD_QUANTITIES && !f->check && i < j->count; i++) {
        struct place each = place_key(at, j->keys[i]);
        int64_t amount;
        if (j->items[i].kind == JSON_STRING)
            read_amount(r, &each, j->keys[i], &j->items[i], &amount);
    }
    read_string_map(r, at, j, into);
    return true;
}

static bool read_objects(struct reader *r, const struct place *at, const struct field *f,
                         const struct json *j, struct list *into)
{
    if (!read_list(r, at, j))
        return false;
    check_count(r, at, f, j);
    into->items = arena_array(r->keep, j->count, f->form->bytes);
    into->count = j->count;
    for (size_t i = 0; i < j->count; i++) {
        struct place each = place_index(at, i);
        if (j->items[i].kind == JSON_NULL)
            reader_refuse(r, &each, &j->items[i], "An object is expected.");
        form_read(r, &each, f->form, &j->items[i], (char *)into->items + i * f->form->bytes);
    }
    return true;
}

static bool read_text(struct reader *r, const struct place *at, const struct field *f,
                      const struct json *j, struct str *into)
{
    size_t word = 0;
    if (!f->words)
        return read_string(r, at, j, into);
    if (!read_choice(r, at, j, f->words, &word))
        return false;
    *into = str_of(f->words[word]);
    return true;
}

static bool read_field(struct reader *r, const struct place *at, const struct field *f,
                       const struct json *j, void *into)
{
    struct setting *setting = into;
    struct strings *strings = into;

    switch (f->kind) {
    case FIELD_STRING:
        return read_text(r, at, f, j, into);
    case FIELD_BOOL:
        setting->set = read_bool(r, at, j, &setting->on);
        return setting->set;
    case FIELD_INT:
        return read_int(r, at, j, f->min, f->max ? f->max : INT64_MAX, into);
    case FIELD_QUANTITY:
        return read_quantity(r, at, j, into);
    case FIELD_DURATION:
        return read_duration(r, at, j, into);
    case FIELD_STRINGS:
        if (!read_strings(r, at, j, &strings->items, &strings->count))
            return false;
        check_count(r, at, f, j);
        return true;
    case FIELD_MAP:
        return read_map_field(r, at, f, j, into);
    case FIELD_OBJECT:
        if (!read_map(r, at, j))
            return false;
        form_read(r, at, f->form, j, into);
        return true;
    case FIELD_LIST:
        return read_objects(r, at, f, j, into);
    }
    return false;
}

/* What the row says of unset; the text is ours, so that it parses. */
static struct json default_of(struct arena *a, const struct field *f)
{
    struct json j = {0};
    if (f->dflt && json_parse(a, str_of(f->dflt), &j))
        return (struct json){0};
    return j;
}

static void fill_unset(struct reader *r, const struct place *at, const struct field *f, void *into)
{
    if (f->dflt) {
        struct json dflt = default_of(r->keep, f);
        read_field(r, at, f, &dflt, into);
    } else if (f->kind == FIELD_INT || f->kind == FIELD_QUANTITY || f->kind == FIELD_DURATION) {
        *(int64_t *)into = f->unset;
    }
}

void form_read(struct reader *r, const struct place *at, const struct form *form,
               const struct json *object, void *into)
{
    if (!read_map(r, at, object))
        return;
    for (size_t i = 0; i < form->count; i++) {
        const struct field *f = &form->fields[i];
        const struct json *j = json_get(object, f->name);
        struct place here = place_member(at, f->name);
        void *member = (char *)into + f->offset;
        if (j->kind == JSON_NULL && f->flags & FIELD_REQUIRED)
            reader_missing(r, &here, object, "It must be set.");
        if (j->kind == JSON_NULL)
            fill_unset(r, &here, f, member);
        else if (read_field(r, &here, f, j, member) && f->check)
            f->check(r, &here, j, member);
    }
    if (form->check)
        form->check(r, at, object, into);
}

static void unheeded_in(struct reader *r, const struct place *at, const struct form *form,
                        const struct json *object, struct unheeded_list *out)
{
    for (size_t i = 0; i < form->count; i++) {
        const struct field *f = &form->fields[i];
        const struct json *j = json_get(object, f->name);
        struct place here = place_member(at, f->name);
        bool is_empty = (j->kind == JSON_ARRAY || j->kind == JSON_OBJECT) && j->count == 0;
        if (j->kind == JSON_NULL || (is_empty && f->kind != FIELD_OBJECT))
            continue;
        if (f->unheeded && !(f->heeded && f->heeded(j)))
            ARENA_PUSH(r->keep, out->items, out->count, out->capacity,
                       (struct unheeded){reader_path(r, &here), str_of(f->unheeded)});
        else if (f->kind == FIELD_OBJECT)
            unheeded_in(r, &here, f->form, j, out);
        else if (f->kind == FIELD_LIST)
            for (size_t k = 0; k < j->count; k++) {
                struct place each = place_index(&here, k);
                unheeded_in(r, &each, f->form, &j->items[k], out);
            }
    }
}

void form_unheeded(struct arena *a, const struct form *form, const struct json *object,
                   struct unheeded_list *out)
{
    struct reader r = {.keep = a};
    unheeded_in(&r, NULL, form, object, out);
}
