#include "go-plugin-shim/services.h"

#include "proto/go_plugin.pb-c.h"
#include "proto/health.pb-c.h"

static struct str pack(struct arena *a, const ProtobufCMessage *message)
{
    struct str bytes = {arena_alloc(a, protobuf_c_message_get_packed_size(message) + 1), 0};
    bytes.len = protobuf_c_message_pack(message, (uint8_t *)bytes.ptr);
    return bytes;
}

/* The empty name asks for the server as a whole; go-plugin's own name is "plugin". */
static bool is_served(const Grpc__Health__V1__HealthCheckRequest *request)
{
    return !*request->service || !strcmp(request->service, "plugin");
}

static struct error *health_check(struct shim_call *call, void *self)
{
    (void)self;
    Grpc__Health__V1__HealthCheckRequest *request = grpc__health__v1__health_check_request__unpack(
        NULL, call->request.len, (const uint8_t *)call->request.ptr);
    Grpc__Health__V1__HealthCheckResponse response = GRPC__HEALTH__V1__HEALTH_CHECK_RESPONSE__INIT;

    if (!request)
        return error_new(call->arena, ERROR_INVALID, "not a HealthCheckRequest");
    bool served = is_served(request);
    grpc__health__v1__health_check_request__free_unpacked(request, NULL);
    if (!served)
        return error_new(call->arena, ERROR_NOT_FOUND, "no such service");
    response.status = GRPC__HEALTH__V1__HEALTH_CHECK_RESPONSE__SERVING_STATUS__SERVING;
    call->response = pack(call->arena, &response.base);
    return NULL;
}

/* Answered at once: Terraform waits for this answer without limit, and for the end only 2 s. */
static struct error *shutdown_answer(struct shim_call *call, void *self)
{
    (void)self;
    Plugin__Empty nothing = PLUGIN__EMPTY__INIT;

    call->response = pack(call->arena, &nothing.base);
    return NULL;
}

static bool at_once(struct str request, void *self)
{
    (void)request, (void)self;
    return true;
}

static const struct service built_in[] = {
    {SERVICE_SHUTDOWN, "/plugin.GRPCController/Shutdown", shutdown_answer, NULL, at_once},
    {SERVICE_STDIO, "/plugin.GRPCStdio/StreamStdio", NULL, NULL, NULL},
    {SERVICE_STREAM, "/plugin.GRPCBroker/StartStream", NULL, NULL, NULL},
    {SERVICE_HANDLER, "/grpc.health.v1.Health/Check", health_check, NULL, at_once},
};

struct service service_find(const struct shim_options *options, struct str path)
{
    for (size_t i = 0; i < sizeof(built_in) / sizeof(*built_in); i++)
        if (str_eq(str_of(built_in[i].path), path))
            return built_in[i];
    for (size_t i = 0; i < options->route_count; i++) {
        const struct shim_route *r = &options->routes[i];
        if (str_eq(str_of(r->path), path))
            return (struct service){SERVICE_HANDLER, r->path, r->handler, r->self, r->is_prompt};
    }
    return (struct service){.kind = SERVICE_UNKNOWN};
}
