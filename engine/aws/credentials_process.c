#include "engine/aws/credentials_source.h"
#include "engine/base/process.h"

/* credential_process of a profile: a command that prints credentials.
 * https://docs.aws.amazon.com/cli/latest/userguide/cli-configure-sourcing-external.html */

enum { OUTPUT_MAX = 64 * 1024, SHOWN_MAX = 500 };

/* What it wrote on standard error is meant for the user; standard output is never shown. */
static struct error *failed(const struct fetch *f, const struct process_result *r)
{
    struct error *e =
        error_new(f->call->arena, ERROR_DENIED, "the command ended with status %d", r->status);
    struct str said = str_trim(str_slice(r->errors, 0, SHOWN_MAX));

    if (said.len)
        e->detail = arena_printf(f->call->arena, "It says: " STR_FMT, STR_ARG(said));
    return e;
}

static struct error *not_read(const struct fetch *f, const char *why)
{
    struct error *e = error_new(f->call->arena, ERROR_DENIED, "%s", why);

    e->detail = STR("It must print one JSON object with Version 1, AccessKeyId, SecretAccessKey "
                    "and, if there are any, SessionToken and Expiration.");
    return e;
}

struct error *fetch_process(const struct fetch *f, const void *settings, struct issued *out)
{
    const struct process_source *s = settings;
    struct process_options options = {s->command, s->timeout_ms, OUTPUT_MAX};
    struct process_result r;
    struct json document;
    int64_t version = 0;

    TRY(process_run(f->call->arena, f->secret, f->call->cancel, &options, &r));
    if (r.status != 0)
        return failed(f, &r);
    if (json_parse(f->secret, r.output, &document) || document.kind != JSON_OBJECT)
        return not_read(f, "what the command printed is not a JSON object");
    if (!json_to_int64(json_get(&document, "Version"), &version) || version != 1)
        return not_read(f, "what the command printed is not of Version 1");
    TRY(issued_read(f->call->arena, &document, "SessionToken", out));
    if (out->expires_ms > f->now_ms)
        return NULL;
    return error_new(f->call->arena, ERROR_DENIED, "what the command printed has expired");
}
