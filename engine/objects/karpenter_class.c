#include "engine/objects/karpenter_class.h"

#include "engine/core/quantity.h"
#include "engine/objects/values.h"

/* Shares such as "5%" stand beside quantities. */
static bool is_share(struct str text)
{
    struct str number = str_slice(text, 0, text.len - 1);
    int64_t milli;

    return str_ends_with(text, STR("%")) && quantity_parse_milli(number, &milli) && milli >= 0 &&
           milli <= 100000;
}

static void read_reserve(struct reader *r, const struct place *at, const struct json *j,
                         bool shares, struct labels *out)
{
    if (!read_map(r, at, j))
        return;
    for (size_t i = 0; i < j->count; i++) {
        struct place each = place_key(at, j->keys[i]);
        const struct json *value = &j->items[i];
        int64_t milli;
        if (shares && value->kind == JSON_STRING && is_share(value->text))
            labels_set(r->keep, out, j->keys[i], value->text);
        else if (read_quantity_milli(r, &each, value, &milli))
            labels_set(r->keep, out, j->keys[i], value->text);
    }
}

void karpenter_kubelet_read(struct reader *r, const struct place *at, const struct json *j,
                            struct kubelet_settings *out)
{
    struct place pods = place_member(at, "maxPods"), per_core = place_member(at, "podsPerCore"),
                 system = place_member(at, "systemReserved"),
                 kube = place_member(at, "kubeReserved"),
                 eviction = place_member(at, "evictionHard");

    if (!read_map(r, at, j))
        return;
    read_int(r, &pods, json_get(j, "maxPods"), 0, INT32_MAX, &out->max_pods);
    read_int(r, &per_core, json_get(j, "podsPerCore"), 0, INT32_MAX, &out->pods_per_core);
    read_reserve(r, &system, json_get(j, "systemReserved"), false, &out->system_reserved);
    read_reserve(r, &kube, json_get(j, "kubeReserved"), false, &out->kube_reserved);
    read_reserve(r, &eviction, json_get(j, "evictionHard"), true, &out->eviction_hard);
}

/* The alias "bottlerocket@latest" names the family where amiFamily does not. */
static struct str family_of(const struct json *spec)
{
    const struct json *terms = json_get(spec, "amiSelectorTerms");
    struct str named = json_string_or(json_get(spec, "amiFamily"), STR(""));

    for (size_t i = 0; !named.len && terms->kind == JSON_ARRAY && i < terms->count; i++) {
        struct str alias = json_string_or(json_get(&terms->items[i], "alias"), STR(""));
        named = str_slice(alias, 0, str_find(alias, '@'));
    }
    return named;
}

static enum ami_family read_family(struct reader *r, const struct json *spec)
{
    struct place spec_at = place_member(NULL, "spec"), at = place_member(&spec_at, "amiFamily");
    struct str named = family_of(spec), wanted = arena_lower(r->keep, named);

    if (!named.len)
        return FAMILY_AL2023;
    for (int f = FAMILY_AL2; f <= FAMILY_CUSTOM; f++)
        if (str_eq(wanted, arena_lower(r->keep, ami_family_text((enum ami_family)f))))
            return (enum ami_family)f;
    reader_refuse(r, &at, json_get(spec, "amiFamily"),
                  "Allowed: AL2, AL2023, Bottlerocket, Ubuntu, Windows2019, Windows2022, "
                  "Windows2025 or Custom.");
    return FAMILY_AL2023;
}

static void read_device(struct reader *r, const struct place *at, const struct json *j,
                        struct block_device *out)
{
    struct place name = place_member(at, "deviceName"), root = place_member(at, "rootVolume"),
                 ebs = place_member(at, "ebs"), size = place_member(&ebs, "volumeSize");

    if (!read_map(r, at, j))
        return;
    read_string(r, &name, json_get(j, "deviceName"), &out->device_name);
    out->root_volume.set = read_bool(r, &root, json_get(j, "rootVolume"), &out->root_volume.on);
    if (read_map(r, &ebs, json_get(j, "ebs")))
        read_quantity(r, &size, json_path(j, "ebs", "volumeSize", NULL),
                      &out->ebs.volume_size_bytes);
}

static void read_devices(struct reader *r, const struct place *spec_at, const struct json *spec,
                         struct list *out)
{
    struct place at = place_member(spec_at, "blockDeviceMappings");
    const struct json *j = json_get(spec, "blockDeviceMappings");

    if (!read_list(r, &at, j))
        return;
    struct block_device *devices = ARENA_ARRAY(r->keep, struct block_device, j->count);
    for (size_t i = 0; i < j->count; i++) {
        struct place each = place_index(&at, i);
        read_device(r, &each, &j->items[i], &devices[i]);
    }
    *out = (struct list){.items = devices, .count = j->count};
}

void karpenter_class_read(struct reader *r, const struct json *object, struct node_class *out)
{
    struct place spec_at = place_member(NULL, "spec"), kubelet = place_member(&spec_at, "kubelet"),
                 policy = place_member(&spec_at, "instanceStorePolicy");
    const struct json *spec = json_get(object, "spec");

    if (!read_map(r, &spec_at, spec))
        return;
    out->family = read_family(r, spec);
    read_devices(r, &spec_at, spec, &out->block_device_mappings);
    read_string(r, &policy, json_get(spec, "instanceStorePolicy"), &out->instance_store_policy);
    karpenter_kubelet_read(r, &kubelet, json_get(spec, "kubelet"), &out->kubelet);
}
