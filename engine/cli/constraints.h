#ifndef ENGINE_CLI_CONSTRAINTS_H
#define ENGINE_CLI_CONSTRAINTS_H

#include "engine/core/world.h"

/* What a pod asks of where it runs, one by one, and the same pod without one of them: so that
 * somebody can be told what each of them costs. */
enum constraint_kind {
    CONSTRAINT_LABEL,      /* node selector and affinity, all that is said of one key */
    CONSTRAINT_VOLUMES,    /* where its volumes are */
    CONSTRAINT_TOPOLOGY,   /* a spread, an affinity, an anti-affinity */
    CONSTRAINT_PREFERENCE, /* a preferred node affinity */
    CONSTRAINT_PORTS,
    CONSTRAINT_HELD, /* volumes that not every pod may use at once */
};

struct constraint {
    enum constraint_kind kind;
    size_t at;       /* its place in the specification's array */
    struct str key;  /* of a label */
    struct str text; /* "its spread over topology.kubernetes.io/zone" */
};

struct constraints {
    struct constraint *items;
    size_t count, capacity;
};
struct constraints constraints_of(struct arena *a, const struct pod_spec *spec);

/* A copy without it. */
const struct pod_spec *constraint_dropped(struct arena *a, const struct pod_spec *spec,
                                          const struct constraint *c);

#endif
