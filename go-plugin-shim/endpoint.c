#include "go-plugin-shim/endpoint.h"

#include <errno.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "engine/base/file.h"

static const struct str name_pattern = STR_INIT("/pluginXXXXXX");
enum { PATH_BYTES_MAX = sizeof(((struct sockaddr_un *)0)->sun_path) - 1 };

static bool fits(struct str directory)
{
    return directory.len + name_pattern.len <= PATH_BYTES_MAX;
}

/* A file holds the name for a moment; gRPC wants to make the socket itself. */
static struct error *fresh_name(struct arena *a, struct str directory, struct str *path)
{
    struct str name = arena_printf(a, STR_FMT STR_FMT, STR_ARG(directory), STR_ARG(name_pattern));
    int file = mkstemp((char *)name.ptr);

    if (file < 0) {
        struct error *e =
            error_new(a, ERROR_INVALID, "cannot make a socket in " STR_FMT, STR_ARG(directory));
        e->detail =
            arena_printf(a, "%s. Let TMPDIR name a folder that can be written.", strerror(errno));
        return e;
    }
    close(file);
    unlink(name.ptr);
    *path = name;
    return NULL;
}

struct error *endpoint_choose(struct arena *a, const struct handshake *h, struct str *path)
{
    if (h->directory.len == 0)
        return fresh_name(a, fits(h->temporary) ? h->temporary : STR("/tmp"), path);
    if (fits(h->directory))
        return fresh_name(a, h->directory, path);
    struct error *e = error_new(a, ERROR_INVALID, "PLUGIN_UNIX_SOCKET_DIR is too long");
    e->detail = arena_printf(a, "It has %zu bytes; a socket's address leaves room for %zu.",
                             h->directory.len, PATH_BYTES_MAX - name_pattern.len);
    return e;
}

static bool to_group(struct str number, gid_t *out)
{
    int64_t value;

    if (!str_to_int64(number, &value) || value < 0 || value >= UINT32_MAX)
        return false;
    *out = (gid_t)value;
    return true;
}

/* Read here and not by getgrnam, which loads plug-ins of the C library that a static executable
 * cannot have; a go-plugin host of Go finds a group in the same file. */
static bool find_in_file(struct arena *a, struct str name, gid_t *out)
{
    struct str text;

    if (file_text(a, STR("/etc/group"), &text))
        return false;
    while (text.len) { /* name:password:number:members */
        struct str line = str_cut(&text, '\n');
        if (!str_eq(str_cut(&line, ':'), name))
            continue;
        str_cut(&line, ':');
        return to_group(str_cut(&line, ':'), out);
    }
    return false;
}

static bool find_group(struct arena *a, struct str name, gid_t *out)
{
    return to_group(name, out) || find_in_file(a, name, out);
}

struct error *endpoint_share(struct arena *a, const struct handshake *h, struct str path)
{
    gid_t group;

    if (h->group.len == 0)
        return NULL;
    if (find_group(a, h->group, &group) && chown(path.ptr, (uid_t)-1, group) == 0 &&
        chmod(path.ptr, 0660) == 0)
        return NULL;
    struct error *e = error_new(a, ERROR_DENIED, "cannot give the socket to the group " STR_FMT,
                                STR_ARG(h->group));
    e->detail = STR("PLUGIN_UNIX_SOCKET_GROUP must be a group, by number or by its name in "
                    "/etc/group, that this process is a member of.");
    return e;
}
