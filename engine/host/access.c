#include "engine/host/inside.h"
#include "engine/loop/record.h"

/* How a command comes to AWS as the apply did: the part of the settings record that says whose
 * credentials to take, which roles to assume with them, and by which way. */

enum { SESSION_SECONDS_MOST = 12 * 3600, ATTEMPTS_MOST = 10000 };

static const struct text_row role_rows[] = {
    TEXT_ROW("arn", struct aws_role, arn),
    TEXT_ROW("session_name", struct aws_role, session_name),
    TEXT_ROW("external_id", struct aws_role, external_id),
    TEXT_ROW("policy", struct aws_role, policy),
    TEXT_ROW("source_identity", struct aws_role, source_identity),
    TEXT_ROW("token_file", struct aws_role, token_file),
    TEXT_ROW("path", struct aws_role, path),
};
static const struct text_row access_rows[] = {
    TEXT_ROW("sts_region", struct aws_config, sts_region),
    TEXT_ROW("metadata_endpoint", struct aws_config, metadata_endpoint),
    TEXT_ROW("metadata_mode", struct aws_config, metadata_mode),
    TEXT_ROW("retry_mode", struct aws_config, retry_mode),
    TEXT_ROW("no_proxy", struct aws_config, no_proxy),
    TEXT_ROW("ca_bundle", struct aws_config, ca_bundle),
};
#define COUNT(rows) (sizeof(rows) / sizeof((rows)[0]))

void host_write_rows(struct json_writer *w, const struct text_row *rows, size_t count,
                     const void *from)
{
    for (size_t i = 0; i < count; i++) {
        const struct str *text = (const void *)((const char *)from + rows[i].offset);
        if (text->len)
            json_member(w, rows[i].key, *text);
    }
}

void host_read_rows(const struct record *r, const struct text_row *rows, size_t count, void *to)
{
    for (size_t i = 0; i < count; i++)
        *(struct str *)(void *)((char *)to + rows[i].offset) = record_text(r, rows[i].key);
}

void host_write_texts(struct json_writer *w, const char *key, const struct str *texts, size_t count)
{
    json_key(w, str_of(key));
    json_begin_array(w);
    for (size_t i = 0; i < count; i++)
        json_string(w, texts[i]);
    json_end_array(w);
}

const struct str *host_read_texts(const struct record *r, const char *key, size_t *count)
{
    const struct json *list = record_list(r, key);
    struct str *texts = ARENA_ARRAY(r->arena, struct str, list->count);

    *count = list->count;
    for (size_t i = 0; i < list->count; i++)
        texts[i] = record_text_at(r, list, i);
    return texts;
}

static void write_role(struct json_writer *w, const struct aws_role *r)
{
    json_begin_object(w);
    host_write_rows(w, role_rows, COUNT(role_rows), r);
    json_member_int(w, "duration_seconds", r->duration_seconds);
    host_write_texts(w, "policy_arns", r->policy_arns, r->policy_arn_count);
    host_write_texts(w, "transitive_tag_keys", r->transitive_tag_keys, r->transitive_tag_key_count);
    json_key(w, STR("tags"));
    json_begin_object(w);
    for (size_t i = 0; i < r->tags.count; i++) {
        json_key(w, r->tags.items[i].key);
        json_string(w, r->tags.items[i].value);
    }
    json_end_object(w);
    json_end_object(w);
}

static struct aws_role read_role(const struct record *r)
{
    struct record tags = record_object(r, "tags");
    struct aws_role role = {
        .duration_seconds = record_int(r, "duration_seconds", 0, SESSION_SECONDS_MOST, 0),
        .tags.items = ARENA_ARRAY(r->arena, struct aws_tag, tags.body->count),
        .tags.count = tags.body->count,
        .tags.capacity = tags.body->count,
    };

    host_read_rows(r, role_rows, COUNT(role_rows), &role);
    role.policy_arns = host_read_texts(r, "policy_arns", &role.policy_arn_count);
    role.transitive_tag_keys =
        host_read_texts(r, "transitive_tag_keys", &role.transitive_tag_key_count);
    for (size_t i = 0; i < role.tags.count; i++)
        role.tags.items[i] =
            (struct aws_tag){tags.body->keys[i], record_text_at(&tags, tags.body, i)};
    return role;
}

static void write_switch(struct json_writer *w, const char *key, enum aws_switch s)
{
    if (s != AWS_UNSET)
        json_member_bool(w, key, s == AWS_ON);
}

static enum aws_switch read_switch(const struct record *r, const char *key)
{
    bool on = record_bool(r, key, false);
    return json_get(r->body, key)->kind == JSON_NULL ? AWS_UNSET : on ? AWS_ON : AWS_OFF;
}

/* A proxy's URL may hold a password: such a one is left to the environment. */
static void write_proxy(struct json_writer *w, const char *key, struct str url)
{
    if (url.len && str_find(url, '@') == url.len)
        json_member(w, key, url);
}

void access_write(struct json_writer *w, const struct host_settings *s)
{
    const struct aws_config *c = &s->access;

    json_key(w, STR("access"));
    json_begin_object(w);
    host_write_rows(w, access_rows, COUNT(access_rows), c);
    write_proxy(w, "http_proxy", c->http_proxy);
    write_proxy(w, "https_proxy", c->https_proxy);
    json_member_bool(w, "http_direct", c->http_direct);
    json_member_bool(w, "https_direct", c->https_direct);
    json_member_int(w, "max_attempts", c->max_attempts);
    write_switch(w, "fips", c->fips);
    write_switch(w, "dualstack", c->dualstack);
    write_switch(w, "metadata", c->metadata);
    host_write_texts(w, "config_files", c->config_files, c->config_file_count);
    host_write_texts(w, "credentials_files", c->credentials_files, c->credentials_file_count);
    if (c->web_identity && c->web_identity->token_file.len) {
        json_key(w, STR("web_identity"));
        write_role(w, c->web_identity);
    }
    json_key(w, STR("roles"));
    json_begin_array(w);
    for (size_t i = 0; i < c->role_count; i++)
        write_role(w, &c->roles[i]);
    json_end_array(w);
    json_member_bool(w, "secrets_left_out", s->secrets_left_out);
    json_end_object(w);
}

static void read_roles(const struct record *r, struct aws_config *out)
{
    const struct json *list = record_list(r, "roles");
    struct aws_role *roles = ARENA_ARRAY(r->arena, struct aws_role, list->count);
    struct record web = record_object(r, "web_identity");
    struct aws_role *role = ARENA_NEW(r->arena, struct aws_role);

    for (size_t i = 0; i < list->count; i++) {
        struct record item = record_item(r, list, i);
        roles[i] = read_role(&item);
    }
    out->roles = roles;
    out->role_count = list->count;
    *role = read_role(&web);
    if (role->token_file.len)
        out->web_identity = role;
}

void access_read(const struct record *settings, struct host_settings *out)
{
    const struct record r = record_object(settings, "access");
    struct aws_config *c = &out->access;

    host_read_rows(&r, access_rows, COUNT(access_rows), c);
    c->http_proxy = record_text(&r, "http_proxy");
    c->https_proxy = record_text(&r, "https_proxy");
    c->http_direct = record_bool(&r, "http_direct", false);
    c->https_direct = record_bool(&r, "https_direct", false);
    c->max_attempts = (int)record_int(&r, "max_attempts", 0, ATTEMPTS_MOST, 0);
    c->fips = read_switch(&r, "fips");
    c->dualstack = read_switch(&r, "dualstack");
    c->metadata = read_switch(&r, "metadata");
    c->config_files = host_read_texts(&r, "config_files", &c->config_file_count);
    c->credentials_files = host_read_texts(&r, "credentials_files", &c->credentials_file_count);
    out->secrets_left_out = record_bool(&r, "secrets_left_out", false);
    read_roles(&r, c);
}
