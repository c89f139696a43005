#ifndef PROVIDER_CTY_VALUE_H
#define PROVIDER_CTY_VALUE_H

#include "engine/base/arena.h"

/* Terraform's values ("cty").  A value carries its own kind; which kinds may stand where is said by
 * a type (type.h).  Values are immutable once made, live in an arena and may be shared. */
enum cty_kind {
    CTY_NULL, /* of any type */
    CTY_UNKNOWN,
    CTY_STRING,
    CTY_NUMBER,
    CTY_BOOL,
    CTY_LIST,
    CTY_SET,
    CTY_TUPLE,
    CTY_MAP,
    CTY_OBJECT,
    CTY_DYNAMIC, /* types only: any value, which then brings its type along */
};

/* Exact: integers within int64 as such, all others by their decimal text. */
struct cty_number {
    bool is_integer;
    int64_t integer;
    struct str text; /* "0.1", "1e40"; empty for integers */
};

struct cty_value {
    enum cty_kind kind;
    union {
        bool boolean;
        struct str string;
        struct cty_number number;
        struct str refinement; /* CTY_UNKNOWN: msgpack of what is known about it; mostly empty */
    };
    struct cty_value *items;        /* elements, or what the keys stand for */
    struct str *keys;               /* CTY_MAP, CTY_OBJECT (in the order of its type) */
    size_t count;                   /* of items */
    const struct cty_type *dynamic; /* the type it brought, where the schema says dynamic */
};

struct cty_value cty_string(struct str s);
struct cty_value cty_int(int64_t n);
struct cty_value cty_bool(bool b);
static inline struct cty_value cty_null(void)
{
    return (struct cty_value){.kind = CTY_NULL};
}
static inline struct cty_value cty_unknown(void)
{
    return (struct cty_value){.kind = CTY_UNKNOWN};
}
/* A number from its decimal text, in JSON's grammar; false if it is none.  Borrows the text. */
bool cty_number_parse(struct str text, struct cty_number *out);
struct str cty_number_text(struct arena *a, struct cty_number n);
bool cty_number_eq(struct cty_number a, struct cty_number b); /* by value: 1, 1.0, 10e-1 */

/* A collection of `count` null items to fill in; keys too for maps and objects. */
struct cty_value cty_collection(struct arena *a, enum cty_kind kind, size_t count);
/* Member of an object or map; a shared null when there is none or it is no object. */
const struct cty_value *cty_get(const struct cty_value *object, struct str key);
/* The same object with one member replaced; the others are shared. */
struct cty_value cty_with(struct arena *a, const struct cty_value *object, struct str key,
                          struct cty_value member);

/* Equal by meaning: numbers by value, sets without regard to order.  Unknown equals unknown,
 * whatever is known about either. */
bool cty_eq(const struct cty_value *a, const struct cty_value *b);
bool cty_is_wholly_known(const struct cty_value *v);
/* Null, "", or a collection without items: what AWS cannot tell from "absent". */
bool cty_is_empty(const struct cty_value *v);
/* The same value with each unknown, however deep, made null. */
struct cty_value cty_unknown_as_null(struct arena *a, const struct cty_value *v);

#endif
