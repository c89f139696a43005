#ifndef ENGINE_ADAPTERS_MANIFESTS_FILES_H
#define ENGINE_ADAPTERS_MANIFESTS_FILES_H

#include "engine/base/error.h"
#include "engine/objects/kubernetes_objects.h"

/* What the listed paths hold now, and what is still good of what they held before. */
struct manifest_file {
    struct str name; /* absolute */
    size_t listed;   /* the path it was found by */
    struct str text; /* of now, or the last that parsed */
};
struct manifest_files {
    struct manifest_file *items; /* by listed path, then by name */
    size_t count, capacity;
    bool whole;          /* everything that is listed is known, if only from before */
    struct error *wrong; /* all that could not be read or does not parse */
};

/* A number that changes when a file or folder does: names, sizes, times and inodes. `*settled` is
 * false while something changed so recently that a further change might not show. */
uint64_t manifest_files_mark(const struct str *paths, size_t count, int64_t now_ms, bool *settled);

/* Reads everything into `keep`; `before` (NULL: nothing) may die afterwards. */
void manifest_files_read(struct arena *keep, const struct str *paths, size_t count,
                         const struct manifest_files *before, struct manifest_files *out);

/* The good files as pods and daemons; the error is what only shows when they are seen together. */
MUST_CHECK struct error *manifest_files_parse(struct arena *keep, const struct manifest_files *f,
                                              struct resource_table *resources,
                                              struct kubernetes_objects *out);

#endif
