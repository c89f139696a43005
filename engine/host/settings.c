#include "engine/host/inside.h"

/* The settings record: what a command needs to act for the fleet of a store. */

/* Texts by their keys, in the order they are written. */
struct text_row {
    const char *key;
    size_t offset;
};
#define ROW(key, member)                            \
    {                                               \
        key, offsetof(struct host_settings, member) \
    }
static const struct text_row texts[] = {
    ROW("account", fleet.account),
    ROW("region", fleet.region),
    ROW("cluster", fleet.cluster),
    ROW("endpoint", fleet.endpoint),
    ROW("profile", profile),
    ROW("kubernetes_version", kubernetes_version),
    ROW("api_server_endpoint", api_server_endpoint),
    ROW("certificate_authority", certificate_authority),
    ROW("service_cidr", service_cidr),
    ROW("cluster_dns", cluster_dns),
    ROW("default_instance_profile", default_instance_profile),
};
enum { TEXTS = sizeof(texts) / sizeof(texts[0]) };

static struct str *member(struct host_settings *s, size_t row)
{
    return (struct str *)(void *)((char *)s + texts[row].offset);
}

static void write_lists(struct json_writer *w, const struct host_settings *s)
{
    json_key(w, STR("manifests"));
    json_begin_array(w);
    for (size_t i = 0; i < s->manifest_count; i++)
        json_string(w, s->manifests[i]);
    json_end_array(w);
    json_key(w, STR("endpoints"));
    json_begin_object(w);
    for (size_t i = 0; i < s->endpoint_count; i++) {
        json_key(w, s->endpoints[i].service);
        json_string(w, s->endpoints[i].url);
    }
    json_end_object(w);
    json_key(w, STR("default_tags"));
    json_begin_object(w);
    for (size_t i = 0; i < s->default_tags.count; i++) {
        json_key(w, s->default_tags.items[i].key);
        json_string(w, s->default_tags.items[i].value);
    }
    json_end_object(w);
}

struct str host_settings_write(struct arena *a, const struct host_settings *s)
{
    struct host_settings copy = *s;
    struct buf out = buf_in(a);
    struct json_writer w = json_writer_to(&out);

    json_begin_object(&w);
    for (size_t i = 0; i < TEXTS; i++)
        if (member(&copy, i)->len)
            json_member(&w, texts[i].key, *member(&copy, i));
    json_member_int(&w, "batch_idle_ms", s->batch_idle_ms);
    json_member_int(&w, "batch_max_ms", s->batch_max_ms);
    write_lists(&w, s);
    json_end_object(&w);
    return buf_str(&out);
}

static void read_lists(struct arena *a, const struct json *record, struct host_settings *out)
{
    const struct json *manifests = json_get(record, "manifests");
    const struct json *endpoints = json_get(record, "endpoints");
    const struct json *tags = json_get(record, "default_tags");
    struct str *paths = ARENA_ARRAY(a, struct str, manifests->count);
    struct aws_endpoint_override *urls =
        ARENA_ARRAY(a, struct aws_endpoint_override, endpoints->count);

    for (size_t i = 0; i < manifests->count; i++)
        paths[i] = json_string_or(&manifests->items[i], STR(""));
    for (size_t i = 0; i < endpoints->count; i++)
        urls[i] = (struct aws_endpoint_override){endpoints->keys[i],
                                                 json_string_or(&endpoints->items[i], STR(""))};
    for (size_t i = 0; i < tags->count; i++)
        labels_set(a, &out->default_tags, tags->keys[i], json_string_or(&tags->items[i], STR("")));
    out->manifests = paths;
    out->manifest_count = manifests->count;
    out->endpoints = urls;
    out->endpoint_count = endpoints->count;
}

struct error *host_settings_read(struct arena *a, struct str record, struct host_settings *out)
{
    struct json tree;
    *out = (struct host_settings){0};
    TRY(json_parse(a, record, &tree));
    for (size_t i = 0; i < TEXTS; i++)
        *member(out, i) = json_string_or(json_get(&tree, texts[i].key), (struct str){0});
    if (!json_to_int64(json_get(&tree, "batch_idle_ms"), &out->batch_idle_ms))
        out->batch_idle_ms = 0;
    if (!json_to_int64(json_get(&tree, "batch_max_ms"), &out->batch_max_ms))
        out->batch_max_ms = 0;
    read_lists(a, &tree, out);
    return NULL;
}

struct error *host_settings_of_store(struct arena *a, struct str store, struct host_settings *out)
{
    struct store_file *file;
    struct store_record r;
    struct str scheme = STR("sqlite:");
    struct str path =
        str_starts_with(store, scheme) ? str_slice(store, scheme.len, store.len) : store;

    TRY(store_file_open(a, path, NULL, &file));
    struct error *e = store_file_get(a, file, STR("settings"), STR("last"), &r);
    store_file_close(file);
    if (e && e->kind == ERROR_NOT_FOUND)
        e->detail = STR("Nothing has been applied with this store yet.");
    if (!e)
        e = host_settings_read(a, r.body, out);
    if (!e)
        out->store = arena_printf(a, "sqlite:" STR_FMT, STR_ARG(path));
    return e;
}
