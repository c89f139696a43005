/* room: engine/aws
 * Any bytes as the answer of a container, an instance or a process, as the URL that credentials are
 * asked of, and as an endpoint: keys that are whole, hosts that are near, or an error that quotes
 * no answer. */
#include <assert.h>

#include "engine/aws/credentials_source.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void read_keys(struct arena *a, struct str text)
{
    struct json document;
    struct issued out;

    if (json_parse(a, text, &document))
        return;
    struct error *e = issued_read(a, &document, "Token", &out);
    if (e)
        assert(e->summary.len < 80 && !e->detail.len); /* a text of ours, whatever came in */
    else
        assert(out.keys.access_key.len && out.keys.secret_key.len && out.expires_ms);
}

static void check_urls(struct arena *a, struct str text)
{
    struct endpoint e;

    if (!container_check_url(a, text) && !str_starts_with(text, STR("https://")))
        assert(str_starts_with(text, STR("http://")) && text.len > 7 &&
               strchr("1[l", text.ptr[7])); /* 127..., 169..., [..., localhost */
    if (endpoint_of_url(a, text, STR("x"), &e))
        return;
    assert(e.host.len && str_ends_with(e.path, STR("/")) && str_ends_with(e.url, STR("/")));
    assert(str_find(e.host, '@') == e.host.len && str_find(e.host, '/') == e.host.len);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    ARENA_SECRET a = {0};
    struct str text = {(const char *)data, size};

    read_keys(&a, text);
    check_urls(&a, text);
    return 0;
}
