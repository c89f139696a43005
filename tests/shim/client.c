#include "tests/shim/client.h"

#include <grpc/byte_buffer.h>
#include <grpc/byte_buffer_reader.h>
#include <grpc/grpc_security.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

struct client_call {
    grpc_completion_queue *queue;
    grpc_call *call;
    grpc_metadata_array initial, trailing;
    grpc_byte_buffer *request, *response;
    grpc_status_code status;
    grpc_slice details;
};

static grpc_channel_credentials *credentials_for(const struct plugin *p)
{
    grpc_ssl_pem_key_cert_pair own = {p->own.key_pem.ptr, p->own.certificate_pem.ptr};

    return p->server.len ? grpc_ssl_credentials_create_ex(p->server.ptr, &own, NULL, NULL)
                         : grpc_insecure_credentials_create();
}

grpc_channel *client_connect(const struct plugin *p)
{
    grpc_arg arguments[] = {
        {GRPC_ARG_STRING, (char *)GRPC_SSL_TARGET_NAME_OVERRIDE_ARG,
         .value.string = (char *)"localhost"},
        {GRPC_ARG_INTEGER, (char *)GRPC_ARG_MAX_RECEIVE_MESSAGE_LENGTH, .value.integer = -1},
        {GRPC_ARG_INTEGER, (char *)GRPC_ARG_MAX_SEND_MESSAGE_LENGTH, .value.integer = -1},
        {GRPC_ARG_INTEGER, (char *)GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, .value.integer = 1},
    };
    grpc_channel_args all = {sizeof(arguments) / sizeof(*arguments), arguments};
    grpc_channel_credentials *credentials = credentials_for(p);
    struct str target = arena_printf(p->arena, "unix:" STR_FMT, STR_ARG(p->path));
    grpc_channel *channel = grpc_channel_create(target.ptr, credentials, &all);

    grpc_channel_credentials_release(credentials);
    return channel;
}

static void start(struct client_call *c)
{
    const grpc_op operations[] = {
        {.op = GRPC_OP_SEND_INITIAL_METADATA},
        {.op = GRPC_OP_SEND_MESSAGE, .data.send_message.send_message = c->request},
        {.op = GRPC_OP_SEND_CLOSE_FROM_CLIENT},
        {.op = GRPC_OP_RECV_INITIAL_METADATA,
         .data.recv_initial_metadata.recv_initial_metadata = &c->initial},
        {.op = GRPC_OP_RECV_MESSAGE, .data.recv_message.recv_message = &c->response},
        {.op = GRPC_OP_RECV_STATUS_ON_CLIENT,
         .data.recv_status_on_client = {.trailing_metadata = &c->trailing,
                                        .status = &c->status,
                                        .status_details = &c->details}},
    };
    grpc_call_start_batch(c->call, operations, sizeof(operations) / sizeof(*operations), c, NULL);
}

struct client_call *client_begin(grpc_channel *channel, const char *method, struct str request)
{
    struct client_call *c = calloc(1, sizeof(*c));
    grpc_slice bytes = grpc_slice_from_copied_buffer(request.ptr, request.len);
    grpc_slice name = grpc_slice_from_copied_string(method);

    c->queue = grpc_completion_queue_create_for_next(NULL);
    c->call = grpc_channel_create_call(channel, NULL, GRPC_PROPAGATE_DEFAULTS, c->queue, name, NULL,
                                       gpr_inf_future(GPR_CLOCK_REALTIME), NULL);
    grpc_slice_unref(name);
    c->request = grpc_raw_byte_buffer_create(&bytes, 1);
    grpc_slice_unref(bytes);
    grpc_metadata_array_init(&c->initial);
    grpc_metadata_array_init(&c->trailing);
    start(c);
    return c;
}

void client_cancel(struct client_call *c)
{
    grpc_call_cancel(c->call, NULL);
}

static struct str bytes_of(struct arena *a, grpc_byte_buffer *buffer)
{
    grpc_byte_buffer_reader reader;

    if (!buffer || !grpc_byte_buffer_reader_init(&reader, buffer))
        return STR("");
    grpc_slice all = grpc_byte_buffer_reader_readall(&reader);
    struct str copy =
        arena_str(a, (struct str){(const char *)GRPC_SLICE_START_PTR(all), GRPC_SLICE_LENGTH(all)});
    grpc_slice_unref(all);
    grpc_byte_buffer_reader_destroy(&reader);
    return copy;
}

static void drop(struct client_call *c)
{
    grpc_slice_unref(c->details);
    grpc_byte_buffer_destroy(c->request);
    grpc_byte_buffer_destroy(c->response);
    grpc_metadata_array_destroy(&c->initial);
    grpc_metadata_array_destroy(&c->trailing);
    grpc_call_unref(c->call);
    grpc_completion_queue_shutdown(c->queue);
    while (grpc_completion_queue_next(c->queue, gpr_inf_future(GPR_CLOCK_REALTIME), NULL).type !=
           GRPC_QUEUE_SHUTDOWN)
        ;
    grpc_completion_queue_destroy(c->queue);
    free(c);
}

int client_finish(struct client_call *c, struct arena *a, struct str *response)
{
    gpr_timespec limit =
        gpr_time_add(gpr_now(GPR_CLOCK_MONOTONIC), gpr_time_from_seconds(20, GPR_TIMESPAN));
    bool late = grpc_completion_queue_next(c->queue, limit, NULL).type != GRPC_OP_COMPLETE;

    if (late) {
        client_cancel(c);
        grpc_completion_queue_next(c->queue, gpr_inf_future(GPR_CLOCK_MONOTONIC), NULL);
    }
    int status = late ? -1 : (int)c->status;
    if (response)
        *response = bytes_of(a, c->response);
    drop(c);
    return status;
}

int client_ask(grpc_channel *channel, const char *method, struct str request, struct arena *a,
               struct str *response)
{
    return client_finish(client_begin(channel, method, request), a, response);
}

static int connect_to(struct str path)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    struct timeval second = {.tv_sec = 1};
    int s = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

    memcpy(address.sun_path, path.ptr, path.len);
    setsockopt(s, SOL_SOCKET, SO_RCVTIMEO, &second, sizeof(second));
    if (connect(s, (struct sockaddr *)&address, sizeof(address)))
        abort();
    return s;
}

static void use_identity(SSL_CTX *context, const struct identity *as)
{
    BIO *certificate_text = BIO_new_mem_buf(as->certificate_pem.ptr, -1);
    BIO *key_text = BIO_new_mem_buf(as->key_pem.ptr, -1);
    X509 *certificate = PEM_read_bio_X509(certificate_text, NULL, NULL, NULL);
    EVP_PKEY *key = PEM_read_bio_PrivateKey(key_text, NULL, NULL, NULL);

    SSL_CTX_use_certificate(context, certificate);
    SSL_CTX_use_PrivateKey(context, key);
    EVP_PKEY_free(key);
    X509_free(certificate);
    BIO_free(key_text);
    BIO_free(certificate_text);
}

int client_bytes_heard(const struct plugin *p, const struct identity *as)
{
    static const unsigned char h2[] = "\x02h2";
    SSL_CTX *context = SSL_CTX_new(TLS_client_method());
    char bytes[256];
    int heard = 0, s = connect_to(p->path);

    if (as)
        use_identity(context, as);
    SSL *tls = SSL_new(context);
    SSL_set_alpn_protos(tls, h2, sizeof(h2) - 1);
    SSL_set_fd(tls, s);
    if (SSL_connect(tls) == 1)
        heard = SSL_read(tls, bytes, sizeof(bytes));
    SSL_free(tls);
    SSL_CTX_free(context);
    close(s);
    return heard > 0 ? heard : 0;
}
