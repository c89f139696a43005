#ifndef PROVIDER_RESOURCE_NORMAL_H
#define PROVIDER_RESOURCE_NORMAL_H

#include "provider/resource/schema.h"

/* Beside the writings for `.normal` (schema.h): JSON text with <, >, & and the two line separators
 * of Unicode escaped, all of which stand in strings only, as Go's encoding/json writes it. */
struct str json_for_html(struct arena *a, struct str text);

#endif
