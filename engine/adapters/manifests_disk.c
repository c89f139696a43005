#include "engine/adapters/manifests_disk.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

enum { FILE_LIMIT_BYTES = 64 * 1024 * 1024 };

static bool is_manifest_name(struct str name)
{
    return name.len && name.ptr[0] != '.' &&
           (str_ends_with(name, STR(".yaml")) || str_ends_with(name, STR(".yml")) ||
            str_ends_with(name, STR(".json")));
}

static int by_text(const void *x, const void *y)
{
    return str_cmp(*(const struct str *)x, *(const struct str *)y);
}

/* A folder is not looked into, and what has just been deleted is no file any more; a link that
 * leads nowhere and whatever else bears such a name has to be explained. */
static bool is_listed(struct str path)
{
    struct stat s;
    return stat(path.ptr, &s) ? lstat(path.ptr, &s) == 0 : !S_ISDIR(s.st_mode);
}

static bool list_folder(struct arena *a, struct str folder, struct file_names *out)
{
    DIR *d = opendir(folder.ptr);

    if (!d)
        return false;
    for (struct dirent *entry; (entry = readdir(d));) {
        if (!is_manifest_name(str_of(entry->d_name)))
            continue;
        struct str path = arena_printf(a, STR_FMT "/%s", STR_ARG(folder), entry->d_name);
        if (is_listed(path))
            ARENA_PUSH(a, out->items, out->count, out->capacity, path);
    }
    closedir(d);
    if (out->count)
        qsort(out->items, out->count, sizeof(*out->items), by_text);
    return true;
}

bool manifests_list(struct arena *a, struct str path, struct file_names *out)
{
    struct stat s;

    path = arena_str(a, path); /* ends in NUL */
    if (stat(path.ptr, &s))
        return false;
    if (S_ISDIR(s.st_mode))
        return list_folder(a, path, out);
    ARENA_PUSH(a, out->items, out->count, out->capacity, path);
    return true;
}

static uint64_t mix(uint64_t mark, const void *bytes, size_t count)
{
    const unsigned char *p = bytes;
    for (size_t i = 0; i < count; i++)
        mark = (mark ^ p[i]) * 1099511628211u;
    return mark;
}

static uint64_t mark_file(uint64_t mark, struct str path)
{
    struct stat s;

    mark = mix(mark, path.ptr, path.len);
    if (stat(path.ptr, &s))
        return mix(mark, &(int){errno}, sizeof(int));
    const int64_t facts[] = {(int64_t)s.st_ino, s.st_size, (int64_t)s.st_mtim.tv_sec,
                             s.st_mtim.tv_nsec, s.st_mode};
    return mix(mark, facts, sizeof(facts));
}

uint64_t manifests_mark(const struct str *paths, size_t count)
{
    ARENA_AUTO scratch = {0};
    uint64_t mark = 14695981039346656037u;

    for (size_t i = 0; i < count; i++) {
        struct file_names files = {0};
        errno = 0;
        if (!manifests_list(&scratch, paths[i], &files))
            mark = mix(mark, &(int){errno}, sizeof(int));
        mark = mix(mark, &i, sizeof(i));
        for (size_t k = 0; k < files.count; k++)
            mark = mark_file(mark, files.items[k]);
    }
    return mark;
}

#define WAY_OUT                                                                                 \
    STR("cluster.manifests lists YAML or JSON files, or folders of them. Correct the path, or " \
        "put "                                                                                  \
        "the file back. What was read from it before stays as it was.")

struct error *manifests_cannot(struct arena *a, const char *what, struct str path, int why)
{
    struct error *e = error_new(a, ERROR_INVALID, "manifest " STR_FMT " %s: %s", STR_ARG(path),
                                what, strerror(why));
    e->detail = WAY_OUT;
    return e;
}

static const char *kind_of(mode_t mode)
{
    return S_ISFIFO(mode)   ? "a named pipe"
           : S_ISSOCK(mode) ? "a socket"
           : S_ISDIR(mode)  ? "a folder"
                            : "a device";
}

/* NULL if it is a regular file of a size that can be meant. */
static struct error *refuse(struct arena *a, struct str path, const struct stat *s)
{
    if (S_ISREG(s->st_mode))
        return s->st_size > FILE_LIMIT_BYTES ? manifests_cannot(a, "cannot be read", path, EFBIG)
                                             : NULL;
    struct error *e = error_new(a, ERROR_INVALID, "manifest " STR_FMT " is %s", STR_ARG(path),
                                kind_of(s->st_mode));
    e->detail = STR("Manifests are regular files: only those can be read again when they change. "
                    "Write what comes from there to a file, and list that.");
    return e;
}

static struct error *read_all(struct arena *keep, struct str path, int fd, size_t size,
                              struct str *text)
{
    char *bytes = arena_alloc(keep, size + 1);
    size_t count = 0;

    while (count < size) {
        ssize_t n = read(fd, bytes + count, size - count);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return manifests_cannot(keep, "cannot be read", path, errno);
        if (n == 0)
            break; /* it has become shorter */
        count += (size_t)n;
    }
    *text = (struct str){bytes, count};
    return NULL;
}

struct error *manifests_read(struct arena *keep, struct str path, struct str *text,
                             int64_t *changed_date_ms)
{
    struct stat s;

    /* Looked at before it is opened, because opening alone can do something to a device, and
     * afterwards, because it may have become another file. */
    if (stat(path.ptr, &s))
        return manifests_cannot(keep, "cannot be opened", path, errno);
    TRY(refuse(keep, path, &s));
    int fd = open(path.ptr, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    if (fd < 0)
        return manifests_cannot(keep, "cannot be opened", path, errno);
    struct error *e = fstat(fd, &s) ? manifests_cannot(keep, "cannot be read", path, errno)
                                    : refuse(keep, path, &s);
    if (!e)
        e = read_all(keep, path, fd, (size_t)s.st_size, text);
    close(fd);
    *changed_date_ms = (int64_t)s.st_mtim.tv_sec * 1000 + s.st_mtim.tv_nsec / 1000000;
    return e;
}
