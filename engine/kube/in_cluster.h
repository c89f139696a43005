#ifndef ENGINE_KUBE_IN_CLUSTER_H
#define ENGINE_KUBE_IN_CLUSTER_H

#include "engine/kube/access.h"

/* The access of a pod's service account: the kubelet puts its token, the cluster's CA and its
 * namespace into files, and the API server's address into the environment.  The token is replaced
 * before it expires, so its file is read again and again. */

/* Are we in a pod that has such an account?  Looks at the environment only. */
bool kube_is_in_cluster(void);
/* `folder` is where the files lie; empty: /var/run/secrets/kubernetes.io/serviceaccount.  The error
 * names the file or variable that is missing. */
MUST_CHECK struct error *kube_in_cluster(struct arena *a, struct str folder,
                                         struct kube_access *out);

#endif
