#include "provider/cty/json.h"
#include "provider/cty/msgpack.h"
#include "provider/cty/path.h"
#include "provider/resource/agent.h"
#include "provider/rpc/method.h"

void *rpc_new(struct rpc *r, const ProtobufCMessageDescriptor *d)
{
    void *message = arena_alloc(r->call.arena, d->sizeof_message);
    protobuf_c_message_init(d, message);
    return message;
}

struct str rpc_bytes(ProtobufCBinaryData b)
{
    return (struct str){(const char *)b.data, b.len};
}

ProtobufCBinaryData rpc_binary(struct str s)
{
    return (ProtobufCBinaryData){s.len, (uint8_t *)(uintptr_t)s.ptr};
}

/* NUL bytes would end a C string early, so they go the way of ill-formed bytes. */
char *rpc_string(struct rpc *r, struct str s)
{
    struct buf out = buf_in(r->call.arena);
    buf_add(&out, STR(""));
    while (s.len) {
        size_t len = s.ptr[0] ? str_utf8_length(s) : 0;
        buf_add(&out, len ? str_slice(s, 0, len) : STR("\xef\xbf\xbd"));
        s = str_slice(s, len ? len : 1, s.len);
    }
    return out.ptr;
}

struct str rpc_type_name(struct str request)
{
    enum { FIRST_FIELD_OF_BYTES = 1 << 3 | 2, SHORT = 0x80 };
    const unsigned char *bytes = (const unsigned char *)request.ptr;

    if (request.len < 2 || bytes[0] != FIRST_FIELD_OF_BYTES || bytes[1] >= SHORT ||
        request.len - 2 < bytes[1])
        return STR("");
    return str_slice(request, 2, 2 + bytes[1]);
}

static const struct resource_type *named(const struct resource_type *const *types, size_t count,
                                         struct str name)
{
    for (size_t i = 0; i < count; i++)
        if (str_eq(str_of(types[i]->name), name))
            return types[i];
    return NULL;
}

const struct resource_type *rpc_type_named(const struct rpc_options *o, struct str name)
{
    return named(o->types, o->type_count, name);
}

static struct error *find(struct rpc *r, const char *kind, const struct resource_type *const *types,
                          size_t count, const char *name, const struct resource_type **out)
{
    struct buf known = buf_in(r->call.arena);

    *out = named(types, count, str_of(name));
    if (*out)
        return NULL;
    for (size_t i = 0; i < count; i++)
        buf_printf(&known, "%s%s", i ? ", " : "", types[i]->name);
    struct error *e =
        error_new(r->call.arena, ERROR_INVALID, "no %s \"%s\" in this provider", kind, name);
    if (count)
        e->detail =
            arena_printf(r->call.arena, "There are: " STR_FMT ".", STR_ARG(buf_str(&known)));
    return e;
}

struct error *rpc_find_type(struct rpc *r, const char *name, const struct resource_type **out)
{
    const struct rpc_options *o = rpc_options_of(r->server);
    return find(r, "resource type", o->types, o->type_count, name, out);
}

struct error *rpc_find_data_source(struct rpc *r, const char *name,
                                   const struct resource_type **out)
{
    const struct rpc_options *o = rpc_options_of(r->server);
    return find(r, "data source", o->data_sources, o->data_source_count, name, out);
}

/* One call's values are mostly of one table. */
static const struct cty_type *type_of(struct rpc *r, const struct model *m)
{
    if (r->typed != m)
        r->type = model_type(r->call.arena, m);
    r->typed = m;
    return &r->type;
}

static struct error *decode_json(struct rpc *r, const struct cty_type *t, struct str text,
                                 struct cty_value *out)
{
    struct json tree;
    TRY(json_parse(r->call.arena, text, &tree));
    return cty_from_json(r->call.arena, &tree, t, out);
}

struct error *rpc_decode_as(struct rpc *r, const struct cty_type *t,
                            const Tfplugin6__DynamicValue *wire, struct cty_value *out)
{
    *out = cty_null();
    if (wire && wire->msgpack.len)
        return cty_from_msgpack(r->call.arena, rpc_bytes(wire->msgpack), t, out);
    return wire && wire->json.len ? decode_json(r, t, rpc_bytes(wire->json), out) : NULL;
}

struct error *rpc_decode(struct rpc *r, const struct model *m, const Tfplugin6__DynamicValue *wire,
                         struct cty_value *out)
{
    return rpc_decode_as(r, type_of(r, m), wire, out);
}

struct error *rpc_take_meta(struct rpc *r, const Tfplugin6__DynamicValue *wire)
{
    struct cty_value meta;

    TRY(rpc_decode(r, &provider_meta_model, wire, &meta));
    return meta.kind == CTY_NULL ? NULL : agent_take_meta(&r->call, &meta);
}

Tfplugin6__DynamicValue *rpc_encode(struct rpc *r, const struct model *m, const struct cty_value *v)
{
    Tfplugin6__DynamicValue *wire = RPC_NEW(r, Tfplugin6__DynamicValue, tfplugin6__dynamic_value);
    wire->msgpack = rpc_binary(cty_to_msgpack(r->call.arena, v, type_of(r, m)));
    return wire;
}

static Tfplugin6__AttributePath__Step *step_of(struct rpc *r, const struct cty_step *from)
{
    Tfplugin6__AttributePath__Step *step =
        RPC_NEW(r, Tfplugin6__AttributePath__Step, tfplugin6__attribute_path__step);
    switch (from->kind) {
    case CTY_STEP_ATTRIBUTE:
        step->selector_case = TFPLUGIN6__ATTRIBUTE_PATH__STEP__SELECTOR_ATTRIBUTE_NAME;
        step->attribute_name = rpc_string(r, from->name);
        break;
    case CTY_STEP_KEY:
        step->selector_case = TFPLUGIN6__ATTRIBUTE_PATH__STEP__SELECTOR_ELEMENT_KEY_STRING;
        step->element_key_string = rpc_string(r, from->name);
        break;
    case CTY_STEP_INDEX:
        step->selector_case = TFPLUGIN6__ATTRIBUTE_PATH__STEP__SELECTOR_ELEMENT_KEY_INT;
        step->element_key_int = from->index;
        break;
    }
    return step;
}

/* As far as Terraform can follow: an element of a set has no address, and an attribute that the
 * table does not have is none. */
static size_t reachable(const struct model *m, const struct cty_steps *steps)
{
    const struct attr *row = NULL;
    for (size_t i = 0; m && i < steps->count; i++) {
        const struct cty_step *step = &steps->items[i];
        if (step->kind == CTY_STEP_ATTRIBUTE) {
            row = model_row(row ? row->nested : m, step->name);
            if (!row)
                return i;
        } else if (!row || attr_is_set(row)) {
            return i;
        }
        bool goes_on = row->kind == ATTR_BLOCKS || step->kind != CTY_STEP_ATTRIBUTE ||
                       row->kind == ATTR_STRINGS || row->kind == ATTR_MAP;
        if (!goes_on)
            return i + 1;
    }
    return steps->count;
}

/* As far as Terraform finds the place in the source: through blocks to an attribute and one index
 * into it.  With more it shows the first line of the whole resource. */
static size_t showable(const struct model *m, const struct cty_steps *steps, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const struct attr *row =
            steps->items[i].kind == CTY_STEP_ATTRIBUTE ? model_row(m, steps->items[i].name) : NULL;
        if (row && !attr_is_block(row))
            return i + 1 < count && steps->items[i + 1].kind != CTY_STEP_ATTRIBUTE ? i + 2 : i + 1;
        m = row ? row->nested : m;
    }
    return count;
}

static Tfplugin6__AttributePath *path_of(struct rpc *r, const struct cty_steps *steps, size_t count)
{
    Tfplugin6__AttributePath *path =
        RPC_NEW(r, Tfplugin6__AttributePath, tfplugin6__attribute_path);
    if (count == 0)
        return NULL;
    path->steps = ARENA_ARRAY(r->call.arena, Tfplugin6__AttributePath__Step *, count);
    for (path->n_steps = 0; path->n_steps < count; path->n_steps++)
        path->steps[path->n_steps] = step_of(r, &steps->items[path->n_steps]);
    return path;
}

Tfplugin6__AttributePath *rpc_path(struct rpc *r, struct str text)
{
    struct cty_steps steps = cty_path_parse(r->call.arena, text);
    return path_of(r, &steps, reachable(r->model, &steps));
}

Tfplugin6__AttributePath *rpc_path_shown(struct rpc *r, struct str text)
{
    struct cty_steps steps = cty_path_parse(r->call.arena, text);
    return path_of(r, &steps, showable(r->model, &steps, reachable(r->model, &steps)));
}
