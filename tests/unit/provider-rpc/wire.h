/* A server under test and calls of it. */
#ifndef TESTS_WIRE_H
#define TESTS_WIRE_H

#include "proto/tfplugin6.pb-c.h"
#include "provider/rpc/rpc.h"

/* Requests as bytes through the routes, as the shim would bring them. */
struct fixture {
    struct arena arena;
    struct cancel *stop;
    struct rpc_server *server;
};

static inline void *allocate(void *arena, size_t size)
{
    return arena_alloc(arena, size);
}

static inline void leave(void *arena, void *block)
{
    (void)arena, (void)block;
}

static inline void *call(struct fixture *f, const char *name, const void *request,
                         const ProtobufCMessageDescriptor *response)
{
    struct str path = arena_printf(&f->arena, "/tfplugin6.Provider/%s", name);
    size_t count;
    const struct shim_route *routes = rpc_routes(f->server, &count);
    ProtobufCAllocator in_arena = {allocate, leave, &f->arena};
    struct shim_call shim = {.arena = &f->arena};
    uint8_t *bytes = arena_alloc(&f->arena, protobuf_c_message_get_packed_size(request) + 1);

    shim.request = (struct str){(char *)bytes, protobuf_c_message_pack(request, bytes)};
    for (size_t i = 0; i < count; i++)
        if (str_eq(str_of(routes[i].path), path))
            assert_null(routes[i].handler(&shim, routes[i].self));
    void *answer = protobuf_c_message_unpack(response, &in_arena, shim.response.len,
                                             (const uint8_t *)shim.response.ptr);
    assert_non_null(answer);
    return answer;
}

#endif
