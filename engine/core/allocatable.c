#include "engine/core/allocatable.h"

enum {
    MIB = 1 << 20,
    ARM64_UNSEEN_MIB = 64, /* taken by firmware before Linux sees it */
    WINDOWS_PODS = 110,
    EVICTION_MEMORY_MIB = 100,
    EVICTION_STORAGE_PERCENT = 10,
};
static const int64_t gib = (int64_t)1 << 30;

int64_t pods_by_network(const struct instance_facts *f)
{
    /* The first address of an interface is its own; two pods use the host's network. */
    return f->eni_count * (f->ipv4_per_eni - 1) + 2;
}

static int64_t pod_capacity(const struct instance_facts *f, const struct node_settings *s)
{
    int64_t pods = s->max_pods ? s->max_pods : s->windows ? WINDOWS_PODS : pods_by_network(f);

    if (s->pods_per_core && pods > s->pods_per_core * f->vcpu_count)
        pods = s->pods_per_core * f->vcpu_count;
    return pods;
}

static int64_t memory_capacity(const struct instance_facts *f)
{
    int64_t mib = f->memory_mib - (str_eq(f->arch, STR("arm64")) ? ARM64_UNSEEN_MIB : 0);

    return (mib - (mib * 3 + 39) / 40) * MIB; /* less 7.5 %, rounded up to whole MiB */
}

static int64_t storage_capacity(const struct instance_facts *f, const struct node_settings *s)
{
    if (s->local_storage_raid0 && f->local_nvme_gb)
        return f->local_nvme_gb * 1000 * 1000 * 1000;
    return s->root_volume_bytes ? s->root_volume_bytes : 20 * gib;
}

/* 6 % of the first core, 1 % of the second, 0.5 % of the third and fourth, 0.25 % of the rest. */
static int64_t kubelet_cpu_milli(int64_t cores)
{
    static const struct {
        int64_t from, tenths;
    } bands[] = {{0, 600}, {1, 100}, {2, 50}, {4, 25}};
    const size_t count = sizeof(bands) / sizeof(*bands);
    int64_t tenths = 0;

    for (size_t i = 0; i < count && bands[i].from < cores; i++) {
        bool last = i + 1 == count || bands[i + 1].from > cores;
        tenths += bands[i].tenths * ((last ? cores : bands[i + 1].from) - bands[i].from);
    }
    return (tenths + 9) / 10;
}

static int64_t kubelet_memory_bytes(const struct instance_facts *f, const struct node_settings *s)
{
    int64_t pods = s->windows ? WINDOWS_PODS : pods_by_network(f);

    return (11 * pods + 255) * MIB;
}

static int64_t setting_or(const struct amount_setting *s, int64_t capacity, int64_t otherwise)
{
    if (!s->set)
        return otherwise;
    if (!s->percent)
        return s->amount;
    /* In two parts: a percentage of many TiB must not overflow. */
    return s->percent >= 100
               ? 0
               : capacity / 100 * s->percent + (capacity % 100 * s->percent + 99) / 100;
}

static struct resources overhead(const struct instance_facts *f, const struct node_settings *s,
                                 const struct resources *capacity)
{
    static const struct amount_setting tenth = {.set = true, .percent = EVICTION_STORAGE_PERCENT};
    const int64_t *of = capacity->amount;
    struct resources out = {0};

    out.amount[RESOURCE_CPU] =
        setting_or(&s->kube_reserved_cpu, of[RESOURCE_CPU], kubelet_cpu_milli(f->vcpu_count)) +
        setting_or(&s->system_reserved_cpu, of[RESOURCE_CPU], 0);
    out.amount[RESOURCE_MEMORY] =
        setting_or(&s->kube_reserved_memory, of[RESOURCE_MEMORY], kubelet_memory_bytes(f, s)) +
        setting_or(&s->system_reserved_memory, of[RESOURCE_MEMORY], 0) +
        setting_or(&s->eviction_memory, of[RESOURCE_MEMORY], (int64_t)EVICTION_MEMORY_MIB * MIB);
    out.amount[RESOURCE_EPHEMERAL_STORAGE] =
        setting_or(&s->kube_reserved_storage, of[RESOURCE_EPHEMERAL_STORAGE], gib) +
        setting_or(&s->system_reserved_storage, of[RESOURCE_EPHEMERAL_STORAGE], 0) +
        setting_or(s->eviction_storage.set ? &s->eviction_storage : &tenth,
                   of[RESOURCE_EPHEMERAL_STORAGE], 0);
    return out;
}

static bool made_by(struct str manufacturer, const char *lower_case)
{
    size_t len = strlen(lower_case);
    bool same = manufacturer.len == len;

    for (size_t i = 0; same && i < len; i++)
        same = (manufacturer.ptr[i] | 0x20) == lower_case[i];
    return same;
}

static void put(struct resource_table *t, struct resources *r, struct str name, int64_t amount)
{
    size_t at = amount > 0 ? resource_table_add(t, name) : RESOURCES_MAX;

    if (at != RESOURCES_MAX)
        r->amount[at] = amount;
}

static void put_devices(const struct instance_facts *f, const struct node_settings *s,
                        struct resource_table *t, struct resources *r)
{
    if (made_by(f->gpu_manufacturer, "nvidia"))
        put(t, r, STR("nvidia.com/gpu"), f->gpu_count);
    if (made_by(f->gpu_manufacturer, "amd"))
        put(t, r, STR("amd.com/gpu"), f->gpu_count);
    if (made_by(f->accelerator_manufacturer, "habana") || made_by(f->gpu_manufacturer, "habana"))
        put(t, r, STR("habana.ai/gaudi"), f->accelerator_count + f->gpu_count);
    if (made_by(f->accelerator_manufacturer, "aws")) {
        put(t, r, STR("aws.amazon.com/neuron"), f->accelerator_count);
        put(t, r, STR("aws.amazon.com/neuroncore"), f->accelerator_core_count);
    }
    put(t, r, STR("vpc.amazonaws.com/pod-eni"), f->branch_eni_count);
    put(t, r, STR("vpc.amazonaws.com/efa"), f->efa_count);
    if (s->windows)
        put(t, r, STR("vpc.amazonaws.com/PrivateIPv4Address"), f->ipv4_per_eni - 1);
    put(t, r, STR(RESOURCE_ATTACHABLE_PREFIX "ebs.csi.aws.com"), ebs_volumes_of_type(f));
}

void allocatable_of_type(const struct instance_facts *f, const struct node_settings *s,
                         struct resource_table *table, struct resources *capacity,
                         struct resources *allocatable)
{
    *capacity = (struct resources){0};
    capacity->amount[RESOURCE_CPU] = f->vcpu_count * 1000;
    capacity->amount[RESOURCE_MEMORY] = memory_capacity(f);
    capacity->amount[RESOURCE_PODS] = pod_capacity(f, s);
    capacity->amount[RESOURCE_EPHEMERAL_STORAGE] = storage_capacity(f, s);
    put_devices(f, s, table, capacity);

    struct resources less = overhead(f, s, capacity);
    *allocatable = *capacity;
    resources_subtract(allocatable, &less);
    for (size_t i = 0; i < RESOURCES_MAX; i++)
        if (allocatable->amount[i] < 0)
            allocatable->amount[i] = 0;
}
