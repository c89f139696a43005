#ifndef ENGINE_KUBE_ACCESS_H
#define ENGINE_KUBE_ACCESS_H

#include "engine/base/json.h"

/* How an API server is reached, and who we are there.  It is found in a kubeconfig (kubeconfig.h),
 * in a pod (in_cluster.h), by EKS (eks_access.h), or given member by member.
 *
 * All of it lives in the arena that it was found with.  It may hold keys, so that arena is to be
 * wiped; errors name where a thing stands and never quote it. */

struct kube_variable {
    struct str name, value;
};

/* A program that prints credentials, as client.authentication.k8s.io has it. */
struct kube_plugin {
    struct str command; /* a path, or a name that the shell looks up */
    struct str api_version, install_hint;
    const struct str *arguments;
    size_t argument_count;
    const struct kube_variable *variables; /* besides our own environment */
    size_t variable_count;
    bool wants_cluster;        /* it is told which cluster it is asked for */
    const struct json *for_it; /* what the kubeconfig's cluster says to it; NULL: nothing */
};

enum kube_login {
    KUBE_LOGIN_NONE, /* a client certificate, or nothing */
    KUBE_LOGIN_TOKEN,
    KUBE_LOGIN_TOKEN_FILE, /* read again and again, for it is replaced before it expires */
    KUBE_LOGIN_PASSWORD,
    KUBE_LOGIN_PLUGIN,
    KUBE_LOGIN_EKS, /* a token that we sign */
};

struct aws_client;

struct kube_access {
    struct str source; /* for errors: "context dev of /home/x/.kube/config" */
    struct str server; /* https://host:port, with the path that it stands under; no slash behind */
    struct str ca;     /* PEM, the only ones to be trusted; empty: those of the system */
    struct str tls_server_name; /* that the certificate is for; empty: the server's */
    bool insecure;              /* nothing about its certificate is verified */
    struct str proxy;           /* http, https or socks5 URL; empty: none */
    struct str no_proxy;        /* hosts, domains and CIDR blocks that are asked directly */
    struct str namespace;       /* of the context; empty: it has none */

    enum kube_login login;
    struct str token;              /* TOKEN */
    struct str token_file;         /* TOKEN_FILE */
    struct str username, password; /* PASSWORD */
    struct kube_plugin plugin;     /* PLUGIN */
    struct aws_client *aws;        /* EKS: whose credentials sign; outlives the access */
    struct str eks_cluster;
    struct str client_certificate, client_key; /* PEM; beside any login */

    /* Whom the server is to take us for. */
    struct str as, as_uid;
    const struct str *as_groups;
    size_t as_group_count;

    const struct str *warnings; /* to be said where people look */
    size_t warning_count;
};

/* What is given outright: an endpoint, its CA as base64 of PEM (empty: the system's), a token. */
MUST_CHECK struct error *kube_access_given(struct arena *a, struct str endpoint,
                                           struct str certificate_authority, struct str token,
                                           struct kube_access *out);

/* Is that a URL of an API server?  The error has no path. */
MUST_CHECK struct error *kube_server_check(struct arena *a, struct str server);
/* Is that PEM that holds a certificate, or a key?  `what` is "CERTIFICATE" or "PRIVATE KEY".  The
 * error has no path. */
MUST_CHECK struct error *kube_pem_check(struct arena *a, struct str pem, const char *what);
/* The proxy that the environment names for the server, as every program here has it. */
void kube_proxy_of_environment(struct arena *a, struct kube_access *access);

#endif
