#ifndef ENGINE_CORE_POD_SPEC_H
#define ENGINE_CORE_POD_SPEC_H

#include "engine/core/world.h"

/* Specifications compared by what they say, wherever it stands in memory. */
bool pod_spec_eq(const struct pod_spec *x, const struct pod_spec *y);
/* The same but for how much they ask: what is worked out of labels, terms and topology is worked
 * out once for both. */
bool pod_spec_rules_eq(const struct pod_spec *x, const struct pod_spec *y);
/* Equal ones have equal hashes: of the rules, and with the amounts. */
uint64_t pod_spec_rules_hash(const struct pod_spec *s);
uint64_t pod_spec_hash(const struct pod_spec *s);
/* The latter from the former. */
uint64_t pod_spec_hash_amounts(uint64_t of_rules, const struct resources *requests);

#endif
