#include "tests/shim/plugin.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include "engine/base/buf.h"
#include "engine/base/time.h"

enum { ENVIRONMENT_MAX = 512 };
extern char **environ;

static const char cookie[] =
    "TF_PLUGIN_MAGIC_COOKIE=d602bf8f470bc67ca7faa0386276bbdd4330efaf76d1a219cb4d6991ca9872b2";

static bool same_name(const char *a, const char *b)
{
    return strcspn(a, "=") == strcspn(b, "=") && !strncmp(a, b, strcspn(a, "="));
}

/* Sets NAME=value in the list, or removes the name when the value is empty. */
static void put(const char **list, size_t *count, const char *setting)
{
    size_t at = 0;

    while (at < *count && !same_name(list[at], setting))
        at++;
    if (at < *count)
        list[at] = list[--*count];
    if (setting[strcspn(setting, "=") + 1])
        list[(*count)++] = setting;
    list[*count] = NULL;
}

static const char **environment(struct plugin *p, const char *const *settings)
{
    const char **list = ARENA_ARRAY(p->arena, const char *, ENVIRONMENT_MAX);
    size_t count = 0;

    for (char **e = environ; *e && count < ENVIRONMENT_MAX - 32; e++)
        list[count++] = *e;
    put(list, &count, cookie);
    put(list, &count, "PLUGIN_PROTOCOL_VERSIONS=5,6");
    put(list, &count, "PLUGIN_MIN_PORT=10000");
    put(list, &count, "PLUGIN_MAX_PORT=25000");
    put(list, &count,
        arena_printf(p->arena, "PLUGIN_CLIENT_CERT=" STR_FMT, STR_ARG(p->own.certificate_pem)).ptr);
    for (; *settings; settings++)
        put(list, &count, *settings);
    return list;
}

static void spawn(struct plugin *p, const char *const *argv, const char *const *settings)
{
    posix_spawn_file_actions_t files;
    int out[2], err[2];

    if (pipe(out) || pipe(err))
        abort();
    for (int i = 0; i < 2; i++) { /* else the child would hold its own ends open */
        fcntl(out[i], F_SETFD, FD_CLOEXEC);
        fcntl(err[i], F_SETFD, FD_CLOEXEC);
    }
    posix_spawn_file_actions_init(&files);
    posix_spawn_file_actions_adddup2(&files, out[1], STDOUT_FILENO);
    posix_spawn_file_actions_adddup2(&files, err[1], STDERR_FILENO);
    if (posix_spawn(&p->pid, argv[0], &files, NULL, (char **)argv,
                    (char **)environment(p, settings)))
        abort();
    posix_spawn_file_actions_destroy(&files);
    close(out[1]);
    close(err[1]);
    p->out = out[0];
    p->err = err[0];
}

/* Reads until a newline (`line`) or the end; false when `until_ms` comes first. */
static bool read_until(int file, struct buf *into, bool line, int64_t until_ms)
{
    char byte[4096];

    for (;;) {
        int64_t left = until_ms - time_monotonic_ms();
        struct pollfd ready = {.fd = file, .events = POLLIN};
        if (left <= 0 || poll(&ready, 1, (int)left) <= 0)
            return false;
        ssize_t n = read(file, byte, line ? 1 : sizeof(byte));
        if (n <= 0)
            return !line;
        if (line && byte[0] == '\n')
            return true;
        buf_add(into, (struct str){byte, (size_t)n});
    }
}

/* The line's certificate, base64 without padding, as the PEM that TLS libraries want. */
static struct str pem_of(struct arena *a, struct str base64)
{
    struct buf pem = buf_in(a);

    buf_add(&pem, STR("-----BEGIN CERTIFICATE-----\n"));
    for (size_t i = 0; i < base64.len; i += 64) {
        buf_add(&pem, str_slice(base64, i, i + 64));
        if (i + 64 >= base64.len)
            buf_add(&pem, str_slice(STR("==="), 0, (4 - base64.len % 4) % 4));
        buf_add_char(&pem, '\n');
    }
    buf_add(&pem, STR("-----END CERTIFICATE-----\n"));
    return buf_str(&pem);
}

static void take_line_apart(struct plugin *p)
{
    struct str rest = p->line, fields[7] = {{0}};

    for (int i = 0; i < 7 && rest.ptr; i++)
        fields[i] = str_cut(&rest, '|');
    p->path = arena_str(p->arena, fields[3]);
    if (fields[5].len)
        p->server = pem_of(p->arena, fields[5]);
}

struct plugin plugin_start_program(struct arena *a, const char *const *argv,
                                   const char *const *settings)
{
    struct plugin p = {.arena = a};
    struct buf line = buf_in(a);

    if (identity_make(a, &p.own))
        abort();
    spawn(&p, argv, settings);
    if (read_until(p.out, &line, true, time_monotonic_ms() + 30000)) {
        p.line = buf_str(&line);
        take_line_apart(&p);
    }
    return p;
}

struct plugin plugin_start(struct arena *a, const char *const *settings)
{
    const char *const argv[] = {getenv("ECHO_SERVER"), NULL};
    return plugin_start_program(a, argv, settings);
}

enum { HANG_MS = 120 * 1000 };

int plugin_end(struct plugin *p)
{
    struct buf rest = buf_in(p->arena), log = buf_in(p->arena);
    int64_t until_ms = time_monotonic_ms() + HANG_MS;
    int status;

    /* stderr ends when the last process that holds it does. */
    bool ended = read_until(p->err, &log, false, until_ms) &&
                 read_until(p->out, &rest, false, until_ms + 1000);
    if (!ended)
        kill(p->pid, SIGKILL);
    waitpid(p->pid, &status, 0);
    close(p->out);
    close(p->err);
    p->rest = buf_str(&rest);
    p->log = buf_str(&log);
    return ended ? status : -1;
}
