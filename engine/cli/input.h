#ifndef ENGINE_CLI_INPUT_H
#define ENGINE_CLI_INPUT_H

#include "engine/base/error.h"
#include "engine/objects/kubernetes_objects.h"

/* What a command line names to be read: files, folders (their *.yaml, *.yml and *.json, not
 * deeper), pipes, and "-" for standard input, which is called that in errors.  The error lists all
 * that cannot be read. */
struct input {
    struct manifest_text *items;
    size_t count, capacity;
};
MUST_CHECK struct error *input_read(struct arena *a, const struct str *names, size_t count,
                                    struct input *out);

/* More than this in one file is refused: it is no dump of a cluster. */
#define INPUT_MAX_BYTES ((size_t)1 << 30)

#endif
