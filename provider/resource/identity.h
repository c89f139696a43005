#ifndef PROVIDER_RESOURCE_IDENTITY_H
#define PROVIDER_RESOURCE_IDENTITY_H

#include "provider/resource/resource.h"

/* What Terraform 1.12 and later know an object by, beside its state: a few texts, by which it can
 * also be imported.  Names and versions are those of hashicorp/aws 6, whose state holds them, too.
 *
 * A member is the attribute of that name, but for two: `account_id` is the account of the
 * provider, and `region` where the object is.  An identity is told once and then stays as it is:
 * Terraform takes a change of it for a fault of the provider. */

bool has_identity(const struct resource_type *t);
/* Each member's name, the required ones first: while (identity_member(t, i, &name, &required)). */
bool identity_member(const struct resource_type *t, size_t i, struct str *name, bool *required);
/* An object of texts. */
struct cty_type identity_type(struct arena *a, const struct resource_type *t);

/* The identity of what `state` holds, where `c` has been: `stored` if that says anything; null
 * where the state does not tell. */
struct cty_value identity_of(struct call *c, const struct resource_type *t,
                             const struct cty_value *state, const struct cty_value *stored);

/* State as by the import id that says the same.  `identity` is completed. */
MUST_CHECK struct error *identity_import(struct call *c, const struct resource_type *t,
                                         struct cty_value *identity, struct cty_value *state);

/* An identity as stored, perhaps by another version: members that there are no more are dropped. */
MUST_CHECK struct error *identity_upgrade(struct call *c, const struct resource_type *t,
                                          struct str json, struct cty_value *identity);

#endif
