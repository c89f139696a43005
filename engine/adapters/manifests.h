#ifndef ENGINE_ADAPTERS_MANIFESTS_H
#define ENGINE_ADAPTERS_MANIFESTS_H

#include "engine/objects/kubernetes_objects.h"
#include "engine/ports.h"

/* The cluster without an API server: its pods are what Kubernetes manifests in files say, and the
 * engine binds them.
 *
 * A listed path is a file, or a folder of which `*.yaml`, `*.yml` and `*.json` count, not deeper.
 * Files are looked at a few times a second and read again when inode, size or date changed; a
 * change of what counts is posted as a whole new workload.
 *
 * Nothing is removed by mistake.  What takes pods away has to stand still first, an empty file
 * never does (manifests_files.h), and both are said in the workload's notes.  A listed path that is
 * missing, or a file that cannot be read or does not parse, keeps what was last read from it, and
 * the event says so beside the pods (error with file and line, complete true).  If something was
 * never read in this process there is no whole workload to post: the event then carries the error
 * only (complete false). */
struct manifests;

/* `paths` are absolute and copied. */
struct manifests *manifests_new(const struct str *paths, size_t count, struct clock_port clock,
                                struct event_sink sink);
void manifests_free(struct manifests *m); /* NULL is fine */
struct cluster_port manifests_port(struct manifests *m);

/* Reads everything once, and waits for a second where a file is just being written: NULL, or what
 * is wrong, all of it (error.next), each with file and line and the path "cluster.manifests".
 * `notes` (may be NULL): what is read but not acted on. */
MUST_CHECK struct error *manifests_check(struct arena *a, const struct str *paths, size_t count,
                                         struct notes *notes);

#endif
