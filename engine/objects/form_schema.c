#include "engine/objects/form_schema.h"

/* An API server keeps bounds as doubles.  A larger one would come back as another, and what it
 * keeps out nobody means; the form refuses it all the same. */
#define DOUBLE_EXACT_MOST ((int64_t)1 << 53)

static void write_form(struct json_writer *w, const struct form *form, bool outermost);

static bool is_left_out(const struct field *f, bool outermost)
{
    return outermost && str_eq(str_of(f->name), STR("name"));
}

static void write_words(struct json_writer *w, const char *const *words)
{
    json_key(w, STR("enum"));
    json_begin_array(w);
    for (; *words; words++)
        json_string(w, str_of(*words));
    json_end_array(w);
}

static void write_range(struct json_writer *w, const struct field *f, const char *least,
                        const char *most)
{
    if (f->min || f->kind == FIELD_INT)
        json_member_int(w, least, f->min);
    if (f->max && f->max <= DOUBLE_EXACT_MOST)
        json_member_int(w, most, f->max);
}

/* What follows the key of an inner schema. */
static void write_inner(struct json_writer *w, const char *key, const struct form *form)
{
    json_key(w, str_of(key));
    json_begin_object(w);
    if (form)
        write_form(w, form, false);
    else
        json_member(w, "type", STR("string"));
    json_end_object(w);
}

static void write_field(struct json_writer *w, const struct field *f)
{
    switch (f->kind) {
    case FIELD_BOOL:
        json_member(w, "type", STR("boolean"));
        break;
    case FIELD_INT:
        json_member(w, "type", STR("integer"));
        json_member(w, "format", STR("int64"));
        write_range(w, f, "minimum", "maximum");
        break;
    case FIELD_QUANTITY: /* 1073741824 is as good as "1Gi" */
        json_member_bool(w, "x-kubernetes-int-or-string", true);
        break;
    case FIELD_STRING:
    case FIELD_DURATION:
        json_member(w, "type", STR("string"));
        if (f->words)
            write_words(w, f->words);
        break;
    case FIELD_MAP:
        json_member(w, "type", STR("object"));
        write_range(w, f, "minProperties", "maxProperties");
        write_inner(w, "additionalProperties", NULL);
        break;
    case FIELD_STRINGS:
    case FIELD_LIST:
        json_member(w, "type", STR("array"));
        write_range(w, f, "minItems", "maxItems");
        write_inner(w, "items", f->form);
        break;
    case FIELD_OBJECT:
        write_form(w, f->form, false);
        break;
    }
}

static void write_required(struct json_writer *w, const struct form *form, bool outermost)
{
    bool any = false;

    for (size_t i = 0; i < form->count; i++) {
        const struct field *f = &form->fields[i];
        if (!(f->flags & FIELD_REQUIRED) || is_left_out(f, outermost))
            continue;
        if (!any) {
            json_key(w, STR("required"));
            json_begin_array(w);
        }
        any = true;
        json_string(w, str_of(f->name));
    }
    if (any)
        json_end_array(w);
}

static void write_form(struct json_writer *w, const struct form *form, bool outermost)
{
    json_member(w, "type", STR("object"));
    write_required(w, form, outermost);
    json_key(w, STR("properties"));
    json_begin_object(w);
    for (size_t i = 0; i < form->count; i++) {
        if (is_left_out(&form->fields[i], outermost))
            continue;
        json_key(w, str_of(form->fields[i].name));
        json_begin_object(w);
        write_field(w, &form->fields[i]);
        json_end_object(w);
    }
    json_end_object(w);
}

void form_schema_write(struct json_writer *w, const struct form *form)
{
    json_begin_object(w);
    write_form(w, form, true);
    json_end_object(w);
}
