#include "engine/host/inside.h"
#include "engine/host/record.h"

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
    ROW("profile", access.profile),
    ROW("kubernetes_version", kubernetes_version),
    ROW("api_server_endpoint", api_server_endpoint),
    ROW("certificate_authority", certificate_authority),
    ROW("service_cidr", service_cidr),
    ROW("cluster_dns", cluster_dns),
    ROW("default_instance_profile", default_instance_profile),
};
enum { TEXTS = sizeof(texts) / sizeof(texts[0]) };

static const int64_t BATCH_MOST_MS = INT64_C(365) * 24 * 3600 * 1000;

static struct str *member(struct host_settings *s, size_t row)
{
    return (struct str *)(void *)((char *)s + texts[row].offset);
}

static void write_lists(struct json_writer *w, const struct host_settings *s)
{
    record_write_texts(w, "manifests", s->manifests, s->manifest_count);
    json_key(w, STR("endpoints"));
    json_begin_object(w);
    for (size_t i = 0; i < s->access.endpoint_count; i++) {
        json_key(w, s->access.endpoints[i].service);
        json_string(w, s->access.endpoints[i].url);
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
    access_write(&w, s);
    json_end_object(&w);
    return buf_str(&out);
}

static struct error *read_endpoints(struct arena *a, const struct json *record,
                                    struct aws_config *out)
{
    const struct str *names;
    struct str *urls;
    TRY(record_named_texts(a, record, "endpoints", &names, &urls, &out->endpoint_count));
    struct aws_endpoint_override *list =
        ARENA_ARRAY(a, struct aws_endpoint_override, out->endpoint_count);
    for (size_t i = 0; i < out->endpoint_count; i++)
        list[i] = (struct aws_endpoint_override){names[i], urls[i]};
    out->endpoints = list;
    return NULL;
}

static struct error *read_lists(struct arena *a, const struct json *record,
                                struct host_settings *out)
{
    const struct str *names;
    struct str *values;
    size_t count;
    TRY(record_texts(a, record, "manifests", &out->manifests, &out->manifest_count));
    TRY(read_endpoints(a, record, &out->access));
    TRY(record_named_texts(a, record, "default_tags", &names, &values, &count));
    for (size_t i = 0; i < count; i++)
        labels_set(a, &out->default_tags, names[i], values[i]);
    return NULL;
}

static struct error *read_all(struct arena *a, struct str record, struct host_settings *out)
{
    struct json tree;
    TRY(json_parse(a, record, &tree));
    if (tree.kind != JSON_OBJECT)
        return error_new(a, ERROR_INVALID, "it is no object");
    for (size_t i = 0; i < TEXTS; i++)
        TRY(record_text(a, &tree, texts[i].key, member(out, i)));
    TRY(record_number(a, &tree, "batch_idle_ms", BATCH_MOST_MS, &out->batch_idle_ms));
    TRY(record_number(a, &tree, "batch_max_ms", BATCH_MOST_MS, &out->batch_max_ms));
    TRY(read_lists(a, &tree, out));
    return access_read(a, &tree, out);
}

struct error *host_settings_read(struct arena *a, struct str record, struct host_settings *out)
{
    *out = (struct host_settings){0};
    struct error *e = read_all(a, record, out);
    if (!e)
        return NULL;
    e->summary =
        arena_printf(a, "the store's settings cannot be read: " STR_FMT, STR_ARG(e->summary));
    e->detail = arena_printf(a,
                             STR_FMT "%sThe next terraform apply of a node class or pool writes "
                                     "them anew.",
                             STR_ARG(e->detail), e->detail.len ? " " : "");
    return e;
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
