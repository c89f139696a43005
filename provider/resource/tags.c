#include "provider/resource/bind.h"
#include "provider/resource/provider.h"
#include "provider/resource/resource.h"

/* Tags as hashicorp/aws has them: default_tags of the provider under the resource's own, and
 * ignore_tags out of sight of both. */

static const struct tf_map *default_tags(const struct call *c)
{
    static const struct tf_map none = {.state = TF_KNOWN};
    const struct provider_config *config = c->provider ? provider_config_of(c->provider) : NULL;
    if (!config || config->default_tags.count == 0)
        return &none;
    const struct tf_map *tags = &TF_BLOCK(config->default_tags, struct tags_config, 0)->tags;
    return tags->state == TF_NULL ? &none : tags;
}

static bool is_ignored(const struct call *c, struct str key)
{
    const struct provider_config *config = c->provider ? provider_config_of(c->provider) : NULL;
    if (!config || config->ignore_tags.count == 0)
        return false;
    const struct ignore_tags_config *ignore =
        TF_BLOCK(config->ignore_tags, struct ignore_tags_config, 0);
    for (size_t i = 0; i < ignore->keys.count; i++)
        if (str_eq(key, ignore->keys.v[i]))
            return true;
    for (size_t i = 0; i < ignore->key_prefixes.count; i++)
        if (str_starts_with(key, ignore->key_prefixes.v[i]))
            return true;
    return false;
}

static const struct str *map_find(const struct tf_map *m, struct str key)
{
    for (size_t i = 0; i < m->count; i++)
        if (str_eq(m->keys[i], key))
            return &m->v[i];
    return NULL;
}

/* `m` has room. */
static void map_put(struct tf_map *m, struct str key, struct str value)
{
    m->keys[m->count] = key;
    m->v[m->count++] = value;
}

static struct tf_map map_with_room(struct arena *a, size_t count)
{
    return (struct tf_map){TF_KNOWN, ARENA_ARRAY(a, struct str, count),
                           ARENA_ARRAY(a, struct str, count), 0};
}

struct tf_map call_tags_new(struct call *c, const struct tf_map *own)
{
    const struct tf_map *defaults = default_tags(c);
    struct tf_map all = map_with_room(c->arena, defaults->count + own->count);

    for (size_t i = 0; i < defaults->count; i++)
        if (!map_find(own, defaults->keys[i]))
            map_put(&all, defaults->keys[i], defaults->v[i]);
    for (size_t i = 0; i < own->count; i++)
        map_put(&all, own->keys[i], own->v[i]);
    return all;
}

/* Of those, what Terraform is to see. */
static struct tf_map merged(struct call *c, const struct tf_map *own)
{
    struct tf_map all = call_tags_new(c, own), seen = map_with_room(c->arena, all.count);

    for (size_t i = 0; i < all.count; i++)
        if (!is_ignored(c, all.keys[i]))
            map_put(&seen, all.keys[i], all.v[i]);
    return seen;
}

static bool has_empty_value(const struct tf_map *m)
{
    for (size_t i = 0; i < m->count; i++)
        if (m->v[i].len == 0)
            return true;
    return false;
}

/* Where a tag is the empty text, hashicorp/aws leaves tags_all open: as a whole if the resource has
 * it, or nothing of its own; else only that tag of the defaults. */
static struct cty_value open_tags(const struct tf_map *own, const struct tf_map *all,
                                  const struct cty_value *encoded)
{
    if (has_empty_value(own) || (own->count == 0 && has_empty_value(all)))
        return cty_unknown();
    for (size_t i = 0; i < encoded->count; i++)
        if (encoded->items[i].kind == CTY_STRING && encoded->items[i].string.len == 0)
            encoded->items[i] = cty_unknown();
    return *encoded;
}

/* It announces an empty tags_all of a new object as unknown, too. */
static struct cty_value empty_tags_all(struct arena *a, const struct cty_value *prior,
                                       const struct cty_value *all)
{
    if (prior->kind == CTY_NULL)
        return cty_unknown();
    return cty_is_empty(all) ? *all : cty_collection(a, CTY_MAP, 0);
}

static struct cty_value tags_all_of(struct call *c, const struct cty_value *own,
                                    const struct cty_value *prior)
{
    const struct cty_value *prior_all = cty_get(prior, STR("tags_all"));
    static const struct attr row = {.name = "tags", .kind = ATTR_MAP};
    static const struct model m = {sizeof(struct tf_map), &row, 1};
    struct cty_value object = cty_collection(c->arena, CTY_OBJECT, 1);
    struct tf_map mine = {0};

    object.keys[0] = STR("tags");
    object.items[0] = *own;
    if (bind_decode(c->arena, &m, &object, &mine) || mine.state == TF_UNKNOWN ||
        default_tags(c)->state == TF_UNKNOWN)
        return cty_unknown();
    struct tf_map all = merged(c, &mine);
    if (all.count == 0)
        return empty_tags_all(c->arena, prior, prior_all);
    struct cty_value encoded = bind_encode(c->arena, &m, &all);
    if (cty_eq(&encoded.items[0], prior_all))
        return *prior_all;
    return open_tags(&mine, &all, &encoded.items[0]);
}

void plan_tags(struct call *c, const struct model *m, const struct plan_request *request,
               struct cty_value *planned)
{
    const struct attr *all = model_row(m, STR("tags_all"));
    if (!all || !model_row(m, STR("tags")) ||
        cty_get(request->config, STR("tags_all"))->kind != CTY_NULL)
        return;
    planned->items[all - m->attrs] = tags_all_of(c, cty_get(planned, STR("tags")), request->prior);
}

void settle_tags(struct call *c, const struct model *m, void *model)
{
    const struct attr *all_row = model_row(m, STR("tags_all")), *row = model_row(m, STR("tags"));
    struct tf_map *all = all_row ? (void *)((char *)model + all_row->offset) : NULL;

    if (all && row && all_row->kind == ATTR_MAP && TF_IS_UNKNOWN(*all))
        *all = merged(c, (void *)((char *)model + row->offset));
}

struct tag_change call_tags_change(struct call *c, const struct tf_map *prior_all,
                                   const struct tf_map *planned_all)
{
    struct tag_change change = {map_with_room(c->arena, planned_all->count), {TF_KNOWN, 0, 0}};
    change.drop.v = ARENA_ARRAY(c->arena, struct str, prior_all->count);
    for (size_t i = 0; i < planned_all->count; i++) {
        const struct str *was = map_find(prior_all, planned_all->keys[i]);
        if (!was || !str_eq(*was, planned_all->v[i]))
            map_put(&change.put, planned_all->keys[i], planned_all->v[i]);
    }
    for (size_t i = 0; i < prior_all->count; i++)
        if (!map_find(planned_all, prior_all->keys[i]))
            change.drop.v[change.drop.count++] = prior_all->keys[i];
    return change;
}

/* A remote tag that equals a default belongs to the defaults, unless state says the user wrote it
 * on the resource as well. */
static bool is_only_default(const struct call *c, const struct tf_map *tags_before, struct str key,
                            struct str value)
{
    const struct str *fallback = map_find(default_tags(c), key);
    return fallback && str_eq(*fallback, value) && !map_find(tags_before, key);
}

void call_tags_read(struct call *c, const struct tf_map *remote, struct tf_map *tags,
                    struct tf_map *tags_all)
{
    struct tf_map all = map_with_room(c->arena, remote->count);
    struct tf_map own = map_with_room(c->arena, remote->count);
    for (size_t i = 0; i < remote->count; i++) {
        struct str key = remote->keys[i], value = remote->v[i];
        if (is_ignored(c, key) || str_starts_with(key, STR("aws:")))
            continue;
        map_put(&all, key, value);
        if (!is_only_default(c, tags, key, value))
            map_put(&own, key, value);
    }
    *tags = own;
    *tags_all = all;
}
