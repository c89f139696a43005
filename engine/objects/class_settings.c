#include "engine/objects/class_settings.h"

#include "engine/core/quantity.h"

/* "250m", "1Gi", "10%"; broken text cannot come this far (class_kubelet.c). */
static struct amount_setting amount_of(const struct labels *map, struct str key, bool milli)
{
    struct str text = labels_get(map, key);
    struct amount_setting s = {.set = text.ptr != NULL};
    int64_t share_milli;

    if (str_ends_with(text, STR("%"))) {
        /* A part of a per cent is kept free too. */
        if (quantity_parse_milli(str_slice(text, 0, text.len - 1), &share_milli))
            s.percent = (share_milli + 999) / 1000;
    } else if (s.set &&
               !(milli ? quantity_parse_milli(text, &s.amount) : quantity_parse(text, &s.amount))) {
        s.set = false;
    }
    return s;
}

/* The device that holds the family's container storage. */
static struct str storage_device(enum ami_family f)
{
    switch (f) {
    case FAMILY_AL2:
    case FAMILY_AL2023:
    case FAMILY_CUSTOM:
        return STR("/dev/xvda");
    case FAMILY_BOTTLEROCKET:
        return STR("/dev/xvdb");
    case FAMILY_UBUNTU:
    case FAMILY_WINDOWS_2019:
    case FAMILY_WINDOWS_2022:
    case FAMILY_WINDOWS_2025:
        return STR("/dev/sda1");
    }
    return STR("/dev/xvda");
}

static int64_t root_volume_bytes(const struct node_class *c)
{
    const struct block_device *devices = c->block_device_mappings.items;
    struct str device = storage_device(c->family);
    int64_t bytes = 0;

    for (size_t i = 0; i < c->block_device_mappings.count; i++) {
        if (devices[i].root_volume.on)
            return devices[i].ebs.volume_size_bytes;
        if (str_eq(devices[i].device_name, device))
            bytes = devices[i].ebs.volume_size_bytes;
    }
    return bytes;
}

struct node_settings node_settings_of_class(const struct node_class *c, struct str region)
{
    const struct kubelet_settings *k = &c->kubelet;
    bool windows = c->family == FAMILY_WINDOWS_2019 || c->family == FAMILY_WINDOWS_2022 ||
                   c->family == FAMILY_WINDOWS_2025;

    return (struct node_settings){
        .node_class = c->name,
        .region = region,
        .windows = windows,
        .max_pods = k->max_pods,
        .pods_per_core = k->pods_per_core,
        .kube_reserved_cpu = amount_of(&k->kube_reserved, STR("cpu"), true),
        .kube_reserved_memory = amount_of(&k->kube_reserved, STR("memory"), false),
        .kube_reserved_storage = amount_of(&k->kube_reserved, STR("ephemeral-storage"), false),
        .system_reserved_cpu = amount_of(&k->system_reserved, STR("cpu"), true),
        .system_reserved_memory = amount_of(&k->system_reserved, STR("memory"), false),
        .system_reserved_storage = amount_of(&k->system_reserved, STR("ephemeral-storage"), false),
        .eviction_memory = amount_of(&k->eviction_hard, STR("memory.available"), false),
        .eviction_storage = amount_of(&k->eviction_hard, STR("nodefs.available"), false),
        .root_volume_bytes = root_volume_bytes(c),
    };
}
