#ifndef ENGINE_CLI_CLUSTER_CHECKS_H
#define ENGINE_CLI_CLUSTER_CHECKS_H

#include "engine/kube/verbs.h"

/* What `tenon doctor` finds out about a cluster: that it is there, who we are to it, what we may do
 * of what an engine has to (kube_needs.h; with the store, of what that asks for besides), and how
 * much there is.  Changes nothing. */

struct cluster_check {
    struct str what; /* "connect", "list pods" */
    bool is_fine;
    struct str message; /* what was found, or what is missing */
    struct str detail;  /* the way out, where there is one to be told */
};

struct cluster_checks {
    struct cluster_check *items;
    size_t count, capacity;
    struct str version;  /* of the server: "v1.34.2"; empty: not known */
    struct str user;     /* whom it takes us for; empty: not known */
    int64_t nodes, pods; /* -1: not known */
};

/* Only a cancellation is an error; whatever else goes wrong is a check that is not fine. */
MUST_CHECK struct error *cluster_checks_run(const struct kube_call *c, bool with_store,
                                            struct cluster_checks *out);
bool cluster_checks_are_fine(const struct cluster_checks *checks);

#endif
