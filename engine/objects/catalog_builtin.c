#include "engine/objects/catalog_builtin.h"

#include "engine/objects/class_settings.h"

#define STAND_IN STR("us-east-1")

struct instance_facts instance_facts_of_builtin(const struct builtin_type *t)
{
    return (struct instance_facts){
        .name = str_of(t->name),
        .arch = t->amd64 ? STR("amd64") : STR("arm64"),
        .vcpu_count = t->vcpu,
        .memory_mib = t->memory_mib,
        .eni_count = t->max_enis_default_card,
        .ipv4_per_eni = t->ipv4_per_eni,
        .branch_eni_count = t->branch_enis,
        .efa_count = t->efa_interfaces,
        .network_mbps = t->network_mbps,
        .ebs_mbps = t->ebs_max_mbps,
        .gpu_count = t->gpu_count,
        .gpu_memory_mib = t->gpu_memory_mib,
        .gpu_manufacturer = str_of(t->gpu_manufacturer),
        .gpu_name = str_of(t->gpu_name),
        .accelerator_count = t->accelerator_count,
        .accelerator_core_count = t->accelerator_cores,
        .accelerator_manufacturer = str_of(t->accelerator_manufacturer),
        .accelerator_name = str_of(t->accelerator_name),
        .local_nvme_gb = t->local_nvme_gb,
        .hypervisor = str_of(t->hypervisor),
        .cpu_manufacturer = str_of(t->cpu_manufacturer),
        .clock_mhz = t->clock_mhz,
        .bare_metal = t->bare_metal,
        .encryption_in_transit = t->encryption_in_transit,
    };
}

static bool prices_are_foreign(struct str region)
{
    for (size_t i = 0; i < builtin_price_count; i++)
        if (str_eq(region, str_of(builtin_prices[i].region)))
            return false;
    return true;
}

static bool zones_are_foreign(struct str region)
{
    for (size_t i = 0; i < builtin_zone_region_count; i++)
        if (str_eq(region, str_of(builtin_zone_regions[i])))
            return false;
    return true;
}

/* Zone names in the arena, with this region's name also where another's letters stand in. */
static struct str *zones_of(struct arena *a, struct str region, bool foreign, struct str type,
                            size_t *count)
{
    struct builtin_zones zones = builtin_zones(foreign ? STAND_IN : region, type);
    struct str *names = ARENA_ARRAY(a, struct str, zones.count);

    for (size_t i = 0; i < zones.count; i++) {
        struct str name = str_of(zones.names[i]);
        names[i] =
            arena_printf(a, STR_FMT "%c", STR_ARG(region), name.len ? name.ptr[name.len - 1] : 'a');
    }
    *count = zones.count;
    return names;
}

/* AL2023 has no image that boots the first Graviton. */
static bool family_runs_on(enum ami_family f, const struct builtin_type *t)
{
    bool windows = f == FAMILY_WINDOWS_2019 || f == FAMILY_WINDOWS_2022 || f == FAMILY_WINDOWS_2025;

    if (f == FAMILY_AL2023 && str_starts_with(str_of(t->name), STR("a1.")))
        return false;
    return !windows || t->amd64;
}

/* To the nearest millionth. */
static int64_t spot_price(int64_t on_demand, int64_t discount_percent)
{
    return (on_demand * (100 - discount_percent) + 50) / 100;
}

bool builtin_offering_price(struct str region, struct str instance_type, enum capacity_type t,
                            int64_t spot_discount_percent, int64_t *microusd_per_hour)
{
    struct str priced = prices_are_foreign(region) ? STAND_IN : region;
    int64_t on_demand;

    if ((t == CAPACITY_SPOT && !spot_discount_percent) ||
        !builtin_price_find(priced, instance_type, &on_demand))
        return false;
    *microusd_per_hour =
        t == CAPACITY_SPOT ? spot_price(on_demand, spot_discount_percent) : on_demand;
    return true;
}

struct price_list {
    struct str region;
    bool foreign_zones;
    int64_t spot_discount_percent;
};

static void add_offerings(struct arena *a, const struct builtin_type *t,
                          const struct price_list *prices, int64_t on_demand,
                          struct instance_type *type)
{
    bool spot = t->spot && prices->spot_discount_percent;
    size_t zone_count, count = 0;
    struct str *zones = zones_of(a, prices->region, prices->foreign_zones, type->name, &zone_count);
    struct offering *offerings = ARENA_ARRAY(a, struct offering, 2 * zone_count);

    for (size_t i = 0; i < zone_count; i++) {
        offerings[count++] = (struct offering){.zone = zones[i],
                                               .capacity_type = CAPACITY_ON_DEMAND,
                                               .price_microusd_per_hour = on_demand};
        if (spot)
            offerings[count++] = (struct offering){
                .zone = zones[i],
                .capacity_type = CAPACITY_SPOT,
                .price_microusd_per_hour = spot_price(on_demand, prices->spot_discount_percent)};
    }
    type->offerings = offerings;
    type->offering_count = count;
}

void catalog_builtin(struct arena *a, const struct node_class *c, struct str region,
                     int64_t spot_discount_percent, struct resource_table *table,
                     struct builtin_catalog *out)
{
    struct node_settings settings = node_settings_of_class(c, region);
    struct instance_type *types = ARENA_ARRAY(a, struct instance_type, builtin_type_count);
    size_t count = 0;

    *out = (struct builtin_catalog){
        .foreign_prices = prices_are_foreign(region),
        .foreign_zones = zones_are_foreign(region),
    };
    struct price_list prices = {region, out->foreign_zones, spot_discount_percent};
    for (size_t i = 0; i < builtin_type_count; i++) {
        const struct builtin_type *t = &builtin_types[i];
        struct instance_facts facts = instance_facts_of_builtin(t);
        struct instance_type *type = &types[count];
        int64_t price;
        if (!t->on_demand || !family_runs_on(c->family, t) ||
            !builtin_offering_price(region, facts.name, CAPACITY_ON_DEMAND, 0, &price))
            continue;
        type->name = facts.name;
        allocatable_of_type(&facts, &settings, table, &type->capacity, &type->allocatable);
        type->labels = labels_of_type(a, &facts, &settings);
        add_offerings(a, t, &prices, price, type);
        count += type->offering_count > 0;
    }
    out->catalog = (struct catalog){.node_class = c->name, .types = types, .count = count};
}

/* A type, and what may still be chosen when it is launched. */
struct candidate {
    const struct builtin_type *type;
    struct labels labels;
    struct str *zones;
    size_t zone_count;
};

static bool serves_capacity_type(const struct candidate *c, const struct requirement *r)
{
    return (c->type->spot && requirement_has(r, STR("spot"))) ||
           (c->type->on_demand && requirement_has(r, STR("on-demand")));
}

static bool serves_zone(const struct candidate *c, const struct requirement *r)
{
    for (size_t i = 0; i < c->zone_count; i++)
        if (requirement_has(r, c->zones[i]))
            return true;
    return false;
}

/* Keys that the table does not decide (zone ids, the pool's own labels) stand in nobody's way. */
static bool serves(const struct candidate *c, const struct requirement *r)
{
    if (str_eq(r->key, LABEL_CAPACITY_TYPE))
        return serves_capacity_type(c, r);
    if (str_eq(r->key, LABEL_ZONE))
        return serves_zone(c, r);
    if (!label_is_well_known(r->key) || str_eq(r->key, STR("topology.k8s.aws/zone-id")))
        return true;
    struct str value = labels_get(&c->labels, r->key);
    return value.ptr ? requirement_has(r, value) : requirement_allows_absence(r);
}

/* Requirements and labels of the pool as one list. */
static struct requirements all_that_is_asked(struct arena *a, const struct pool *pool)
{
    struct requirements asked = {0};

    requirements_add_all(a, &asked, &pool->requirements);
    for (size_t i = 0; i < pool->labels.count; i++) {
        const struct label *l = &pool->labels.items[i];
        struct requirement one;
        struct error *bad = requirement_new(a, l->key, OPERATOR_IN, &l->value, 1, 0, &one);
        if (!bad) /* the document's rules have looked at it */
            requirements_add(a, &asked, &one);
    }
    return asked;
}

static struct candidate *candidates(struct arena *a, const struct node_class *c, struct str region,
                                    size_t *count)
{
    struct node_settings settings = node_settings_of_class(c, region);
    struct candidate *list = ARENA_ARRAY(a, struct candidate, builtin_type_count);
    bool foreign = zones_are_foreign(region);

    *count = 0;
    for (size_t i = 0; i < builtin_type_count; i++) {
        struct instance_facts facts = instance_facts_of_builtin(&builtin_types[i]);
        struct candidate *each = &list[*count];
        if (!family_runs_on(c->family, &builtin_types[i]))
            continue;
        *each = (struct candidate){.type = &builtin_types[i],
                                   .labels = labels_of_type(a, &facts, &settings)};
        each->zones = zones_of(a, region, foreign, facts.name, &each->zone_count);
        *count += each->zone_count > 0;
    }
    return list;
}

/* Distinct values of a key among what is left. */
static int64_t count_values(struct arena *a, const struct candidate *list, size_t count,
                            struct str key)
{
    struct labels seen = {0};
    for (size_t i = 0; i < count; i++) {
        struct str value = labels_get(&list[i].labels, key);
        if (value.ptr)
            labels_set(a, &seen, value, STR(""));
    }
    return (int64_t)seen.count;
}

bool builtin_can_serve(struct arena *a, const struct pool *pool, const struct node_class *c,
                       struct str region, struct str *why)
{
    struct requirements asked = all_that_is_asked(a, pool);
    size_t total, count, kept;
    struct candidate *list = candidates(a, c, region, &total);

    count = total;
    for (size_t i = 0; i < asked.count; i++, count = kept) {
        kept = 0;
        for (size_t k = 0; k < count; k++)
            if (serves(&list[k], &asked.items[i]))
                list[kept++] = list[k];
        if (kept > 0)
            continue;
        *why = arena_printf(a, STR_FMT " excludes the last %zu of %zu instance types",
                            STR_ARG(requirement_text(a, &asked.items[i])), count, total);
        return false;
    }
    for (size_t i = 0; i < asked.count; i++) {
        const struct requirement *r = &asked.items[i];
        int64_t values = r->min_values ? count_values(a, list, count, r->key) : 0;
        if (values < r->min_values && label_is_well_known(r->key) &&
            !str_eq(r->key, LABEL_CAPACITY_TYPE) && !str_eq(r->key, LABEL_ZONE)) {
            *why = arena_printf(a,
                                STR_FMT " has %lld values among the types that are left, and "
                                        "min_values asks for %lld",
                                STR_ARG(r->key), (long long)values, (long long)r->min_values);
            return false;
        }
    }
    return true;
}
