#include "engine/objects/builtin.h"

#include <stdio.h>
#include <stdlib.h>

struct price_key {
    struct str region, instance_type;
};

static int compare_type(const void *key, const void *row)
{
    return str_cmp(*(const struct str *)key, str_of(((const struct builtin_type *)row)->name));
}

static int compare_price(const void *key, const void *row)
{
    const struct price_key *wanted = key;
    const struct builtin_price *price = row;
    int order = str_cmp(wanted->region, str_of(price->region));
    return order ? order : str_cmp(wanted->instance_type, str_of(price->instance_type));
}

const struct builtin_type *builtin_type_find(struct str name)
{
    return bsearch(&name, builtin_types, builtin_type_count, sizeof builtin_types[0], compare_type);
}

bool builtin_price_find(struct str region, struct str instance_type, int64_t *microusd_per_hour)
{
    struct price_key key = {region, instance_type};
    const struct builtin_price *price =
        bsearch(&key, builtin_prices, builtin_price_count, sizeof builtin_prices[0], compare_price);
    if (price)
        *microusd_per_hour = price->microusd_per_hour;
    return price != NULL;
}

static uint8_t zone_bits(struct str region, const struct builtin_type *type)
{
    size_t row = (size_t)(type - builtin_types) * builtin_zone_region_count;

    for (size_t i = 0; i < builtin_zone_region_count; i++)
        if (str_eq(region, str_of(builtin_zone_regions[i])))
            return builtin_zone_letters[row + i];
    return 0;
}

struct builtin_zones builtin_zones(struct str region, struct str instance_type)
{
    const struct builtin_type *type = builtin_type_find(instance_type);
    uint8_t bits = type ? zone_bits(region, type) : 0;
    struct builtin_zones zones = {0};

    for (int i = 0; i < BUILTIN_ZONES_MAX; i++)
        if (bits & 1 << i)
            snprintf(zones.names[zones.count++], sizeof zones.names[0], STR_FMT "%c",
                     STR_ARG(region), 'a' + i);
    return zones;
}
