#include "provider/resources/launch_template_blocks.h"

/* What instances must be like, in place of the one type that they are of. */
struct instance_requirements {
    struct tf_strings accelerator_manufacturers, accelerator_names, accelerator_types;
    struct tf_strings allowed_instance_types, cpu_manufacturers, excluded_instance_types;
    struct tf_strings instance_generations, local_storage_types;
    struct tf_string bare_metal, burstable_performance, local_storage;
    struct tf_int max_spot_price_as_percentage_of_optimal_on_demand_price;
    struct tf_int on_demand_max_price_percentage_over_lowest_price;
    struct tf_int spot_max_price_percentage_over_lowest_price;
    struct tf_bool require_hibernate_support;
    struct tf_blocks accelerator_count, accelerator_total_memory_mib, baseline_ebs_bandwidth_mbps;
    struct tf_blocks memory_gib_per_vcpu, memory_mib, network_bandwidth_gbps;
    struct tf_blocks network_interface_count, total_local_storage_gb, vcpu_count;
};
struct range {
    struct tf_int max, min;
};
struct amounts {
    struct tf_number max, min;
};

/* clang-format off */
/* The least is always sent, be it 0; the most where it says something (launch_template_data.c). */
static const struct attr range_attrs[] = {
    ATTR(range, max, OPTIONAL | EMPTY_OK | FOLLOWS, .api = "Max", .describe = "At the most."),
    ATTR(range, min, OPTIONAL | EMPTY_OK | FOLLOWS, .api = "Min", .describe = "At the least."),
};
static const struct model range_model = MODEL(range, range_attrs);

static const struct attr range_from_attrs[] = {
    ATTR(range, max, OPTIONAL | EMPTY_OK | FOLLOWS, .api = "Max", .describe = "At the most."),
    ATTR(range, min, REQUIRED, .api = "Min", .describe = "At the least."),
};
static const struct model range_from_model = MODEL(range, range_from_attrs);

static const struct attr amounts_attrs[] = {
    ATTR(amounts, max, OPTIONAL | EMPTY_OK | FOLLOWS, .api = "Max", .describe = "At the most."),
    ATTR(amounts, min, OPTIONAL | EMPTY_OK | FOLLOWS, .api = "Min", .describe = "At the least."),
};
static const struct model amounts_model = MODEL(amounts, amounts_attrs);

#define RANGE(member, its_model, wire, text) \
    ATTR(instance_requirements, member, OPTIONAL, .max = 1, .nesting = BLOCK_LIST, .nested = &its_model, .api = wire, .describe = text)
#define INCLUDED VALUES("", "included", "required", "excluded")
static const struct attr instance_requirements_attrs[] = {
    RANGE(accelerator_count,            range_model,   "AcceleratorCount", "How many accelerators; 0 at the most keeps types away that have any."),
    ATTR(instance_requirements, accelerator_manufacturers, OPTIONAL | EMPTY_OK | SET, .one_of = VALUES("amazon-web-services", "amd", "nvidia", "xilinx", "habana"), .api = "AcceleratorManufacturer", .describe = "Who makes the accelerators."),
    ATTR(instance_requirements, accelerator_names,         OPTIONAL | EMPTY_OK | SET, .api = "AcceleratorName", .describe = "Which accelerators, such as `t4` or `a100`."),
    RANGE(accelerator_total_memory_mib, range_model,   "AcceleratorTotalMemoryMiB", "MiB of memory of all accelerators together."),
    ATTR(instance_requirements, accelerator_types,         OPTIONAL | EMPTY_OK | SET, .one_of = VALUES("gpu", "fpga", "inference", "media"), .api = "AcceleratorType", .describe = "Kinds of accelerators."),
    ATTR(instance_requirements, allowed_instance_types,    OPTIONAL | EMPTY_OK | SET, .max = 400, .conflicts = "excluded_instance_types", .api = "AllowedInstanceType", .describe = "Types that may be, with `*` for any characters: `m5.*`."),
    ATTR(instance_requirements, bare_metal,                OPTIONAL | EMPTY_OK, .one_of = INCLUDED, .api = "BareMetal", .describe = "Types without a hypervisor. Unset: excluded."),
    RANGE(baseline_ebs_bandwidth_mbps,  range_model,   "BaselineEbsBandwidthMbps", "Mbit a second to volumes."),
    ATTR(instance_requirements, burstable_performance,     OPTIONAL | EMPTY_OK, .one_of = INCLUDED, .api = "BurstablePerformance", .describe = "Types that burst on credits. Unset: excluded."),
    ATTR(instance_requirements, cpu_manufacturers,         OPTIONAL | EMPTY_OK | SET, .one_of = VALUES("intel", "amd", "amazon-web-services", "apple"), .api = "CpuManufacturer", .describe = "Who makes the processors."),
    ATTR(instance_requirements, excluded_instance_types,   OPTIONAL | EMPTY_OK | SET, .max = 400, .conflicts = "allowed_instance_types", .api = "ExcludedInstanceType", .describe = "Types that may not be, with `*` for any characters."),
    ATTR(instance_requirements, instance_generations,      OPTIONAL | EMPTY_OK | SET, .one_of = VALUES("current", "previous"), .api = "InstanceGeneration", .describe = "Generations."),
    ATTR(instance_requirements, local_storage,             OPTIONAL | EMPTY_OK, .one_of = INCLUDED, .api = "LocalStorage", .describe = "Types with disks of their own. Unset: included."),
    ATTR(instance_requirements, local_storage_types,       OPTIONAL | EMPTY_OK | SET, .one_of = VALUES("hdd", "ssd"), .api = "LocalStorageType", .describe = "Kinds of such disks."),
    ATTR(instance_requirements, max_spot_price_as_percentage_of_optimal_on_demand_price, OPTIONAL | EMPTY_OK | FOLLOWS, .min = 1, .conflicts = "spot_max_price_percentage_over_lowest_price", .api = "MaxSpotPriceAsPercentageOfOptimalOnDemandPrice", .describe = "Highest spot price, as a percentage of the best price on demand."),
    RANGE(memory_gib_per_vcpu,          amounts_model, "MemoryGiBPerVCpu", "GiB of memory a vCPU."),
    ATTR(instance_requirements, memory_mib, REQUIRED, .min = 1, .max = 1, .nesting = BLOCK_LIST, .nested = &range_from_model, .api = "MemoryMiB", .describe = "MiB of memory."),
    RANGE(network_bandwidth_gbps,       amounts_model, "NetworkBandwidthGbps", "Gbit a second to the network."),
    RANGE(network_interface_count,      range_model,   "NetworkInterfaceCount", "How many network interfaces."),
    ATTR(instance_requirements, on_demand_max_price_percentage_over_lowest_price, OPTIONAL | EMPTY_OK | FOLLOWS, .min = 1, .api = "OnDemandMaxPricePercentageOverLowestPrice", .describe = "By how many percent the price on demand may be above the lowest."),
    ATTR(instance_requirements, require_hibernate_support, OPTIONAL | EMPTY_OK | FOLLOWS, .api = "RequireHibernateSupport", .describe = "Whether types must be able to hibernate."),
    ATTR(instance_requirements, spot_max_price_percentage_over_lowest_price, OPTIONAL | EMPTY_OK | FOLLOWS, .min = 1, .conflicts = "max_spot_price_as_percentage_of_optimal_on_demand_price", .api = "SpotMaxPricePercentageOverLowestPrice", .describe = "By how many percent the spot price may be above the lowest."),
    RANGE(total_local_storage_gb,       amounts_model, "TotalLocalStorageGB", "GB of disks of its own."),
    ATTR(instance_requirements, vcpu_count, REQUIRED, .min = 1, .max = 1, .nesting = BLOCK_LIST, .nested = &range_from_model, .api = "VCpuCount", .describe = "How many vCPUs."),
};
const struct model instance_requirements_model = MODEL(instance_requirements, instance_requirements_attrs);
/* clang-format on */
