#ifndef PROVIDER_RPC_METHOD_H
#define PROVIDER_RPC_METHOD_H

#include "proto/tfplugin6.pb-c.h"
#include "provider/resource/resource.h"
#include "provider/rpc/rpc.h"

/* What the procedures share: one call as they see it, and messages made in its arena. */

struct rpc {
    struct call call;
    struct rpc_server *server;
    const struct model *model; /* whose attributes the paths of errors and warnings name */
    const struct model *typed; /* whose type `type` is, made at the first value of this call */
    struct cty_type type;
};

/* Serves one procedure: reads `request`, fills in `response`.  The errors it returns, and the
 * warnings of the call, become the response's diagnostics. */
typedef struct error *rpc_serve(struct rpc *r, const void *request, void *response);

struct rpc_method {
    const char *path;
    const ProtobufCMessageDescriptor *request, *response;
    rpc_serve *serve;
    enum {
        APART,
        PROMPT,        /* asks nobody: a schema, a check, a rewriting of state */
        PROMPT_OF_AWS, /* the same for types of AWS whose plan asks nobody */
    } pace;
};

rpc_serve rpc_get_metadata, rpc_get_provider_schema, rpc_validate_provider_config,
    rpc_validate_resource_config, rpc_validate_data_resource_config, rpc_upgrade_resource_state,
    rpc_get_resource_identity_schemas, rpc_upgrade_resource_identity, rpc_configure_provider,
    rpc_read_resource, rpc_plan_resource_change, rpc_apply_resource_change,
    rpc_import_resource_state, rpc_move_resource_state, rpc_read_data_source,
    rpc_validate_ephemeral_resource_config, rpc_open_ephemeral_resource,
    rpc_renew_ephemeral_resource, rpc_close_ephemeral_resource, rpc_get_functions,
    rpc_call_function, rpc_stop_provider;

/* Room for one message, set to its defaults: RPC_NEW(r, Tfplugin6__Schema, tfplugin6__schema). */
void *rpc_new(struct rpc *r, const ProtobufCMessageDescriptor *d);
#define RPC_NEW(r, type, name) ((type *)rpc_new((r), &name##__descriptor))

/* The first field of a request about a resource, where it comes first, as Terraform writes it: its
 * type's name; empty otherwise. */
struct str rpc_type_name(struct str request);
const struct resource_type *rpc_type_named(const struct rpc_options *o, struct str name);
/* The resource type of that name, or an error that names those there are. */
MUST_CHECK struct error *rpc_find_type(struct rpc *r, const char *name,
                                       const struct resource_type **out);

MUST_CHECK struct error *rpc_find_data_source(struct rpc *r, const char *name,
                                              const struct resource_type **out);

/* What the provider does not have. */
MUST_CHECK struct error *rpc_no_such(struct rpc *r, const char *kind, const char *name);
/* The functions, into the answer that tells all schemas. */
void rpc_add_functions(struct rpc *r, Tfplugin6__GetProviderSchema__Response *out);

/* A value of a type, or of a table; a missing one is null. */
MUST_CHECK struct error *rpc_decode_as(struct rpc *r, const struct cty_type *t,
                                       const Tfplugin6__DynamicValue *wire, struct cty_value *out);
MUST_CHECK struct error *rpc_decode(struct rpc *r, const struct model *m,
                                    const Tfplugin6__DynamicValue *wire, struct cty_value *out);
/* What the module of the object at hand says of itself; few say anything. */
MUST_CHECK struct error *rpc_take_meta(struct rpc *r, const Tfplugin6__DynamicValue *wire);
Tfplugin6__DynamicValue *rpc_encode(struct rpc *r, const struct model *m,
                                    const struct cty_value *v);

/* A type's identity: null where it is missing, and where there is none to tell. */
MUST_CHECK struct error *rpc_identity_in(struct rpc *r, const struct resource_type *t,
                                         const Tfplugin6__ResourceIdentityData *wire,
                                         struct cty_value *out);
Tfplugin6__ResourceIdentityData *rpc_identity_out(struct rpc *r, const struct resource_type *t,
                                                  const struct cty_value *identity);
/* Of what state holds now; `stored` is what Terraform has of it. */
Tfplugin6__ResourceIdentityData *rpc_identity_of(struct rpc *r, const struct resource_type *t,
                                                 const struct cty_value *state,
                                                 const struct cty_value *stored);

struct str rpc_bytes(ProtobufCBinaryData b);
ProtobufCBinaryData rpc_binary(struct str s);
/* NUL-terminated well-formed UTF-8, which protobuf insists on. */
char *rpc_string(struct rpc *r, struct str s);

Tfplugin6__AttributePath *rpc_path(struct rpc *r, struct str path);
/* For diagnostics: not deeper than Terraform can find in the source. */
Tfplugin6__AttributePath *rpc_path_shown(struct rpc *r, struct str path);
Tfplugin6__Schema *rpc_schema(struct rpc *r, int64_t version, const char *describe,
                              const struct model *m);
Tfplugin6__ServerCapabilities *rpc_capabilities(struct rpc *r);

/* Errors and warnings as diagnostics, appended to what `response` has in its field. */
void rpc_diagnose(struct rpc *r, const struct error *errors, void *response,
                  const ProtobufCMessageDescriptor *d);

/* The server's state. */

const struct rpc_options *rpc_options_of(const struct rpc_server *s);
/* A reattached process serves one command after another, and each is configured: that takes back a
 * stop which the command before it was told.  A stop can also overtake the configuration of its own
 * command, and such a one counts.  A command begins with questions about schema and configuration.
 */
void rpc_command_begins(struct rpc_server *s);
void rpc_command_is_configured(struct rpc_server *s);
void rpc_command_stops(struct rpc_server *s);
/* Puts a newly configured provider in the place of the one before. */
void rpc_set_provider(struct rpc_server *s, struct provider *p);

#endif
