#include "engine/host/inside.h"
#include "engine/loop/record.h"

/* The settings record: what a command needs to act for the fleet of a store. */

static const struct text_row texts[] = {
    TEXT_ROW("account", struct host_settings, fleet.account),
    TEXT_ROW("region", struct host_settings, fleet.region),
    TEXT_ROW("cluster", struct host_settings, fleet.cluster),
    TEXT_ROW("endpoint", struct host_settings, fleet.endpoint),
    TEXT_ROW("profile", struct host_settings, access.profile),
    TEXT_ROW("kubernetes_version", struct host_settings, kubernetes_version),
    TEXT_ROW("api_server_endpoint", struct host_settings, api_server_endpoint),
    TEXT_ROW("certificate_authority", struct host_settings, certificate_authority),
    TEXT_ROW("kubeconfig", struct host_settings, kubeconfig),
    TEXT_ROW("context", struct host_settings, context),
    TEXT_ROW("service_cidr", struct host_settings, service_cidr),
    TEXT_ROW("cluster_dns", struct host_settings, cluster_dns),
    TEXT_ROW("default_instance_profile", struct host_settings, default_instance_profile),
    TEXT_ROW("interruption_queue", struct host_settings, interruption_queue),
};
enum { TEXTS = sizeof(texts) / sizeof(texts[0]) };

static const int64_t DURATION_MOST_MS = INT64_C(365) * 24 * 3600 * 1000;

static void write_lists(struct json_writer *w, const struct host_settings *s)
{
    host_write_texts(w, "manifests", s->manifests, s->manifest_count);
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
    struct buf out = buf_in(a);
    struct json_writer w = json_writer_to(&out);

    json_begin_object(&w);
    host_write_rows(&w, texts, TEXTS, s);
    json_member_bool(&w, "follows_api_server", s->follows_api_server);
    json_member_bool(&w, "ignore_preferences", s->ignore_preferences);
    json_member_bool(&w, "heeds_rebalance", s->heeds_rebalance);
    json_member_int(&w, "batch_idle_ms", s->batch_idle_ms);
    json_member_int(&w, "batch_max_ms", s->batch_max_ms);
    json_member(&w, "max_disrupted", share_text(a, s->max_disrupted));
    json_member(&w, "max_unready", share_text(a, s->max_unready));
    json_member_int(&w, "max_staleness_ms", s->max_staleness_ms);
    write_lists(&w, s);
    access_write(&w, s);
    json_end_object(&w);
    return buf_str(&out);
}

static void read_endpoints(const struct record *r, struct aws_config *out)
{
    struct record of = record_object(r, "endpoints");
    struct aws_endpoint_override *list =
        ARENA_ARRAY(r->arena, struct aws_endpoint_override, of.body->count);
    for (size_t i = 0; i < of.body->count; i++)
        list[i] = (struct aws_endpoint_override){of.body->keys[i], record_text_at(&of, of.body, i)};
    out->endpoints = list;
    out->endpoint_count = of.body->count;
}

/* Empty is not set: what the engine does by itself. */
static struct share read_share(const struct record *r, const char *key)
{
    struct str text = record_text(r, key);
    struct share share = {0};

    if (text.len && !share_parse(text, &share) && !*r->wrong)
        *r->wrong = error_new(r->arena, ERROR_INVALID,
                              "%s is no number and no percentage: " STR_FMT, key, STR_ARG(text));
    return share;
}

static void read_members(const struct record *r, struct host_settings *out)
{
    host_read_rows(r, texts, TEXTS, out);
    out->follows_api_server = record_bool(r, "follows_api_server", false);
    out->ignore_preferences = record_bool(r, "ignore_preferences", false);
    out->heeds_rebalance = record_bool(r, "heeds_rebalance", false);
    out->batch_idle_ms = record_int(r, "batch_idle_ms", 0, DURATION_MOST_MS, 0);
    out->batch_max_ms = record_int(r, "batch_max_ms", 0, DURATION_MOST_MS, 0);
    out->max_disrupted = read_share(r, "max_disrupted");
    out->max_unready = read_share(r, "max_unready");
    out->max_staleness_ms = record_int(r, "max_staleness_ms", 0, DURATION_MOST_MS, 0);
    out->manifests = host_read_texts(r, "manifests", &out->manifest_count);
    struct record tags = record_object(r, "default_tags");
    for (size_t i = 0; i < tags.body->count; i++)
        labels_set(r->arena, &out->default_tags, tags.body->keys[i],
                   record_text_at(&tags, tags.body, i));
    read_endpoints(r, &out->access);
    access_read(r, out);
}

static struct error *read_all(struct arena *a, struct str record, struct host_settings *out)
{
    struct json tree;
    struct error *wrong = NULL;
    TRY(json_parse(a, record, &tree));
    if (tree.kind != JSON_OBJECT)
        return error_new(a, ERROR_INVALID, "they are no object");
    read_members(&(const struct record){a, &tree, &wrong}, out);
    return wrong;
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

struct error *host_settings_of_store(struct arena *a, const struct host_settings *known,
                                     struct host_settings *out)
{
    struct store *store;
    struct store_record r;

    TRY(host_open_store(a, known, STORE_READ, NULL, &store));
    struct error *e = store->ops->get(a, store, STR("settings"), STR("last"), &r);
    store->ops->close(store);
    if (e && e->kind == ERROR_NOT_FOUND)
        e->detail = STR("Nothing has been applied with this store yet.");
    if (!e)
        e = host_settings_read(a, r.body, out);
    if (!e)
        e = host_store_name(a, known, &out->store);
    if (e || !host_store_is_cluster(known))
        return e;
    out->in_pod = known->in_pod;
    out->as_kubectl = known->as_kubectl;
    out->kubeconfig = known->kubeconfig;
    out->context = known->context;
    return NULL;
}
