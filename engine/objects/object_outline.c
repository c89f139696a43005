#include "engine/objects/object_outline.h"

struct outline {
    struct arena *keep;
    const struct manifest_item *item;
};

static struct str text_of(const struct outline *l, const struct json *object, const char *member)
{
    struct str s = json_string_or(json_get(object, member), STR(""));

    return s.len ? manifest_item_str(l->keep, l->item, s) : STR("");
}

static void find_owners(const struct outline *l, struct object *o)
{
    const struct json *all = json_path(l->item->json, "metadata", "ownerReferences", NULL);
    struct owner *owners =
        ARENA_ARRAY(l->keep, struct owner, all->kind == JSON_ARRAY ? all->count : 0);

    for (size_t i = 0; all->kind == JSON_ARRAY && i < all->count; i++)
        owners[o->owner_count++] =
            (struct owner){text_of(l, &all->items[i], "kind"), text_of(l, &all->items[i], "name"),
                           text_of(l, &all->items[i], "uid")};
    o->owners = owners;
}

static void find_volume_claims(const struct outline *l, struct object *o)
{
    const struct json *all = json_path(l->item->json, "spec", "volumes", NULL);
    struct str *names = NULL;

    for (size_t i = 0; all->kind == JSON_ARRAY && i < all->count; i++) {
        struct str name =
            text_of(l, json_get(&all->items[i], "persistentVolumeClaim"), "claimName");
        if (!name.len)
            continue;
        if (!names)
            names = ARENA_ARRAY(l->keep, struct str, all->count);
        names[o->volume_claim_count++] = name;
    }
    o->volume_claims = names;
}

void object_outline(struct arena *keep, const struct manifest_item *item, struct object *o)
{
    struct outline l = {keep, item};

    o->uid = text_of(&l, json_get(item->json, "metadata"), "uid");
    find_owners(&l, o);
    if (!str_eq(o->kind_name, STR("Pod")))
        return;
    find_volume_claims(&l, o);
    o->lives = pod_lives(item->json);
}
