#include "engine/objects/manifest.h"

#include "engine/base/yaml.h"

struct walk {
    struct reader *r;
    manifest_object *each;
    void *self;
};

static void walk_document(struct walk *w, const struct json *j, struct str kind_otherwise,
                          struct str version_otherwise);

/* `kind: List`, or a typed list whose items may leave out what they are. */
static void walk_list(struct walk *w, const struct json *items, struct str kind, struct str version)
{
    struct place items_at = place_member(NULL, "items");
    bool is_typed = kind.len > 4 && str_ends_with(kind, STR("List"));
    struct str each = is_typed ? str_slice(kind, 0, kind.len - 4) : (struct str){0};

    if (!read_list(w->r, &items_at, items))
        return;
    for (size_t i = 0; i < items->count; i++)
        walk_document(w, &items->items[i], each, is_typed ? version : (struct str){0});
}

static void walk_document(struct walk *w, const struct json *j, struct str kind_otherwise,
                          struct str version_otherwise)
{
    struct place kind_at = place_member(NULL, "kind"),
                 version_at = place_member(NULL, "apiVersion");
    struct str kind = kind_otherwise, version = version_otherwise;
    const struct json *items = json_get(j, "items");

    w->r->line = j->line ? j->line : 1;
    if (j->kind != JSON_OBJECT) {
        reader_refuse(w->r, NULL, j, "A Kubernetes object with apiVersion and kind is expected.");
        return;
    }
    read_string(w->r, &kind_at, json_get(j, "kind"), &kind);
    read_string(w->r, &version_at, json_get(j, "apiVersion"), &version);
    if (kind.len == 0)
        reader_missing(w->r, &kind_at, j,
                       "Every document of a manifest is a Kubernetes object: say its apiVersion "
                       "and kind.");
    else if (version.len == 0)
        reader_missing(w->r, &version_at, j, "Every Kubernetes object has one, such as apps/v1.");
    else if (str_ends_with(kind, STR("List")) && items->kind != JSON_NULL)
        walk_list(w, items, kind, version);
    else
        w->each(w->self, j, kind, version);
}

/* kubectl's output comes without a name when it is piped. */
static bool is_json(const struct manifest_text *file)
{
    bool yaml = str_ends_with(file->name, STR(".yaml")) || str_ends_with(file->name, STR(".yml"));

    return str_ends_with(file->name, STR(".json")) ||
           (!yaml && str_starts_with(str_trim(file->text), STR("{")));
}

static struct error *parse_json(struct arena *keep, const struct manifest_text *file,
                                struct yaml_documents *out)
{
    out->items = ARENA_NEW(keep, struct json);
    out->count = 1;
    struct error *e = json_parse(keep, file->text, out->items);
    if (e)
        e->summary =
            arena_printf(keep, STR_FMT ": " STR_FMT, STR_ARG(file->name), STR_ARG(e->summary));
    return e;
}

void manifest_walk(struct reader *r, const struct manifest_text *file, manifest_object *each,
                   void *self)
{
    struct walk w = {r, each, self};
    struct yaml_documents documents = {0};
    struct error *e = is_json(file) ? parse_json(r->keep, file, &documents)
                                    : yaml_parse(r->keep, file->name, file->text, &documents);

    r->file = file->name;
    if (e) {
        if (e->detail.len == 0)
            e->detail = STR("Nothing is read from a file that does not parse: correct it.");
        reader_keep(r, e);
        return;
    }
    for (size_t i = 0; i < documents.count; i++)
        walk_document(&w, &documents.items[i], (struct str){0}, (struct str){0});
}
