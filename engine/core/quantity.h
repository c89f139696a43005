#ifndef ENGINE_CORE_QUANTITY_H
#define ENGINE_CORE_QUANTITY_H

#include "engine/base/arena.h"

/* Kubernetes quantities ("250m", "1.5", "4Gi", "1e3", "12E"), as
 * https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/quantity/ has them:
 * decimal SI, binary SI and exponents; signs are read, and refused by those who need none. */

/* In thousandths, rounded up; false when it is no quantity or beyond int64. */
bool quantity_parse_milli(struct str text, int64_t *milli);
/* In whole units (bytes, pieces), rounded up. */
bool quantity_parse(struct str text, int64_t *units);
/* Equal amounts in whatever notation. */
bool quantity_eq(struct str a, struct str b);

/* Back to Kubernetes notation: 1930m, 2; 3403677696 bytes as "3246Mi"; the shortest exact form. */
struct str quantity_format_milli(struct arena *a, int64_t milli);
struct str quantity_format_bytes(struct arena *a, int64_t bytes);
/* For sentences: in the largest binary unit of which there is one, to a tenth ("208.6Gi"). */
struct str quantity_format_bytes_about(struct arena *a, int64_t bytes);

#endif
