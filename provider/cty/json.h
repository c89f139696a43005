#ifndef PROVIDER_CTY_JSON_H
#define PROVIDER_CTY_JSON_H

#include "provider/cty/type.h"

/* Values as they stand in a state file.  Missing attributes of an object become null and ones the
 * type lacks are passed over, because state may be of an older schema; scalars convert as
 * Terraform converts them ("5" where a number is wanted).  There are no unknowns. */
MUST_CHECK struct error *cty_from_json(struct arena *a, const struct json *j,
                                       const struct cty_type *t, struct cty_value *out);

/* For tests, logs and the CLI: unknown values become null. */
void cty_to_json(struct json_writer *w, const struct cty_value *v, const struct cty_type *t);

#endif
