#include "engine/kube/status.h"

enum { MESSAGE_MAX = 1000 };

/* By reason, and by HTTP's status where a proxy answers or a reason is new. */
static const struct row {
    const char *reason;
    int status;
    enum error_kind kind;
} rows[] = {
    {"NotFound", 404, ERROR_NOT_FOUND},
    {"AlreadyExists", 0, ERROR_EXISTS},
    {"Conflict", 409, ERROR_CONFLICT},
    {"DisruptionBudget", 0, ERROR_CONFLICT},
    {"Expired", 410, ERROR_CONFLICT},
    {"Gone", 0, ERROR_CONFLICT},
    {"Unauthorized", 401, ERROR_DENIED},
    {"Forbidden", 403, ERROR_DENIED},
    {"TooManyRequests", 429, ERROR_THROTTLED},
    {"Invalid", 422, ERROR_INVALID},
    {"BadRequest", 400, ERROR_INVALID},
    {"MethodNotAllowed", 405, ERROR_INVALID},
    {"NotAcceptable", 406, ERROR_INVALID},
    {"RequestEntityTooLarge", 413, ERROR_INVALID},
    {"UnsupportedMediaType", 415, ERROR_INVALID},
    {"InternalError", 500, ERROR_UNREACHABLE},
    {"ServiceUnavailable", 503, ERROR_UNREACHABLE},
    {"ServerTimeout", 0, ERROR_UNREACHABLE},
    {"Timeout", 504, ERROR_UNREACHABLE},
    {"StorageReadError", 0, ERROR_UNREACHABLE},
};
enum { ROWS = sizeof(rows) / sizeof(*rows) };

static const struct row *row_of(struct str reason, int status)
{
    for (size_t i = 0; i < ROWS; i++)
        if (str_eq(reason, str_of(rows[i].reason)))
            return &rows[i];
    for (size_t i = 0; i < ROWS; i++)
        if (status && rows[i].status == status)
            return &rows[i];
    return NULL;
}

static struct str text_of(const struct json *object, const char *key)
{
    return json_string_or(json_get(object, key), STR(""));
}

/* A PodDisruptionBudget says no with the same 429 as a busy server, and tells itself apart by a
 * cause only.  It is not to be repeated in a moment: what it waits for may take hours. */
static struct str reason_of(const struct json *status)
{
    const struct json *causes = json_path(status, "details", "causes", NULL);

    for (size_t i = 0; i < causes->count; i++)
        if (str_eq(text_of(&causes->items[i], "reason"), STR("DisruptionBudget")))
            return STR("DisruptionBudget");
    return text_of(status, "reason");
}

static bool read_status(struct arena *a, struct str body, struct json *out)
{
    *out = json_new_object();
    if (json_parse(a, body, out) || !str_eq(text_of(out, "kind"), STR("Status"))) {
        *out = json_new_object();
        return false;
    }
    return true;
}

/* "pods/eviction apps/web-1" */
static struct str what_is_asked(struct arena *a, const struct kube_target *t)
{
    return arena_printf(a, STR_FMT "%s" STR_FMT "%s" STR_FMT, STR_ARG(kube_resource_name(a, t)),
                        t->name.len ? " " : "", STR_ARG(t->name.len ? t->namespace : STR("")),
                        t->name.len && t->namespace.len ? "/" : "", STR_ARG(t->name));
}

static struct str way_out(struct arena *a, const struct kube_refusal *r, struct str code)
{
    if (str_eq(code, STR("Unauthorized")))
        return STR("The API server does not believe who we are: the token or certificate has "
                   "expired, or is of another cluster.");
    if (!str_eq(code, STR("Forbidden")))
        return STR("");
    return arena_printf(a,
                        "A role bound to us has to allow the verb %s on " STR_FMT
                        ", or an admission rule refuses it.",
                        r->verb, STR_ARG(kube_resource_name(a, r->target)));
}

struct error *kube_refusal_error(struct arena *a, const struct kube_refusal *r)
{
    struct json status;
    bool is_status = read_status(a, r->body, &status);
    int64_t code = r->status;
    struct str reason = reason_of(&status);

    if (!code)
        (void)json_to_int64(json_get(&status, "code"), &code);
    const struct row *row = row_of(reason, (int)code);
    enum error_kind kind = row                         ? row->kind
                           : code >= 500 || !is_status ? ERROR_UNREACHABLE
                                                       : ERROR_INVALID;
    struct str message = str_slice(text_of(&status, "message"), 0, MESSAGE_MAX);
    struct error *e = error_new(
        a, kind, "cannot %s " STR_FMT ": " STR_FMT, r->verb, STR_ARG(what_is_asked(a, r->target)),
        STR_ARG(message.len ? message
                            : arena_printf(a, "the API server answers %lld", (long long)code)));
    e->code = arena_str(a, row && !reason.len ? str_of(row->reason) : reason);
    if (str_eq(e->code, STR("Gone")))
        e->code = STR("Expired");
    e->detail = way_out(a, r, e->code);
    /* An apiserver that ran out of time may have written all the same. */
    e->outcome_unknown = r->changes && kind == ERROR_UNREACHABLE;
    return e;
}

bool kube_is_expired(const struct error *e)
{
    return e && e->kind == ERROR_CONFLICT && str_eq(e->code, STR("Expired"));
}
