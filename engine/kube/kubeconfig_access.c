#include "engine/kube/kubeconfig_fields.h"

/* From a context to an access: one cluster and one user, field by field. */

/* The shapes of URL that libcurl takes for a proxy, and client-go too. */
static struct error *read_proxy(const struct reading *r, struct kube_access *out)
{
    static const char *const schemes[] = {"http://", "https://", "socks5://", "socks5h://"};
    struct str proxy;

    TRY(field_text(r, "proxy-url", &proxy));
    if (!proxy.len) {
        kube_proxy_of_environment(r->a, out);
        return NULL;
    }
    for (size_t i = 0; i < sizeof(schemes) / sizeof(*schemes); i++)
        if (str_starts_with(proxy, str_of(schemes[i]))) {
            out->proxy = proxy;
            return NULL;
        }
    return field_wrong(r, "proxy-url", json_get(r->entry->body, "proxy-url")->line,
                       "it is no http, https or socks5 URL");
}

static struct error *read_server(const struct reading *r, struct kube_access *out)
{
    TRY(field_text(r, "server", &out->server));
    int line = json_get(r->entry->body, "server")->line;
    if (!out->server.len)
        return field_wrong(r, "server", line, "it is missing: the API server's URL");
    struct error *e = kube_server_check(r->a, out->server);
    if (e)
        return field_at(r, "server", line, e);
    while (str_ends_with(out->server, STR("/")))
        out->server.len--;
    return NULL;
}

static struct error *read_cluster(struct reading *r, struct kube_access *out)
{
    TRY(read_server(r, out));
    TRY(field_pem(r, "certificate-authority", "CERTIFICATE", &out->ca));
    TRY(field_text(r, "tls-server-name", &out->tls_server_name));
    TRY(field_bool(r, "insecure-skip-tls-verify", &out->insecure));
    TRY(read_proxy(r, out));
    if (out->insecure && out->ca.len)
        return field_wrong(r, "insecure-skip-tls-verify", 0,
                           "it cannot stand beside a certificate authority");
    if (out->insecure)
        field_warn(r, arena_printf(r->a,
                                   "insecure-skip-tls-verify of the cluster " STR_FMT
                                   ": whoever answers at " STR_FMT " is believed to be it",
                                   STR_ARG(r->entry->name), STR_ARG(out->server)));
    if (str_starts_with(out->server, STR("http:")))
        field_warn(r, arena_printf(r->a, STR_FMT " is asked without TLS: others can read along",
                                   STR_ARG(out->server)));
    return NULL;
}

/* The shell is to look it up by name, unless it is a path. */
static struct str command_of(const struct reading *r, struct str command)
{
    return str_find(command, '/') < command.len ? field_path(r, command) : command;
}

static struct error *read_variables(const struct reading *r, const struct json *env,
                                    struct kube_plugin *out)
{
    struct kube_variable *variables = ARENA_ARRAY(r->a, struct kube_variable, env->count);

    if (env->kind != JSON_ARRAY && env->kind != JSON_NULL)
        return field_wrong(r, "exec.env", env->line, "a list belongs there");
    for (size_t i = 0; i < env->count; i++) {
        const struct json *name = json_get(&env->items[i], "name");
        const struct json *value = json_get(&env->items[i], "value");
        bool fine = name->kind == JSON_STRING && name->text.len &&
                    (value->kind == JSON_STRING || value->kind == JSON_NULL);
        if (!fine || str_find(name->text, '=') < name->text.len)
            return field_wrong(r, "exec.env", env->items[i].line,
                               "a name and a value belong there");
        variables[i] = (struct kube_variable){name->text, json_string_or(value, STR(""))};
    }
    out->variables = variables;
    out->variable_count = env->count;
    return NULL;
}

static struct error *check_plugin(const struct reading *r, const struct json *exec,
                                  const struct kube_plugin *p)
{
    struct str mode = json_string_or(json_get(exec, "interactiveMode"), STR("IfAvailable"));

    if (exec->kind != JSON_OBJECT || !p->command.len)
        return field_wrong(r, "exec.command", exec->line, "it is missing: the program to be run");
    if (!str_eq(p->api_version, STR("client.authentication.k8s.io/v1")) &&
        !str_eq(p->api_version, STR("client.authentication.k8s.io/v1beta1")))
        return field_wrong(r, "exec.apiVersion", json_get(exec, "apiVersion")->line ?: exec->line,
                           "client.authentication.k8s.io/v1 or /v1beta1 belongs there");
    if (str_eq(mode, STR("Always")))
        return field_wrong(r, "exec.interactiveMode", json_get(exec, "interactiveMode")->line,
                           "the program wants a terminal, and there is none here");
    return NULL;
}

/* What the cluster says to such programs: an extension of a name that Kubernetes reserves. */
static const struct json *words_for_plugins(const struct json *cluster)
{
    const struct json *extensions = json_get(cluster, "extensions");

    for (size_t i = 0; i < extensions->count; i++) {
        const struct json *e = &extensions->items[i];
        if (str_eq(json_string_or(json_get(e, "name"), STR("")),
                   STR("client.authentication.k8s.io/exec")))
            return json_get(e, "extension");
    }
    return NULL;
}

static struct error *read_plugin(const struct reading *r, const struct json *cluster,
                                 struct kube_access *out)
{
    const struct json *exec = json_get(r->entry->body, "exec");
    struct kube_plugin *p = &out->plugin;

    if (exec->kind == JSON_NULL)
        return NULL;
    out->login = KUBE_LOGIN_PLUGIN;
    *p = (struct kube_plugin){
        .command = command_of(r, json_string_or(json_get(exec, "command"), STR(""))),
        .api_version = json_string_or(json_get(exec, "apiVersion"), STR("")),
        .install_hint = json_string_or(json_get(exec, "installHint"), STR("")),
        .wants_cluster = json_bool_or(json_get(exec, "provideClusterInfo"), false),
        .for_it = words_for_plugins(cluster),
    };
    TRY(check_plugin(r, exec, p));
    TRY(field_texts(r, json_get(exec, "args"), "exec.args", &p->arguments, &p->argument_count));
    return read_variables(r, json_get(exec, "env"), p);
}

/* As kubectl chooses: a token's file goes before the token, either before all else. */
static struct error *read_login(const struct reading *r, const struct json *cluster,
                                struct kube_access *out)
{
    const struct json *provider = json_get(r->entry->body, "auth-provider");

    TRY(field_text(r, "token", &out->token));
    TRY(field_text(r, "tokenFile", &out->token_file));
    TRY(field_text(r, "username", &out->username));
    TRY(field_text(r, "password", &out->password));
    TRY(read_plugin(r, cluster, out));
    if (provider->kind != JSON_NULL)
        return field_wrong(r, "auth-provider", provider->line,
                           "Kubernetes has given these up; its tool has an exec plugin instead");
    bool by_token = out->token.len || out->token_file.len;
    if (by_token && out->username.len)
        return field_wrong(r, "username", 0, "it cannot stand beside a token");
    if (out->token_file.len)
        out->token_file = field_path(r, out->token_file);
    if (by_token)
        out->login = out->token_file.len ? KUBE_LOGIN_TOKEN_FILE : KUBE_LOGIN_TOKEN;
    else if (out->username.len)
        out->login = KUBE_LOGIN_PASSWORD;
    return NULL;
}

static struct error *read_impersonation(const struct reading *r, struct kube_access *out)
{
    TRY(field_text(r, "as", &out->as));
    TRY(field_text(r, "as-uid", &out->as_uid));
    TRY(field_texts(r, json_get(r->entry->body, "as-groups"), "as-groups", &out->as_groups,
                    &out->as_group_count));
    if (!out->as.len && (out->as_uid.len || out->as_group_count))
        return field_wrong(r, "as", 0, "it is missing: as-uid and as-groups need it");
    return NULL;
}

static struct error *read_user(const struct reading *r, const struct json *cluster,
                               struct kube_access *out)
{
    TRY(field_pem(r, "client-certificate", "CERTIFICATE", &out->client_certificate));
    TRY(field_pem(r, "client-key", "PRIVATE KEY", &out->client_key));
    if (!out->client_certificate.len != !out->client_key.len)
        return field_wrong(r, out->client_key.len ? "client-certificate" : "client-key", 0,
                           "it is missing: certificate and key go together");
    TRY(read_login(r, cluster, out));
    return read_impersonation(r, out);
}

static const struct kubeconfig_entry *find(const struct kubeconfig *c, enum kubeconfig_part part,
                                           struct str name)
{
    for (size_t i = 0; i < c->parts[part].count; i++)
        if (str_eq(c->parts[part].items[i].name, name))
            return &c->parts[part].items[i];
    return NULL;
}

static struct error *no_such_context(struct arena *a, const struct kubeconfig *c, struct str name)
{
    struct buf known = buf_in(a);
    struct error *e;

    for (size_t i = 0; i < c->parts[KUBECONFIG_CONTEXTS].count; i++)
        buf_printf(&known, "%s" STR_FMT, i ? ", " : "",
                   STR_ARG(c->parts[KUBECONFIG_CONTEXTS].items[i].name));
    e = name.len ? error_new(a, ERROR_INVALID, "there is no context " STR_FMT " in " STR_FMT,
                             STR_ARG(name), STR_ARG(c->files))
                 : error_new(a, ERROR_INVALID,
                             "no context is chosen: " STR_FMT " has no current-context",
                             STR_ARG(c->files));
    e->detail = known.len ? arena_printf(a, "There is: " STR_FMT ".", STR_ARG(buf_str(&known)))
                          : STR("There is none at all.");
    return error_at(e, STR("context"));
}

/* The entry that a field of the context names. */
static struct error *follow(const struct kubeconfig *c, const struct reading *context,
                            const char *field, enum kubeconfig_part part,
                            const struct kubeconfig_entry **out)
{
    struct str name;

    TRY(field_text(context, field, &name));
    int line = json_get(context->entry->body, field)->line;
    *out = find(c, part, name);
    if (*out)
        return NULL;
    if (!name.len)
        return field_wrong(context, field, line, "it is missing");
    return field_at(
        context, field, line,
        error_new(context->a, ERROR_INVALID, "there is no %s " STR_FMT, field, STR_ARG(name)));
}

struct error *kubeconfig_access(struct arena *a, const struct kubeconfig *c, struct str context,
                                struct kube_access *out)
{
    struct reading chosen = {
        a,         find(c, KUBECONFIG_CONTEXTS, context.len ? context : c->current_context),
        "context", NULL,
        0,         0};
    struct reading cluster = {a, NULL, "cluster", NULL, 0, 0}, user = {a, NULL, "user", NULL, 0, 0};

    *out = (struct kube_access){0};
    if (!chosen.entry)
        return no_such_context(a, c, context.len ? context : c->current_context);
    TRY(follow(c, &chosen, "cluster", KUBECONFIG_CLUSTERS, &cluster.entry));
    TRY(follow(c, &chosen, "user", KUBECONFIG_USERS, &user.entry));
    TRY(field_text(&chosen, "namespace", &out->namespace));
    TRY(read_cluster(&cluster, out));
    TRY(read_user(&user, cluster.entry->body, out));
    out->source = arena_printf(a, "context " STR_FMT " of " STR_FMT, STR_ARG(chosen.entry->name),
                               STR_ARG(chosen.entry->file));
    out->warnings = cluster.warnings;
    out->warning_count = cluster.warning_count;
    return NULL;
}
