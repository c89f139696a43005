#include "engine/adapters/lease_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "engine/adapters/private_file.h"
#include "engine/base/memory.h"

void lease_file_init(struct lease_file *l, struct str store_path)
{
    static const char suffix[] = ".lease";
    l->fd = -1;
    l->path = must_have(calloc(1, store_path.len + sizeof(suffix)));
    memcpy(l->path, store_path.ptr, store_path.len);
    memcpy(l->path + store_path.len, suffix, sizeof(suffix));
}

void lease_file_finish(struct lease_file *l)
{
    lease_file_release(l);
    free(l->path);
    l->path = NULL;
}

static struct flock whole_file(void)
{
    return (struct flock){.l_type = F_WRLCK, .l_whence = SEEK_SET};
}

static struct error *cannot(struct arena *a, const struct lease_file *l, const char *what)
{
    struct error *e = error_new(a, ERROR_DENIED, "cannot %s the lease %s", what, l->path);
    e->detail = arena_printf(a,
                             "%s. The store must lie on a file system with file locks, in a folder "
                             "that this user may write; name another with engine.store.",
                             strerror(errno));
    return e;
}

/* A lock on what somebody else put there keeps nobody out. */
static struct error *check(struct arena *a, const struct lease_file *l, int fd)
{
    struct stat found;
    return fstat(fd, &found) ? cannot(a, l, "open") : private_file_check(a, l->path, &found);
}

struct error *lease_file_try(struct arena *a, struct lease_file *l, bool *held)
{
    *held = l->fd >= 0;
    if (*held)
        return NULL;
    int fd = open(l->path, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (fd < 0)
        return cannot(a, l, "open");
    struct error *e = check(a, l, fd);
    if (e) {
        close(fd);
        return e;
    }
    struct flock whole = whole_file();
    if (fcntl(fd, F_OFD_SETLK, &whole)) {
        bool taken = errno == EAGAIN || errno == EACCES;
        e = taken ? NULL : cannot(a, l, "lock");
        close(fd);
        return e;
    }
    l->fd = fd;
    *held = lease_file_is_sound(l); /* removed between open and lock: the next try gets a new one */
    if (!*held)
        lease_file_release(l);
    return NULL;
}

void lease_file_release(struct lease_file *l)
{
    if (l->fd >= 0)
        close(l->fd);
    l->fd = -1;
}

bool lease_file_is_sound(const struct lease_file *l)
{
    struct stat ours, there;
    return l->fd >= 0 && !fstat(l->fd, &ours) && !lstat(l->path, &there) &&
           ours.st_ino == there.st_ino && ours.st_dev == there.st_dev;
}

bool lease_file_is_taken(const struct lease_file *l)
{
    int fd = open(l->path, O_RDWR | O_NOFOLLOW | O_CLOEXEC);
    if (fd < 0)
        return false;
    struct flock whole = whole_file();
    bool taken = !fcntl(fd, F_OFD_GETLK, &whole) && whole.l_type != F_UNLCK;
    close(fd);
    return taken;
}
