#include "engine/cli/input.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "engine/adapters/manifests_disk.h"

enum { CHUNK_BYTES = 1 << 20 };

static struct error *cannot(struct arena *a, struct str name, int why)
{
    struct error *e =
        error_new(a, ERROR_INVALID, STR_FMT " cannot be read: %s", STR_ARG(name), strerror(why));
    e->detail = STR("Name files or folders of Kubernetes objects (YAML or JSON), or - for standard "
                    "input.");
    return e;
}

static struct error *too_large(struct arena *a, struct str name)
{
    struct error *e = error_new(a, ERROR_INVALID, STR_FMT " is larger than %zu MiB", STR_ARG(name),
                                INPUT_MAX_BYTES >> 20);
    e->detail = STR("Split it into several files, or leave out what is not needed: "
                    "--show-managed-fields=false keeps kubectl's dumps small.");
    return e;
}

/* What failed before the pipe leaves nothing; that is no fleet of nothing. */
static struct error *empty(struct arena *a, struct str name)
{
    struct error *e = error_new(a, ERROR_INVALID, STR_FMT " is empty", STR_ARG(name));
    e->detail = STR("A List without items says that there is nothing.");
    return e;
}

/* `expected` bytes are asked for at first: a regular file then comes without a copy. */
static struct error *read_all(struct arena *a, struct str name, int fd, size_t expected,
                              struct str *text)
{
    size_t capacity = expected + 1, count = 0;
    char *bytes = arena_alloc(a, capacity);

    for (;;) {
        ssize_t n = read(fd, bytes + count, capacity - count);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return cannot(a, name, errno);
        if (n == 0)
            break;
        count += (size_t)n;
        if (count > INPUT_MAX_BYTES)
            return too_large(a, name);
        if (count < capacity)
            continue;
        char *larger = arena_alloc(a, capacity * 2 + CHUNK_BYTES);
        memcpy(larger, bytes, count);
        bytes = larger;
        capacity = capacity * 2 + CHUNK_BYTES;
    }
    *text = (struct str){bytes, count};
    return str_trim(*text).len ? NULL : empty(a, name);
}

static struct error *read_file(struct arena *a, struct str path, struct str *text)
{
    struct stat s;
    int fd = open(path.ptr, O_RDONLY | O_CLOEXEC | O_NOCTTY);

    if (fd < 0)
        return cannot(a, path, errno);
    bool regular = fstat(fd, &s) == 0 && S_ISREG(s.st_mode);
    struct error *e = regular && (uintmax_t)s.st_size > INPUT_MAX_BYTES
                          ? too_large(a, path)
                          : read_all(a, path, fd, regular ? (size_t)s.st_size : 0, text);
    close(fd);
    return e;
}

static struct error *read_named(struct arena *a, struct str name, struct input *out)
{
    struct file_names files = {0};
    struct error *all = NULL;
    struct str text = {0};

    if (str_eq(name, STR("-"))) {
        TRY(read_all(a, STR("standard input"), STDIN_FILENO, 0, &text));
        ARENA_PUSH(a, out->items, out->count, out->capacity,
                   (struct manifest_text){STR("standard input"), text});
        return NULL;
    }
    errno = ENOENT; /* of a folder that holds nothing to read */
    if (!manifests_list(a, name, &files) || files.count == 0)
        return cannot(a, name, errno);
    for (size_t i = 0; i < files.count; i++) {
        struct error *e = read_file(a, files.items[i], &text);
        if (!e)
            ARENA_PUSH(a, out->items, out->count, out->capacity,
                       (struct manifest_text){files.items[i], text});
        all = error_join(all, e);
    }
    return all;
}

struct error *input_read(struct arena *a, const struct str *names, size_t count, struct input *out)
{
    struct error *all = NULL;

    *out = (struct input){0};
    for (size_t i = 0; i < count; i++)
        all = error_join(all, read_named(a, names[i], out));
    return all;
}
