#ifndef TESTS_UNIT_LOOPBACK_H
#define TESTS_UNIT_LOOPBACK_H

/* An HTTP server on 127.0.0.1 for one test: each request meets the next step of a script (the last
 * step repeats) and is kept for the test to read.  Connections are kept alive unless a step ends
 * them. */
#include <arpa/inet.h>
#include <assert.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

#include "engine/base/buf.h"

enum loopback_act {
    LOOPBACK_ANSWER, /* status and body */
    LOOPBACK_RAW,    /* body is the whole answer, then the connection is closed */
    LOOPBACK_CUT,    /* closed without a word */
    LOOPBACK_HANG,   /* no answer until the test is over */
    LOOPBACK_BEGIN,  /* an answer that begins with that body, and does not end before the test */
};
struct loopback_step {
    enum loopback_act act;
    int status;
    const char *body;
    const char *headers; /* further ones, each with its CRLF */
};

enum { LOOPBACK_CONNECTIONS = 32, LOOPBACK_REQUESTS = 64 };

struct loopback {
    int listener, stop[2], port;
    pthread_t thread;
    const struct loopback_step *steps;
    size_t step_count;
    struct arena arena;
    struct str requests[LOOPBACK_REQUESTS]; /* read them after loopback_stop, or once counted */
    atomic_size_t request_count, connection_count, closed_count;
    int connections[LOOPBACK_CONNECTIONS];
};

static inline size_t loopback_body_length(struct str head)
{
    while (head.ptr) {
        struct str value = str_cut(&head, '\n'), name = str_cut(&value, ':');
        int64_t length;
        if (name.len == 14 && strncasecmp(name.ptr, "content-length", 14) == 0 &&
            str_to_int64(str_trim(value), &length))
            return (size_t)length;
    }
    return 0;
}

/* One whole request, or empty when the other side is gone. */
static inline struct str loopback_read(struct loopback *l, int fd)
{
    struct buf in = buf_in(&l->arena);

    for (;;) {
        char piece[4096];
        struct str all = buf_str(&in);
        size_t head = str_find_str(all, STR("\r\n\r\n"));
        if (head < all.len &&
            all.len >= head + 4 + loopback_body_length(str_slice(all, 0, head + 2)))
            return all;
        ssize_t n = read(fd, piece, sizeof(piece));
        if (n <= 0)
            return (struct str){0};
        buf_add(&in, (struct str){piece, (size_t)n});
    }
}

static inline void loopback_write(int fd, struct str text)
{
    while (text.len) {
        ssize_t n = send(fd, text.ptr, text.len, MSG_NOSIGNAL);
        if (n <= 0)
            return;
        text = str_slice(text, (size_t)n, text.len);
    }
}

/* False: the connection is to be closed. */
static inline bool loopback_serve(struct loopback *l, int fd)
{
    struct str request = loopback_read(l, fd);
    size_t n = atomic_load(&l->request_count);

    if (!request.len || n == LOOPBACK_REQUESTS)
        return false;
    const struct loopback_step *step = &l->steps[n < l->step_count ? n : l->step_count - 1];
    l->requests[n] = request;
    atomic_store(&l->request_count, n + 1);
    if (step->act == LOOPBACK_ANSWER) {
        const char *body = step->body ? step->body : "";
        loopback_write(fd,
                       arena_printf(&l->arena, "HTTP/1.1 %d X\r\nContent-Length: %zu\r\n%s\r\n%s",
                                    step->status ? step->status : 200, strlen(body),
                                    step->headers ? step->headers : "", body));
        return true;
    }
    if (step->act == LOOPBACK_BEGIN)
        loopback_write(fd,
                       arena_printf(&l->arena, "HTTP/1.1 200 X\r\nContent-Length: 999999\r\n\r\n%s",
                                    step->body ? step->body : ""));
    if (step->act == LOOPBACK_RAW)
        loopback_write(fd, str_of(step->body));
    return step->act == LOOPBACK_HANG || step->act == LOOPBACK_BEGIN;
}

static inline void *loopback_run(void *self)
{
    struct loopback *l = self;
    size_t count = 0;

    for (;;) {
        struct pollfd fds[LOOPBACK_CONNECTIONS + 2] = {{l->stop[0], POLLIN, 0},
                                                       {l->listener, POLLIN, 0}};
        for (size_t i = 0; i < count; i++)
            fds[i + 2] = (struct pollfd){l->connections[i], POLLIN, 0};
        poll(fds, count + 2, -1);
        if (fds[0].revents)
            break;
        for (size_t i = count; i-- > 0;)
            if (fds[i + 2].revents && !loopback_serve(l, l->connections[i])) {
                close(l->connections[i]);
                l->connections[i] = l->connections[--count];
                atomic_fetch_add(&l->closed_count, 1);
            }
        if (fds[1].revents && count < LOOPBACK_CONNECTIONS) {
            l->connections[count++] = accept(l->listener, NULL, NULL);
            atomic_fetch_add(&l->connection_count, 1);
        }
    }
    for (size_t i = 0; i < count; i++)
        close(l->connections[i]);
    return NULL;
}

static inline void loopback_start(struct loopback *l, const struct loopback_step *steps,
                                  size_t count)
{
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof(at);

    *l = (struct loopback){.steps = steps, .step_count = count};
    l->listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    int failed = bind(l->listener, (struct sockaddr *)&at, sizeof(at)) || listen(l->listener, 16) ||
                 getsockname(l->listener, (struct sockaddr *)&at, &size) || pipe(l->stop);
    assert(!failed);
    l->port = ntohs(at.sin_port);
    failed = pthread_create(&l->thread, NULL, loopback_run, l);
    assert(!failed);
}

static inline void loopback_stop(struct loopback *l)
{
    close(l->stop[1]); /* wakes the thread */
    pthread_join(l->thread, NULL);
    close(l->stop[0]);
    close(l->listener);
    arena_free(&l->arena);
}

/* A port on which nobody listens: bound and closed again. */
static inline int loopback_dead_port(void)
{
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof(at);
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    int failed = bind(fd, (struct sockaddr *)&at, sizeof(at)) ||
                 getsockname(fd, (struct sockaddr *)&at, &size);

    assert(!failed);
    close(fd);
    return ntohs(at.sin_port);
}

#endif
