#include "provider/resource/provider_environment.h"

#include "provider/resource/table.h"

extern char **environ;

/* The one block of that kind, made when the configuration has none. */
static void *only_block(struct arena *a, struct tf_blocks *blocks, size_t bytes)
{
    if (blocks->count == 0)
        *blocks = (struct tf_blocks){TF_KNOWN, arena_alloc(a, bytes), 1};
    return blocks->v;
}

static bool has_key(const struct tf_map *map, struct str key)
{
    for (size_t i = 0; i < map->count; i++)
        if (str_eq(map->keys[i], key))
            return true;
    return false;
}

static void add_default_tag(struct arena *a, struct provider_config *config, struct str key,
                            struct str value)
{
    if (config->default_tags.state == TF_UNKNOWN)
        return;
    struct tags_config *block = only_block(a, &config->default_tags, sizeof(struct tags_config));
    struct tf_map *tags = &block->tags;
    if (tags->state == TF_UNKNOWN || has_key(tags, key))
        return;
    struct str *keys = ARENA_ARRAY(a, struct str, tags->count + 1);
    struct str *values = ARENA_ARRAY(a, struct str, tags->count + 1);
    if (tags->count) {
        memcpy(keys, tags->keys, tags->count * sizeof(*keys));
        memcpy(values, tags->v, tags->count * sizeof(*values));
    }
    keys[tags->count] = arena_str(a, key);
    values[tags->count] = arena_str(a, value);
    *tags = (struct tf_map){TF_KNOWN, keys, values, tags->count + 1};
}

static void add_default_tags(struct arena *a, struct provider_config *config)
{
    const struct str prefix = STR("TF_AWS_DEFAULT_TAGS_");

    for (char **each = environ; each && *each; each++) {
        struct str value = str_of(*each), name = str_cut(&value, '=');
        if (str_starts_with(name, prefix) && name.len > prefix.len && value.ptr)
            add_default_tag(a, config, str_slice(name, prefix.len, name.len), value);
    }
}

static void add_words(struct arena *a, struct tf_strings *list, struct str words)
{
    struct str word;

    if (list->state == TF_UNKNOWN)
        return;
    while (next_name(&words, &word)) {
        if (!word.len)
            continue;
        struct str *longer = ARENA_ARRAY(a, struct str, list->count + 1);
        if (list->count)
            memcpy(longer, list->v, list->count * sizeof(*longer));
        longer[list->count] = arena_str(a, word);
        *list = (struct tf_strings){TF_KNOWN, longer, list->count + 1};
    }
}

void provider_add_environment(struct arena *a, struct provider_config *config)
{
    struct str keys = str_of(getenv("TF_AWS_IGNORE_TAGS_KEYS"));
    struct str prefixes = str_of(getenv("TF_AWS_IGNORE_TAGS_KEY_PREFIXES"));

    add_default_tags(a, config);
    if ((!keys.len && !prefixes.len) || config->ignore_tags.state == TF_UNKNOWN)
        return;
    struct ignore_tags_config *ignore =
        only_block(a, &config->ignore_tags, sizeof(struct ignore_tags_config));
    add_words(a, &ignore->keys, keys);
    add_words(a, &ignore->key_prefixes, prefixes);
}
