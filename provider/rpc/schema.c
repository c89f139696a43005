#include "provider/rpc/method.h"

/* The table as Terraform's schema. */

static Tfplugin6__Schema__Object__NestingMode nesting_mode(const struct attr *row)
{
    if (attr_is_single(row))
        return TFPLUGIN6__SCHEMA__OBJECT__NESTING_MODE__SINGLE;
    return attr_is_set(row) ? TFPLUGIN6__SCHEMA__OBJECT__NESTING_MODE__SET
                            : TFPLUGIN6__SCHEMA__OBJECT__NESTING_MODE__LIST;
}

static Tfplugin6__Schema__NestedBlock__NestingMode block_mode(const struct attr *row)
{
    if (attr_is_single(row))
        return TFPLUGIN6__SCHEMA__NESTED_BLOCK__NESTING_MODE__SINGLE;
    return attr_is_set(row) ? TFPLUGIN6__SCHEMA__NESTED_BLOCK__NESTING_MODE__SET
                            : TFPLUGIN6__SCHEMA__NESTED_BLOCK__NESTING_MODE__LIST;
}

static ProtobufCBinaryData type_text(struct rpc *r, const struct attr *row)
{
    struct cty_type t = attr_type(r->call.arena, row);
    struct buf out = buf_in(r->call.arena);
    cty_type_print(&out, &t);
    return rpc_binary(buf_str(&out));
}

static Tfplugin6__Schema__Attribute *attribute_of(struct rpc *r, const struct attr *row);

static Tfplugin6__Schema__Object *object_of(struct rpc *r, const struct attr *row)
{
    const struct model *m = row->nested;
    Tfplugin6__Schema__Object *o = RPC_NEW(r, Tfplugin6__Schema__Object, tfplugin6__schema__object);
    o->nesting = nesting_mode(row);
    o->n_attributes = m->count;
    o->attributes = ARENA_ARRAY(r->call.arena, Tfplugin6__Schema__Attribute *, m->count);
    for (size_t i = 0; i < m->count; i++)
        o->attributes[i] = attribute_of(r, &m->attrs[i]);
    return o;
}

static Tfplugin6__Schema__Attribute *attribute_of(struct rpc *r, const struct attr *row)
{
    Tfplugin6__Schema__Attribute *a =
        RPC_NEW(r, Tfplugin6__Schema__Attribute, tfplugin6__schema__attribute);
    a->name = rpc_string(r, str_of(row->name));
    a->description = rpc_string(r, str_of(row->describe));
    a->required = (row->flags & REQUIRED) != 0;
    a->optional = (row->flags & OPTIONAL) != 0;
    a->computed = attr_is_computed(row);
    a->sensitive = (row->flags & SENSITIVE) != 0;
    a->deprecated = row->deprecated != NULL;
    if (row->kind == ATTR_BLOCKS && !attr_is_whole(row))
        a->nested_type = object_of(r, row);
    else
        a->type = type_text(r, row);
    return a;
}

static Tfplugin6__Schema__Block *block_of(struct rpc *r, const struct model *m);

/* Counts of list and set blocks are announced, so that Terraform checks them before it asks us. */
static Tfplugin6__Schema__NestedBlock *nested_block_of(struct rpc *r, const struct attr *row)
{
    Tfplugin6__Schema__NestedBlock *b =
        RPC_NEW(r, Tfplugin6__Schema__NestedBlock, tfplugin6__schema__nested_block);
    b->type_name = rpc_string(r, str_of(row->name));
    b->block = block_of(r, row->nested);
    b->block->deprecated = row->deprecated != NULL;
    b->block->description = rpc_string(r, str_of(row->describe));
    b->nesting = block_mode(row);
    if (!attr_is_single(row)) {
        b->min_items = row->min;
        b->max_items = row->max;
    }
    return b;
}

static Tfplugin6__Schema__Block *block_of(struct rpc *r, const struct model *m)
{
    Tfplugin6__Schema__Block *b = RPC_NEW(r, Tfplugin6__Schema__Block, tfplugin6__schema__block);
    b->attributes = ARENA_ARRAY(r->call.arena, Tfplugin6__Schema__Attribute *, m->count);
    b->block_types = ARENA_ARRAY(r->call.arena, Tfplugin6__Schema__NestedBlock *, m->count);
    for (size_t i = 0; i < m->count; i++) {
        if (attr_is_block(&m->attrs[i]))
            b->block_types[b->n_block_types++] = nested_block_of(r, &m->attrs[i]);
        else
            b->attributes[b->n_attributes++] = attribute_of(r, &m->attrs[i]);
    }
    return b;
}

Tfplugin6__Schema *rpc_schema(struct rpc *r, int64_t version, const char *describe,
                              const struct model *m)
{
    Tfplugin6__Schema *s = RPC_NEW(r, Tfplugin6__Schema, tfplugin6__schema);
    s->version = version;
    s->block = block_of(r, m);
    s->block->description = rpc_string(r, str_of(describe));
    return s;
}

Tfplugin6__ServerCapabilities *rpc_capabilities(struct rpc *r)
{
    Tfplugin6__ServerCapabilities *c =
        RPC_NEW(r, Tfplugin6__ServerCapabilities, tfplugin6__server_capabilities);
    c->plan_destroy = true;
    c->get_provider_schema_optional = true;
    c->move_resource_state = true;
    return c;
}
