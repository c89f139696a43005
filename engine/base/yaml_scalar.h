#ifndef ENGINE_BASE_YAML_SCALAR_H
#define ENGINE_BASE_YAML_SCALAR_H

#include "engine/base/json.h"

/* What a plain (unquoted) YAML 1.1 scalar means to sigs.k8s.io/yaml: null, a boolean, a number in
 * JSON's notation, or a string.  False for .inf and .nan, which have no JSON form. */
bool yaml_resolve(struct arena *a, struct str plain, struct json *out);

#endif
