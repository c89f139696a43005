#ifndef PROVIDER_CTY_MSGPACK_H
#define PROVIDER_CTY_MSGPACK_H

#include "provider/cty/type.h"

/* Terraform's wire form of values: msgpack guided by a type.  Any width of any form is read; every
 * extension is an unknown (12 brings a refinement along).  Foreign bytes are safe: lengths are
 * checked against what is there, depth is bounded, and errors carry the path in the value. */
MUST_CHECK struct error *cty_from_msgpack(struct arena *a, struct str bytes,
                                          const struct cty_type *t, struct cty_value *out);

/* The value must conform to the type (cty_conforms); anything else is a broken promise of ours. */
struct str cty_to_msgpack(struct arena *a, const struct cty_value *v, const struct cty_type *t);

#endif
