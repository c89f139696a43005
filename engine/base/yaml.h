#ifndef ENGINE_BASE_YAML_H
#define ENGINE_BASE_YAML_H

#include "engine/base/json.h"

/* YAML 1.1 as Kubernetes reads it (through libyaml), as JSON trees that know their lines.  Plain
 * scalars follow sigs.k8s.io/yaml: true/false/yes/no..., null/~, numbers; quoted ones stay strings.
 * Anchors and aliases are expanded up to a bound (those of a document may stand for 1,000,000
 * values), merge keys `<<` included.  Repeated keys are an error, as in a strict decode. */
struct yaml_documents {
    struct json *items; /* one per document; empty documents are left out */
    size_t count;
};

/* Every document of a stream.  The error names the line; `name` is the file for its text. */
MUST_CHECK struct error *yaml_parse(struct arena *a, struct str name, struct str text,
                                    struct yaml_documents *out);

#endif
