#ifndef ENGINE_CORE_REQUIREMENT_H
#define ENGINE_CORE_REQUIREMENT_H

#include "engine/base/error.h"

/* Requirement algebra: sets of label values and what they have in common.
 *
 * A requirement is a key and a set: a finite one (In), or all values but some (NotIn; Exists
 * excludes none), perhaps within whole-number bounds (Gt, Lt, Gte, Lte).  DoesNotExist is the empty
 * finite set.  Semantics are Karpenter's (facts: representation, intersection, compatibility) with
 * rules.md where it differs. */
enum requirement_operator {
    OPERATOR_IN,
    OPERATOR_NOT_IN,
    OPERATOR_EXISTS,
    OPERATOR_DOES_NOT_EXIST,
    OPERATOR_GT,
    OPERATOR_LT,
    OPERATOR_GTE,
    OPERATOR_LTE,
};

struct requirement {
    struct str key;
    bool complement;    /* values are those excluded */
    struct str *values; /* sorted, distinct */
    size_t count;
    int64_t at_least;   /* INT64_MIN: unbounded; only with complement */
    int64_t at_most;    /* INT64_MAX: unbounded */
    int64_t min_values; /* 0: none asked */
};

/* Sorted by key, one a key. */
struct requirements {
    struct requirement *items;
    size_t count, capacity;
};

bool requirement_operator_parse(struct str text, enum requirement_operator *out);

/* From key, operator, values as written; legacy keys (failure-domain.beta.kubernetes.io/zone...)
 * become today's.  Errors carry the paths "operator", "values" or "key". */
MUST_CHECK struct error *requirement_new(struct arena *a, struct str key,
                                         enum requirement_operator op, const struct str *values,
                                         size_t count, int64_t min_values, struct requirement *out);

/* Does the set contain the value? */
bool requirement_has(const struct requirement *r, struct str value);
/* Is the set empty (and so satisfied by the label's absence only)? */
bool requirement_is_empty(const struct requirement *r);
/* Is absence of the label acceptable: NotIn, DoesNotExist. */
bool requirement_allows_absence(const struct requirement *r);
struct requirement requirement_intersect(struct arena *a, const struct requirement *x,
                                         const struct requirement *y);
bool requirement_intersects(const struct requirement *x, const struct requirement *y);
/* "key In [a b]" as people read it. */
struct str requirement_text(struct arena *a, const struct requirement *r);

const struct requirement *requirements_get(const struct requirements *set, struct str key);
/* Intersects into the set; a key that was not there is added. */
void requirements_add(struct arena *a, struct requirements *set, const struct requirement *r);
void requirements_add_all(struct arena *a, struct requirements *set,
                          const struct requirements *more);
/* The first key of both whose intersection is empty, or NULL: do they contradict each other? */
const struct requirement *requirements_conflict(const struct requirements *x,
                                                const struct requirements *y);
/* May something that asks for `wanted` land on what `offered` describes?  Keys that `offered` does
 * not state are fine when `wanted` allows absence or when they are well known and `undefined_ok`.
 * Returns the requirement that stands in the way, or NULL. */
const struct requirement *requirements_incompatible(const struct requirements *offered,
                                                    const struct requirements *wanted,
                                                    bool undefined_ok);

/* Is the key one that launches can decide (karpenter's well-known labels)? */
bool label_is_well_known(struct str key);
/* Today's name of a legacy label key. */
struct str label_normalize(struct str key);
/* NULL, or why a pool may not state this label. */
const char *label_restriction(struct str key);

#endif
