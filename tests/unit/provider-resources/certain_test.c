#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "engine/base/file.h"
#include "provider/cty/json.h"
#include "provider/resource/resource.h"
#include "provider/resources/registry.h"
#include "tests/unit/provider-resource/terraform_rules.h"

/* What AWS refuses for certain is refused by validate or plan, at the attribute that is at fault,
 * and what AWS takes is not.  certain.txt has the cases and says how they are written. */

struct corpus {
    struct arena arena;
    struct json bases, statements; /* by name */
    size_t wrong, found, valid, alarms;
};

static struct json merged(struct arena *a, const struct json *base, const struct json *over)
{
    struct json out = json_new_object();

    for (size_t i = 0; i < base->count; i++)
        json_set(a, &out, base->keys[i], base->items[i]);
    for (size_t i = 0; i < over->count; i++)
        json_set(a, &out, over->keys[i], over->items[i]);
    struct json kept = json_new_object();
    for (size_t i = 0; i < out.count; i++)
        if (out.items[i].kind != JSON_NULL)
            json_set(a, &kept, out.keys[i], out.items[i]);
    return kept;
}

static struct json expanded(struct corpus *corpus, const struct json *j, int64_t n);

static struct str repeated(struct arena *a, struct str text, int64_t times)
{
    struct buf out = buf_in(a);

    for (int64_t i = 0; i < times; i++)
        buf_add(&out, text);
    return buf_str(&out);
}

static struct str numbered(struct arena *a, struct str text, int64_t n)
{
    size_t at = str_find_str(text, STR("$n"));

    if (at == text.len)
        return text;
    return arena_printf(a, STR_FMT "%d" STR_FMT, STR_ARG(str_slice(text, 0, at)), (int)n,
                        STR_ARG(str_slice(text, at + 2, text.len)));
}

static int64_t number(const struct json *j)
{
    int64_t n = 0;

    assert_true(json_to_int64(j, &n));
    return n;
}

/* { "$statement": [KIND, CHANGES...] }: a document with one statement for each of the changes. */
static struct json document(struct corpus *corpus, const struct json *how)
{
    struct arena *a = &corpus->arena;
    const struct json *base = json_get_str(&corpus->statements, how->items[0].text);
    struct json out = json_new_object(), list = json_new_array();

    assert_int_equal(base->kind, JSON_OBJECT);
    for (size_t i = 1; i < how->count; i++)
        json_add(a, &list, merged(a, base, &how->items[i]));
    json_set(a, &out, STR("Version"), json_new_string(STR("2012-10-17")));
    json_set(a, &out, STR("Statement"), list);
    return expanded(corpus, &out, 0);
}

static void add_times(struct corpus *corpus, struct json *list, const struct json *how)
{
    for (int64_t n = 0; n < number(&how->items[0]); n++)
        json_add(&corpus->arena, list, expanded(corpus, &how->items[1], n));
}

static struct json expanded(struct corpus *corpus, const struct json *j, int64_t n)
{
    struct arena *a = &corpus->arena;
    const struct json *repeat = json_get(j, "$repeat"), *statement = json_get(j, "$statement");
    const struct json *keys = json_get(j, "$keys");
    struct json out = j->kind == JSON_ARRAY ? json_new_array() : json_new_object();

    if (j->kind == JSON_STRING)
        return json_new_string(numbered(a, j->text, n));
    if (j->kind != JSON_ARRAY && j->kind != JSON_OBJECT)
        return *j;
    if (repeat->count)
        return json_new_string(repeated(a, repeat->items[0].text, number(&repeat->items[1])));
    if (statement->count)
        return document(corpus, statement);
    for (int64_t i = 0; keys->count && i < number(&keys->items[0]); i++)
        json_set(a, &out, numbered(a, keys->items[1].text, i), keys->items[2]);
    for (size_t i = 0; i < j->count && !keys->count; i++) {
        const struct json *times = json_get(&j->items[i], "$times");
        if (j->kind == JSON_OBJECT)
            json_set(a, &out, numbered(a, j->keys[i], n), expanded(corpus, &j->items[i], n));
        else if (times->count)
            add_times(corpus, &out, times);
        else
            json_add(a, &out, expanded(corpus, &j->items[i], n));
    }
    return out;
}

/* Documents stand in the corpus as they are, and in the configuration as text. */
static struct json with_texts(struct arena *a, const struct model *m, const struct json *object)
{
    struct json out = json_new_object();

    for (size_t i = 0; i < object->count; i++) {
        const struct attr *row = model_row(m, object->keys[i]);
        struct json value = object->items[i];
        struct buf text = buf_in(a);
        if (!row)
            fail_msg("no attribute " STR_FMT, STR_ARG(object->keys[i]));
        if (row->nested && value.kind == JSON_ARRAY)
            for (size_t k = 0; k < value.count; k++)
                value.items[k] = with_texts(a, row->nested, &value.items[k]);
        if (row->kind == ATTR_STRING && (value.kind == JSON_OBJECT || value.kind == JSON_ARRAY)) {
            json_print(&text, &value, false);
            value = json_new_string(buf_str(&text));
        }
        json_set(a, &out, object->keys[i], value);
    }
    return out;
}

static const struct resource_type *type_named(struct str name)
{
    for (size_t i = 0; i < resource_type_count; i++)
        if (str_eq(str_of(resource_types[i]->name), name))
            return resource_types[i];
    fail_msg("no type " STR_FMT, STR_ARG(name));
    return NULL;
}

/* Blocks that nobody wrote are empty, as Terraform has it. */
static struct error *faults_of(struct arena *a, const struct resource_type *t,
                               const struct json *config)
{
    struct call c = {.arena = a};
    struct cty_type type = model_type(a, &t->model);
    struct cty_value value, none = cty_null();
    struct plan_result planned;
    struct json complete = with_texts(a, &t->model, config);

    for (size_t i = 0; i < t->model.count; i++) {
        const struct attr *row = &t->model.attrs[i];
        if (attr_is_block(row) && !attr_is_single(row) &&
            json_get(&complete, row->name)->kind == JSON_NULL)
            json_set(a, &complete, str_of(row->name), json_new_array());
    }
    struct error *e = cty_from_json(a, &complete, &type, &value);
    if (e)
        fail_msg("%s: " STR_FMT, t->name, STR_ARG(e->summary));
    e = resource_validate(&c, t, &value);
    if (e)
        return e;
    struct cty_value proposed = proposed_object(a, &t->model, &none, &value);
    struct plan_request request = {&none, &proposed, &value};
    return resource_plan(&c, t, &request, &planned);
}

static bool is_at(const struct error *e, struct str path)
{
    for (; e; e = e->next)
        if (str_starts_with(e->path, path) ||
            str_find_str(e->summary, path) < e->summary.len) /* matters of the whole */
            return true;
    return false;
}

static void take_case(struct corpus *corpus, struct str line)
{
    ARENA_AUTO keep = {0};
    struct str rest = line, type = str_cut(&rest, ' '), path = str_cut(&rest, ' ');
    const struct resource_type *t = type_named(type);
    bool valid = str_eq(path, STR("-"));
    struct json over, whole;

    struct error *e = json_parse(&corpus->arena, rest, &over);
    if (e)
        fail_msg(STR_FMT ": " STR_FMT, STR_ARG(line), STR_ARG(e->summary));
    over = expanded(corpus, &over, 0);
    whole = merged(&corpus->arena, json_get_str(&corpus->bases, type), &over);
    struct json base = expanded(corpus, &whole, 0);
    e = faults_of(&keep, t, &base);
    corpus->valid += valid;
    corpus->wrong += !valid;
    if (valid && e) {
        corpus->alarms++;
        print_message("false alarm: " STR_FMT ": " STR_FMT "\n  " STR_FMT "\n", STR_ARG(e->path),
                      STR_ARG(e->summary), STR_ARG(line));
    } else if (!valid && e && is_at(e, path)) {
        corpus->found++;
    } else if (!valid) {
        print_message("%s: " STR_FMT "\n", e ? "elsewhere" : "not found", STR_ARG(line));
        for (; e; e = e->next)
            print_message("    " STR_FMT ": " STR_FMT "\n", STR_ARG(e->path), STR_ARG(e->summary));
    }
}

static void take_name(struct corpus *corpus, struct json *into, struct str line)
{
    struct str rest = line, name;
    struct json value;

    str_cut(&rest, ' ');
    name = str_cut(&rest, ' ');
    assert_null(json_parse(&corpus->arena, rest, &value));
    json_set(&corpus->arena, into, name, value);
}

static void certain_errors_are_found_and_valid_configurations_pass(void **state)
{
    struct corpus corpus = {.bases = json_new_object(), .statements = json_new_object()};
    struct str text;
    struct error *e =
        file_text(&corpus.arena, STR("tests/unit/provider-resources/certain.txt"), &text);

    (void)state;
    assert_null(e);
    while (text.ptr) {
        struct str line = str_cut(&text, '\n');
        if (!line.len || line.ptr[0] == '#')
            continue;
        if (str_starts_with(line, STR("base ")))
            take_name(&corpus, &corpus.bases, line);
        else if (str_starts_with(line, STR("statement ")))
            take_name(&corpus, &corpus.statements, line);
        else
            take_case(&corpus, line);
    }
    print_message("%zu of %zu certain errors found, %zu false alarms in %zu valid configurations\n",
                  corpus.found, corpus.wrong, corpus.alarms, corpus.valid);
    arena_free(&corpus.arena);
    assert_int_equal(corpus.found, corpus.wrong);
    assert_int_equal(corpus.alarms, 0);
    assert_true(corpus.wrong > 400 && corpus.valid > 200);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(certain_errors_are_found_and_valid_configurations_pass),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
