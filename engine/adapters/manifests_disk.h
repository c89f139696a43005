#ifndef ENGINE_ADAPTERS_MANIFESTS_DISK_H
#define ENGINE_ADAPTERS_MANIFESTS_DISK_H

#include "engine/base/error.h"

/* Manifests as they lie on disk.  Nothing here waits for anybody: of a named pipe or a device,
 * which would, only the kind is looked at. */

struct file_names {
    struct str *items; /* sorted; each ends in NUL */
    size_t count, capacity;
};

/* The files that a listed path stands for: itself, or those of a folder that are called like
 * manifests; false when there is nothing of that name (errno). */
bool manifests_list(struct arena *a, struct str path, struct file_names *out);

/* A number that changes when any of the files does, as far as can be told without opening them: by
 * name, inode, size and date. */
uint64_t manifests_mark(const struct str *paths, size_t count);

/* All of a regular file of up to 64 MiB, and when its date says that it was changed. */
MUST_CHECK struct error *manifests_read(struct arena *keep, struct str path, struct str *text,
                                        int64_t *changed_date_ms);

/* "manifest PATH WHAT: reason of the errno", with the way out. */
struct error *manifests_cannot(struct arena *a, const char *what, struct str path, int why);

#endif
