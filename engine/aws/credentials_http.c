#include "engine/aws/credentials_http.h"

enum { PAUSE_MS = 200 };

static bool may_pass(const struct error *e, const struct http_response *answer)
{
    return e ? e->kind == ERROR_UNREACHABLE : answer->status >= 500 || answer->status == 429;
}

struct error *ask_once_or_more(const struct fetch *f, const struct ask *ask,
                               struct http_response *out)
{
    for (int number = 1;; number++) {
        struct error *e = http_send(ask->http, f->secret, f->call->cancel, &ask->request, out);
        if (may_pass(e, out) && number < ask->attempts &&
            !cancel_wait_ms(f->call->cancel, PAUSE_MS << number))
            continue;
        return e ? error_copy(f->call->arena, e) : NULL;
    }
}

struct error *ask_refused(const struct fetch *f, const struct ask *ask,
                          const struct http_response *answer)
{
    struct error *e = error_new(f->call->arena, ERROR_DENIED, "%s answered with HTTP status %d",
                                ask->what, answer->status);
    static const char *const names[] = {"message", "Message", "error_description"};
    struct json body;

    if (json_parse(f->secret, answer->body, &body))
        return e;
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]) && !e->detail.len; i++)
        e->detail = arena_str(f->call->arena, json_string_or(json_get(&body, names[i]), STR("")));
    return e;
}

struct error *ask_document(const struct fetch *f, const struct ask *ask,
                           const struct http_response *answer, struct json *out)
{
    if (!json_parse(f->secret, answer->body, out) && out->kind == JSON_OBJECT)
        return NULL;
    return error_new(f->call->arena, ERROR_DENIED, "what %s answered is not a JSON object",
                     ask->what);
}
