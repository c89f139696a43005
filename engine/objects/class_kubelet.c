#include "engine/base/time.h"
#include "engine/core/quantity.h"
#include "engine/objects/class_form.h"
#include "engine/objects/values.h"

/* Kubelet settings of a class. */

static bool is_one_of(struct str s, const char *const *words)
{
    for (size_t i = 0; words[i]; i++)
        if (str_eq(s, str_of(words[i])))
            return true;
    return false;
}

static void check_reserved(struct reader *r, const struct place *at, const struct json *j,
                           const void *filled)
{
    const struct labels *map = filled;
    int64_t ignored;

    for (size_t i = 0; i < map->count; i++) {
        struct place each = place_key(at, map->items[i].key);
        if (!is_one_of(map->items[i].key, WORDS("cpu", "memory", "ephemeral-storage", "pid")))
            reader_fault(r, &each, j, STR("cannot be reserved"),
                         STR("Allowed: cpu, memory, ephemeral-storage and pid."));
        else
            read_amount(r, &each, map->items[i].key, json_get_str(j, map->items[i].key), &ignored);
    }
}

static bool signal_is_good(struct reader *r, const struct place *at, const struct json *j,
                           struct str name)
{
    if (is_one_of(name, WORDS("memory.available", "nodefs.available", "nodefs.inodesFree",
                              "imagefs.available", "imagefs.inodesFree", "pid.available")))
        return true;
    reader_fault(r, at, j, STR("is no eviction signal"),
                 STR("Allowed: memory.available, nodefs.available, nodefs.inodesFree, "
                     "imagefs.available, imagefs.inodesFree and pid.available."));
    return false;
}

/* "10%", "7.5%": digits with at most one point, 0 to 100. */
static bool is_share(struct str text)
{
    int64_t milli;

    if (!str_ends_with(text, STR("%")))
        return false;
    text = str_slice(text, 0, text.len - 1);
    for (size_t i = 0; i < text.len; i++)
        if ((text.ptr[i] < '0' || text.ptr[i] > '9') && text.ptr[i] != '.')
            return false;
    return quantity_parse_milli(text, &milli) && milli <= 100 * 1000;
}

static void check_thresholds(struct reader *r, const struct place *at, const struct json *j,
                             const void *filled)
{
    const struct labels *map = filled;
    int64_t amount;

    for (size_t i = 0; i < map->count; i++) {
        struct place each = place_key(at, map->items[i].key);
        struct str value = map->items[i].value;
        if (signal_is_good(r, &each, j, map->items[i].key) && !is_share(value) &&
            !(quantity_parse(value, &amount) && amount >= 0))
            reader_refuse(r, &each, json_get_str(j, map->items[i].key),
                          "A quantity such as 100Mi or a share from 0%% to 100%% is expected.");
    }
}

static void check_grace_periods(struct reader *r, const struct place *at, const struct json *j,
                                const void *filled)
{
    const struct labels *map = filled;
    int64_t ms;

    for (size_t i = 0; i < map->count; i++) {
        struct place each = place_key(at, map->items[i].key);
        if (signal_is_good(r, &each, j, map->items[i].key))
            read_duration(r, &each, json_get_str(j, map->items[i].key), &ms);
    }
}

static void check_addresses(struct reader *r, const struct place *at, const struct json *j,
                            const void *filled)
{
    const struct strings *list = filled;

    for (size_t i = 0; i < list->count; i++) {
        struct place each = place_index(at, i);
        struct str s = list->items[i];
        bool good = s.len >= 2 && s.len <= 45;
        for (size_t k = 0; k < s.len; k++)
            good &= s.ptr[k] != '\0' && strchr("0123456789abcdefABCDEF.:", s.ptr[k]) != NULL;
        if (!good)
            reader_refuse(r, &each, &j->items[i], "An IP address is expected.");
    }
}

/* Every key of one map must be in the other. */
static void check_covered(struct reader *r, const struct place *at, const struct json *j,
                          const struct labels *keys, const char *other, const struct labels *in)
{
    struct place map = place_member(at, other);

    for (size_t i = 0; i < keys->count; i++) {
        struct place each = place_key(&map, keys->items[i].key);
        if (!labels_get(in, keys->items[i].key).ptr)
            reader_missing(r, &each, j,
                           "eviction_soft and eviction_soft_grace_period need the same signals: "
                           "the threshold, and how long it may be crossed.");
    }
}

static void check_kubelet(struct reader *r, const struct place *at, const struct json *j,
                          const void *filled)
{
    const struct kubelet_settings *k = filled;
    int64_t high = k->image_gc_high_threshold_percent, low = k->image_gc_low_threshold_percent;

    check_covered(r, at, j, &k->eviction_soft, "eviction_soft_grace_period",
                  &k->eviction_soft_grace_period);
    check_covered(r, at, j, &k->eviction_soft_grace_period, "eviction_soft", &k->eviction_soft);
    if (high > 0 && low > 0 && high <= low) {
        struct place here = place_member(at, "image_gc_high_threshold_percent");
        reader_refuse(r, &here, json_get(j, "image_gc_high_threshold_percent"),
                      "It must be above image_gc_low_threshold_percent, which is %lld.",
                      (long long)low);
    }
}

static const struct field kubelet_fields[] = {
    FIELD(INT, kubelet_settings, max_pods, .min = 1, .max = 10000),
    FIELD(INT, kubelet_settings, pods_per_core, .min = 0, .max = 10000),
    FIELD(MAP, kubelet_settings, system_reserved, .flags = FIELD_QUANTITIES, .dflt = "{}",
          .check = check_reserved),
    FIELD(MAP, kubelet_settings, kube_reserved, .flags = FIELD_QUANTITIES, .dflt = "{}",
          .check = check_reserved),
    FIELD(MAP, kubelet_settings, eviction_hard, .dflt = "{}", .check = check_thresholds),
    FIELD(MAP, kubelet_settings, eviction_soft, .dflt = "{}", .check = check_thresholds),
    FIELD(MAP, kubelet_settings, eviction_soft_grace_period, .dflt = "{}",
          .check = check_grace_periods),
    FIELD(INT, kubelet_settings, eviction_max_pod_grace_period, .max = 1 << 30, .unset = -1),
    FIELD(INT, kubelet_settings, image_gc_high_threshold_percent, .max = 100, .unset = -1),
    FIELD(INT, kubelet_settings, image_gc_low_threshold_percent, .max = 100, .unset = -1),
    FIELD(BOOL, kubelet_settings, cpu_cfs_quota),
    FIELD(STRINGS, kubelet_settings, cluster_dns, .flags = FIELD_ORDERED, .dflt = "[]",
          .check = check_addresses),
};
const struct form kubelet_form = FORM(kubelet_settings, kubelet_fields, .check = check_kubelet);
