#include "engine/adapters/private_file.h"

#include <limits.h>
#include <unistd.h>

static struct error *no_file(struct arena *a, const char *path, const struct stat *found)
{
    char target[PATH_MAX];
    ssize_t len = S_ISLNK(found->st_mode) ? readlink(path, target, sizeof(target)) : -1;
    if (len < 0) {
        struct error *e = error_new(a, ERROR_DENIED, "%s is no file", path);
        e->detail = STR("Name another place with engine.store = \"sqlite:PATH\".");
        return e;
    }
    struct error *e = error_new(a, ERROR_DENIED, "%s is a symbolic link", path);
    e->detail = arena_printf(a,
                             "Links are not followed, because whoever makes them chooses what is "
                             "read and written. Name the file itself, or move it here: it is "
                             "\"" STR_FMT "\".",
                             STR_ARG(((struct str){target, (size_t)len})));
    return e;
}

struct error *private_file_check(struct arena *a, const char *path, const struct stat *found)
{
    struct error *e;
    if (!S_ISREG(found->st_mode))
        return no_file(a, path, found);
    if (found->st_uid != geteuid()) {
        e = error_new(a, ERROR_DENIED, "%s belongs to another user", path);
        e->detail = arena_printf(
            a,
            "Its owner is user %u, this is user %u. Run as its owner, or name another file with "
            "engine.store; if it is to be yours: chown %u %s",
            (unsigned)found->st_uid, (unsigned)geteuid(), (unsigned)geteuid(), path);
        return e;
    }
    if (found->st_mode & (S_IRWXG | S_IRWXO)) {
        e = error_new(a, ERROR_DENIED, "%s is open to others", path);
        e->detail = arena_printf(a,
                                 "Its mode is %04o, and it holds user data of instances and what "
                                 "the engine acts by. If nobody else has changed it: chmod 600 %s",
                                 (unsigned)found->st_mode & 07777, path);
        return e;
    }
    return NULL;
}

struct error *private_file_look(struct arena *a, const char *path)
{
    struct stat found;
    return lstat(path, &found) ? NULL : private_file_check(a, path, &found);
}

struct error *private_file_check_folder(struct arena *a, const char *path)
{
    struct stat found;
    const char *end = strrchr(path, '/');
    struct str folder =
        end ? arena_str(a, (struct str){path, (size_t)(end - path) + 1}) : STR("./");
    if (stat(folder.ptr, &found) || !(found.st_mode & S_IWOTH) || (found.st_mode & S_ISVTX))
        return NULL;
    struct error *e =
        error_new(a, ERROR_DENIED, "anybody can change files in " STR_FMT, STR_ARG(folder));
    e->detail = arena_printf(a,
                             "The store %s would not be safe there. Name another place with "
                             "engine.store, or: chmod o-w " STR_FMT,
                             path, STR_ARG(folder));
    return e;
}
