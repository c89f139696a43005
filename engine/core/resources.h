#ifndef ENGINE_CORE_RESOURCES_H
#define ENGINE_CORE_RESOURCES_H

#include "engine/core/quantity.h"

/* What a pod asks for and a node offers.  Integers only, so sums are exact in any order: CPU in
 * millicores, memory and storage in bytes, everything else in whole pieces.  The first four places
 * are fixed; the rest are named by the world's resource table, which holds what some catalog
 * offers. */
enum {
    RESOURCE_CPU,
    RESOURCE_MEMORY,
    RESOURCE_PODS,
    RESOURCE_EPHEMERAL_STORAGE,
    RESOURCE_FIRST_EXTENDED,
    RESOURCES_MAX = 16,
};

struct resources {
    int64_t amount[RESOURCES_MAX];
};

struct resource_table {
    struct str name[RESOURCES_MAX];
    size_t count;
};

/* The table with the four fixed names, as Kubernetes spells them. */
struct resource_table resource_table_new(void);
/* The place of a name, or RESOURCES_MAX when nobody offers it. */
size_t resource_table_find(const struct resource_table *t, struct str name);
/* As find, adding the name if there is room; RESOURCES_MAX when full.  `name` must outlive the
 * table. */
size_t resource_table_add(struct resource_table *t, struct str name);

/* Volumes of a CSI driver that a node can attach: the prefix, then the driver.  Kubernetes' own
 * name for the limit (component-helpers, GetCSIAttachLimitKey). */
#define RESOURCE_ATTACHABLE_PREFIX "attachable-volumes-csi-"
/* A node that states no limit of a driver has none: such amounts of zero become INT64_MAX. */
void resources_lift_unstated(struct resources *offered, const struct resource_table *t);

/* Sums saturate at INT64_MAX: an absurd request must not wrap into a small one. */
void resources_add(struct resources *sum, const struct resources *more);
/* How many such amounts there are in the rest. */
int64_t resources_times(const struct resources *one, const struct resources *rest);
void resources_subtract(struct resources *rest, const struct resources *less);
/* An amount as Kubernetes writes it in this place: "1930m" of CPU, "3246Mi", 4 pieces; and back. */
struct str resource_amount_text(struct arena *a, size_t place, int64_t amount);
/* For sentences: bytes to a tenth of a binary unit ("208.6Gi"), else the same. */
struct str resource_amount_about(struct arena *a, size_t place, int64_t amount);

#endif
