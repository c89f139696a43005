#ifndef PROVIDER_RESOURCE_BIND_H
#define PROVIDER_RESOURCE_BIND_H

#include "provider/resource/table.h"

/* Terraform values to plain C structs and back, by the table alone. */

/* `into` is zeroed memory of m->bytes.  A null object gives a zero struct; a number that no
 * int64 holds where an int is wanted is an error at its path. */
MUST_CHECK struct error *bind_decode(struct arena *a, const struct model *m,
                                     const struct cty_value *object, void *into);
struct cty_value bind_encode(struct arena *a, const struct model *m, const void *from);
/* A zeroed struct of the table. */
void *bind_new(struct arena *a, const struct model *m);

/* `base`, with those members taken anew from `after` that a function changed since `before`, the
 * struct that was decoded from it.  Members left alone keep what a struct cannot hold: a number's
 * notation, a partly known list. */
struct cty_value bind_merge(struct arena *a, const struct model *m, const struct cty_value *base,
                            const void *before, const void *after);

#endif
