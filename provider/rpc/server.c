#include <pthread.h>

#include "engine/base/memory.h"
#include "provider/rpc/method.h"

#define METHOD(name, message, function, pace)                                      \
    {                                                                              \
        "/tfplugin6.Provider/" name, &tfplugin6__##message##__request__descriptor, \
            &tfplugin6__##message##__response__descriptor, function, pace          \
    }

/* clang-format off */
static const struct rpc_method methods[] = {
    METHOD("GetMetadata",                     get_metadata,                       rpc_get_metadata,                       PROMPT),
    METHOD("GetProviderSchema",               get_provider_schema,                rpc_get_provider_schema,                PROMPT),
    METHOD("ValidateProviderConfig",          validate_provider_config,           rpc_validate_provider_config,           PROMPT),
    METHOD("ValidateResourceConfig",          validate_resource_config,           rpc_validate_resource_config,           PROMPT),
    METHOD("ValidateDataResourceConfig",      validate_data_resource_config,      rpc_validate_data_resource_config,      PROMPT),
    METHOD("UpgradeResourceState",            upgrade_resource_state,             rpc_upgrade_resource_state,             PROMPT),
    METHOD("GetResourceIdentitySchemas",      get_resource_identity_schemas,      rpc_get_resource_identity_schemas,      PROMPT),
    METHOD("UpgradeResourceIdentity",         upgrade_resource_identity,          rpc_upgrade_resource_identity,          PROMPT),
    METHOD("ConfigureProvider",               configure_provider,                 rpc_configure_provider,                 APART),
    METHOD("ReadResource",                    read_resource,                      rpc_read_resource,                      APART),
    METHOD("PlanResourceChange",              plan_resource_change,               rpc_plan_resource_change,               PROMPT_OF_AWS),
    METHOD("ApplyResourceChange",             apply_resource_change,              rpc_apply_resource_change,              APART),
    METHOD("ImportResourceState",             import_resource_state,              rpc_import_resource_state,              APART),
    METHOD("MoveResourceState",               move_resource_state,                rpc_move_resource_state,                APART),
    METHOD("ReadDataSource",                  read_data_source,                   rpc_read_data_source,                   APART),
    METHOD("ValidateEphemeralResourceConfig", validate_ephemeral_resource_config, rpc_validate_ephemeral_resource_config, PROMPT),
    METHOD("OpenEphemeralResource",           open_ephemeral_resource,            rpc_open_ephemeral_resource,            APART),
    METHOD("RenewEphemeralResource",          renew_ephemeral_resource,           rpc_renew_ephemeral_resource,           APART),
    METHOD("CloseEphemeralResource",          close_ephemeral_resource,           rpc_close_ephemeral_resource,           APART),
    METHOD("GetFunctions",                    get_functions,                      rpc_get_functions,                      PROMPT),
    METHOD("CallFunction",                    call_function,                      rpc_call_function,                      PROMPT),
    METHOD("StopProvider",                    stop_provider,                      rpc_stop_provider,                      APART),
};
/* clang-format on */
enum { METHOD_COUNT = sizeof(methods) / sizeof(*methods) };

struct bound_method {
    const struct rpc_method *method;
    struct rpc_server *server;
};

struct rpc_server {
    struct rpc_options options;
    struct bound_method bound[METHOD_COUNT];
    struct shim_route routes[METHOD_COUNT];
    pthread_mutex_t lock;
    struct provider *provider; /* the last one configured; NULL before */
    bool unconfigured;         /* the command at hand has not been configured yet */
    bool stop_counts;          /* it was told to stop meanwhile */
};

/* Calls hold the provider they started with, for a new one may take its place meanwhile. */
static struct provider *current_provider(struct rpc_server *s)
{
    pthread_mutex_lock(&s->lock);
    struct provider *p = provider_hold(s->provider);
    pthread_mutex_unlock(&s->lock);
    return p;
}

void rpc_set_provider(struct rpc_server *s, struct provider *p)
{
    pthread_mutex_lock(&s->lock);
    struct provider *before = s->provider;
    s->provider = p;
    pthread_mutex_unlock(&s->lock);
    provider_release(before);
}

void rpc_command_begins(struct rpc_server *s)
{
    pthread_mutex_lock(&s->lock);
    s->unconfigured = true;
    pthread_mutex_unlock(&s->lock);
}

void rpc_command_is_configured(struct rpc_server *s)
{
    pthread_mutex_lock(&s->lock);
    if (!s->stop_counts && s->options.stop)
        cancel_reset(s->options.stop);
    s->stop_counts = s->unconfigured = false;
    pthread_mutex_unlock(&s->lock);
}

void rpc_command_stops(struct rpc_server *s)
{
    pthread_mutex_lock(&s->lock);
    s->stop_counts = s->unconfigured;
    if (s->options.stop)
        cancel_raise(s->options.stop);
    pthread_mutex_unlock(&s->lock);
}

const struct rpc_options *rpc_options_of(const struct rpc_server *s)
{
    return &s->options;
}

static void *allocate(void *arena, size_t size)
{
    return arena_alloc(arena, size);
}

static void leave(void *arena, void *block)
{
    (void)arena, (void)block;
}

static struct str packed(struct arena *a, const ProtobufCMessage *m)
{
    size_t size = protobuf_c_message_get_packed_size(m);
    unsigned char *bytes = arena_alloc(a, size + 1);
    protobuf_c_message_pack(m, bytes);
    return (struct str){(const char *)bytes, size};
}

static struct error *serve(struct shim_call *shim, void *self)
{
    struct bound_method *bound = self;
    const struct rpc_method *m = bound->method;
    ProtobufCAllocator in_arena = {allocate, leave, shim->arena};
    struct rpc r = {.call = {.arena = shim->arena, .cancel = shim->cancel},
                    .server = bound->server};

    ProtobufCMessage *request = protobuf_c_message_unpack(m->request, &in_arena, shim->request.len,
                                                          (const uint8_t *)shim->request.ptr);
    if (!request)
        return error_new(shim->arena, ERROR_INVALID, "%s: the request cannot be read", m->path);
    void *response = rpc_new(&r, m->response);
    r.call.provider = current_provider(bound->server);
    r.call.aws = r.call.provider ? provider_aws(r.call.provider) : NULL;
    struct error *errors = m->serve(&r, request, response);
    rpc_diagnose(&r, errors, response, m->response);
    provider_release(r.call.provider);
    shim->response = packed(shim->arena, response);
    return NULL;
}

/* Then a plan may ask AWS, whatever its type. */
static bool reviews(struct rpc_server *s)
{
    struct provider *p = current_provider(s);
    bool asks = p && provider_reviews(p);

    provider_release(p);
    return asks;
}

static bool is_prompt(struct str request, void *self)
{
    const struct bound_method *bound = self;
    const struct resource_type *type;

    switch (bound->method->pace) {
    case APART:
        return false;
    case PROMPT:
        return true;
    case PROMPT_OF_AWS:
        type = rpc_type_named(&bound->server->options, rpc_type_name(request));
        return type && !type->uses_engine && !type->plan_asks && !reviews(bound->server);
    }
    return false;
}

struct rpc_server *rpc_server_new(const struct rpc_options *options)
{
    struct rpc_server *s = must_have(calloc(1, sizeof(*s)));
    s->options = *options;
    s->unconfigured = true;
    pthread_mutex_init(&s->lock, NULL);
    for (size_t i = 0; i < METHOD_COUNT; i++) {
        s->bound[i] = (struct bound_method){&methods[i], s};
        s->routes[i] = (struct shim_route){methods[i].path, serve, &s->bound[i], is_prompt};
    }
    return s;
}

void rpc_server_free(struct rpc_server *s)
{
    if (!s)
        return;
    provider_release(s->provider);
    pthread_mutex_destroy(&s->lock);
    free(s);
}

const struct shim_route *rpc_routes(const struct rpc_server *s, size_t *count)
{
    *count = METHOD_COUNT;
    return s->routes;
}
