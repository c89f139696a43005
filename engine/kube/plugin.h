#ifndef ENGINE_KUBE_PLUGIN_H
#define ENGINE_KUBE_PLUGIN_H

#include "engine/base/cancel.h"
#include "engine/kube/access.h"

/* Exec plugins: programs that print an ExecCredential of client.authentication.k8s.io, v1 or
 * v1beta1.  They get our environment, the variables that the kubeconfig gives them, and
 * KUBERNETES_EXEC_INFO, which says what is asked of them; no terminal.
 * https://kubernetes.io/docs/reference/access-authn-authz/authentication/#client-go-credential-plugins
 */

struct kube_credential {
    struct str token;            /* empty: it gave none */
    struct str certificate, key; /* PEM, both or none */
    int64_t expires_ms;          /* NEVER_MS: it does not say */
};

/* Runs it, for a minute at most.  What it said is in `keep`, which is to be wiped; errors are in
 * `a`, with what it wrote on standard error, and never quote its output. */
MUST_CHECK struct error *kube_plugin_run(struct arena *a, struct arena *keep, struct cancel *cancel,
                                         const struct kube_access *access,
                                         struct kube_credential *out);

/* What it is told, as JSON. */
struct str kube_plugin_question(struct arena *a, const struct kube_access *access);
/* The line for the shell, every word of it quoted. */
struct str kube_plugin_command(struct arena *a, const struct kube_access *access);
/* What it printed. */
MUST_CHECK struct error *kube_plugin_answer(struct arena *a, struct arena *keep,
                                            struct str api_version, struct str printed,
                                            struct kube_credential *out);

#endif
