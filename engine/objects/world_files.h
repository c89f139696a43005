#ifndef ENGINE_OBJECTS_WORLD_FILES_H
#define ENGINE_OBJECTS_WORLD_FILES_H

#include "engine/objects/kubernetes_objects.h"

/* A world made of files alone: what estimate and simulate decide about, with no cluster and no
 * account.  The fleet of such a world is made from nothing: pods that have a node are pods to place
 * like any other, and the nodes themselves are no part of it; they are what there is today. */
struct world_texts {
    const struct manifest_text *manifests;
    size_t manifest_count;
    const struct manifest_text *pools; /* Karpenter's (karpenter_pools.h) */
    size_t pool_count; /* none: one pool of what EC2 calls current generations, amd64, linux */
    const struct manifest_text *catalog; /* CSV (catalog_csv.h); NULL: the built-in tables */
    /* Of the built-in tables: */
    struct str region;             /* empty: us-east-1 */
    int64_t spot_discount_percent; /* spot costs so much less than on-demand; 0: no spot offerings,
                                      for a price is not guessed */
    int64_t now_ms;
};

/* A node of the input, and what it costs. */
struct node_today {
    struct str name, instance_type, zone;
    enum capacity_type capacity_type;
    int64_t price_microusd_per_hour; /* -1: nobody says */
};

struct world_files {
    struct world world;              /* ready to decide about; engine_binds */
    struct resource_table resources; /* the world's */
    struct node_today *today;        /* sorted by name */
    size_t today_count;
    int64_t today_microusd_per_hour; /* -1: some node of today has no price */
    struct notes notes;              /* warnings; those of unpriced nodes included */
};

/* The error lists everything that is wrong in any of the texts, with file and line; *out is then of
 * no use.  The texts must live as long as *out, which must not be moved. */
MUST_CHECK struct error *world_from_files(struct arena *keep, const struct world_texts *texts,
                                          struct world_files *out);

#endif
