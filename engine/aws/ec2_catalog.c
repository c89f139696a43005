#include <stdlib.h>

#include "engine/aws/ec2_list.h"
#include "engine/aws/money.h"
#include "engine/base/time.h"

/* A node has a pod for each address: far more than there are, and memory for them still counts. */
enum { INTERFACES_MOST = 1000, ADDRESSES_MOST = 1000 };

/* "3.1" GHz; as with money, a decimal text times a million. */
static int64_t clock_mhz(const struct xml *item)
{
    int64_t micro = 0;
    return microusd_parse(xml_text(item, "processorInfo/sustainedClockSpeedInGhz"), &micro)
               ? micro / 1000
               : 0;
}

/* Network cards differ; addresses of pods are of the default one. */
static int64_t interfaces(const struct xml *network)
{
    const struct xml *cards = xml_get(network, "networkCards");
    int64_t chosen = ec2_number(network, "defaultNetworkCardIndex");

    for (const struct xml *card = NULL; (card = xml_next(cards, "item", card));)
        if (ec2_number(card, "networkCardIndex") == chosen)
            return ec2_count(card, "maximumNetworkInterfaces", INTERFACES_MOST);
    return ec2_count(network, "maximumNetworkInterfaces", INTERFACES_MOST);
}

static struct ec2_gpu device(struct arena *keep, const struct xml *list)
{
    if (!list->count)
        return (struct ec2_gpu){0};
    const struct xml *first = &list->items[0];
    return (struct ec2_gpu){
        .name = ec2_kept(keep, first, "name"),
        .manufacturer = ec2_kept(keep, first, "manufacturer"),
        .count = ec2_number(first, "count"),
        .memory_mib = ec2_number(first, "memoryInfo/sizeInMiB"),
    };
}

static struct ec2_gpu accelerator(struct arena *keep, const struct xml *item)
{
    struct ec2_gpu neuron = device(keep, xml_at(item, "neuronInfo/neuronDevices"));
    return neuron.count ? neuron
                        : device(keep, xml_at(item, "inferenceAcceleratorInfo/accelerators"));
}

static void take_instance_type(struct arena *keep, const struct xml *item, void *out)
{
    struct ec2_instance_types *types = out;
    const struct xml *network = xml_get(item, "networkInfo");
    struct ec2_instance_type t = {
        .name = ec2_kept(keep, item, "instanceType"),
        .current_generation = ec2_is(item, "currentGeneration", "true"),
        .bare_metal = ec2_is(item, "bareMetal", "true"),
        .burstable = ec2_is(item, "burstablePerformanceSupported", "true"),
        .x86_64 = ec2_has(item, "processorInfo/supportedArchitectures", "x86_64"),
        .arm64 = ec2_has(item, "processorInfo/supportedArchitectures", "arm64"),
        .hvm = ec2_has(item, "supportedVirtualizationTypes", "hvm"),
        .spot = ec2_has(item, "supportedUsageClasses", "spot"),
        .on_demand = ec2_has(item, "supportedUsageClasses", "on-demand"),
        .encryption_in_transit = ec2_is(network, "encryptionInTransitSupported", "true"),
        .efa = ec2_is(network, "efaSupported", "true"),
        .hypervisor = ec2_kept(keep, item, "hypervisor"),
        .cpu_manufacturer = ec2_kept(keep, item, "processorInfo/manufacturer"),
        .cpu_clock_mhz = clock_mhz(item),
        .vcpus = ec2_number(item, "vCpuInfo/defaultVCpus"),
        .memory_mib = ec2_number(item, "memoryInfo/sizeInMiB"),
        .nvme_gb = ec2_is(item, "instanceStorageInfo/nvmeSupport", "unsupported")
                       ? 0
                       : ec2_number(item, "instanceStorageInfo/totalSizeInGB"),
        .ebs_baseline_mbps = ec2_number(item, "ebsInfo/ebsOptimizedInfo/baselineBandwidthInMbps"),
        .network_interfaces = interfaces(network),
        .ipv4_per_interface = ec2_count(network, "ipv4AddressesPerInterface", ADDRESSES_MOST),
        .efa_interfaces = ec2_number(network, "efaInfo/maximumEfaInterfaces"),
        .gpu = device(keep, xml_at(item, "gpuInfo/gpus")),
        .accelerator = accelerator(keep, item),
    };

    ARENA_PUSH(keep, types->items, types->count, types->capacity, t);
}

struct error *ec2_describe_instance_types(const struct aws_call *c, const struct ec2_query *query,
                                          struct ec2_instance_types *out)
{
    static const struct ec2_listing l = {
        .operation = "DescribeInstanceTypes",
        .list = "instanceTypeSet",
        .id = "InstanceType",
        .page_size = 100,
        .take = take_instance_type,
    };

    *out = (struct ec2_instance_types){0};
    return ec2_list(c, &l, query, NULL, out);
}

static void take_offering(struct arena *keep, const struct xml *item, void *out)
{
    struct ec2_offerings *o = out;
    ARENA_PUSH(keep, o->items, o->count, o->capacity,
               (struct ec2_offering){
                   .instance_type = ec2_kept(keep, item, "instanceType"),
                   .zone = ec2_kept(keep, item, "location"),
               });
}

struct error *ec2_describe_instance_type_offerings(const struct aws_call *c,
                                                   const struct ec2_query *query,
                                                   struct ec2_offerings *out)
{
    static const struct ec2_listing l = {
        .operation = "DescribeInstanceTypeOfferings",
        .list = "instanceTypeOfferingSet",
        .page_size = 1000,
        .take = take_offering,
    };
    static const struct ec2_parameter by_zone[] = {{"LocationType", STR_INIT("availability-zone")},
                                                   {0}};

    *out = (struct ec2_offerings){0};
    return ec2_list(c, &l, query, by_zone, out);
}

static void take_spot_price(struct arena *keep, const struct xml *item, void *out)
{
    struct ec2_spot_prices *p = out;
    struct ec2_spot_price price = {
        .instance_type = ec2_kept(keep, item, "instanceType"),
        .zone = ec2_kept(keep, item, "availabilityZone"),
        .at_ms = ec2_instant(item, "timestamp"),
    };

    if (hourly_price_parse(xml_text(item, "spotPrice"), &price.microusd_per_hour))
        ARENA_PUSH(keep, p->items, p->count, p->capacity, price);
}

static int newest_first(const void *a, const void *b)
{
    const struct ec2_spot_price *x = a, *y = b;
    int order = str_cmp(x->instance_type, y->instance_type);

    if (!order)
        order = str_cmp(x->zone, y->zone);
    if (!order)
        order = (x->at_ms < y->at_ms) - (x->at_ms > y->at_ms);
    return order ? order
                 : (x->microusd_per_hour > y->microusd_per_hour) -
                       (x->microusd_per_hour < y->microusd_per_hour);
}

/* The answer holds changes, and those of two products. */
static void keep_newest(struct ec2_spot_prices *p)
{
    size_t kept_count = 0;

    if (p->count)
        qsort(p->items, p->count, sizeof(*p->items), newest_first);
    for (size_t i = 0; i < p->count; i++) {
        const struct ec2_spot_price *last = kept_count ? &p->items[kept_count - 1] : NULL;
        if (!last || !str_eq(last->instance_type, p->items[i].instance_type) ||
            !str_eq(last->zone, p->items[i].zone))
            p->items[kept_count++] = p->items[i];
    }
    p->count = kept_count;
}

struct error *ec2_describe_spot_prices(const struct aws_call *c, int64_t now_ms,
                                       struct ec2_spot_prices *out)
{
    static const struct ec2_listing l = {
        .operation = "DescribeSpotPriceHistory",
        .list = "spotPriceHistorySet",
        .page_size = 1000,
        .take = take_spot_price,
    };
    /* From now on: EC2 then tells the price in force for each type and zone. */
    const struct ec2_parameter more[] = {
        {"StartTime", time_format(c->arena, now_ms, false)},
        {"ProductDescription.1", STR("Linux/UNIX")},
        {"ProductDescription.2", STR("Linux/UNIX (Amazon VPC)")},
        {0},
    };

    *out = (struct ec2_spot_prices){0};
    TRY(ec2_list(c, &l, &(struct ec2_query){0}, more, out));
    keep_newest(out);
    return NULL;
}
