#include <stdlib.h>

#include "engine/aws/service.h"

const struct aws_service service_ec2 = {
    .slot = AWS_EC2,
    .id = "ec2",
    .title = "EC2",
    .environment = "EC2",
    .protocol = PROTOCOL_EC2,
    .version = "2016-11-15",
};
const struct aws_service service_events = {
    .slot = AWS_EVENTS,
    .id = "events",
    .title = "EventBridge",
    .environment = "EVENTBRIDGE",
    .protocol = PROTOCOL_JSON,
    .version = "1.1",
    .target = "AWSEvents.",
};
const struct aws_service service_iam = {
    .slot = AWS_IAM,
    .id = "iam",
    .title = "IAM",
    .environment = "IAM",
    .protocol = PROTOCOL_QUERY,
    .version = "2010-05-08",
    .global = true,
};
const struct aws_service service_sts = {
    .slot = AWS_STS,
    .id = "sts",
    .title = "STS",
    .environment = "STS",
    .protocol = PROTOCOL_QUERY,
    .version = "2011-06-15",
};
const struct aws_service service_sqs = {
    .slot = AWS_SQS,
    .id = "sqs",
    .title = "SQS",
    .environment = "SQS",
    .protocol = PROTOCOL_JSON,
    .version = "1.0",
    .target = "AmazonSQS.",
};
const struct aws_service service_ssm = {
    .slot = AWS_SSM,
    .id = "ssm",
    .title = "SSM",
    .environment = "SSM",
    .protocol = PROTOCOL_JSON,
    .version = "1.1",
    .target = "AmazonSSM.",
};
const struct aws_service service_pricing = {
    .slot = AWS_PRICING,
    .id = "pricing",
    .title = "Pricing",
    .environment = "PRICING",
    .protocol = PROTOCOL_JSON,
    .version = "1.1",
    .target = "AWSPriceListService.",
};

/* The first row is also that of regions nobody has heard of yet. */
static const struct aws_partition partitions[] = {
    {
        .name = STR_INIT("aws"),
        .region_prefixes = {STR_INIT("us-"), STR_INIT("eu-"), STR_INIT("ap-"), STR_INIT("sa-"),
                            STR_INIT("ca-"), STR_INIT("me-"), STR_INIT("af-"), STR_INIT("il-")},
        .dns_suffix = STR_INIT("amazonaws.com"),
        .global_region = STR_INIT("us-east-1"),
    },
    {
        .name = STR_INIT("aws-cn"),
        .region_prefixes = {STR_INIT("cn-")},
        .dns_suffix = STR_INIT("amazonaws.com.cn"),
        .global_region = STR_INIT("cn-north-1"),
    },
    {
        .name = STR_INIT("aws-us-gov"),
        .region_prefixes = {STR_INIT("us-gov-")},
        .dns_suffix = STR_INIT("amazonaws.com"),
        .global_region = STR_INIT("us-gov-west-1"),
    },
    {
        .name = STR_INIT("aws-iso"),
        .region_prefixes = {STR_INIT("us-iso-")},
        .dns_suffix = STR_INIT("c2s.ic.gov"),
        .global_region = STR_INIT("us-iso-east-1"),
    },
    {
        .name = STR_INIT("aws-iso-b"),
        .region_prefixes = {STR_INIT("us-isob-")},
        .dns_suffix = STR_INIT("sc2s.sgov.gov"),
        .global_region = STR_INIT("us-isob-east-1"),
    },
    {
        .name = STR_INIT("aws-eusc"),
        .region_prefixes = {STR_INIT("eusc-")},
        .dns_suffix = STR_INIT("amazonaws.eu"),
        .global_region = STR_INIT("eusc-de-east-1"),
    },
};

/* The longest prefix wins: "us-gov-" before "us-". */
const struct aws_partition *partition_of(struct str region)
{
    const struct aws_partition *best = &partitions[0];
    size_t best_len = 0;

    for (size_t i = 0; i < sizeof(partitions) / sizeof(partitions[0]); i++)
        for (size_t k = 0; k < 8 && partitions[i].region_prefixes[k].len; k++) {
            struct str prefix = partitions[i].region_prefixes[k];
            if (prefix.len > best_len && str_starts_with(region, prefix)) {
                best = &partitions[i];
                best_len = prefix.len;
            }
        }
    return best;
}

struct str aws_partition_of(struct str region)
{
    return partition_of(region)->name;
}

struct str aws_dns_suffix_of(struct str region)
{
    return partition_of(region)->dns_suffix;
}

static struct str overridden(struct arena *a, const struct aws_service *service,
                             const struct aws_endpoint_override *overrides, size_t count,
                             struct str *where)
{
    for (size_t i = 0; i < count; i++)
        if (str_eq(overrides[i].service, str_of(service->id)) && overrides[i].url.len) {
            *where = arena_printf(a, "endpoints.%s", service->id);
            return overrides[i].url;
        }
    *where = arena_printf(a, "AWS_ENDPOINT_URL_%s", service->environment);
    struct str url = str_of(getenv(where->ptr));
    if (!url.len) {
        *where = STR("AWS_ENDPOINT_URL");
        url = str_of(getenv("AWS_ENDPOINT_URL"));
    }
    return url;
}

/* IAM's global endpoint has no region in its name, in the partition of China one under .cn. */
static struct str own_url(struct arena *a, const struct aws_service *service, struct str region,
                          const struct aws_partition *p)
{
    bool commercial = str_eq(p->name, STR("aws"));
    if (service->global && commercial)
        return arena_printf(a, "https://%s." STR_FMT, service->id, STR_ARG(p->dns_suffix));
    if (service->global)
        return arena_printf(a, "https://%s." STR_FMT "." STR_FMT, service->id,
                            STR_ARG(p->global_region), STR_ARG(p->dns_suffix));
    if (service == &service_pricing)
        return arena_printf(a, "https://api.pricing." STR_FMT "." STR_FMT, STR_ARG(region),
                            STR_ARG(p->dns_suffix));
    return arena_printf(a, "https://%s." STR_FMT "." STR_FMT, service->id, STR_ARG(region),
                        STR_ARG(p->dns_suffix));
}

static struct error *split_url(struct arena *a, struct str url, struct str where,
                               struct endpoint *out)
{
    bool https = str_starts_with(url, STR("https://")), http = str_starts_with(url, STR("http://"));
    struct str rest = str_slice(url, https ? 8 : 7, url.len);
    size_t slash = str_find(rest, '/');
    struct str host = str_slice(rest, 0, slash), path = str_slice(rest, slash, rest.len);

    while (str_ends_with(path, STR("/")))
        path.len--;
    if ((!https && !http) || host.len == 0 || str_find(url, '?') < url.len ||
        str_find(url, '@') < url.len || str_find(url, ' ') < url.len) {
        struct error *e =
            error_new(a, ERROR_INVALID, STR_FMT " is `" STR_FMT "`", STR_ARG(where), STR_ARG(url));
        e->detail = STR("An endpoint is a URL such as https://sqs.eu-west-1.amazonaws.com or "
                        "http://localhost:4566, without a query and without credentials.");
        return e;
    }
    /* A default port is not part of the Host header that is signed. */
    struct str port = https ? STR(":443") : STR(":80");
    if (str_ends_with(host, port))
        host.len -= port.len;
    out->url = arena_printf(a, "%s://" STR_FMT STR_FMT "/", https ? "https" : "http", STR_ARG(host),
                            STR_ARG(path));
    out->host = arena_str(a, host);
    out->path = arena_printf(a, STR_FMT "/", STR_ARG(path));
    return NULL;
}

struct error *endpoint_resolve(struct arena *a, const struct aws_service *service,
                               struct str region, const struct aws_endpoint_override *overrides,
                               size_t override_count, struct endpoint *out)
{
    const struct aws_partition *partition = partition_of(region);
    struct str where = {0};
    struct str url = overridden(a, service, overrides, override_count, &where);

    *out = (struct endpoint){.custom = url.len > 0};
    out->signing_region = service->global ? partition->global_region : region;
    if (!out->custom)
        url = own_url(a, service, region, partition);
    return split_url(a, url, where, out);
}
