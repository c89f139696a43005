#ifndef ENGINE_AWS_ENDPOINT_H
#define ENGINE_AWS_ENDPOINT_H

#include "engine/aws/profile.h"

struct aws_service;

/* A partition is a world of its own: regions, domains, global endpoints. */
struct aws_partition {
    struct str name, region_prefixes[10], dns_suffix, dual_stack_suffix;
    struct str global_region; /* where the global services are signed for */
    /* What stands between IAM's name and the domain. */
    struct str global_place, global_dual_stack_place;
    bool all_fips; /* the plain endpoints are validated, and have no others beside them */
};
const struct aws_partition *partition_of(struct str region);

struct endpoint {
    struct str url, host, path; /* host with its port; path ends in a slash */
    struct str signing_region;
    bool custom; /* of the configuration, the environment or the profile */
};

/* What says where calls go. */
struct endpoint_rules {
    const struct aws_endpoint_override *overrides;
    size_t override_count;
    const struct shared_config *files; /* may be NULL */
    struct profile profile;
    bool fips, dualstack;   /* of AWS's own endpoints; a given one is taken as it is */
    bool ignore_configured; /* URLs of the environment and the profile */
};
/* The overrides of `config`, and its switches or those of the environment or the profile. */
MUST_CHECK struct error *endpoint_rules_of(struct arena *a, const struct aws_config *config,
                                           const struct shared_config *files,
                                           struct endpoint_rules *out);

/* Where calls of `service` go: the overrides, AWS_ENDPOINT_URL_<SERVICE>, AWS_ENDPOINT_URL, the
 * profile's `services` section, its endpoint_url, else AWS's own.  ERROR_INVALID for a URL that is
 * none. */
MUST_CHECK struct error *endpoint_resolve(struct arena *a, const struct aws_service *service,
                                          struct str region, const struct endpoint_rules *rules,
                                          struct endpoint *out);
/* Any URL that calls may be sent to, taken apart; `where` names it in the error. */
MUST_CHECK struct error *endpoint_of_url(struct arena *a, struct str url, struct str where,
                                         struct endpoint *out);

/* "true" or "false" of the configuration's switch, a variable, or the profile's setting. */
MUST_CHECK struct error *switch_of(struct arena *a, enum aws_switch own, const char *variable,
                                   const struct profile *profile, const char *setting, bool *out);

#endif
