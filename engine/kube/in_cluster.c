#include "engine/kube/in_cluster.h"

#include "engine/base/file.h"

static struct str host_variable(void)
{
    return str_of(getenv("KUBERNETES_SERVICE_HOST"));
}

static struct str port_variable(void)
{
    return str_of(getenv("KUBERNETES_SERVICE_PORT"));
}

bool kube_is_in_cluster(void)
{
    return host_variable().len && port_variable().len;
}

/* An IPv6 address stands in brackets in a URL. */
static struct str server_of(struct arena *a)
{
    struct str host = host_variable();
    bool v6 = str_find(host, ':') < host.len;

    return arena_printf(a, "https://%s" STR_FMT "%s:" STR_FMT, v6 ? "[" : "", STR_ARG(host),
                        v6 ? "]" : "", STR_ARG(port_variable()));
}

struct error *kube_in_cluster(struct arena *a, struct str folder, struct kube_access *out)
{
    struct str token, namespace;
    bool there;

    if (!kube_is_in_cluster())
        return error_new(a, ERROR_NOT_FOUND,
                         "this is no pod: KUBERNETES_SERVICE_HOST and KUBERNETES_SERVICE_PORT are "
                         "not both set");
    if (!folder.len)
        folder = STR("/var/run/secrets/kubernetes.io/serviceaccount");
    *out = (struct kube_access){
        .source = STR("the pod's service account"),
        .server = server_of(a),
        .login = KUBE_LOGIN_TOKEN_FILE,
        .token_file = arena_printf(a, STR_FMT "/token", STR_ARG(folder)),
    };
    TRY(kube_server_check(a, out->server));
    TRY(file_text(a, out->token_file, &token)); /* here, where a pod without an account is told */
    struct str ca_file = arena_printf(a, STR_FMT "/ca.crt", STR_ARG(folder));
    TRY(file_text(a, ca_file, &out->ca));
    struct error *e = kube_pem_check(a, out->ca, "CERTIFICATE");
    if (e) {
        e->summary = arena_printf(a, STR_FMT ": " STR_FMT, STR_ARG(ca_file), STR_ARG(e->summary));
        return e;
    }
    TRY(file_text_if_there(a, arena_printf(a, STR_FMT "/namespace", STR_ARG(folder)), &namespace,
                           &there));
    out->namespace = there ? str_trim(namespace) : STR("");
    return NULL;
}
