#ifndef ENGINE_ADAPTERS_KUBE_NEEDS_H
#define ENGINE_ADAPTERS_KUBE_NEEDS_H

#include "engine/kube/resource.h"

/* What an engine has to be allowed in a cluster, and nothing more: the role that deploy/ installs
 * is printed from this table, the command doctor asks it row by row, and a test runs an engine
 * under just that role (tests/cluster/role_test.py). */
struct kube_need {
    const char *group, *resource, *subresource; /* empty: the core's; none */
    const char *verbs;                          /* as roles have them, separated by blanks */
    const char *names;     /* of the objects, separated by blanks; empty: all of them */
    const char *namespace; /* empty: all, and what has none */
    bool of_store;         /* only where the store is the cluster's */
};
extern const struct kube_need kube_needs[];
extern const size_t kube_need_count;

/* The ClusterRole and the Role in the lease's namespace, called `name`, as a List in JSON. */
struct str kube_needs_roles(struct arena *a, struct str name);

#endif
