#include "engine/adapters/kube_specs.h"

#include "engine/base/time.h"
#include "engine/pools.h"

/* The status of a NodePool or NodeClass: what the engine has said of it for itself and for those
 * who wait (`engine`), the document that it goes by (`accepted`), and conditions for people. */

enum { MESSAGE_MOST = 1000 };

struct condition {
    const char *type;
    const char *status; /* "True", "False", "Unknown" */
    const char *reason;
    struct str message;
};

static void add_sentence(struct buf *out, struct str summary, struct str detail)
{
    if (out->len >= MESSAGE_MOST || !summary.len)
        return;
    buf_printf(out, "%s" STR_FMT "%s" STR_FMT, out->len ? "; " : "", STR_ARG(summary),
               detail.len ? ": " : "", STR_ARG(detail));
}

static struct condition accepted(struct arena *a, const struct error *faults, bool goes_by_another)
{
    struct buf message = buf_in(a);

    if (!faults)
        return (struct condition){"Accepted", "True", "Valid", STR("")};
    for (; faults; faults = faults->next)
        add_sentence(&message, faults->summary, faults->detail);
    add_sentence(&message,
                 goes_by_another ? STR("the engine goes by the document before")
                                 : STR("the engine launches nothing for it"),
                 STR(""));
    return (struct condition){"Accepted", "False", "Invalid", buf_str(&message)};
}

/* What was said of another document says nothing of this one. */
static bool is_of(struct arena *a, const struct json *engine, const struct json *document)
{
    struct buf text = buf_in(a);

    json_print(&text, document, true);
    return str_eq(json_string_or(json_get(engine, "content"), STR("")),
                  spec_content(a, buf_str(&text)));
}

static struct condition converged(struct arena *a, const struct json *engine,
                                  const struct json *document)
{
    struct buf message = buf_in(a);
    const struct json *notices = json_get(engine, "notices");

    if (!is_of(a, engine, document))
        return (struct condition){"Converged", "Unknown", "NotSeen",
                                  STR("no engine has said anything of this document yet")};
    for (size_t i = 0; notices->kind == JSON_ARRAY && i < notices->count; i++)
        add_sentence(&message, json_string_or(json_get(&notices->items[i], "summary"), STR("")),
                     json_string_or(json_get(&notices->items[i], "detail"), STR("")));
    if (json_bool_or(json_get(engine, "converged"), false))
        return (struct condition){"Converged", "True", "Converged", buf_str(&message)};
    return (struct condition){"Converged", "False", "InProgress", buf_str(&message)};
}

static const struct json *condition_there(const struct json *conditions, const char *type)
{
    for (size_t i = 0; conditions->kind == JSON_ARRAY && i < conditions->count; i++)
        if (str_eq(json_string_or(json_get(&conditions->items[i], "type"), STR("")), str_of(type)))
            return &conditions->items[i];
    return NULL;
}

static struct json condition_json(struct arena *a, const struct condition *c,
                                  const struct json *before, const struct json *generation,
                                  int64_t date_ms)
{
    struct json out = json_new_object();
    struct str since = time_format(a, date_ms, false);

    if (before && str_eq(json_string_or(json_get(before, "status"), STR("")), str_of(c->status)))
        since = json_string_or(json_get(before, "lastTransitionTime"), since);
    json_set(a, &out, STR("type"), json_new_string(str_of(c->type)));
    json_set(a, &out, STR("status"), json_new_string(str_of(c->status)));
    json_set(a, &out, STR("reason"), json_new_string(str_of(c->reason)));
    json_set(a, &out, STR("message"), json_new_string(c->message));
    json_set(a, &out, STR("lastTransitionTime"), json_new_string(since));
    if (generation->kind == JSON_NUMBER)
        json_set(a, &out, STR("observedGeneration"), *generation);
    return out;
}

/* Ours first, then those that others have put there. */
static struct json conditions_json(struct arena *a, const struct json *object,
                                   const struct condition *ours, size_t count, int64_t date_ms)
{
    const struct json *there = json_path(object, "status", "conditions", NULL);
    const struct json *generation = json_path(object, "metadata", "generation", NULL);
    struct json list = json_new_array();

    for (size_t i = 0; i < count; i++)
        json_add(
            a, &list,
            condition_json(a, &ours[i], condition_there(there, ours[i].type), generation, date_ms));
    for (size_t i = 0; there->kind == JSON_ARRAY && i < there->count; i++) {
        bool is_ours = false;
        for (size_t k = 0; k < count; k++)
            is_ours |= &there->items[i] == condition_there(there, ours[k].type);
        if (!is_ours)
            json_add(a, &list, there->items[i]);
    }
    return list;
}

static struct json engine_part(struct arena *a, const struct json *object, struct str body)
{
    struct json engine;

    if (body.len && !json_parse(a, body, &engine) && engine.kind == JSON_OBJECT)
        return engine;
    return *json_path(object, "status", "engine", NULL);
}

bool kube_with_status(struct arena *a, enum custom_kind kind, struct json *object,
                      struct str engine, int64_t date_ms, struct str *out)
{
    struct json document = kube_spec_document(a, object), status = json_new_object();
    struct json said = engine_part(a, object, engine);
    struct error *faults = kube_spec_check(a, kind, &document);
    const struct json *before = json_path(object, "status", "accepted", NULL);
    const struct json *goes_by = faults ? before : &document;
    const struct condition ours[] = {accepted(a, faults, before->kind == JSON_OBJECT),
                                     converged(a, &said, goes_by)};
    struct buf text = buf_in(a);

    if (goes_by->kind == JSON_OBJECT)
        json_set(a, &status, STR("accepted"), *goes_by);
    if (said.kind == JSON_OBJECT)
        json_set(a, &status, STR("engine"), said);
    json_set(a, &status, STR("conditions"),
             conditions_json(a, object, ours, sizeof(ours) / sizeof(*ours), date_ms));
    if (json_eq(json_get(object, "status"), &status))
        return false;
    json_set(a, object, STR("status"), status);
    json_print(&text, object, true);
    *out = buf_str(&text);
    return true;
}
