#ifndef PROVIDER_CTY_MSGPACK_READ_H
#define PROVIDER_CTY_MSGPACK_READ_H

#include "engine/base/arena.h"

/* One msgpack item at a time, whatever it is.  Composite items give their count; their members
 * follow as items of their own. */
enum msgpack_kind {
    MSGPACK_NIL,
    MSGPACK_BOOL,
    MSGPACK_INT,  /* fits int64 */
    MSGPACK_UINT, /* above it */
    MSGPACK_FLOAT,
    MSGPACK_STRING,
    MSGPACK_BINARY,
    MSGPACK_ARRAY,
    MSGPACK_MAP,
    MSGPACK_EXTENSION,
};

struct msgpack_item {
    enum msgpack_kind kind;
    bool boolean;
    int64_t integer; /* MSGPACK_UINT: the bits */
    double number;
    struct str bytes; /* STRING, BINARY, EXTENSION: borrowed from the input */
    int extension_type;
    size_t count; /* ARRAY: elements, MAP: pairs; never more than bytes are left */
};

struct msgpack_reader {
    const unsigned char *at;
    size_t left;
};

/* False when the bytes end early or the first byte is none of msgpack's. */
bool msgpack_next(struct msgpack_reader *r, struct msgpack_item *out);

#endif
