#include "engine/base/http_door.h"

#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "engine/base/memory.h"
#include "engine/base/time.h"

enum { HEAD_MOST = 8192, PATIENCE_MS = 5000, BACKLOG = 16 };

struct http_door {
    int listener, stop[2];
    int port;
    pthread_t thread;
    http_answer_fn *answer;
    void *self;
};

/* Waits until the socket is ready; false: it is not in time, or the door closes. */
static bool ready(const struct http_door *d, int fd, short what, int64_t until_ms)
{
    struct pollfd both[] = {{.fd = fd, .events = what}, {.fd = d->stop[0], .events = POLLIN}};
    int64_t left_ms = until_ms == NEVER_MS ? -1 : until_ms - time_monotonic_ms();

    if (until_ms != NEVER_MS && left_ms <= 0)
        return false;
    return poll(both, 2, (int)left_ms) > 0 && !both[1].revents && both[0].revents;
}

/* The head of a request; empty: none came. */
static struct str read_head(const struct http_door *d, int fd, char *room, int64_t until_ms)
{
    struct str head = {room, 0};

    while (head.len < HEAD_MOST && ready(d, fd, POLLIN, until_ms)) {
        ssize_t n = recv(fd, room + head.len, HEAD_MOST - head.len, 0);
        if (n <= 0)
            break;
        head.len += (size_t)n;
        if (str_find_str(head, STR("\r\n\r\n")) < head.len)
            return head;
    }
    return (struct str){0};
}

static void send_all(const struct http_door *d, int fd, struct str text, int64_t until_ms)
{
    while (text.len && ready(d, fd, POLLOUT, until_ms)) {
        ssize_t n = send(fd, text.ptr, text.len, MSG_NOSIGNAL);
        if (n <= 0)
            return;
        text = str_slice(text, (size_t)n, text.len);
    }
}

static const char *phrase(int status)
{
    switch (status) {
    case 200:
        return "OK";
    case 404:
        return "Not Found";
    case 405:
        return "Method Not Allowed";
    case 503:
        return "Service Unavailable";
    default:
        return "Bad Request";
    }
}

static void answer_to(const struct http_door *d, struct str head, struct http_answer *out)
{
    struct str rest = head, method = str_cut(&rest, ' '), target = str_cut(&rest, ' ');
    struct str path = str_cut(&target, '?');

    if (!str_starts_with(path, STR("/")) || !str_starts_with(rest, STR("HTTP/1.")))
        out->status = 400;
    else if (!str_eq(method, STR("GET")))
        out->status = 405;
    else
        d->answer(d->self, path, out);
}

static void serve(const struct http_door *d, int fd)
{
    ARENA_AUTO a = {0};
    char room[HEAD_MOST];
    int64_t until_ms = time_monotonic_ms() + PATIENCE_MS;
    struct str head = read_head(d, fd, room, until_ms);
    struct http_answer out = {200, "text/plain; charset=utf-8", buf_in(&a)};
    struct buf text = buf_in(&a);

    if (!head.len)
        return;
    answer_to(d, head, &out);
    buf_printf(&text,
               "HTTP/1.1 %d %s\r\nContent-Type: %s\r\nContent-Length: %zu\r\n"
               "Connection: close\r\n\r\n",
               out.status, phrase(out.status), out.content_type, out.body.len);
    buf_add(&text, buf_str(&out.body));
    send_all(d, fd, buf_str(&text), time_monotonic_ms() + PATIENCE_MS);
}

static void *run(void *self)
{
    const struct http_door *d = self;

    while (ready(d, d->listener, POLLIN, NEVER_MS)) {
        int fd = accept4(d->listener, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
        if (fd < 0)
            continue;
        serve(d, fd);
        close(fd);
    }
    return NULL;
}

static struct error *cannot(struct arena *a, struct str address, const char *why)
{
    struct error *e =
        error_new(a, ERROR_INVALID, "cannot listen at " STR_FMT ": %s", STR_ARG(address), why);
    e->detail = STR("An address is HOST:PORT, where HOST is localhost or an IP address (IPv6 in "
                    "brackets), or :PORT for all addresses of this machine.");
    return e;
}

/* Names are not looked up: that would take the C library's plug-ins, which a static executable has
 * not, and whoever serves knows the addresses of the machine. */
static struct str numeric(struct arena *a, struct str host)
{
    if (str_eq(host, STR("localhost")))
        return STR("127.0.0.1");
    bool bracketed = str_starts_with(host, STR("[")) && str_ends_with(host, STR("]"));
    return arena_str(a, bracketed ? str_slice(host, 1, host.len - 1) : host);
}

static struct error *listen_at(struct arena *a, struct str address, int *out)
{
    size_t colon = address.len;
    struct addrinfo hints = {.ai_socktype = SOCK_STREAM,
                             .ai_flags = AI_PASSIVE | AI_NUMERICHOST | AI_NUMERICSERV},
                    *found = NULL;
    int yes = 1;

    while (colon > 0 && address.ptr[colon - 1] != ':')
        colon--;
    if (colon == 0 || colon == address.len)
        return cannot(a, address, "it names no port");
    struct str host = numeric(a, str_slice(address, 0, colon - 1));
    struct str port = arena_str(a, str_slice(address, colon, address.len));
    int code = getaddrinfo(host.len ? host.ptr : NULL, port.ptr, &hints, &found);
    if (code)
        return cannot(a, address, gai_strerror(code));
    *out = socket(found->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (*out >= 0)
        setsockopt(*out, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof(yes));
    bool bound =
        *out >= 0 && !bind(*out, found->ai_addr, found->ai_addrlen) && !listen(*out, BACKLOG);
    struct error *e = bound ? NULL : cannot(a, address, strerror(errno));
    if (e && *out >= 0)
        close(*out);
    freeaddrinfo(found);
    return e;
}

static int port_of(int listener)
{
    struct sockaddr_storage bound;
    socklen_t size = sizeof(bound);
    char port[16];

    if (getsockname(listener, (struct sockaddr *)&bound, &size) ||
        getnameinfo((struct sockaddr *)&bound, size, NULL, 0, port, sizeof(port), NI_NUMERICSERV))
        return 0;
    int64_t number;

    return str_to_int64(str_of(port), &number) ? (int)number : 0;
}

struct error *http_door_open(struct arena *a, struct str address, http_answer_fn *answer,
                             void *self, struct http_door **out)
{
    int listener;
    sigset_t all, before;

    *out = NULL;
    TRY(listen_at(a, address, &listener));
    struct http_door *d = must_have(calloc(1, sizeof(*d)));
    *d = (struct http_door){
        .listener = listener, .port = port_of(listener), .answer = answer, .self = self};
    if (pipe2(d->stop, O_CLOEXEC))
        out_of_memory();
    sigfillset(&all); /* signals are for other threads */
    pthread_sigmask(SIG_SETMASK, &all, &before);
    if (pthread_create(&d->thread, NULL, run, d)) /* a process that gets no thread is of no use */
        out_of_memory();
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    *out = d;
    return NULL;
}

int http_door_port(const struct http_door *d)
{
    return d->port;
}

void http_door_close(struct http_door *d)
{
    if (!d)
        return;
    close(d->stop[1]); /* which ends every wait */
    pthread_join(d->thread, NULL);
    close(d->stop[0]);
    close(d->listener);
    free(d);
}
