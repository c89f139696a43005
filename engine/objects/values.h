#ifndef ENGINE_OBJECTS_VALUES_H
#define ENGINE_OBJECTS_VALUES_H

#include "engine/core/world.h"
#include "engine/objects/reader.h"

/* The small values that pools, pods and classes are made of, from JSON.  Readers collect errors
 * (reader.h), check syntax, and take null as absent. */

/* A map of label keys to values.  `restricted`: keys that a pool may not state are refused too. */
void read_labels(struct reader *r, const struct place *at, const struct json *j, bool restricted,
                 struct labels *out);
/* A map of strings in which only the form is checked: annotations, tags. */
void read_string_map(struct reader *r, const struct place *at, const struct json *j,
                     struct labels *out);

/* Key, operator (one of the words, ending in NULL) and values of an expression, as requirement_new
 * makes them one; minValues where it stands. */
bool read_requirement(struct reader *r, const struct place *at, const struct json *j,
                      const char *const *operators, struct requirement *out);
/* A list of key, value and effect, of pools and of nodes; what is wrong with one is among the
 * errors, and it is left out. */
void read_taints(struct reader *r, const struct place *at, const struct json *j,
                 struct taints *out);

/* The amount of a resource as the core counts it: CPU in thousandths, anything else in whole units.
 */
bool read_amount(struct reader *r, const struct place *at, struct str resource,
                 const struct json *j, int64_t *out);
/* A map of resource names to quantities.  Names new to the table are added to it; the first that
 * finds no room there goes to *unserved.  Amounts of zero ask for nothing. */
void read_resources(struct reader *r, const struct place *at, const struct json *j,
                    struct resource_table *table, struct resources *out, struct str *unserved);

/* Dollars as decimal text ("12", "0.0416") in millionths; false for anything else, for more than
 * six decimals and for amounts below zero. */
bool usd_parse_micro(struct str text, int64_t *microusd);

#endif
