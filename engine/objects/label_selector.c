#include "engine/objects/label_selector.h"

#include "engine/objects/names.h"
#include "engine/objects/values.h"

static void add(struct reader *r, const struct place *at, const struct json *found,
                struct label_selector *s, struct str key, enum requirement_operator op,
                const struct str *values, size_t count)
{
    struct requirement one;
    struct error *e = requirement_new(r->keep, key, op, values, count, 0, &one);

    reader_adopt(r, at, found, e);
    if (e)
        return;
    one.key = key; /* pods carry the label as it is written, not as nodes spell it today */
    ARENA_PUSH(r->keep, s->items, s->count, s->capacity, one);
}

static void read_expression(struct reader *r, const struct place *at, const struct json *j,
                            struct label_selector *out)
{
    static const char *const words[] = {"In", "NotIn", "Exists", "DoesNotExist", NULL};
    struct place key_at = place_member(at, "key"), values_at = place_member(at, "values"),
                 operator_at = place_member(at, "operator");
    struct str key = {0}, *values = NULL;
    enum requirement_operator op = OPERATOR_IN;
    size_t count = 0, word = 0;

    if (!read_map(r, at, j))
        return;
    bool good = read_string(r, &key_at, json_get(j, "key"), &key);
    good &= read_choice(r, &operator_at, json_get(j, "operator"), words, &word);
    if (json_get(j, "key")->kind == JSON_NULL)
        reader_missing(r, &key_at, j, LABEL_KEY_RULE);
    if (json_get(j, "operator")->kind == JSON_NULL)
        reader_missing(r, &operator_at, j, "Allowed: In, NotIn, Exists or DoesNotExist.");
    if (json_get(j, "values")->kind != JSON_NULL)
        good &= read_strings(r, &values_at, json_get(j, "values"), &values, &count);
    if (good && requirement_operator_parse(str_of(words[word]), &op))
        add(r, at, j, out, key, op, values, count);
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
        add(r, &labels_at, j, out, labels.items[i].key, OPERATOR_IN, &labels.items[i].value, 1);
    if (!read_list(r, &list, expressions))
        return;
    for (size_t i = 0; i < expressions->count; i++) {
        struct place each = place_index(&list, i);
        read_expression(r, &each, &expressions->items[i], out);
    }
}
