#include <stddef.h>

#include "engine/host/inside.h"
#include "engine/host/record.h"

/* How a command comes to AWS as the apply did: the part of the settings record that says whose
 * credentials to take, which roles to assume with them, and by which way. */

enum { SESSION_SECONDS_MOST = 12 * 3600, ATTEMPTS_MOST = 10000 };

struct text_row {
    const char *key;
    size_t offset;
};
#define ROW(key, type, member)      \
    {                               \
        key, offsetof(type, member) \
    }
static const struct text_row role_rows[] = {
    ROW("arn", struct aws_role, arn),
    ROW("session_name", struct aws_role, session_name),
    ROW("external_id", struct aws_role, external_id),
    ROW("policy", struct aws_role, policy),
    ROW("source_identity", struct aws_role, source_identity),
    ROW("token_file", struct aws_role, token_file),
    ROW("path", struct aws_role, path),
};
static const struct text_row access_rows[] = {
    ROW("sts_region", struct aws_config, sts_region),
    ROW("metadata_endpoint", struct aws_config, metadata_endpoint),
    ROW("metadata_mode", struct aws_config, metadata_mode),
    ROW("retry_mode", struct aws_config, retry_mode),
    ROW("no_proxy", struct aws_config, no_proxy),
    ROW("ca_bundle", struct aws_config, ca_bundle),
};
#define COUNT(rows) (sizeof(rows) / sizeof((rows)[0]))

static void write_rows(struct json_writer *w, const struct text_row *rows, size_t count,
                       const void *from)
{
    for (size_t i = 0; i < count; i++) {
        const struct str *text = (const void *)((const char *)from + rows[i].offset);
        if (text->len)
            json_member(w, rows[i].key, *text);
    }
}

static struct error *read_rows(struct arena *a, const struct json *object,
                               const struct text_row *rows, size_t count, void *to)
{
    for (size_t i = 0; i < count; i++)
        TRY(record_text(a, object, rows[i].key, (void *)((char *)to + rows[i].offset)));
    return NULL;
}

static void write_role(struct json_writer *w, const struct aws_role *r)
{
    json_begin_object(w);
    write_rows(w, role_rows, COUNT(role_rows), r);
    json_member_int(w, "duration_seconds", r->duration_seconds);
    record_write_texts(w, "policy_arns", r->policy_arns, r->policy_arn_count);
    record_write_texts(w, "transitive_tag_keys", r->transitive_tag_keys,
                       r->transitive_tag_key_count);
    json_key(w, STR("tags"));
    json_begin_object(w);
    for (size_t i = 0; i < r->tags.count; i++) {
        json_key(w, r->tags.items[i].key);
        json_string(w, r->tags.items[i].value);
    }
    json_end_object(w);
    json_end_object(w);
}

static struct error *read_role(struct arena *a, const struct json *object, struct aws_role *out)
{
    const struct str *names;
    struct str *values;
    size_t count;

    *out = (struct aws_role){0};
    TRY(read_rows(a, object, role_rows, COUNT(role_rows), out));
    TRY(record_number(a, object, "duration_seconds", SESSION_SECONDS_MOST, &out->duration_seconds));
    TRY(record_texts(a, object, "policy_arns", &out->policy_arns, &out->policy_arn_count));
    TRY(record_texts(a, object, "transitive_tag_keys", &out->transitive_tag_keys,
                     &out->transitive_tag_key_count));
    TRY(record_named_texts(a, object, "tags", &names, &values, &count));
    for (size_t i = 0; i < count; i++)
        ARENA_PUSH(a, out->tags.items, out->tags.count, out->tags.capacity,
                   (struct aws_tag){names[i], values[i]});
    return NULL;
}

static void write_switch(struct json_writer *w, const char *key, enum aws_switch s)
{
    if (s != AWS_UNSET)
        json_member_bool(w, key, s == AWS_ON);
}

static struct error *read_switch(struct arena *a, const struct json *object, const char *key,
                                 enum aws_switch *out)
{
    bool on;
    TRY(record_flag(a, object, key, &on));
    *out = json_get(object, key)->kind == JSON_NULL ? AWS_UNSET : on ? AWS_ON : AWS_OFF;
    return NULL;
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
    write_rows(w, access_rows, COUNT(access_rows), c);
    write_proxy(w, "http_proxy", c->http_proxy);
    write_proxy(w, "https_proxy", c->https_proxy);
    json_member_bool(w, "http_direct", c->http_direct);
    json_member_bool(w, "https_direct", c->https_direct);
    json_member_int(w, "max_attempts", c->max_attempts);
    write_switch(w, "fips", c->fips);
    write_switch(w, "dualstack", c->dualstack);
    write_switch(w, "metadata", c->metadata);
    record_write_texts(w, "config_files", c->config_files, c->config_file_count);
    record_write_texts(w, "credentials_files", c->credentials_files, c->credentials_file_count);
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

static struct error *read_roles(struct arena *a, const struct json *object, struct aws_config *out)
{
    const struct json *list, *web;
    TRY(record_list(a, object, "roles", &list));
    struct aws_role *roles = ARENA_ARRAY(a, struct aws_role, list->count);
    for (size_t i = 0; i < list->count; i++)
        TRY(read_role(a, &list->items[i], &roles[i]));
    out->roles = roles;
    out->role_count = list->count;
    TRY(record_object(a, object, "web_identity", &web));
    struct aws_role *role = ARENA_NEW(a, struct aws_role);
    TRY(read_role(a, web, role));
    if (role->token_file.len)
        out->web_identity = role;
    return NULL;
}

struct error *access_read(struct arena *a, const struct json *record, struct host_settings *out)
{
    struct aws_config *c = &out->access;
    const struct json *object;
    int64_t attempts;

    TRY(record_object(a, record, "access", &object));
    TRY(read_rows(a, object, access_rows, COUNT(access_rows), c));
    TRY(record_text(a, object, "http_proxy", &c->http_proxy));
    TRY(record_text(a, object, "https_proxy", &c->https_proxy));
    TRY(record_flag(a, object, "http_direct", &c->http_direct));
    TRY(record_flag(a, object, "https_direct", &c->https_direct));
    TRY(record_number(a, object, "max_attempts", ATTEMPTS_MOST, &attempts));
    c->max_attempts = (int)attempts;
    TRY(read_switch(a, object, "fips", &c->fips));
    TRY(read_switch(a, object, "dualstack", &c->dualstack));
    TRY(read_switch(a, object, "metadata", &c->metadata));
    TRY(record_texts(a, object, "config_files", &c->config_files, &c->config_file_count));
    TRY(record_texts(a, object, "credentials_files", &c->credentials_files,
                     &c->credentials_file_count));
    TRY(record_flag(a, object, "secrets_left_out", &out->secrets_left_out));
    return read_roles(a, object, c);
}
