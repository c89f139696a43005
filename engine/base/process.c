#include "engine/base/process.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include "engine/base/buf.h"
#include "engine/base/time.h"

extern char **environ;

enum { LOOK_EVERY_MS = 100, ERRORS_MAX = 4096 };

struct pipes {
    int output[2], errors[2];
};

static void shut(int *fd)
{
    if (*fd >= 0)
        close(*fd);
    *fd = -1;
}

static void pipes_close(struct pipes *p)
{
    shut(&p->output[0]);
    shut(&p->output[1]);
    shut(&p->errors[0]);
    shut(&p->errors[1]);
}

/* Neither end is inherited but by the duplicates that the child is given. */
static int pipes_open(struct pipes *p)
{
    *p = (struct pipes){{-1, -1}, {-1, -1}};
    if (pipe(p->output) || pipe(p->errors))
        return errno;
    const int fds[] = {p->output[0], p->output[1], p->errors[0], p->errors[1]};
    for (size_t i = 0; i < sizeof(fds) / sizeof(fds[0]); i++)
        fcntl(fds[i], F_SETFD, FD_CLOEXEC);
    return 0;
}

/* A group of its own, so that all of it can be ended; no signal blocked or ignored, as a shell
 * expects it. */
static int spawn(struct pipes *p, char *command, pid_t *child)
{
    char *const words[] = {(char *)"sh", (char *)"-c", command, NULL};
    posix_spawn_file_actions_t files;
    posix_spawnattr_t attributes;
    sigset_t none, usual;

    sigemptyset(&none);
    sigemptyset(&usual);
    sigaddset(&usual, SIGPIPE);
    sigaddset(&usual, SIGINT);
    sigaddset(&usual, SIGTERM);
    posix_spawn_file_actions_init(&files);
    posix_spawn_file_actions_addopen(&files, 0, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_adddup2(&files, p->output[1], 1);
    posix_spawn_file_actions_adddup2(&files, p->errors[1], 2);
    posix_spawnattr_init(&attributes);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK |
                                              POSIX_SPAWN_SETSIGDEF);
    posix_spawnattr_setpgroup(&attributes, 0);
    posix_spawnattr_setsigmask(&attributes, &none);
    posix_spawnattr_setsigdefault(&attributes, &usual);
    int failed = posix_spawn(child, "/bin/sh", &files, &attributes, words, environ);
    posix_spawnattr_destroy(&attributes);
    posix_spawn_file_actions_destroy(&files);
    return failed;
}

/* False at the end of the stream.  What goes beyond `max` is read and dropped. */
static bool take(int fd, struct buf *into, size_t max, bool *too_much)
{
    char piece[4096];
    ssize_t n = read(fd, piece, sizeof(piece));
    size_t room = max - into->len;

    if (n < 0 && errno == EINTR)
        return true;
    if (n > 0) {
        *too_much |= (size_t)n > room;
        buf_add(into, (struct str){piece, (size_t)n < room ? (size_t)n : room});
    }
    explicit_bzero(piece, sizeof(piece));
    return n > 0;
}

struct listening {
    struct pipes *pipes;
    struct buf output, errors;
    size_t output_max;
    bool too_much;
};

static void listen_once(struct listening *l, int timeout_ms)
{
    struct pollfd fds[] = {{l->pipes->output[0], POLLIN, 0}, {l->pipes->errors[0], POLLIN, 0}};
    bool more_than_kept = false;

    if (poll(fds, 2, timeout_ms) <= 0)
        return;
    if (fds[0].revents && !take(fds[0].fd, &l->output, l->output_max, &l->too_much))
        shut(&l->pipes->output[0]);
    if (fds[1].revents && !take(fds[1].fd, &l->errors, ERRORS_MAX, &more_than_kept))
        shut(&l->pipes->errors[0]);
}

static struct error *out_of_patience(struct arena *a, int64_t timeout_ms)
{
    return error_new(a, ERROR_TIMEOUT, "the command was not done after " STR_FMT,
                     STR_ARG(duration_format(a, timeout_ms)));
}

/* Until the command itself has ended: a helper that it leaves behind may keep the pipes open. */
static struct error *listen_to_the_end(struct arena *a, struct listening *l, struct cancel *cancel,
                                       const struct process_options *options, pid_t child,
                                       int *status)
{
    int64_t deadline_ms = time_monotonic_ms() + options->timeout_ms;

    for (;;) {
        bool ended = waitpid(child, status, WNOHANG) == child;
        bool open = l->pipes->output[0] >= 0 || l->pipes->errors[0] >= 0;
        listen_once(l, ended ? 0 : open ? LOOK_EVERY_MS / 10 : 1);
        if (ended) { /* what it wrote last is in the pipes already */
            struct pollfd left = {l->pipes->output[0], POLLIN, 0};
            while (l->pipes->output[0] >= 0 && poll(&left, 1, 0) > 0)
                listen_once(l, 0), left.fd = l->pipes->output[0];
            return NULL;
        }
        struct error *e = NULL;
        if (cancel_is_raised(cancel))
            e = error_new(a, ERROR_CANCELLED, "cancelled while a command ran");
        else if (time_monotonic_ms() >= deadline_ms)
            e = out_of_patience(a, options->timeout_ms);
        if (!e)
            continue;
        kill(-child, SIGKILL);
        while (waitpid(child, status, 0) < 0 && errno == EINTR)
            ;
        return e;
    }
}

struct error *process_run(struct arena *a, struct arena *keep, struct cancel *cancel,
                          const struct process_options *options, struct process_result *out)
{
    struct pipes pipes;
    struct listening l = {&pipes, buf_in(keep), buf_in(keep), options->output_max, false};
    pid_t child = 0;
    int status = 0, failed = pipes_open(&pipes);

    if (!failed)
        failed = spawn(&pipes, (char *)arena_str(keep, options->command).ptr, &child);
    shut(&pipes.output[1]);
    shut(&pipes.errors[1]);
    struct error *e =
        failed ? error_new(a, ERROR_INVALID, "no command can be started: %s", strerror(failed))
               : listen_to_the_end(a, &l, cancel, options, child, &status);
    pipes_close(&pipes);
    if (!e && l.too_much)
        e = error_new(a, ERROR_INVALID, "the command wrote more than %zu bytes",
                      options->output_max);
    *out = (struct process_result){
        .status = WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status),
        .output = buf_str(&l.output),
        .errors = buf_str(&l.errors),
    };
    return e;
}
