#include "provider/datasources/policy_text.h"
#include "provider/resource/schema.h"

/* Documents that are given as texts, and what becomes of several.  They are read as leniently as
 * hashicorp/aws reads them: keys in any case, unknown ones dropped, and what a member holds kept
 * where it has no rule of its own. */

/* A member whatever the case of its key; of several the last, and null is none. */
static const struct json *member(const struct json *object, const char *key)
{
    static const struct json none = {.kind = JSON_NULL};
    const struct json *found = &none;

    for (size_t i = 0; object->kind == JSON_OBJECT && i < object->count; i++) {
        struct str name = object->keys[i];
        size_t same = 0;
        while (same < name.len && char_lower(name.ptr[same]) == char_lower(key[same]))
            same++;
        if (same == name.len && !key[same] && object->items[i].kind != JSON_NULL)
            found = &object->items[i];
    }
    return found;
}

static struct error *wrong(struct arena *a, const char *what, const char *wanted)
{
    struct error *e = error_new(a, ERROR_INVALID, "%s of a policy document is no %s", what, wanted);
    e->detail = STR("It is written as the policy grammar of IAM has it; jsonencode makes one.");
    return e;
}

static struct error *take_text(struct arena *a, const struct json *object, const char *key,
                               struct json *out)
{
    const struct json *value = member(object, key);

    *out = (struct json){.kind = JSON_NULL};
    if (value->kind == JSON_NULL)
        return NULL;
    if (value->kind != JSON_STRING)
        return wrong(a, key, "text");
    if (value->text.len)
        *out = *value;
    return NULL;
}

/* Any text as principal means everybody. */
static struct error *take_principals(struct arena *a, const struct json *value, struct json *out)
{
    struct principal *all = ARENA_ARRAY(a, struct principal, value->count + 1);
    size_t count = 0;

    *out = (struct json){.kind = JSON_NULL};
    if (value->kind == JSON_STRING)
        *out = json_new_string(STR("*"));
    if (value->kind == JSON_STRING || value->kind == JSON_NULL)
        return NULL;
    if (value->kind != JSON_OBJECT)
        return wrong(a, "Principal", "text and no object");
    for (size_t i = 0; i < value->count; i++) {
        const struct json *who = &value->items[i];
        bool good = who->kind == JSON_STRING || who->kind == JSON_ARRAY;
        for (size_t k = 0; who->kind == JSON_ARRAY && k < who->count; k++)
            good = good && who->items[k].kind == JSON_STRING;
        if (!good)
            return wrong(a, "Principal", "text and no list of texts");
        all[count++] = (struct principal){value->keys[i], *who};
    }
    *out = policy_principals(a, all, count);
    return NULL;
}

/* Numbers are dropped, which hashicorp/aws does without a word. */
static bool condition_value(struct arena *a, const struct json *value, struct json *out)
{
    if (value->kind == JSON_BOOL)
        *out = json_new_string(value->boolean ? STR("true") : STR("false"));
    else if (value->kind == JSON_STRING)
        *out = *value;
    else if (value->kind == JSON_ARRAY && value->count == 1)
        return condition_value(a, value->items, out);
    else if (value->kind == JSON_ARRAY) {
        *out = json_new_array();
        for (size_t i = 0; i < value->count; i++) {
            struct json one;
            if (condition_value(a, &value->items[i], &one))
                json_add(a, out, one);
        }
    } else {
        return false;
    }
    return true;
}

static struct error *take_conditions(struct arena *a, const struct json *value, struct json *out)
{
    struct condition *all = NULL;
    size_t count = 0, capacity = 0;

    *out = (struct json){.kind = JSON_NULL};
    if (value->kind == JSON_NULL)
        return NULL;
    for (size_t i = 0; value->kind == JSON_OBJECT && i < value->count; i++) {
        const struct json *variables = &value->items[i];
        if (variables->kind != JSON_OBJECT)
            return wrong(a, "Condition", "object of objects");
        for (size_t k = 0; k < variables->count; k++) {
            struct condition one = {.test = value->keys[i], .variable = variables->keys[k]};
            if (condition_value(a, &variables->items[k], &one.values))
                ARENA_PUSH(a, all, count, capacity, one);
        }
    }
    if (value->kind != JSON_OBJECT)
        return wrong(a, "Condition", "object of objects");
    *out = policy_conditions(a, all, count);
    return NULL;
}

static struct error *take_statement(struct arena *a, const struct json *text, struct json *out)
{
    static const char *const kept[] = {"Action", "NotAction", "Resource", "NotResource"};
    struct json value;

    if (text->kind != JSON_OBJECT)
        return wrong(a, "an element of Statement", "object");
    *out = json_new_object();
    TRY(take_text(a, text, "Sid", &value));
    policy_member(a, out, "Sid", value);
    TRY(take_text(a, text, "Effect", &value));
    policy_member(a, out, "Effect", value);
    for (size_t i = 0; i < sizeof(kept) / sizeof(*kept); i++)
        policy_member(a, out, kept[i], *member(text, kept[i]));
    TRY(take_principals(a, member(text, "Principal"), &value));
    policy_member(a, out, "Principal", value);
    TRY(take_principals(a, member(text, "NotPrincipal"), &value));
    policy_member(a, out, "NotPrincipal", value);
    TRY(take_conditions(a, member(text, "Condition"), &value));
    policy_member(a, out, "Condition", value);
    return NULL;
}

static struct error *read_text(struct arena *a, struct str text, struct policy *out)
{
    struct json tree, value, statement;

    *out = (struct policy){0};
    /* Numbers and the order of keys become hashicorp/aws's own. */
    TRY(json_parse(a, normal_json(a, text), &tree));
    if (tree.kind != JSON_OBJECT)
        return wrong(a, "the whole", "object");
    TRY(take_text(a, &tree, "Version", &value));
    out->version = json_string_or(&value, STR(""));
    TRY(take_text(a, &tree, "Id", &value));
    out->id = json_string_or(&value, STR(""));
    const struct json *statements = member(&tree, "Statement");
    if (statements->kind != JSON_NULL && statements->kind != JSON_ARRAY)
        return wrong(a, "Statement", "list");
    for (size_t i = 0; i < statements->count; i++) {
        TRY(take_statement(a, &statements->items[i], &statement));
        ARENA_PUSH(a, out->statements, out->count, out->capacity, statement);
    }
    return NULL;
}

static struct str sid_of(const struct json *statement)
{
    return json_string_or(json_get(statement, "Sid"), STR(""));
}

static struct json *of_sid(struct policy *p, struct str sid)
{
    for (size_t i = 0; sid.len && i < p->count; i++)
        if (str_eq(sid_of(&p->statements[i]), sid))
            return &p->statements[i];
    return NULL;
}

void policy_add(struct arena *a, struct policy *p, const struct policy *more)
{
    if (more->id.len)
        p->id = more->id;
    if (str_cmp(more->version, p->version) > 0)
        p->version = more->version;
    for (size_t i = 0; i < more->count; i++) {
        struct json *same = of_sid(p, sid_of(&more->statements[i]));
        if (same)
            *same = more->statements[i];
        else
            ARENA_PUSH(a, p->statements, p->count, p->capacity, more->statements[i]);
    }
}

static struct error *duplicate(struct arena *a, struct str sid, const char *from, size_t which)
{
    struct error *e =
        error_new(a, ERROR_INVALID, "the Sid \"" STR_FMT "\" is there twice", STR_ARG(sid));
    e->detail = arena_printf(a,
                             "%s[%zu] has it, and so has a document before it. Remove the Sid, or "
                             "make it another.",
                             from, which);
    return error_at(e, arena_printf(a, "%s[%zu]", from, which));
}

struct error *policy_add_texts(struct arena *a, struct policy *p, const struct str *texts,
                               size_t count, const char *from, bool unique)
{
    for (size_t i = 0; i < count; i++) {
        struct policy one;
        if (!texts[i].len)
            continue;
        struct error *e = read_text(a, texts[i], &one);
        if (e)
            return error_at(e, arena_printf(a, "%s[%zu]", from, i));
        for (size_t k = 0; unique && k < one.count; k++) {
            struct str sid = sid_of(&one.statements[k]);
            struct policy rest = {.statements = one.statements, .count = k};
            if (of_sid(p, sid) || of_sid(&rest, sid))
                return duplicate(a, sid, from, i);
        }
        policy_add(a, p, &one);
    }
    return NULL;
}
