#ifndef ENGINE_CORE_ALLOCATABLE_H
#define ENGINE_CORE_ALLOCATABLE_H

#include "engine/core/world.h"

/* From what EC2 says of an instance type and what a node class sets to what limits count
 * (capacity), what pods may use (allocatable) and the labels of the node.  The formulas are those
 * of the EKS images and of Karpenter: 7.5 % of memory goes to the hypervisor, the kubelet's reserve
 * follows the number of cores and of network addresses. */
struct instance_facts {
    struct str name; /* "m5.large" */
    struct str arch; /* "amd64", "arm64": Kubernetes' word */
    int64_t vcpu_count, memory_mib;
    int64_t eni_count, ipv4_per_eni; /* of the default network card */
    int64_t branch_eni_count, efa_count;
    int64_t network_mbps, ebs_mbps;                    /* 0: not known */
    int64_t gpu_count, gpu_memory_mib;                 /* memory of one */
    struct str gpu_manufacturer, gpu_name;             /* "NVIDIA", "T4" */
    int64_t accelerator_count, accelerator_core_count; /* Inferentia, Trainium, Gaudi */
    struct str accelerator_manufacturer, accelerator_name;
    int64_t local_nvme_gb;
    struct str hypervisor; /* "nitro", "xen"; of no meaning when bare_metal */
    struct str cpu_manufacturer;
    int64_t clock_mhz;
    bool bare_metal, encryption_in_transit;
};

/* A reserve or threshold that a class may set. */
struct amount_setting {
    bool set;
    int64_t amount;  /* millicores or bytes */
    int64_t percent; /* when > 0: of capacity, instead of amount; 100 switches a threshold off */
};

struct node_settings {
    struct str node_class, region; /* for labels; empty: none */
    bool windows;
    int64_t max_pods;      /* 0: from the network addresses */
    int64_t pods_per_core; /* 0: no such limit */
    struct amount_setting kube_reserved_cpu, kube_reserved_memory, kube_reserved_storage;
    struct amount_setting system_reserved_cpu, system_reserved_memory, system_reserved_storage;
    struct amount_setting eviction_memory, eviction_storage; /* evictionHard */
    int64_t root_volume_bytes; /* 0: the 20 Gi that Amazon Linux has */
    bool local_storage_raid0;  /* ephemeral storage is the local NVMe, where there is some */
};

/* How many pods the type's network addresses allow. */
int64_t pods_by_network(const struct instance_facts *f);

#define EBS_DRIVER STR("ebs.csi.aws.com")
/* How many EBS volumes a node of the type can attach beside its root volume; 0: no limit is known.
 * https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/volume_limits.html: some Nitro families have
 * a number of their own, by size; all others share 28 attachments with network interfaces, of which
 * all that the type may have are counted, and with local disks, whose number is not published where
 * we look: one for each 900 GB and eight at most is never too few. */
int64_t ebs_volumes_of_type(const struct instance_facts *f);

/* Extended resources are added to the table while it has room. */
void allocatable_of_type(const struct instance_facts *f, const struct node_settings *s,
                         struct resource_table *table, struct resources *capacity,
                         struct resources *allocatable);

/* All well-known labels that the type decides, and the class's name and region; strings live in the
 * arena. */
struct labels labels_of_type(struct arena *a, const struct instance_facts *f,
                             const struct node_settings *s);

#endif
