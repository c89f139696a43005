#include <stdlib.h>

#include "engine/aws/service.h"

const struct aws_service service_access_analyzer = {
    .slot = AWS_ACCESS_ANALYZER,
    .id = "access-analyzer",
    .title = "Access Analyzer",
    .environment = "ACCESSANALYZER",
    .protocol = PROTOCOL_REST,
    .version = "2019-11-01",
};
const struct aws_service service_ec2 = {
    .slot = AWS_EC2,
    .id = "ec2",
    .title = "EC2",
    .environment = "EC2",
    .protocol = PROTOCOL_EC2,
    .version = "2016-11-15",
};
const struct aws_service service_eks = {
    .slot = AWS_EKS,
    .id = "eks",
    .title = "EKS",
    .environment = "EKS",
    .protocol = PROTOCOL_REST,
    .version = "2017-11-01",
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
    .label = "api.pricing",
    .title = "Pricing",
    .environment = "PRICING",
    .protocol = PROTOCOL_JSON,
    .version = "1.1",
    .target = "AWSPriceListService.",
};

struct error *switch_of(struct arena *a, enum aws_switch own, const char *variable,
                        const struct profile *profile, const char *setting, bool *out)
{
    struct str where = str_of(variable), text = str_of(getenv(variable));

    *out = own == AWS_ON;
    if (own != AWS_UNSET)
        return NULL;
    if (!text.len) {
        where = arena_printf(a, "%s of the profile " STR_FMT, setting, STR_ARG(profile->name));
        text = profile_setting(profile, setting);
    }
    *out = str_eq(text, STR("true"));
    if (!text.len || *out || str_eq(text, STR("false")))
        return NULL;
    struct error *e =
        error_new(a, ERROR_INVALID, STR_FMT " is `" STR_FMT "`", STR_ARG(where), STR_ARG(text));
    e->detail = STR("Allowed are true and false.");
    return e;
}

struct error *endpoint_rules_of(struct arena *a, const struct aws_config *config,
                                const struct shared_config *files, struct endpoint_rules *out)
{
    bool ignore;

    *out = (struct endpoint_rules){
        .overrides = config->endpoints,
        .override_count = config->endpoint_count,
        .files = files,
        .profile = profile_in_force(files, config),
    };
    TRY(switch_of(a, config->fips, "AWS_USE_FIPS_ENDPOINT", &out->profile, "use_fips_endpoint",
                  &out->fips));
    TRY(switch_of(a, config->dualstack, "AWS_USE_DUALSTACK_ENDPOINT", &out->profile,
                  "use_dualstack_endpoint", &out->dualstack));
    TRY(switch_of(a, AWS_UNSET, "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", &out->profile,
                  "ignore_configured_endpoint_urls", &ignore));
    out->ignore_configured = ignore;
    return NULL;
}

/* Of the profile: its services section, then its own setting. */
static struct str profiles_url(struct arena *a, const struct aws_service *service,
                               const struct endpoint_rules *rules, struct str *where)
{
    if (!rules->files)
        return STR("");
    struct str name = profile_setting(&rules->profile, "services");
    struct str key = arena_lower(a, str_of(service->environment));
    const struct json *section = json_get_str(&rules->files->services, name);
    struct str url = json_string_or(json_get(json_get_str(section, key), "endpoint_url"), STR(""));

    *where = arena_printf(a, STR_FMT ".endpoint_url of the services section " STR_FMT, STR_ARG(key),
                          STR_ARG(name));
    if (url.len)
        return url;
    *where = arena_printf(a, "endpoint_url of the profile " STR_FMT, STR_ARG(rules->profile.name));
    return profile_setting(&rules->profile, "endpoint_url");
}

static struct str given_url(struct arena *a, const struct aws_service *service,
                            const struct endpoint_rules *rules, struct str *where)
{
    for (size_t i = 0; i < rules->override_count; i++)
        if (str_eq(rules->overrides[i].service, str_of(service->id)) &&
            rules->overrides[i].url.len) {
            *where = arena_printf(a, "endpoints.%s", service->id);
            return rules->overrides[i].url;
        }
    if (rules->ignore_configured)
        return STR("");
    *where = arena_printf(a, "AWS_ENDPOINT_URL_%s", service->environment);
    struct str url = str_of(getenv(where->ptr));
    if (url.len)
        return url;
    *where = STR("AWS_ENDPOINT_URL");
    url = str_of(getenv("AWS_ENDPOINT_URL"));
    return url.len ? url : profiles_url(a, service, rules, where);
}

/* AWS's own: label, region (or the place of a global service), domain. */
static struct str own_url(struct arena *a, const struct aws_service *service, struct str region,
                          const struct aws_partition *p, const struct endpoint_rules *rules)
{
    const char *label = service->label ? service->label : service->id;
    bool marked = rules->fips && !(p->all_fips && (service->global || !rules->dualstack));
    struct str suffix = rules->dualstack ? p->dual_stack_suffix : p->dns_suffix;
    struct str place = arena_printf(a, STR_FMT ".", STR_ARG(region));

    if (service->global)
        place = rules->dualstack ? p->global_dual_stack_place : p->global_place;
    return arena_printf(a, "https://%s%s." STR_FMT STR_FMT, label, marked ? "-fips" : "",
                        STR_ARG(place), STR_ARG(suffix));
}

struct error *endpoint_of_url(struct arena *a, struct str url, struct str where,
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
                               struct str region, const struct endpoint_rules *rules,
                               struct endpoint *out)
{
    const struct aws_partition *partition = partition_of(region);
    struct str where = {0};
    struct str url = given_url(a, service, rules, &where);
    bool custom = url.len > 0;

    *out = (struct endpoint){0};
    if (!custom)
        url = own_url(a, service, region, partition, rules);
    TRY(endpoint_of_url(a, url, where, out));
    out->custom = custom;
    out->signing_region = service->global ? partition->global_region : region;
    return NULL;
}
