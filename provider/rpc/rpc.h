#ifndef PROVIDER_RPC_RPC_H
#define PROVIDER_RPC_RPC_H

#include "go-plugin-shim/shim.h"
#include "provider/resource/function.h"
#include "provider/resource/provider.h"

/* Terraform's plugin protocol, version 6: messages to our structs and back, one short file a
 * procedure, no decisions. */
struct rpc_server;

struct rpc_options {
    const struct resource_type *const *types;
    size_t type_count;
    const struct provider_host *host;
    struct cancel *stop; /* raised by StopProvider, taken back when the next command configures */
    const struct resource_type *const *data_sources;
    size_t data_source_count;
    const struct function *functions;
    size_t function_count;
};

struct rpc_server *rpc_server_new(const struct rpc_options *options);
void rpc_server_free(struct rpc_server *s); /* when no call is running; NULL is fine */

/* Every procedure of the Provider service; they live as long as the server. */
const struct shim_route *rpc_routes(const struct rpc_server *s, size_t *count);

#endif
