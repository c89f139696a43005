#include "provider/cty/msgpack.h"
#include "provider/rpc/method.h"

/* Functions are told in two answers, each with an entry of its own for the same thing. */
typedef Tfplugin6__GetFunctions__Response__FunctionsEntry function_entry;
typedef Tfplugin6__GetProviderSchema__Response__FunctionsEntry schema_function_entry;

static ProtobufCBinaryData type_text(struct rpc *r, const struct cty_type *t)
{
    struct buf out = buf_in(r->call.arena);
    cty_type_print(&out, t);
    return rpc_binary(buf_str(&out));
}

static Tfplugin6__Function__Parameter *parameter_of(struct rpc *r,
                                                    const struct function_parameter *p)
{
    Tfplugin6__Function__Parameter *out =
        RPC_NEW(r, Tfplugin6__Function__Parameter, tfplugin6__function__parameter);
    out->name = rpc_string(r, str_of(p->name));
    out->type = type_text(r, &cty_type_string);
    out->description = rpc_string(r, str_of(p->describe));
    return out;
}

static Tfplugin6__Function *function_of(struct rpc *r, const struct function *f)
{
    Tfplugin6__Function *out = RPC_NEW(r, Tfplugin6__Function, tfplugin6__function);
    out->summary = rpc_string(r, str_of(f->describe));
    out->description = rpc_string(r, str_of(f->describe));
    out->parameters =
        ARENA_ARRAY(r->call.arena, Tfplugin6__Function__Parameter *, f->parameter_count);
    for (size_t i = 0; i < f->parameter_count; i++)
        out->parameters[out->n_parameters++] = parameter_of(r, &f->parameters[i]);
    out->return_ = RPC_NEW(r, Tfplugin6__Function__Return, tfplugin6__function__return);
    out->return_->type = type_text(r, f->returns);
    return out;
}

struct error *rpc_get_functions(struct rpc *r, const void *request, void *response)
{
    const struct rpc_options *o = rpc_options_of(r->server);
    Tfplugin6__GetFunctions__Response *out = response;

    (void)request;
    out->functions = ARENA_ARRAY(r->call.arena, function_entry *, o->function_count);
    for (size_t i = 0; i < o->function_count; i++) {
        function_entry *e =
            RPC_NEW(r, function_entry, tfplugin6__get_functions__response__functions_entry);
        e->key = rpc_string(r, str_of(o->functions[i].name));
        e->value = function_of(r, &o->functions[i]);
        out->functions[out->n_functions++] = e;
    }
    return NULL;
}

void rpc_add_functions(struct rpc *r, Tfplugin6__GetProviderSchema__Response *out)
{
    const struct rpc_options *o = rpc_options_of(r->server);

    out->functions = ARENA_ARRAY(r->call.arena, schema_function_entry *, o->function_count);
    for (size_t i = 0; i < o->function_count; i++) {
        schema_function_entry *e = RPC_NEW(
            r, schema_function_entry, tfplugin6__get_provider_schema__response__functions_entry);
        e->key = rpc_string(r, str_of(o->functions[i].name));
        e->value = function_of(r, &o->functions[i]);
        out->functions[out->n_functions++] = e;
    }
}

static const struct function *function_named(struct rpc *r, const char *name)
{
    const struct rpc_options *o = rpc_options_of(r->server);

    for (size_t i = 0; i < o->function_count; i++)
        if (str_eq(str_of(o->functions[i].name), str_of(name)))
            return &o->functions[i];
    return NULL;
}

/* Terraform checks how many there are, their types, and that none is null or unknown; what breaks
 * that is an error all the same, and no reason to fall over. */
static struct error *take_arguments(struct rpc *r, const struct function *f,
                                    const Tfplugin6__CallFunction__Request *in, struct str *out)
{
    if (in->n_arguments != f->parameter_count)
        return error_new(r->call.arena, ERROR_INVALID, "%s takes %zu arguments, and not %zu",
                         f->name, f->parameter_count, in->n_arguments);
    for (size_t i = 0; i < f->parameter_count; i++) {
        struct str name = str_of(f->parameters[i].name);
        struct cty_value v;
        TRY(error_at(rpc_decode_as(r, &cty_type_string, in->arguments[i], &v), name));
        if (v.kind != CTY_STRING)
            return error_at(error_new(r->call.arena, ERROR_INVALID, "it has to be a text"), name);
        out[i] = v.string;
    }
    return NULL;
}

static struct error *run(struct rpc *r, const Tfplugin6__CallFunction__Request *in,
                         const struct function *f, Tfplugin6__CallFunction__Response *out)
{
    struct str *arguments = ARENA_ARRAY(r->call.arena, struct str, f->parameter_count);
    struct cty_value result;

    TRY(take_arguments(r, f, in, arguments));
    TRY(f->call(r->call.arena, arguments, &result));
    out->result = RPC_NEW(r, Tfplugin6__DynamicValue, tfplugin6__dynamic_value);
    out->result->msgpack = rpc_binary(cty_to_msgpack(r->call.arena, &result, f->returns));
    return NULL;
}

/* Terraform then points at the argument in the source. */
static void blame_argument(const struct function *f, struct str path, Tfplugin6__FunctionError *e)
{
    for (size_t i = 0; i < f->parameter_count; i++) {
        if (!str_eq(str_of(f->parameters[i].name), path))
            continue;
        e->_function_argument_case =
            TFPLUGIN6__FUNCTION_ERROR___FUNCTION_ARGUMENT_FUNCTION_ARGUMENT;
        e->function_argument = (int64_t)i;
    }
}

/* Functions answer with an error of their own kind instead of diagnostics. */
struct error *rpc_call_function(struct rpc *r, const void *request, void *response)
{
    const Tfplugin6__CallFunction__Request *in = request;
    Tfplugin6__CallFunction__Response *out = response;
    const struct function *f = function_named(r, in->name);
    struct error *e = f ? run(r, in, f, out) : rpc_no_such(r, "function", in->name);

    if (!e)
        return NULL;
    struct str text = e->detail.len ? arena_printf(r->call.arena, STR_FMT ". " STR_FMT,
                                                   STR_ARG(e->summary), STR_ARG(e->detail))
                                    : e->summary;
    out->error = RPC_NEW(r, Tfplugin6__FunctionError, tfplugin6__function_error);
    out->error->text = rpc_string(r, text);
    if (f)
        blame_argument(f, e->path, out->error);
    return NULL;
}
