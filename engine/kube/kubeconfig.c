#include "engine/kube/kubeconfig.h"

#include "engine/base/file.h"
#include "engine/base/yaml.h"

/* The plural of each part's list, and what an entry of it has beside its name. */
static const struct {
    const char *list, *body;
} parts[KUBECONFIG_PARTS] = {
    [KUBECONFIG_CLUSTERS] = {"clusters", "cluster"},
    [KUBECONFIG_USERS] = {"users", "user"},
    [KUBECONFIG_CONTEXTS] = {"contexts", "context"},
};

static struct error *wrong(struct arena *a, struct str file, int line, const char *what)
{
    return error_new(a, ERROR_INVALID, STR_FMT ", line %d: %s", STR_ARG(file), line, what);
}

/* False: one of that name is there.  `*ours`: it is of the same file, which is no merge but a slip.
 */
static bool is_new(const struct kubeconfig *c, enum kubeconfig_part part, struct str name,
                   struct str file, bool *ours)
{
    *ours = false;
    for (size_t i = 0; i < c->parts[part].count; i++) {
        const struct kubeconfig_entry *e = &c->parts[part].items[i];
        if (!str_eq(e->name, name))
            continue;
        *ours = str_eq(e->file, file);
        return false;
    }
    return true;
}

static struct error *read_entry(struct arena *a, struct str file, enum kubeconfig_part part,
                                const struct json *entry, struct kubeconfig *into)
{
    const struct json *name = json_get(entry, "name"), *body = json_get(entry, parts[part].body);
    bool ours;

    if (entry->kind != JSON_OBJECT)
        return wrong(a, file, entry->line, "a map with a name belongs there");
    if (name->kind != JSON_STRING || !name->text.len)
        return error_at(wrong(a, file, entry->line, "it has no name"), STR("name"));
    if (body->kind != JSON_OBJECT && body->kind != JSON_NULL)
        return error_at(wrong(a, file, body->line, "a map belongs there"),
                        str_of(parts[part].body));
    if (!is_new(into, part, name->text, file, &ours))
        return ours ? error_at(wrong(a, file, entry->line, "its name was used before"), STR("name"))
                    : NULL;
    struct kubeconfig_entry made = {name->text, file, body};
    ARENA_PUSH(a, into->parts[part].items, into->parts[part].count, into->parts[part].capacity,
               made);
    return NULL;
}

static struct error *read_part(struct arena *a, struct str file, enum kubeconfig_part part,
                               const struct json *document, struct kubeconfig *into)
{
    const struct json *list = json_get(document, parts[part].list);

    if (list->kind != JSON_ARRAY && list->kind != JSON_NULL)
        return error_at(wrong(a, file, list->line, "a list belongs there"),
                        str_of(parts[part].list));
    for (size_t i = 0; i < list->count; i++) {
        struct error *e = read_entry(a, file, part, &list->items[i], into);
        if (e)
            return error_in(a, e, "%s[%zu]", parts[part].list, i);
    }
    return NULL;
}

static struct error *check_kind(struct arena *a, struct str file, const struct json *document)
{
    struct str kind = json_string_or(json_get(document, "kind"), STR("Config"));
    struct str version = json_string_or(json_get(document, "apiVersion"), STR("v1"));

    if (document->kind == JSON_OBJECT && str_eq(kind, STR("Config")) && str_eq(version, STR("v1")))
        return NULL;
    return wrong(a, file, document->line, "it is no kubeconfig (kind Config of v1)");
}

struct error *kubeconfig_read(struct arena *a, struct str file, struct str text,
                              struct kubeconfig *into)
{
    struct yaml_documents documents;

    TRY(yaml_parse(a, file, text, &documents));
    if (documents.count > 1)
        return wrong(a, file, documents.items[1].line, "a second document begins");
    if (documents.count == 0) /* an empty file is as one that says nothing */
        return NULL;
    const struct json *document = ARENA_NEW(a, struct json);
    *(struct json *)document = documents.items[0];
    TRY(check_kind(a, file, document));
    for (enum kubeconfig_part part = 0; part < KUBECONFIG_PARTS; part++)
        TRY(read_part(a, file, part, document, into));
    const struct json *current = json_get(document, "current-context");
    if (current->kind != JSON_STRING && current->kind != JSON_NULL)
        return error_at(wrong(a, file, current->line, "a text belongs there"),
                        STR("current-context"));
    if (!into->current_context.len)
        into->current_context = json_string_or(current, STR(""));
    return NULL;
}

static struct error *load_one(struct arena *a, struct str path, bool must_exist,
                              struct kubeconfig *into)
{
    struct str text = {0}, file = path_expanded(a, path);
    bool there = true;

    TRY(must_exist ? file_text(a, file, &text) : file_text_if_there(a, file, &text, &there));
    if (!there)
        return NULL;
    into->files = into->files.len
                      ? arena_printf(a, STR_FMT ", " STR_FMT, STR_ARG(into->files), STR_ARG(file))
                      : file;
    return kubeconfig_read(a, file, text, into);
}

struct error *kubeconfig_load(struct arena *a, struct str path, struct kubeconfig *out)
{
    struct str list = str_of(getenv("KUBECONFIG"));

    *out = (struct kubeconfig){0};
    if (path.len)
        return load_one(a, path, true, out);
    if (!list.len)
        list = STR("~/.kube/config");
    for (struct str rest = list; rest.ptr;) {
        struct str one = str_cut(&rest, ':');
        if (one.len)
            TRY(load_one(a, one, false, out));
    }
    if (out->files.len)
        return NULL;
    struct error *e =
        error_new(a, ERROR_NOT_FOUND, "there is no kubeconfig file " STR_FMT, STR_ARG(list));
    e->detail = STR("KUBECONFIG names files with colons between them; without it, it is "
                    "~/.kube/config.");
    return e;
}
