#ifndef PROVIDER_CTY_TYPE_H
#define PROVIDER_CTY_TYPE_H

#include "engine/base/json.h"
#include "provider/cty/value.h"

/* Types of Terraform values, and their JSON text: "string", ["list","number"],
 * ["object",{"a":"bool"}]. */
struct cty_type {
    enum cty_kind kind;             /* never CTY_NULL or CTY_UNKNOWN */
    const struct cty_type *element; /* CTY_LIST, CTY_SET, CTY_MAP */
    const struct cty_type *items;   /* CTY_TUPLE, CTY_OBJECT: one for each place */
    const struct str *names;        /* CTY_OBJECT */
    size_t count;                   /* of items */
};

extern const struct cty_type cty_type_string, cty_type_number, cty_type_bool, cty_type_dynamic;
extern const struct cty_type cty_type_strings, cty_type_string_set, cty_type_string_map;

void cty_type_print(struct buf *out, const struct cty_type *t);
MUST_CHECK struct error *cty_type_parse(struct arena *a, struct str json_text,
                                        struct cty_type *out);
bool cty_type_eq(const struct cty_type *a, const struct cty_type *b);
/* For messages: "string", "list of string", "object". */
const char *cty_kind_name(enum cty_kind kind);
/* Whether a value may stand where the type is asked for, all the way down; null and unknown may
 * anywhere. */
bool cty_conforms(const struct cty_value *v, const struct cty_type *t);

#endif
