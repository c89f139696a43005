#ifndef ENGINE_ADAPTERS_API_INSIDE_H
#define ENGINE_ADAPTERS_API_INSIDE_H

#include "engine/adapters/api_objects.h"
#include "engine/adapters/api_reading.h"

/* What hearing (api_objects.c) and telling (api_tell.c) of objects share. */

/* Pods that are to be told, read already. */
struct pod_tale {
    struct arena arena;
    struct pod_specs specs;
    struct pod *pods;
    size_t count, capacity;
    struct str *gone;
    size_t gone_count, gone_capacity;
};

struct node_tale {
    struct arena arena;
    struct str *gone;
    size_t gone_count, gone_capacity;
};

/* Volume claims of which something is otherwise. */
struct changed_claims {
    struct arena arena;
    struct str *items;
    size_t count, capacity;
    bool all;
};

struct api_objects {
    struct shelf shelves[API_KINDS];
    bool listing[API_KINDS]; /* a list is on its way */
    bool listed[API_KINDS];  /* one has come to its end */
    struct api_context context;
    bool context_stale;
    struct changed_claims changed;
    struct pod_tale pods;
    struct node_tale nodes;
    size_t nodes_asked;                /* of context.asked, when nodes were read last */
    unsigned whole;                    /* parts of which all is to be told */
    unsigned told;                     /* parts that have been told */
    struct api_notes notes[API_KINDS]; /* of the kinds that are told whole */
};

/* The kinds that are told whole, and as which parts. */
struct api_rule {
    enum api_kind kind;
    unsigned part;
};
enum { API_RULES = 3 };
extern const struct api_rule api_rules[API_RULES];

/* Reads a pod into what is to be told. */
void api_read_pod(struct api_objects *o, struct str name, const struct json *tree);
void api_touch_all_nodes(struct api_objects *o);

#endif
