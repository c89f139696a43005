#include <assert.h>

#include "provider/rpc/method.h"

/* What the user reads under the summary: the way out, then what support will ask for. */
static struct str full_detail(struct rpc *r, const struct error *e)
{
    struct buf out = buf_in(r->call.arena);
    buf_add(&out, e->detail);
    if (e->outcome_unknown)
        buf_printf(&out,
                   "%sThe answer to a change was lost, so it may have taken effect; the next "
                   "plan shows what is there.",
                   out.len ? "\n\n" : "");
    bool said = str_find_str(e->detail, e->request_id) < e->detail.len;
    if (e->request_id.len && !said)
        buf_printf(&out, "%s(AWS request id " STR_FMT ")", out.len ? "\n\n" : "",
                   STR_ARG(e->request_id));
    return buf_str(&out);
}

static Tfplugin6__Diagnostic *diagnostic_of(struct rpc *r, const struct error *e,
                                            Tfplugin6__Diagnostic__Severity severity)
{
    Tfplugin6__Diagnostic *d = RPC_NEW(r, Tfplugin6__Diagnostic, tfplugin6__diagnostic);
    d->severity = severity;
    d->summary = rpc_string(r, e->summary);
    d->detail = rpc_string(r, full_detail(r, e));
    d->attribute = e->path.len ? rpc_path_shown(r, e->path) : NULL;
    return d;
}

static size_t length(const struct error *e)
{
    size_t n = 0;
    for (; e; e = e->next)
        n++;
    return n;
}

/* Responses have their diagnostics in fields of different places but one name. */
void rpc_diagnose(struct rpc *r, const struct error *errors, void *response,
                  const ProtobufCMessageDescriptor *d)
{
    const ProtobufCFieldDescriptor *field =
        protobuf_c_message_descriptor_get_field_by_name(d, "diagnostics");
    size_t count = length(errors) + length(r->call.warnings), n = 0;

    if (count == 0)
        return;
    assert(field); /* a procedure whose response has no diagnostics returns no errors */
    Tfplugin6__Diagnostic **list = ARENA_ARRAY(r->call.arena, Tfplugin6__Diagnostic *, count);
    for (const struct error *e = errors; e; e = e->next)
        list[n++] = diagnostic_of(r, e, TFPLUGIN6__DIAGNOSTIC__SEVERITY__ERROR);
    for (const struct error *e = r->call.warnings; e; e = e->next)
        list[n++] = diagnostic_of(r, e, TFPLUGIN6__DIAGNOSTIC__SEVERITY__WARNING);
    *(size_t *)(void *)((char *)response + field->quantifier_offset) = count;
    *(Tfplugin6__Diagnostic ***)(void *)((char *)response + field->offset) = list;
}
