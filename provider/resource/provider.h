#ifndef PROVIDER_RESOURCE_PROVIDER_H
#define PROVIDER_RESOURCE_PROVIDER_H

#include "provider/cty/value.h"
#include "provider/resource/call.h"
#include "provider/resource/endpoint_names.h"

/* The provider block: its table, and one configured provider.  A process may have several one after
 * another (a reattached one serves many commands) and calls of the previous one may still run, so
 * a provider is counted: whoever works with it holds it. */

/* clang-format off */
struct cluster_config {
    struct tf_string name, version;
    struct tf_string kubeconfig, context;
    struct tf_string endpoint, certificate_authority, service_cidr, token;
    struct tf_strings manifests;
};
struct engine_config {
    struct tf_string store, preferences, mode, interruption_queue, default_instance_profile;
    struct tf_string rebalance_recommendation;
    struct tf_string batch_idle, batch_max;
    struct tf_string max_disrupted, max_unready, max_staleness;
};
struct tags_config        { struct tf_map tags; };
struct ignore_tags_config { struct tf_strings keys, key_prefixes; };
/* One member a service, under hashicorp/aws's names and aliases. */
#define OTHER_ENDPOINT(service) struct tf_string service;
struct endpoints_config {
    struct tf_string iam, sts, sqs, ec2, ssm, pricing, eks, sso, accessanalyzer;
    struct tf_string events, cloudwatchevents, eventbridge;
    OTHER_ENDPOINTS(OTHER_ENDPOINT)
};
#undef OTHER_ENDPOINT
struct assume_role_config {
    struct tf_string role_arn, session_name, external_id, duration, policy, source_identity;
    struct tf_strings policy_arns, transitive_tag_keys;
    struct tf_map tags;
};
struct assume_role_with_web_identity_config {
    struct tf_string role_arn, session_name, duration, policy, web_identity_token, web_identity_token_file;
    struct tf_strings policy_arns;
};

struct provider_config {
    struct tf_string region, profile, access_key, secret_key, token;
    struct tf_strings shared_config_files, shared_credentials_files;
    struct tf_strings allowed_account_ids, forbidden_account_ids;
    struct tf_int max_retries, token_bucket_rate_limiter_capacity;
    struct tf_string retry_mode;
    struct tf_bool skip_credentials_validation, skip_region_validation, skip_requesting_account_id;
    struct tf_string skip_metadata_api_check;
    struct tf_bool use_fips_endpoint, use_dualstack_endpoint, insecure, s3_use_path_style;
    struct tf_string s3_us_east_1_regional_endpoint, sts_region;
    struct tf_string http_proxy, https_proxy, no_proxy, custom_ca_bundle;
    struct tf_strings user_agent;
    struct tf_string tag_policy_compliance;
    struct tf_bool known_ids, validate_policies;
    struct tf_string ec2_metadata_service_endpoint, ec2_metadata_service_endpoint_mode;
    struct tf_blocks assume_role, assume_role_with_web_identity;
    struct tf_blocks default_tags, ignore_tags, endpoints;
    struct tf_blocks cluster, engine;
};
/* clang-format on */

extern const struct model provider_model;

/* What the executable's wiring lends to providers; every function may be NULL. */
struct provider_host {
    void *self;
    /* Opens the engine's door for this configuration; called once a provider, at first use. */
    MUST_CHECK struct error *(*pools_open)(void *self, struct arena *a, struct provider *p,
                                           const struct pools **out);
    void (*pools_close)(void *self, const struct pools *pools);
};

/* Checks that need no credentials: the table's rules, and what this version cannot honour. Settings
 * that change how safely we speak are refused; others draw a warning. */
MUST_CHECK struct error *provider_validate(struct call *c, const struct cty_value *config);

/* Reads the configuration and the variables TF_AWS_* for tags, gets credentials, asks STS who we
 * are unless told not to, and compares the account with the allowed and forbidden ones.  An unknown
 * attribute is remembered instead: such a provider has no client, and resources stay as they are.
 * Everything is copied; the caller holds the result. */
MUST_CHECK struct error *provider_configure(struct call *c, const struct provider_host *host,
                                            const struct cty_value *config, struct provider **out);
struct provider *provider_hold(struct provider *p); /* NULL passes through */
void provider_release(struct provider *p);          /* the last one closes everything */

const struct provider_config *provider_config_of(const struct provider *p);
/* The attribute that is not known yet and that a call needs: all count but default_tags, and
 * `cluster` and `engine` only `with_engine`.  Empty when nothing is missing. */
struct str provider_unknown(const struct provider *p, bool with_engine);
struct aws_client *provider_aws(const struct provider *p);
struct str provider_region(const struct provider *p);
/* The client for another region; any thread. */
MUST_CHECK struct error *provider_aws_in(struct provider *p, struct arena *a, struct str region,
                                         struct aws_client **out);
/* Whether it reads like a region, or the provider takes any name. */
bool provider_takes_region(const struct provider *p, struct str region);
/* As call_account_id and call_pools have it; any thread. */
MUST_CHECK struct error *provider_account_id(struct provider *p, struct arena *a,
                                             struct cancel *cancel, struct str *out);
/* The account, if it may be asked for and was: nobody is asked now. */
bool provider_told_account(struct provider *p, struct str *out);
/* As call_note_made and call_made_lately; any thread. */
void provider_note_made(struct provider *p);
bool provider_made_lately(struct provider *p);
/* What its resources know of each other (recall.h); as long as the provider lives. */
struct recall *provider_recall(struct provider *p);
/* Whether policies are put to Access Analyzer in plans (review.h), and the end of that for good:
 * true for the first who finds that it does not answer. */
bool provider_reviews(struct provider *p);
bool provider_end_reviews(struct provider *p);
/* What they put in place (links.h). */
struct links *provider_links(struct provider *p);
MUST_CHECK struct error *provider_pools(struct provider *p, struct arena *a,
                                        const struct pools **out);

#endif
