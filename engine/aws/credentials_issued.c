#include "engine/aws/credentials_source.h"
#include "engine/base/time.h"

static struct error *lacks(struct arena *a, const char *what)
{
    return error_new(a, ERROR_DENIED, "the answer has no %s", what);
}

struct error *issued_read(struct arena *a, const struct json *document, const char *token_name,
                          struct issued *out)
{
    struct str expires = json_string_or(json_get(document, "Expiration"), STR(""));

    *out = (struct issued){
        .keys = {json_string_or(json_get(document, "AccessKeyId"), STR("")),
                 json_string_or(json_get(document, "SecretAccessKey"), STR("")),
                 json_string_or(json_get(document, token_name), STR(""))},
        .expires_ms = NEVER_MS,
    };
    if (!out->keys.access_key.len)
        return lacks(a, "AccessKeyId");
    if (!out->keys.secret_key.len)
        return lacks(a, "SecretAccessKey");
    if (expires.len && !time_parse(expires, &out->expires_ms))
        return error_new(a, ERROR_DENIED, "Expiration of the answer is not a time");
    return NULL;
}

struct error *fetch_keys(const struct fetch *f, const void *settings, struct issued *out)
{
    (void)f;
    *out = (struct issued){*(const struct credentials *)settings, NEVER_MS};
    return NULL;
}
