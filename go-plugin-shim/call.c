#include "go-plugin-shim/call.h"

#include <assert.h>
#include <grpc/byte_buffer.h>
#include <grpc/byte_buffer_reader.h>
#include <grpc/slice.h>

#include "engine/base/log.h"
#include "engine/base/memory.h"
#include "go-plugin-shim/services.h"

/* One call, from waiting for it to its end.  Two stories run beside each other: that of the answer
 * (arrive, receive, work, send) and, while somebody works or a stream is held, that of the client's
 * interest (closed).  Each holds a reference; both end on the polling thread, so the count needs no
 * lock.
 *
 * Only the polling thread lets gRPC do anything: a worker that sent its answer itself would meet
 * that thread in gRPC's locks, and gRPC would hand what is contended to a thread of its own.  So a
 * worker leaves its answer here and posts an empty batch, which gRPC's queue hands over in order.
 */
struct call {
    struct server *server;
    int references;
    grpc_call *grpc;
    grpc_call_details details;
    grpc_metadata_array metadata;
    struct service service;
    struct cancel *cancel;
    bool is_watched;            /* `closed` will be called */
    int cancelled;              /* gRPC's word, when closed */
    grpc_byte_buffer *received; /* the request as it came */
    grpc_slice bytes;           /* and in one piece */
    struct arena arena;         /* of the work */
    grpc_status_code status;
    struct str words, message; /* the answer: why not, or what */
    /* Set by the worker.  gRPC's queue orders the two threads; this lets ThreadSanitizer see so
     * too, which cannot look into the library. */
    _Atomic(bool) is_worked;
    struct completion on_arrived, on_received, on_worked, on_sent, on_closed;
    struct worker_job job;
};

static void unreference(struct call *c)
{
    if (--c->references > 0)
        return;
    grpc_slice_unref(c->bytes);
    grpc_byte_buffer_destroy(c->received);
    grpc_metadata_array_destroy(&c->metadata);
    grpc_call_details_destroy(&c->details);
    if (c->grpc)
        grpc_call_unref(c->grpc);
    cancel_free(c->cancel);
    arena_free(&c->arena);
    free(c);
}

static grpc_op end_of_call(struct call *c)
{
    return (grpc_op){.op = GRPC_OP_RECV_CLOSE_ON_SERVER,
                     .data.recv_close_on_server.cancelled = &c->cancelled};
}

static void start(struct call *c, const grpc_op *operations, size_t count, struct completion *then)
{
    grpc_call_error e = grpc_call_start_batch(c->grpc, operations, count, then, NULL);
    assert(e == GRPC_CALL_OK); /* anything else is a misuse of the interface */
}

static grpc_status_code status_of(enum error_kind kind)
{
    switch (kind) {
    case ERROR_INVALID:
        return GRPC_STATUS_INVALID_ARGUMENT;
    case ERROR_NOT_FOUND:
        return GRPC_STATUS_NOT_FOUND;
    case ERROR_CONFLICT:
        return GRPC_STATUS_ABORTED;
    case ERROR_EXISTS:
        return GRPC_STATUS_ALREADY_EXISTS;
    case ERROR_DENIED:
        return GRPC_STATUS_PERMISSION_DENIED;
    case ERROR_THROTTLED:
    case ERROR_NO_CAPACITY:
        return GRPC_STATUS_RESOURCE_EXHAUSTED;
    case ERROR_UNREACHABLE:
        return GRPC_STATUS_UNAVAILABLE;
    case ERROR_CANCELLED:
        return GRPC_STATUS_CANCELLED;
    case ERROR_TIMEOUT:
        return GRPC_STATUS_DEADLINE_EXCEEDED;
    case ERROR_BUG:
        return GRPC_STATUS_INTERNAL;
    }
    return GRPC_STATUS_INTERNAL;
}

static grpc_slice slice_of(struct str s)
{
    return grpc_slice_from_copied_buffer(s.ptr ? s.ptr : "", s.len);
}

/* A message and OK, or a status with words; on_sent follows.  gRPC takes a call whose end nobody
 * asked for as one to be cut off, so who did not watch the client asks now. */
static void answer(struct call *c)
{
    grpc_slice bytes = slice_of(c->message), details = slice_of(c->words);
    grpc_byte_buffer *message = grpc_raw_byte_buffer_create(&bytes, 1);
    grpc_op operations[4] = {{.op = GRPC_OP_SEND_INITIAL_METADATA}};
    size_t count = 1;

    if (!c->is_watched)
        operations[count++] = end_of_call(c);
    if (c->status == GRPC_STATUS_OK)
        operations[count++] =
            (grpc_op){.op = GRPC_OP_SEND_MESSAGE, .data.send_message.send_message = message};
    operations[count++] = (grpc_op){
        .op = GRPC_OP_SEND_STATUS_FROM_SERVER,
        .data.send_status_from_server = {.status = c->status, .status_details = &details}};
    start(c, operations, count, &c->on_sent);
    grpc_byte_buffer_destroy(message);
    grpc_slice_unref(details);
    grpc_slice_unref(bytes);
}

static void refuse(struct call *c, grpc_status_code status, struct str words)
{
    c->status = status;
    c->words = words;
    answer(c);
}

static void sent(void *self, bool ok)
{
    struct call *c = self;
    struct server *s = c->server;

    (void)ok; /* a client that left is no loss */
    server_call_answered(s);
    if (c->service.kind == SERVICE_SHUTDOWN)
        server_stop(s, "Shutdown");
    unreference(c);
}

/* The work. */

static struct str request_of(const struct call *c)
{
    return (struct str){(const char *)GRPC_SLICE_START_PTR(c->bytes), GRPC_SLICE_LENGTH(c->bytes)};
}

static void work(struct call *c)
{
    struct shim_call shown = {.arena = &c->arena, .cancel = c->cancel, .request = request_of(c)};
    struct error *e = c->service.handler(&shown, c->service.self);

    c->status = e ? status_of(e->kind) : GRPC_STATUS_OK;
    if (e)
        c->words = e->summary;
    else
        c->message = shown.response;
}

static void work_apart(void *self)
{
    struct call *c = self;

    work(c);
    c->is_worked = true;
    start(c, NULL, 0, &c->on_worked); /* from here on the call may be gone */
}

static void worked(void *self, bool ok)
{
    struct call *c = self;

    (void)ok;
    assert(c->is_worked);
    answer(c);
}

static bool whole_request(struct call *c)
{
    grpc_byte_buffer_reader reader;

    if (!grpc_byte_buffer_reader_init(&reader, c->received))
        return false; /* compressed in a way that does not decompress */
    c->bytes = grpc_byte_buffer_reader_readall(&reader);
    grpc_byte_buffer_reader_destroy(&reader);
    return true;
}

static bool is_prompt(const struct call *c)
{
    return c->service.is_prompt && c->service.is_prompt(request_of(c), c->service.self);
}

static void closed(void *self, bool ok)
{
    struct call *c = self;

    if (!ok || c->cancelled)
        cancel_raise(c->cancel);
    if (c->service.kind == SERVICE_STDIO)
        c->server->stdio_count--;
    unreference(c);
}

static void watch_client(struct call *c)
{
    grpc_op operation = end_of_call(c);

    c->references++;
    c->is_watched = true;
    start(c, &operation, 1, &c->on_closed);
}

static void hand_over(struct call *c)
{
    watch_client(c);
    if (!workers_submit(c->server->workers, &c->job))
        refuse(c, GRPC_STATUS_RESOURCE_EXHAUSTED, STR("the system gives no thread for this call"));
}

static void received(void *self, bool ok)
{
    struct call *c = self;

    if (!ok || !c->received) {
        refuse(c, GRPC_STATUS_INVALID_ARGUMENT, STR("there is no request message"));
    } else if (!whole_request(c)) {
        refuse(c, GRPC_STATUS_INVALID_ARGUMENT, STR("the request does not decompress"));
    } else if (is_prompt(c)) {
        work(c);
        answer(c);
    } else {
        hand_over(c);
    }
}

static void stream_is_open(void *self, bool ok)
{
    (void)ok;
    unreference(self); /* what is left of a held stream is its end */
}

static void hold(struct call *c)
{
    grpc_op operation = {.op = GRPC_OP_SEND_INITIAL_METADATA};

    c->on_sent.run = stream_is_open;
    start(c, &operation, 1, &c->on_sent);
}

static void receive(struct call *c)
{
    grpc_op operation = {.op = GRPC_OP_RECV_MESSAGE,
                         .data.recv_message.recv_message = &c->received};

    c->server->busy_count++;
    start(c, &operation, 1, &c->on_received);
}

static void refuse_unknown(struct call *c, struct str path)
{
    log_event(LOG_DEBUG, "unknown method", LOG_STR("path", path));
    c->server->busy_count++;
    refuse(c, GRPC_STATUS_UNIMPLEMENTED,
           arena_printf(&c->arena, "unknown method " STR_FMT, STR_ARG(path)));
}

static void arrived(void *self, bool ok)
{
    struct call *c = self;

    if (!ok) { /* the server stops: nobody called */
        unreference(c);
        return;
    }
    call_await(c->server);
    struct str path = {(const char *)GRPC_SLICE_START_PTR(c->details.method),
                       GRPC_SLICE_LENGTH(c->details.method)};
    c->service = service_find(c->server->options, path);
    c->cancel = cancel_new(c->server->options->stop);
    switch (c->service.kind) {
    case SERVICE_HANDLER:
    case SERVICE_SHUTDOWN:
        receive(c);
        break;
    case SERVICE_STDIO:
        c->server->stdio_count++;
        watch_client(c);
        hold(c);
        break;
    case SERVICE_STREAM:
        watch_client(c);
        hold(c);
        break;
    case SERVICE_UNKNOWN:
        refuse_unknown(c, path);
        break;
    }
}

void call_await(struct server *s)
{
    struct call *c = must_have(calloc(1, sizeof(*c)));

    *c = (struct call){.server = s,
                       .references = 1,
                       .bytes = grpc_empty_slice(),
                       .on_arrived = {arrived, c},
                       .on_received = {received, c},
                       .on_worked = {worked, c},
                       .on_sent = {sent, c},
                       .on_closed = {closed, c},
                       .job = {.run = work_apart, .self = c}};
    grpc_call_details_init(&c->details);
    grpc_metadata_array_init(&c->metadata);
    grpc_call_error e = grpc_server_request_call(s->grpc, &c->grpc, &c->details, &c->metadata,
                                                 s->queue, s->queue, &c->on_arrived);
    assert(e == GRPC_CALL_OK);
}
