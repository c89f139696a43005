#ifndef ENGINE_CORE_REQUIREMENT_H
#define ENGINE_CORE_REQUIREMENT_H

#include "engine/base/error.h"

/* Requirement algebra: sets of label values and what they have in common.
 *
 * A requirement is a key and a set: a finite one (In), or all values but some (NotIn; Exists
 * excludes none), perhaps within whole-number bounds (Gt, Lt, Gte, Lte).  DoesNotExist is the empty
 * finite set.  Representation and intersection are Karpenter's; where that forgets what
 * kube-scheduler asks (Exists and NotIn together refuse a missing label; "In [a]" and "In [b]"
 * together refuse everything, absence too), kube-scheduler is right: see `present`. */
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
    bool present;       /* absence is refused, though NotIn or the empty set alone would allow it */
    bool above, below;  /* the bounds were written as Gt and Lt: for the text alone */
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
/* Is the set empty?  Then only the label's absence can satisfy it, and if that is not allowed
 * either (a contradiction, "Lt 0"), nothing can. */
bool requirement_is_empty(const struct requirement *r);
/* Is absence of the label acceptable: NotIn and DoesNotExist, unless combined with what needs it.
 */
bool requirement_allows_absence(const struct requirement *r);
struct requirement requirement_intersect(struct arena *a, const struct requirement *x,
                                         const struct requirement *y);
bool requirement_intersects(const struct requirement *x, const struct requirement *y);
/* Can neither a value nor absence satisfy it? */
bool requirement_is_contradiction(const struct requirement *r);
/* "key In [a b]" as people read it. */
struct str requirement_text(struct arena *a, const struct requirement *r);

const struct requirement *requirements_get(const struct requirements *set, struct str key);
/* Intersects into the set; a key that was not there is added. */
void requirements_add(struct arena *a, struct requirements *set, const struct requirement *r);
void requirements_add_all(struct arena *a, struct requirements *set,
                          const struct requirements *more);
/* The first requirement of the set that nothing can satisfy, or NULL. */
const struct requirement *requirements_contradiction(const struct requirements *set);
/* The first key of both whose intersection is empty, or NULL: do they contradict each other? */
const struct requirement *requirements_conflict(const struct requirements *x,
                                                const struct requirements *y);

/* Do they say the same? */
bool requirement_eq(const struct requirement *x, const struct requirement *y);
bool requirements_eq(const struct requirements *x, const struct requirements *y);

/* Kubernetes' syntax of label keys ("example.com/name") and values. */
bool label_key_is_valid(struct str key);
bool label_value_is_valid(struct str value);
/* Is the key one that launches can decide (karpenter's well-known labels)? */
bool label_is_well_known(struct str key);
/* Today's name of a legacy label key. */
struct str label_normalize(struct str key);
/* NULL, or why a pool may not state this label. */
const char *label_restriction(struct str key);

/* The keys that the engine itself reads and writes. */
#define LABEL_ZONE             STR("topology.kubernetes.io/zone")
#define LABEL_CAPACITY_TYPE    STR("karpenter.sh/capacity-type")
#define LABEL_NODE_POOL        STR("karpenter.sh/nodepool")
#define LABEL_PROVISIONER_NAME STR("karpenter.sh/provisioner-name")
#define LABEL_NODE_CLASS       STR("karpenter.k8s.aws/ec2nodeclass")
#define LABEL_INSTANCE_TYPE    STR("node.kubernetes.io/instance-type")
#define LABEL_HOSTNAME         STR("kubernetes.io/hostname")
#define LABEL_ARCH             STR("kubernetes.io/arch")
#define LABEL_OS               STR("kubernetes.io/os")
#define LABEL_REGION           STR("topology.kubernetes.io/region")

#endif
