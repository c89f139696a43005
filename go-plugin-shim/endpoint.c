#include "go-plugin-shim/endpoint.h"

#include <errno.h>
#include <grp.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

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

static bool find_group(struct arena *a, struct str name, gid_t *out)
{
    enum { ENTRY_BYTES = 64 * 1024 };
    int64_t number;
    struct group entry, *found = NULL;
    char *c_name = (char *)arena_str(a, name).ptr;

    if (str_to_int64(name, &number) && number >= 0 && number < UINT32_MAX) {
        *out = (gid_t)number;
        return true;
    }
    if (getgrnam_r(c_name, &entry, arena_alloc(a, ENTRY_BYTES), ENTRY_BYTES, &found) || !found)
        return false;
    *out = found->gr_gid;
    return true;
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
    e->detail = STR("PLUGIN_UNIX_SOCKET_GROUP must be a group, by name or number, that this "
                    "process is a member of.");
    return e;
}
