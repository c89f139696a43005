#include "engine/objects/class_document.h"

#include "engine/objects/class_form.h"
#include "engine/objects/names.h"

struct str ami_family_text(enum ami_family f)
{
    static const struct str text[] = {
        [FAMILY_AL2] = STR_INIT("AL2"),
        [FAMILY_AL2023] = STR_INIT("AL2023"),
        [FAMILY_BOTTLEROCKET] = STR_INIT("Bottlerocket"),
        [FAMILY_UBUNTU] = STR_INIT("Ubuntu"),
        [FAMILY_WINDOWS_2019] = STR_INIT("Windows2019"),
        [FAMILY_WINDOWS_2022] = STR_INIT("Windows2022"),
        [FAMILY_WINDOWS_2025] = STR_INIT("Windows2025"),
        [FAMILY_CUSTOM] = STR_INIT("Custom"),
    };
    return text[f];
}

struct error *class_document_read(struct arena *keep, const struct json *document,
                                  struct node_class *out)
{
    struct reader r = {.keep = keep};

    *out = (struct node_class){0};
    if (document->kind == JSON_NULL)
        reader_refuse(&r, NULL, document, "A class's attributes are expected.");
    form_read(&r, NULL, &class_form, document, out);
    out->family = family_of(document);
    out->role = iam_name(out->role);
    out->instance_profile = iam_name(out->instance_profile);
    return r.errors;
}

struct error *class_document_check(struct arena *a, const struct json *document)
{
    struct node_class ignored;
    return class_document_read(a, document, &ignored);
}

bool class_document_equal(struct str attribute, const struct json *a, const struct json *b)
{
    return form_equal(&class_form, attribute, a, b);
}

/* The document with the family that it means. */
static struct json with_family(struct arena *a, const struct json *document)
{
    struct json out = json_new_object();

    for (size_t i = 0; document->kind == JSON_OBJECT && i < document->count; i++)
        json_set(a, &out, document->keys[i], document->items[i]);
    json_set(a, &out, STR("ami_family"), json_new_string(ami_family_text(family_of(document))));
    return out;
}

struct str class_document_canonical(struct arena *a, const struct json *document)
{
    struct json meant = with_family(a, document);
    return form_canonical(a, &class_form, &meant);
}

void class_document_unheeded(struct arena *a, const struct json *document,
                             struct unheeded_list *out)
{
    struct json meant = with_family(a, document);
    form_unheeded(a, &class_form, &meant, out);
}
