#include "engine/kube/access.h"

#include "engine/base/digest.h"

struct error *kube_server_check(struct arena *a, struct str server)
{
    bool https = str_starts_with(server, STR("https://"));
    bool known = https || str_starts_with(server, STR("http://"));
    struct str rest = str_slice(server, https ? 8 : 7, server.len);

    if (known && rest.len && rest.ptr[0] != '/' && rest.ptr[0] != ':' &&
        str_find(rest, ' ') == rest.len && str_find(rest, '?') == rest.len)
        return NULL;
    struct error *e =
        error_new(a, ERROR_INVALID, "`" STR_FMT "` is no API server's URL", STR_ARG(server));
    e->detail = STR("It is written like https://10.0.0.1:6443.");
    return e;
}

struct error *kube_pem_check(struct arena *a, struct str pem, const char *what)
{
    struct str end = arena_printf(a, "%s-----", what);

    for (struct str rest = pem; rest.ptr;) {
        struct str line = str_trim(str_cut(&rest, '\n'));
        if (str_starts_with(line, STR("-----BEGIN ")) && str_ends_with(line, end))
            return NULL;
    }
    return error_new(a, ERROR_INVALID, "it is not PEM with a %s", what);
}

static struct str variable(struct arena *a, const char *name, const char *in_small_letters)
{
    struct str value = str_of(getenv(name));
    return arena_str(a, value.len ? value : str_of(getenv(in_small_letters)));
}

void kube_proxy_of_environment(struct arena *a, struct kube_access *access)
{
    access->proxy = str_starts_with(access->server, STR("https:"))
                        ? variable(a, "HTTPS_PROXY", "https_proxy")
                        : variable(a, "HTTP_PROXY", "http_proxy");
    access->no_proxy = variable(a, "NO_PROXY", "no_proxy");
}

struct error *kube_access_given(struct arena *a, struct str endpoint,
                                struct str certificate_authority, struct str token,
                                struct kube_access *out)
{
    struct error *e = kube_server_check(a, endpoint);

    if (e)
        return error_at(e, STR("endpoint"));
    *out = (struct kube_access){
        .source = STR("the given endpoint"),
        .server = arena_str(a, endpoint),
        .login = token.len ? KUBE_LOGIN_TOKEN : KUBE_LOGIN_NONE,
        .token = arena_str(a, token),
    };
    while (str_ends_with(out->server, STR("/")))
        out->server.len--;
    kube_proxy_of_environment(a, out);
    if (!certificate_authority.len)
        return NULL;
    if (!base64_decode(a, certificate_authority, &out->ca))
        e = error_new(a, ERROR_INVALID, "it is not base64");
    else
        e = kube_pem_check(a, out->ca, "CERTIFICATE");
    return e ? error_at(e, STR("certificate_authority")) : NULL;
}
