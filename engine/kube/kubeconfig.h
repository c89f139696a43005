#ifndef ENGINE_KUBE_KUBECONFIG_H
#define ENGINE_KUBE_KUBECONFIG_H

#include "engine/kube/access.h"

/* Kubeconfig files, merged and read as kubectl does it.
 *
 * KUBECONFIG is a list of files with colons between them; those that do not exist are passed over.
 * Of two files that name the same cluster, user or context the first one's counts, whole; so too
 * with current-context.  Relative paths in a file start at its folder. */

enum kubeconfig_part {
    KUBECONFIG_CLUSTERS,
    KUBECONFIG_USERS,
    KUBECONFIG_CONTEXTS,
    KUBECONFIG_PARTS
};

struct kubeconfig_entry {
    struct str name, file; /* where it stands: for errors, and for paths in it */
    const struct json *body;
};
struct kubeconfig {
    struct {
        struct kubeconfig_entry *items;
        size_t count, capacity;
    } parts[KUBECONFIG_PARTS];
    struct str current_context; /* empty: none is chosen */
    struct str files;           /* those that were there, for errors */
};

/* The given file, which must exist; else those of KUBECONFIG; else ~/.kube/config.  No file at all
 * is ERROR_NOT_FOUND.  Errors name file, line and field. */
MUST_CHECK struct error *kubeconfig_load(struct arena *a, struct str path, struct kubeconfig *out);
/* The text of one, added behind those that were read before. */
MUST_CHECK struct error *kubeconfig_read(struct arena *a, struct str file, struct str text,
                                         struct kubeconfig *into);

/* How the cluster of a context is reached (empty: the current one).  Reads the files that it names,
 * but runs nothing and asks nobody. */
MUST_CHECK struct error *kubeconfig_access(struct arena *a, const struct kubeconfig *c,
                                           struct str context, struct kube_access *out);

#endif
