#include "engine/objects/manifest.h"

#include "engine/base/yaml.h"

struct walk {
    struct reader *r;
    manifest_object *each;
    void *self;
};

/* What the list says of all its items, where they do not say it themselves. */
struct typed {
    struct str kind, version;
};

const struct json *manifest_item_keep(struct arena *keep, const struct manifest_item *item)
{
    if (!item->source.text.len)
        return item->json;
    struct json *kept = ARENA_NEW(keep, struct json);
    json_parse_item(keep, keep, &item->source, kept);
    return kept;
}

struct str manifest_item_str(struct arena *keep, const struct manifest_item *item, struct str s)
{
    struct str text = item->source.text;
    bool stays = !text.len || (s.ptr >= text.ptr && s.ptr + s.len <= text.ptr + text.len);

    return stays ? s : arena_str(keep, s);
}

static void walk_document(struct walk *w, const struct json *j, const struct json_item *source,
                          struct typed otherwise);

static struct typed typed_of(struct str kind, struct str version)
{
    if (kind.len <= 4 || !str_ends_with(kind, STR("List")))
        return (struct typed){0};
    return (struct typed){str_slice(kind, 0, kind.len - 4), version};
}

/* `kind: List`, or a typed list whose items may leave out what they are. */
static void walk_list(struct walk *w, const struct json *items, struct typed each)
{
    static const struct json_item nowhere;
    struct place items_at = place_member(NULL, "items");

    if (!read_list(w->r, &items_at, items))
        return;
    for (size_t i = 0; i < items->count; i++)
        walk_document(w, &items->items[i], &nowhere, each);
}

static bool is_list(const struct manifest_item *item)
{
    return str_ends_with(item->kind, STR("List")) &&
           json_get(item->json, "items")->kind != JSON_NULL;
}

/* What a document says that it is; false when it does not. */
static bool read_kind(struct walk *w, struct manifest_item *item)
{
    struct place kind_at = place_member(NULL, "kind"),
                 version_at = place_member(NULL, "apiVersion");
    const struct json *j = item->json;

    w->r->line = j->line ? j->line : 1;
    if (j->kind != JSON_OBJECT) {
        reader_refuse(w->r, NULL, j, "A Kubernetes object with apiVersion and kind is expected.");
        return false;
    }
    read_string(w->r, &kind_at, json_get(j, "kind"), &item->kind);
    read_string(w->r, &version_at, json_get(j, "apiVersion"), &item->api_version);
    if (item->kind.len == 0)
        reader_missing(w->r, &kind_at, j,
                       "Every document of a manifest is a Kubernetes object: say its apiVersion "
                       "and kind.");
    else if (item->api_version.len == 0)
        reader_missing(w->r, &version_at, j, "Every Kubernetes object has one, such as apps/v1.");
    return item->kind.len && item->api_version.len;
}

static void walk_document(struct walk *w, const struct json *j, const struct json_item *source,
                          struct typed otherwise)
{
    struct manifest_item item = {j, otherwise.kind, otherwise.version, *source};

    if (!read_kind(w, &item))
        return;
    if (!is_list(&item)) {
        w->each(w->self, &item);
        return;
    }
    j = manifest_item_keep(w->r->keep, &item); /* a list in a list: its items have no place */
    walk_list(w, json_get(j, "items"),
              typed_of(json_string_or(json_get(j, "kind"), item.kind),
                       json_string_or(json_get(j, "apiVersion"), item.api_version)));
}

/* kubectl's output comes without a name when it is piped. */
bool manifest_is_json(const struct manifest_text *file)
{
    bool yaml = str_ends_with(file->name, STR(".yaml")) || str_ends_with(file->name, STR(".yml"));

    return str_ends_with(file->name, STR(".json")) ||
           (!yaml && str_starts_with(str_trim(file->text), STR("{")));
}

static void refuse_file(struct reader *r, struct error *e)
{
    if (e->detail.len == 0)
        e->detail = STR("Nothing is read from a file that does not parse: correct it.");
    reader_keep(r, e);
}

static void walk_items(struct walk *w, const struct json_items *items, struct typed each)
{
    ARENA_AUTO trees = {0};
    struct arena_mark empty = arena_mark(&trees);

    for (size_t i = 0; i < items->count; i++) {
        struct json j;
        json_parse_item(&trees, &trees, &items->items[i], &j);
        walk_document(w, &j, &items->items[i], each);
        arena_rewind(&trees, empty);
    }
}

/* The document says what it is before or behind its items. */
static void walk_json(struct walk *w, const struct manifest_text *file)
{
    struct arena *keep = w->r->keep;
    struct json *document = ARENA_NEW(keep, struct json);
    struct json_items items;
    struct error *e = json_parse_list(keep, keep, file->text, document, &items);
    struct manifest_item outer = {.json = document};
    static const struct json_item nowhere;

    if (e) {
        e->summary =
            arena_printf(keep, STR_FMT ": " STR_FMT, STR_ARG(file->name), STR_ARG(e->summary));
        refuse_file(w->r, e);
    } else if (!items.count) {
        walk_document(w, document, &nowhere, (struct typed){0});
    } else if (read_kind(w, &outer) && is_list(&outer)) {
        walk_items(w, &items, typed_of(outer.kind, outer.api_version));
    } else if (outer.kind.len && outer.api_version.len) {
        if (!json_parse(keep, file->text, document)) /* whatever it is, its items are its own */
            w->each(w->self, &outer);
    }
}

static void walk_yaml(struct walk *w, const struct manifest_text *file)
{
    struct yaml_documents documents = {0};
    static const struct json_item nowhere;
    struct error *e = yaml_parse(w->r->keep, file->name, file->text, &documents);

    if (e)
        refuse_file(w->r, e);
    for (size_t i = 0; !e && i < documents.count; i++)
        walk_document(w, &documents.items[i], &nowhere, (struct typed){0});
}

void manifest_walk(struct reader *r, const struct manifest_text *file, manifest_object *each,
                   void *self)
{
    struct walk w = {r, each, self};

    r->file = file->name;
    if (manifest_is_json(file))
        walk_json(&w, file);
    else
        walk_yaml(&w, file);
}
