#include <openssl/crypto.h>

#include "engine/cli/cli.h"
#include "provider/datasources/registry.h"
#include "provider/engine_door.h"
#include "provider/functions/registry.h"
#include "provider/modules_command.h"
#include "provider/resources/registry.h"
#include "provider/rpc/rpc.h"
#include "provider/schema_command.h"

/* The doors of the one executable: started by Terraform (or with -debug) it is the plugin, else the
 * `tenon` command. */

static int serve(bool debug)
{
    struct cancel *stop = cancel_new(NULL);
    const struct rpc_options rpc = {
        .types = resource_types,
        .type_count = resource_type_count,
        .host = &engine_door,
        .stop = stop,
        .data_sources = data_sources,
        .data_source_count = data_source_count,
        .functions = functions,
        .function_count = function_count,
    };
    struct rpc_server *server = rpc_server_new(&rpc);
    struct shim_options shim = {
        .protocol_major = 6,
        .provider_address = "oko-investments/tenon", /* whoever reads it adds its own registry */
        .stop = stop,
        .debug = debug,
    };
    shim.routes = rpc_routes(server, &shim.route_count);
    int code = shim_serve(&shim);
    rpc_server_free(server);
    cancel_free(stop);
    return code;
}

static const struct cli_command provider_commands[] = {
    {"modules", run_modules, "others' Terraform modules on this provider, as they are"},
    {"schema", run_schema, "what the provider and its types take, as pages and as tables"},
};

/* openssl.cnf is about the machine's own OpenSSL; it may name modules to be loaded, which a static
 * executable cannot. */
static void leave_settings_of_openssl(void)
{
#ifdef TENON_STATIC
    OPENSSL_init_crypto(OPENSSL_INIT_NO_LOAD_CONFIG, NULL);
#endif
}

int main(int argc, char **argv)
{
    leave_settings_of_openssl();
    bool debug = argc == 2 && (!strcmp(argv[1], "-debug") || !strcmp(argv[1], "--debug"));
    if (debug || shim_started_by_terraform())
        return serve(debug);
    return cli_main(argc, argv, provider_commands,
                    sizeof(provider_commands) / sizeof(*provider_commands));
}
