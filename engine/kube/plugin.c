#include "engine/kube/plugin.h"

#include "engine/base/digest.h"
#include "engine/base/process.h"
#include "engine/base/time.h"

enum { TIMEOUT_MS = 60000, OUTPUT_MAX = 256 * 1024, SHOWN_MAX = 500 };

/* The cluster as such a program may ask to know it. */
static void write_cluster(struct arena *a, struct json_writer *w, const struct kube_access *access)
{
    json_key(w, STR("cluster"));
    json_begin_object(w);
    json_member(w, "server", access->server);
    if (access->tls_server_name.len)
        json_member(w, "tls-server-name", access->tls_server_name);
    if (access->insecure)
        json_member_bool(w, "insecure-skip-tls-verify", true);
    if (access->ca.len)
        json_member(w, "certificate-authority-data", base64_encode(a, access->ca));
    if (access->proxy.len)
        json_member(w, "proxy-url", access->proxy);
    if (access->plugin.for_it) {
        struct buf config = buf_in(a);
        json_print(&config, access->plugin.for_it, false);
        json_key(w, STR("config"));
        json_raw(w, buf_str(&config));
    }
    json_end_object(w);
}

struct str kube_plugin_question(struct arena *a, const struct kube_access *access)
{
    struct buf out = buf_in(a);
    struct json_writer w = json_writer_to(&out);

    json_begin_object(&w);
    json_member(&w, "kind", STR("ExecCredential"));
    json_member(&w, "apiVersion", access->plugin.api_version);
    json_key(&w, STR("spec"));
    json_begin_object(&w);
    json_member_bool(&w, "interactive", false);
    if (access->plugin.wants_cluster)
        write_cluster(a, &w, access);
    json_end_object(&w);
    json_end_object(&w);
    return buf_str(&out);
}

/* Between single quotes a shell takes everything as it is, but for a single quote. */
static void add_quoted(struct buf *out, struct str word)
{
    buf_add(out, STR(" '"));
    for (size_t i = 0; i < word.len; i++)
        if (word.ptr[i] == '\'')
            buf_add(out, STR("'\\''"));
        else
            buf_add_char(out, word.ptr[i]);
    buf_add_char(out, '\'');
}

static void add_variable(struct arena *a, struct buf *out, struct str name, struct str value)
{
    add_quoted(out, arena_printf(a, STR_FMT "=" STR_FMT, STR_ARG(name), STR_ARG(value)));
}

struct str kube_plugin_command(struct arena *a, const struct kube_access *access)
{
    const struct kube_plugin *p = &access->plugin;
    struct buf out = buf_in(a);

    /* env takes any name for a variable; a shell's own assignments do not. */
    buf_add(&out, STR("exec env"));
    for (size_t i = 0; i < p->variable_count; i++)
        add_variable(a, &out, p->variables[i].name, p->variables[i].value);
    add_variable(a, &out, STR("KUBERNETES_EXEC_INFO"), kube_plugin_question(a, access));
    add_quoted(&out, p->command);
    for (size_t i = 0; i < p->argument_count; i++)
        add_quoted(&out, p->arguments[i]);
    return buf_str(&out);
}

static struct error *not_read(struct arena *a, const char *why)
{
    struct error *e = error_new(a, ERROR_DENIED, "what it printed %s", why);

    e->detail = STR("It must print one ExecCredential of the version that the kubeconfig names, "
                    "with a token or a certificate and its key in its status.");
    return e;
}

static struct error *read_status(struct arena *a, const struct json *status,
                                 struct kube_credential *out)
{
    struct str expires = json_string_or(json_get(status, "expirationTimestamp"), STR(""));

    out->token = json_string_or(json_get(status, "token"), STR(""));
    out->certificate = json_string_or(json_get(status, "clientCertificateData"), STR(""));
    out->key = json_string_or(json_get(status, "clientKeyData"), STR(""));
    out->expires_ms = NEVER_MS;
    if (expires.len && !time_parse(expires, &out->expires_ms))
        return not_read(a, "has an expirationTimestamp that is no time");
    if (!out->certificate.len != !out->key.len)
        return not_read(a, "has a certificate without its key, or a key without its certificate");
    return out->token.len || out->key.len ? NULL : not_read(a, "has neither token nor certificate");
}

struct error *kube_plugin_answer(struct arena *a, struct arena *keep, struct str api_version,
                                 struct str printed, struct kube_credential *out)
{
    struct json document;

    *out = (struct kube_credential){0};
    if (json_parse(keep, printed, &document) || document.kind != JSON_OBJECT)
        return not_read(a, "is not a JSON object");
    if (!str_eq(json_string_or(json_get(&document, "kind"), STR("")), STR("ExecCredential")))
        return not_read(a, "is not an ExecCredential");
    if (!str_eq(json_string_or(json_get(&document, "apiVersion"), STR("")), api_version))
        return not_read(a, "is of another apiVersion");
    return read_status(a, json_get(&document, "status"), out);
}

static struct error *failed(struct arena *a, const struct kube_plugin *p,
                            const struct process_result *r)
{
    struct error *e = error_new(a, ERROR_DENIED, "it ended with status %d", r->status);
    struct str said = str_trim(str_slice(r->errors, 0, SHOWN_MAX));
    bool missing = r->status == 126 || r->status == 127; /* the shell's, and env's */
    struct str hint = missing ? p->install_hint : STR("");

    e->detail = arena_printf(a, "%s" STR_FMT "%s" STR_FMT, said.len ? "It says: " : "",
                             STR_ARG(said), said.len && hint.len ? " " : "", STR_ARG(hint));
    return e;
}

struct error *kube_plugin_run(struct arena *a, struct arena *keep, struct cancel *cancel,
                              const struct kube_access *access, struct kube_credential *out)
{
    const struct kube_plugin *p = &access->plugin;
    struct process_options options = {kube_plugin_command(keep, access), TIMEOUT_MS, OUTPUT_MAX};
    struct process_result r;
    struct error *e = process_run(a, keep, cancel, &options, &r);

    if (!e && r.status != 0)
        e = failed(a, p, &r);
    if (!e)
        e = kube_plugin_answer(a, keep, p->api_version, r.output, out);
    if (e)
        e->summary = arena_printf(a, "the credential plugin " STR_FMT ": " STR_FMT,
                                  STR_ARG(p->command), STR_ARG(e->summary));
    return e;
}
