#ifndef ENGINE_ADAPTERS_MANIFESTS_FILES_H
#define ENGINE_ADAPTERS_MANIFESTS_FILES_H

#include "engine/base/error.h"
#include "engine/objects/kubernetes_objects.h"

/* What the listed paths say, and what still counts of what they said before.
 *
 * Files are written by others while they are read: `: > pods.yaml`, a generator that is still
 * writing or has failed, half a document that parses.  So what lies on disk does not count at once:
 *
 *   - a change counts when two looks agree on it;
 *   - one that takes pods away, or makes the file shorter, when it has stood still for 3 s, and for
 *     10 s when half or more of the file's pods would go;
 *   - a file that is empty, without as much as a comment, takes no pods away however long it
 *     stands: it has to say that there are none (a comment, a List without items), or to go;
 *   - a file that goes missing from a listed folder is one that takes all its pods away;
 *   - what cannot be read or does not parse never counts.
 *
 * The first reading of a process has nothing to compare with.  There a file counts at once, but for
 * one whose date is of this second, which has to stand still for that long, and an empty one, which
 * is an error. */
struct manifest_file {
    struct str name;     /* absolute */
    size_t listed;       /* the path it was found by */
    struct str text;     /* what counts; ptr NULL: nothing of it has counted yet */
    struct str seen;     /* what lies there; ptr NULL: it is gone, or cannot be read */
    int64_t since_ms;    /* and since when it has lain there as it is */
    int64_t still_ms;    /* how long it has to, before it counts; NEVER_MS: it does not */
    struct error *wrong; /* what is the matter with it */
    struct str note;     /* why it does not count yet, if that takes more than a moment */
};
struct manifest_files {
    struct manifest_file *items; /* by listed path, then by name */
    size_t count, capacity;
    bool whole;          /* everything that is listed is known, if only from before */
    bool unread;         /* something is being waited for before there is a first reading */
    bool settled;        /* another look shows nothing new while no file changes */
    struct error *wrong; /* all that could not be read or does not parse */
};

/* Instants of one look: monotonic for waiting, the date for comparing with those of files. */
struct look_time {
    int64_t now_ms, date_ms;
};

/* Looks at everything; the result lives in `keep`, and `before` (NULL: nothing) may die
 * afterwards. */
void manifest_files_look(struct arena *keep, const struct str *paths, size_t count,
                         struct look_time at, const struct manifest_files *before,
                         struct manifest_files *out);

/* What counts as pods and daemons, and notes of what does not count yet; the error is what only
 * shows when the files are seen together. */
MUST_CHECK struct error *manifest_files_parse(struct arena *keep, const struct manifest_files *f,
                                              struct resource_table *resources,
                                              struct kubernetes_objects *out);

#endif
