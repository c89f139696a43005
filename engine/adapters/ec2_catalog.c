#include "engine/adapters/ec2_catalog.h"

#include "engine/core/allocatable.h"
#include "engine/objects/builtin.h"
#include "engine/objects/class_settings.h"

struct builder {
    struct arena *arena;
    const struct ec2_facts *facts;
    const struct ec2_class *node_class;
    struct str region;
    struct node_settings settings;
};

/* DescribeInstanceTypes does not tell everything: branch interfaces, baseline network and cores of
 * accelerators are known of the types that were there when the table was built in. */
static void add_builtin(struct instance_facts *f)
{
    const struct builtin_type *known = builtin_type_find(f->name);

    if (!known)
        return;
    f->branch_eni_count = known->branch_enis;
    f->network_mbps = known->network_mbps;
    f->ebs_mbps = known->ebs_max_mbps;
    f->accelerator_core_count = known->accelerator_cores;
}

static struct instance_facts facts_of(struct arena *a, const struct ec2_instance_type *t)
{
    struct instance_facts f = {
        .name = arena_str(a, t->name),
        .arch = t->arm64 ? STR("arm64") : STR("amd64"),
        .vcpu_count = t->vcpus,
        .memory_mib = t->memory_mib,
        .eni_count = t->network_interfaces,
        .ipv4_per_eni = t->ipv4_per_interface,
        .efa_count = t->efa_interfaces,
        .ebs_mbps = t->ebs_baseline_mbps,
        .gpu_count = t->gpu.count,
        .gpu_memory_mib = t->gpu.memory_mib,
        .gpu_manufacturer = arena_str(a, t->gpu.manufacturer),
        .gpu_name = arena_str(a, t->gpu.name),
        .accelerator_count = t->accelerator.count,
        .accelerator_manufacturer = arena_str(a, t->accelerator.manufacturer),
        .accelerator_name = arena_str(a, t->accelerator.name),
        .local_nvme_gb = t->nvme_gb,
        .hypervisor = arena_str(a, t->hypervisor),
        .cpu_manufacturer = arena_str(a, t->cpu_manufacturer),
        .clock_mhz = t->cpu_clock_mhz,
        .bare_metal = t->bare_metal,
        .encryption_in_transit = t->encryption_in_transit,
    };
    add_builtin(&f);
    return f;
}

struct offerings {
    struct offering *items;
    size_t count, capacity;
    bool exist; /* it is offered in some zone of ours, though perhaps nobody says for how much */
};

static void add_zone(const struct builder *b, const struct ec2_instance_type *t, struct str zone,
                     struct offerings *out)
{
    int64_t price;

    if (t->on_demand && ec2_facts_on_demand(b->facts, b->region, t->name, &price))
        ARENA_PUSH(b->arena, out->items, out->count, out->capacity,
                   (struct offering){.zone = zone,
                                     .capacity_type = CAPACITY_ON_DEMAND,
                                     .price_microusd_per_hour = price});
    if (t->spot && ec2_facts_spot(b->facts, t->name, zone, &price))
        ARENA_PUSH(b->arena, out->items, out->count, out->capacity,
                   (struct offering){.zone = zone,
                                     .capacity_type = CAPACITY_SPOT,
                                     .price_microusd_per_hour = price});
}

/* Both lists are sorted by type; *at walks through the offerings as the types go by. */
static struct offerings offerings_of(const struct builder *b, const struct ec2_instance_type *t,
                                     size_t *at)
{
    const struct ec2_offerings *all = &b->facts->offerings;
    struct offerings out = {0};

    while (*at < all->count && str_cmp(all->items[*at].instance_type, t->name) < 0)
        ++*at;
    for (; *at < all->count && str_eq(all->items[*at].instance_type, t->name); ++*at) {
        const struct ec2_subnet *subnet = ec2_class_subnet(b->node_class, all->items[*at].zone);
        if (subnet)
            add_zone(b, t, arena_str(b->arena, subnet->zone), &out);
        out.exist |= subnet != NULL;
    }
    return out;
}

/* a1 has processors that Amazon Linux 2023 does not run on. */
static bool family_runs(const struct node_class *c, struct str type)
{
    return c->family != FAMILY_AL2023 || !str_starts_with(type, STR("a1."));
}

static bool build_type(const struct builder *b, const struct ec2_instance_type *t, size_t *at,
                       struct resource_table *table, struct instance_type *out)
{
    struct offerings offerings = offerings_of(b, t, at);

    /* What has no price is there without an offering: who needs it is told (core/explain_price.h).
     */
    if (!offerings.exist || !t->hvm || !(t->x86_64 || t->arm64) ||
        !family_runs(&b->node_class->spec, t->name))
        return false;
    struct instance_facts f = facts_of(b->arena, t);
    *out = (struct instance_type){.name = f.name,
                                  .labels = labels_of_type(b->arena, &f, &b->settings),
                                  .offerings = offerings.items,
                                  .offering_count = offerings.count};
    if (!ec2_class_image(b->node_class, &out->labels))
        return false;
    allocatable_of_type(&f, &b->settings, table, &out->capacity, &out->allocatable);
    return true;
}

void ec2_catalog_build(struct arena *a, const struct ec2_facts *facts, const struct ec2_class *c,
                       struct str region, struct resource_table *table, struct catalog *out)
{
    struct builder b = {a, facts, c, region,
                        node_settings_of_class(&c->spec, arena_str(a, region))};
    struct instance_type *types = ARENA_ARRAY(a, struct instance_type, facts->types.count + 1);
    size_t at = 0;

    b.settings.node_class = arena_str(a, c->spec.name);
    *out = (struct catalog){.node_class = b.settings.node_class, .types = types};
    for (size_t i = 0; i < facts->types.count; i++)
        out->count += build_type(&b, &facts->types.items[i], &at, table, &types[out->count]);
}
