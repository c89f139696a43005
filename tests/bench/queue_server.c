#include "tests/bench/queue_server.h"

#include <arpa/inet.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "engine/base/json.h"
#include "engine/base/memory.h"
#include "engine/base/monitor.h"
#include "engine/base/time.h"

enum { MESSAGES_MOST = 100000, BATCH_MOST = 10, CONNECTIONS_MOST = 256 };

struct queue_server {
    int listener, port;
    pthread_t acceptor, threads[CONNECTIONS_MOST];
    size_t thread_count;
    struct monitor monitor; /* of: */
    struct arena arena;
    struct str bodies[MESSAGES_MOST]; /* as JSON strings */
    bool deleted[MESSAGES_MOST];
    size_t put, taken, deleted_count;
};

struct connection {
    struct queue_server *queue;
    int fd;
};

static void answer(int fd, struct str body)
{
    ARENA_AUTO a = {0};
    struct str all = arena_printf(&a,
                                  "HTTP/1.1 200 OK\r\nContent-Type: application/x-amz-json-1.0\r\n"
                                  "Content-Length: %zu\r\n\r\n" STR_FMT,
                                  body.len, STR_ARG(body));
    while (all.len) {
        ssize_t n = send(fd, all.ptr, all.len, MSG_NOSIGNAL);
        if (n <= 0)
            return;
        all = str_slice(all, (size_t)n, all.len);
    }
}

/* Takes what is there, or waits for the first. */
static void receive(struct queue_server *q, int fd, int64_t wait_seconds)
{
    ARENA_AUTO a = {0};
    struct buf out = buf_in(&a);
    int64_t until_ms = time_monotonic_ms() + wait_seconds * 1000;

    monitor_enter(&q->monitor);
    while (q->taken == q->put && monitor_wait(&q->monitor, until_ms))
        continue;
    buf_add(&out, STR("{\"Messages\":["));
    for (size_t i = 0; i < BATCH_MOST && q->taken < q->put; i++, q->taken++)
        buf_printf(&out, "%s{\"MessageId\":\"m\",\"ReceiptHandle\":\"%zu\",\"Body\":" STR_FMT "}",
                   i ? "," : "", q->taken, STR_ARG(q->bodies[q->taken]));
    monitor_leave(&q->monitor);
    buf_add(&out, STR("]}"));
    answer(fd, buf_str(&out));
}

static void delete_some(struct queue_server *q, int fd, const struct json *request)
{
    const struct json *entries = json_get(request, "Entries");
    int64_t n;

    monitor_enter(&q->monitor);
    for (size_t i = 0; i < entries->count; i++)
        if (str_to_int64(json_string_or(json_get(&entries->items[i], "ReceiptHandle"), STR("")),
                         &n) &&
            n >= 0 && n < MESSAGES_MOST && !q->deleted[n]) {
            q->deleted[n] = true;
            q->deleted_count++;
        }
    monitor_leave(&q->monitor);
    answer(fd, STR("{\"Successful\":[],\"Failed\":[]}"));
}

static void serve(struct queue_server *q, int fd, struct str head, struct str body)
{
    ARENA_AUTO a = {0};
    struct json request = json_new_object();
    int64_t wait_seconds = 0;

    if (json_parse(&a, body, &request))
        return;
    json_to_int64(json_get(&request, "WaitTimeSeconds"), &wait_seconds);
    if (str_find_str(head, STR("AmazonSQS.ReceiveMessage")) < head.len)
        receive(q, fd, wait_seconds);
    else if (str_find_str(head, STR("AmazonSQS.DeleteMessageBatch")) < head.len)
        delete_some(q, fd, &request);
    else
        answer(fd, STR("{}"));
}

static size_t body_length(struct str head)
{
    static const char name[] = "content-length:";
    int64_t n = 0;

    while (head.ptr) {
        struct str line = str_cut(&head, '\n');
        bool same = line.len > strlen(name);
        for (size_t i = 0; same && name[i]; i++)
            same = char_lower(line.ptr[i]) == name[i];
        if (same && str_to_int64(str_trim(str_slice(line, strlen(name), line.len)), &n))
            return (size_t)n;
    }
    return 0;
}

static void *converse(void *arg)
{
    struct connection c = *(struct connection *)arg;
    char in[64 * 1024];
    size_t have = 0;

    free(arg);
    for (ssize_t n; (n = read(c.fd, in + have, sizeof(in) - have)) > 0;) {
        have += (size_t)n;
        struct str all = {in, have};
        size_t head = str_find_str(all, STR("\r\n\r\n"));
        size_t whole = head + 4 + (head < have ? body_length(str_slice(all, 0, head)) : 0);
        if (head == have || have < whole)
            continue;
        serve(c.queue, c.fd, str_slice(all, 0, head), str_slice(all, head + 4, whole));
        have = 0; /* one request at a time */
    }
    close(c.fd);
    return NULL;
}

static void *accept_all(void *self)
{
    struct queue_server *q = self;

    for (int fd; (fd = accept(q->listener, NULL, NULL)) >= 0;) {
        struct connection *c = must_have(malloc(sizeof(*c)));
        *c = (struct connection){q, fd};
        if (q->thread_count == CONNECTIONS_MOST ||
            pthread_create(&q->threads[q->thread_count++], NULL, converse, c))
            abort();
    }
    return NULL;
}

struct queue_server *queue_server_new(void)
{
    struct queue_server *q = must_have(calloc(1, sizeof(*q)));
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof(at);

    monitor_init(&q->monitor);
    q->listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (bind(q->listener, (struct sockaddr *)&at, sizeof(at)) || listen(q->listener, 64) ||
        getsockname(q->listener, (struct sockaddr *)&at, &size) ||
        pthread_create(&q->acceptor, NULL, accept_all, q))
        abort();
    q->port = ntohs(at.sin_port);
    return q;
}

void queue_server_free(struct queue_server *q)
{
    shutdown(q->listener, SHUT_RDWR);
    pthread_join(q->acceptor, NULL);
    for (size_t i = 0; i < q->thread_count; i++)
        pthread_join(q->threads[i], NULL);
    close(q->listener);
    monitor_finish(&q->monitor);
    arena_free(&q->arena);
    free(q);
}

int queue_server_port(const struct queue_server *q)
{
    return q->port;
}

void queue_server_put(struct queue_server *q, struct str body)
{
    monitor_enter(&q->monitor);
    struct buf out = buf_in(&q->arena);
    struct json_writer w = json_writer_to(&out);
    json_string(&w, body);
    q->bodies[q->put++] = buf_str(&out);
    monitor_wake(&q->monitor);
    monitor_leave(&q->monitor);
}

size_t queue_server_left(struct queue_server *q)
{
    monitor_enter(&q->monitor);
    size_t left = q->put - q->deleted_count;
    monitor_leave(&q->monitor);
    return left;
}
