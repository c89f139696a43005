#include "engine/base/file.h"

#include <errno.h>

#include "engine/base/buf.h"

struct str path_expanded(struct arena *a, struct str path)
{
    const char *home = getenv("HOME");

    if (!home || !str_starts_with(path, STR("~/")))
        return arena_str(a, path);
    return arena_printf(a, "%s" STR_FMT, home, STR_ARG(str_slice(path, 1, path.len)));
}

struct error *file_text_if_there(struct arena *a, struct str path, struct str *out, bool *there)
{
    char piece[4096];
    struct str full = path_expanded(a, path);
    struct buf text = buf_in(a);
    FILE *f = fopen(full.ptr, "re");

    *there = f || errno != ENOENT;
    if (!*there)
        return NULL;
    for (size_t n; f && (n = fread(piece, 1, sizeof(piece), f)) > 0;)
        buf_add(&text, (struct str){piece, n});
    /* What opens need not be readable: a folder opens, and only then says that it is one. */
    int broken = !f || ferror(f) ? errno : 0;
    if (f)
        fclose(f);
    explicit_bzero(piece, sizeof(piece));
    *out = buf_str(&text);
    return broken ? error_new(a, ERROR_INVALID, "cannot read " STR_FMT ": %s", STR_ARG(full),
                              strerror(broken))
                  : NULL;
}

struct error *file_text(struct arena *a, struct str path, struct str *out)
{
    bool there;

    TRY(file_text_if_there(a, path, out, &there));
    return there
               ? NULL
               : error_new(a, ERROR_INVALID, "the file " STR_FMT " does not exist", STR_ARG(path));
}
