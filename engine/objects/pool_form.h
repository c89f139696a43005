#ifndef ENGINE_OBJECTS_POOL_FORM_H
#define ENGINE_OBJECTS_POOL_FORM_H

#include "engine/objects/form.h"

/* tenon_node_pool as written (surface.md), before the core's view is made of it. */

struct requirement_spec {
    struct str key, op;
    struct strings values;
    int64_t min_values;
};
struct taint_spec {
    struct str key, value, effect;
};
struct consolidation_spec {
    struct setting enabled;
    struct str policy;
    int64_t after_seconds, payback_seconds;
};
struct budget_spec {
    struct str nodes, schedule, time_zone;
    int64_t duration;
    struct strings reasons;
};
struct headroom_spec {
    struct labels resources;
    int64_t count;
};
struct pool_spec {
    struct str name, node_class;
    struct labels labels, annotations, limits;
    struct list requirements;                                   /* requirement_spec */
    struct list taints, startup_taints;                         /* taint_spec */
    int64_t weight;                                             /* 0: unset */
    int64_t replicas;                                           /* -1: unset */
    int64_t spread_limit;                                       /* 0: unset */
    int64_t ttl_seconds_after_empty, ttl_seconds_until_expired; /* -1: never */
    int64_t termination_grace_period_seconds;                   /* -1: unset */
    struct consolidation_spec consolidation;
    struct list budgets, headroom; /* budget_spec, headroom_spec */
};

extern const struct form pool_form;

/* What the values of `limits` other than Kubernetes resources are called. */
#define LIMIT_NODES      STR("nodes")
#define LIMIT_HOURLY_USD STR("hourly_usd")

/* Its parts with files of their own. */
extern const struct form requirement_form;
void check_requirements(struct reader *r, const struct place *at, const struct json *j,
                        const void *filled);
void check_labels_against_requirements(struct reader *r, const struct place *at,
                                       const struct json *j, const struct pool_spec *spec);

extern const struct form budget_form;
/* The budgets that good specs state. */
void pool_budgets_read(struct arena *keep, const struct list *specs, struct pool *out);

/* The requirement that a good spec states. */
MUST_CHECK struct error *requirement_of_spec(struct arena *a, const struct requirement_spec *spec,
                                             struct requirement *out);

#endif
