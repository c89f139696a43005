#include "provider/resource/provider.h"

/* The provider block, row by row: hashicorp/aws's attributes under their names, then `cluster` and
 * `engine`.  What this version takes but does not act on is said in provider_validate.c. */

/* clang-format off */
static const struct attr cluster_rows[] = {
    ATTR(cluster_config, name,    OPTIONAL, .describe = "Name of the cluster; nodes and instances are tagged with it."),
    ATTR(cluster_config, version, OPTIONAL, .pattern = "1\\.[0-9]+", .pattern_says = "a Kubernetes minor version such as \"1.31\"",
         .describe = "Kubernetes version that AMI aliases are resolved for."),
    ATTR(cluster_config, kubeconfig, OPTIONAL, .conflicts = "endpoint", .describe = "Path of a kubeconfig file."),
    ATTR(cluster_config, context,    OPTIONAL, .describe = "Context in that file; the current one by default."),
    ATTR(cluster_config, endpoint,   OPTIONAL, .describe = "URL of the API server."),
    ATTR(cluster_config, certificate_authority, OPTIONAL, .describe = "The API server's CA: base64 of PEM."),
    ATTR(cluster_config, token,      OPTIONAL | SENSITIVE, .describe = "Bearer token for the API server."),
    ATTR(cluster_config, manifests,  OPTIONAL, .describe = "YAML or JSON files, or folders of them, that pods come from; no API server is then asked for them."),
};
static const struct model cluster_model = MODEL(cluster_config, cluster_rows);

static const struct attr engine_rows[] = {
    ATTR(engine_config, store, OPTIONAL, .pattern = "sqlite:.+|kubernetes", .pattern_says = "\"sqlite:PATH\" or \"kubernetes\"",
         .describe = "Where the engine keeps pools and claims; by default a SQLite file per account, region and cluster under the user's state folder."),
    ATTR(engine_config, preferences, OPTIONAL, .one_of = VALUES("respect", "ignore"),
         .describe = "Whether preferred scheduling rules of pods are held as far as any fleet can hold them."),
    ATTR(engine_config, mode, OPTIONAL, .one_of = VALUES("embedded", "daemon"),
         .describe = "`embedded` runs the engine within an apply; `daemon` only writes and waits for `tenon engine`."),
    ATTR(engine_config, interruption_queue, OPTIONAL, .describe = "Name or URL of the SQS queue with interruption notices; it may not exist yet."),
    ATTR(engine_config, default_instance_profile, OPTIONAL, .describe = "Instance profile of node classes that name none; it may not exist yet."),
    ATTR(engine_config, batch_idle, OPTIONAL, .check = check_duration, .equal = equal_duration, .describe = "Pods are decided this long after the last change."),
    ATTR(engine_config, batch_max,  OPTIONAL, .check = check_duration, .equal = equal_duration, .describe = "And no later than this after the first."),
};
static const struct model engine_model = MODEL(engine_config, engine_rows);

static const struct attr default_tags_rows[] = {
    ATTR(tags_config, tags, OPTIONAL, .describe = "Tags for every resource that has tags."),
};
static const struct model default_tags_model = MODEL(tags_config, default_tags_rows);

static const struct attr ignore_tags_rows[] = {
    ATTR(ignore_tags_config, keys,         OPTIONAL | SET, .describe = "Tag keys that are left alone on every resource."),
    ATTR(ignore_tags_config, key_prefixes, OPTIONAL | SET, .describe = "Prefixes of such keys."),
};
static const struct model ignore_tags_model = MODEL(ignore_tags_config, ignore_tags_rows);

#define ENDPOINT(member, service) \
    ATTR(endpoints_config, member, OPTIONAL, .pattern = "(https?://.+)?", .pattern_says = "an http or https URL", \
         .api = service, .describe = "Use this instead of the service's own endpoint.")
static const struct attr endpoints_rows[] = {
    ENDPOINT(iam, "iam"), ENDPOINT(sts, "sts"), ENDPOINT(sqs, "sqs"), ENDPOINT(ec2, "ec2"),
    ENDPOINT(ssm, "ssm"), ENDPOINT(pricing, "pricing"), ENDPOINT(eks, "eks"),
    ENDPOINT(events, "events"), ENDPOINT(cloudwatchevents, "events"), ENDPOINT(eventbridge, "events"),
};
static const struct model endpoints_model = MODEL(endpoints_config, endpoints_rows);

static const struct attr assume_role_rows[] = {
    ATTR(assume_role_config, role_arn,        OPTIONAL),
    ATTR(assume_role_config, session_name,    OPTIONAL),
    ATTR(assume_role_config, external_id,     OPTIONAL),
    ATTR(assume_role_config, duration,        OPTIONAL),
    ATTR(assume_role_config, policy,          OPTIONAL),
    ATTR(assume_role_config, source_identity, OPTIONAL),
    ATTR(assume_role_config, policy_arns,     OPTIONAL | SET),
    ATTR(assume_role_config, transitive_tag_keys, OPTIONAL | SET),
    ATTR(assume_role_config, tags,            OPTIONAL),
};
static const struct model assume_role_model = MODEL(assume_role_config, assume_role_rows);

static const struct attr web_identity_rows[] = {
    ATTR(assume_role_with_web_identity_config, role_arn,     OPTIONAL),
    ATTR(assume_role_with_web_identity_config, session_name, OPTIONAL),
    ATTR(assume_role_with_web_identity_config, duration,     OPTIONAL),
    ATTR(assume_role_with_web_identity_config, policy,       OPTIONAL),
    ATTR(assume_role_with_web_identity_config, policy_arns,  OPTIONAL | SET),
    ATTR(assume_role_with_web_identity_config, web_identity_token,      OPTIONAL | SENSITIVE),
    ATTR(assume_role_with_web_identity_config, web_identity_token_file, OPTIONAL),
};
static const struct model web_identity_model = MODEL(assume_role_with_web_identity_config, web_identity_rows);

static const struct attr provider_rows[] = {
    ATTR(provider_config, region,     OPTIONAL, .describe = "AWS region; else AWS_REGION, AWS_DEFAULT_REGION or the profile's."),
    ATTR(provider_config, profile,    OPTIONAL, .describe = "Profile in the shared files; else AWS_PROFILE."),
    ATTR(provider_config, access_key, OPTIONAL, .describe = "Access key id; else AWS_ACCESS_KEY_ID or the profile's."),
    ATTR(provider_config, secret_key, OPTIONAL | SENSITIVE, .describe = "Secret access key."),
    ATTR(provider_config, token,      OPTIONAL | SENSITIVE, .describe = "Session token, with temporary keys."),
    ATTR(provider_config, shared_config_files,      OPTIONAL, .describe = "Instead of ~/.aws/config."),
    ATTR(provider_config, shared_credentials_files, OPTIONAL, .describe = "Instead of ~/.aws/credentials."),
    ATTR(provider_config, allowed_account_ids,   OPTIONAL | SET, .conflicts = "forbidden_account_ids", .describe = "Refuse to work in any other account."),
    ATTR(provider_config, forbidden_account_ids, OPTIONAL | SET, .conflicts = "allowed_account_ids", .describe = "Refuse to work in these accounts."),
    ATTR(provider_config, max_retries, OPTIONAL, .min = 0, .max = 1000, .describe = "How often a call that failed for a passing reason is repeated."),
    ATTR(provider_config, retry_mode,  OPTIONAL, .one_of = VALUES("standard", "adaptive"), .describe = "`standard`; `adaptive` is taken as standard."),
    ATTR(provider_config, token_bucket_rate_limiter_capacity, OPTIONAL),
    ATTR(provider_config, skip_credentials_validation, OPTIONAL, .describe = "Do not check the credentials with STS at the start."),
    ATTR(provider_config, skip_region_validation,      OPTIONAL, .describe = "Take a region's name as it is."),
    ATTR(provider_config, skip_requesting_account_id,  OPTIONAL, .describe = "Do not ask for the account id, for stand-ins of AWS that cannot tell."),
    ATTR(provider_config, skip_metadata_api_check,     OPTIONAL, .pattern = "true|false|", .pattern_says = "\"true\" or \"false\""),
    ATTR(provider_config, use_fips_endpoint,      OPTIONAL),
    ATTR(provider_config, use_dualstack_endpoint, OPTIONAL),
    ATTR(provider_config, insecure,               OPTIONAL),
    ATTR(provider_config, s3_use_path_style,      OPTIONAL),
    ATTR(provider_config, s3_us_east_1_regional_endpoint, OPTIONAL),
    ATTR(provider_config, sts_region,       OPTIONAL),
    ATTR(provider_config, http_proxy,       OPTIONAL, .describe = "Proxy for calls to AWS; else HTTP_PROXY and HTTPS_PROXY."),
    ATTR(provider_config, https_proxy,      OPTIONAL, .describe = "Proxy for https calls; goes before http_proxy."),
    ATTR(provider_config, no_proxy,         OPTIONAL),
    ATTR(provider_config, custom_ca_bundle, OPTIONAL, .describe = "PEM file of further trusted certificates; else AWS_CA_BUNDLE."),
    ATTR(provider_config, ec2_metadata_service_endpoint,      OPTIONAL),
    ATTR(provider_config, ec2_metadata_service_endpoint_mode, OPTIONAL),
    ATTR(provider_config, assume_role, OPTIONAL, .nesting = BLOCK_LIST, .nested = &assume_role_model),
    ATTR(provider_config, assume_role_with_web_identity, OPTIONAL, .max = 1, .nesting = BLOCK_LIST, .nested = &web_identity_model),
    ATTR(provider_config, default_tags, OPTIONAL, .max = 1, .nesting = BLOCK_LIST, .nested = &default_tags_model),
    ATTR(provider_config, ignore_tags,  OPTIONAL, .max = 1, .nesting = BLOCK_LIST, .nested = &ignore_tags_model),
    ATTR(provider_config, endpoints,    OPTIONAL, .nesting = BLOCK_SET, .nested = &endpoints_model),
    ATTR(provider_config, cluster, OPTIONAL, .nesting = NESTED_SINGLE, .nested = &cluster_model, .describe = "The Kubernetes cluster that node pools serve."),
    ATTR(provider_config, engine,  OPTIONAL, .nesting = NESTED_SINGLE, .nested = &engine_model, .describe = "How the engine works."),
};
/* clang-format on */

const struct model provider_model = MODEL(provider_config, provider_rows);
