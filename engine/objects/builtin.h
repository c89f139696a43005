#ifndef ENGINE_OBJECTS_BUILTIN_H
#define ENGINE_OBJECTS_BUILTIN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "engine/base/str.h"

/* What the executable knows about EC2 without asking: instance types, on-demand prices of a few
 * regions, and which zones offered a type when the tables were made (data/README.md says when).
 * Everything is constant and lives as long as the process. */

/* Words are as DescribeInstanceTypes gives them ("NVIDIA", "Intel"); 0, "" and NULL mean none, or
 * that AWS publishes no number. */
struct builtin_type {
    char name[24];
    int32_t memory_mib;   /* as EC2 reports it: nothing taken off for the hypervisor */
    int32_t network_mbps; /* baseline, not burst */
    int32_t ebs_max_mbps; /* 0 where EBS optimisation is not the default */
    int32_t local_nvme_gb;
    int32_t gpu_memory_mib; /* of one GPU */
    int16_t vcpu, cores;
    int16_t clock_mhz; /* sustained */
    int16_t max_enis_default_card, ipv4_per_eni;
    int16_t branch_enis; /* interfaces for pods; 0 where the type cannot trunk */
    int16_t efa_interfaces;
    int16_t gpu_count; /* 0 with a name: the type has a fraction of a GPU */
    int16_t accelerator_count;
    int16_t accelerator_cores; /* NeuronCores of one accelerator */
    bool amd64, arm64;         /* a type may run i386 too; nobody asks for that */
    bool on_demand, spot;
    bool bare_metal, current_generation, burstable, encryption_in_transit;
    char hypervisor[6];       /* "nitro", "xen"; "" for bare metal */
    char cpu_manufacturer[6]; /* "Intel", "AMD", "AWS" */
    const char *gpu_manufacturer, *gpu_name;
    const char *accelerator_manufacturer, *accelerator_name;
};

/* Linux, on demand, shared tenancy; bare metal is priced as dedicated. */
struct builtin_price {
    char region[16], instance_type[24];
    int64_t microusd_per_hour;
};

/* A place of the tz database and its clocks, as POSIX's TZ states them. */
struct builtin_zone {
    const char *name, *clocks;
};

/* Sorted by name in byte order. */
extern const struct builtin_zone builtin_time_zones[];
extern const size_t builtin_time_zone_count;
/* AWS's own managed policies of the partition aws on that day, each with its path and between line
 * ends: "\njob-function/ViewOnlyAccess\n". */
extern const char builtin_managed_policies[];
#define BUILTIN_MANAGED_POLICIES_OF "2026-05-01"
extern const struct builtin_type builtin_types[];
extern const size_t builtin_type_count;
/* Sorted by region, then type. */
extern const struct builtin_price builtin_prices[];
extern const size_t builtin_price_count;
/* For each type, in the order of builtin_types, a byte for each region: bit 0 is zone a. */
extern const char *const builtin_zone_regions[];
extern const size_t builtin_zone_region_count;
extern const uint8_t builtin_zone_letters[];

/* Zone names of one region: "us-east-1a"... */
#define BUILTIN_ZONES_MAX 8
struct builtin_zones {
    size_t count;
    char names[BUILTIN_ZONES_MAX][24];
};

/* NULL if the table does not hold the type. */
const struct builtin_type *builtin_type_find(struct str name);
/* False, and *microusd_per_hour untouched, if the region or the type is not priced. */
bool builtin_price_find(struct str region, struct str instance_type, int64_t *microusd_per_hour);
/* The zones that offer the type, in order; none for a region or a type that the table lacks. */
struct builtin_zones builtin_zones(struct str region, struct str instance_type);

#endif
