#include "engine/objects/label_selector.h"

#include "engine/objects/values.h"

/* Pods carry the label as it is written, not as nodes spell it today. */
static void push(struct arena *a, struct label_selector *s, struct str key, struct requirement one)
{
    one.key = key;
    ARENA_PUSH(a, s->items, s->count, s->capacity, one);
}

static void read_expression(struct reader *r, const struct place *at, const struct json *j,
                            struct label_selector *out)
{
    static const char *const words[] = {"In", "NotIn", "Exists", "DoesNotExist", NULL};
    struct requirement one;

    if (read_requirement(r, at, j, words, &one))
        push(r->keep, out, json_get(j, "key")->text, one);
}

void label_selector_add(struct arena *a, struct label_selector *s, const struct label *l,
                        bool other)
{
    struct requirement one;
    struct error *bad =
        requirement_new(a, l->key, other ? OPERATOR_NOT_IN : OPERATOR_IN, &l->value, 1, 0, &one);
    if (!bad) /* a label that was read has a key and a value that are valid */
        push(a, s, l->key, one);
}

void label_selector_read(struct reader *r, const struct place *at, const struct json *j,
                         struct label_selector *out)
{
    struct place labels_at = place_member(at, "matchLabels"),
                 list = place_member(at, "matchExpressions");
    const struct json *expressions = json_get(j, "matchExpressions");
    struct labels labels = {0};

    out->present = read_map(r, at, j);
    if (!out->present)
        return;
    read_labels(r, &labels_at, json_get(j, "matchLabels"), false, &labels);
    for (size_t i = 0; i < labels.count; i++)
        label_selector_add(r->keep, out, &labels.items[i], false);
    if (!read_list(r, &list, expressions))
        return;
    for (size_t i = 0; i < expressions->count; i++) {
        struct place each = place_index(&list, i);
        read_expression(r, &each, &expressions->items[i], out);
    }
}
