#include "provider/resource/agent.h"
#include "provider/resource/provider_check.h"

/* The provider block, row by row: hashicorp/aws's attributes under their names, then `cluster` and
 * `engine`.  What this version takes but does not act on is said in provider_validate.c. */

/* clang-format off */
static const struct attr cluster_rows[] = {
    ATTR(cluster_config, name,    OPTIONAL, .min = 1, .max = 100, .describe = "Name of the cluster. Instances are tagged with it, and their nodes join it."),
    ATTR(cluster_config, version, OPTIONAL, .pattern = "1\\.[0-9]+", .pattern_says = "a Kubernetes minor version such as \"1.31\"",
         .describe = "Kubernetes version that image aliases are resolved for. Unset: EKS's."),
    ATTR(cluster_config, kubeconfig, OPTIONAL, .conflicts = "endpoint", .describe = "Path of a kubeconfig file by which the API server is reached. Without `manifests`, pods come from an API server: that of the kubeconfig, or of `endpoint` and `token`, or of the EKS cluster `name`, to which AWS credentials say who we are."),
    ATTR(cluster_config, context,    OPTIONAL, .describe = "Context in that file. Unset: its current one."),
    ATTR(cluster_config, endpoint,   OPTIONAL, .describe = "URL of the API server, which nodes join. Unset: as EKS has it, where `name` is a cluster of EKS; so too the next two."),
    ATTR(cluster_config, certificate_authority, OPTIONAL, .describe = "The API server's CA certificate: base64 of PEM."),
    ATTR(cluster_config, service_cidr, OPTIONAL, .check = check_cidr, .describe = "The network of the cluster's services, such as `10.100.0.0/16` or `fd30:1c53:5f8a::/108`. Nodes of AL2023 cannot join without it."),
    ATTR(cluster_config, token,      OPTIONAL | SENSITIVE, .describe = "Bearer token for the API server at `endpoint`. Unset: one that AWS credentials sign, as EKS takes it. It is never kept, so that `tenon engine` needs a kubeconfig in its place."),
    ATTR(cluster_config, manifests,  OPTIONAL, .describe = "Kubernetes manifests (YAML or JSON) that pods come from: files, or folders whose files are read, those of deeper ones not. Relative paths start where terraform runs. No API server is asked then: the engine itself decides where pods go."),
};
static const struct model cluster_model = MODEL(cluster_config, cluster_rows);

#define SHARE .pattern = "[0-9]{1,9}|([0-9]{1,2}|100)%", .pattern_says = "a number of nodes such as \"2\" or a share from \"0%\" to \"100%\""
static const struct attr engine_rows[] = {
    ATTR(engine_config, store, OPTIONAL, .pattern = "sqlite:.+|kubernetes", .pattern_says = "\"sqlite:PATH\" or \"kubernetes\"",
         .describe = "Where the engine keeps pools and claims. Unset: a SQLite file for the account, region and cluster in the user's state folder. `kubernetes`: the cluster itself, as custom resources of the group `tenon.dev`, which the first apply installs; a Lease says which engine acts."),
    ATTR(engine_config, preferences, OPTIONAL, .one_of = VALUES("respect", "ignore"),
         .describe = "Whether preferred scheduling rules of pods are held as far as any fleet can hold them (`respect`, the default), or not at all."),
    ATTR(engine_config, mode, OPTIONAL, .one_of = VALUES("embedded", "daemon"),
         .describe = "`embedded`, the default, runs the engine within an apply. With `daemon` an apply only writes, and waits for `tenon engine`."),
    ATTR(engine_config, interruption_queue, OPTIONAL, .pattern = "(https?://.+|[A-Za-z0-9_-]{1,80}(\\.fifo)?)?", .pattern_says = "the name of a queue or its URL",
         .describe = "Name or URL of the SQS queue where EventBridge sends what EC2 and AWS Health announce of instances: spot interruptions, state changes, maintenance. Their nodes are replaced before they go. The queue need not exist yet, and is of the fleet's region. Unset: nothing is heard before it happens."),
    ATTR(engine_config, rebalance_recommendation, OPTIONAL, .one_of = VALUES("ignore", "replace"),
         .describe = "Whether a rebalance recommendation in that queue moves nothing (`ignore`, the default), or has the node replaced while there is time, if its pods get another."),
    ATTR(engine_config, default_instance_profile, OPTIONAL, .describe = "Instance profile of node classes that name none. It need not exist yet."),
    ATTR(engine_config, batch_idle, OPTIONAL, .check = check_duration, .equal = equal_duration, .describe = "Changes are decided together once none came for this long."),
    ATTR(engine_config, batch_max,  OPTIONAL, .check = check_duration, .equal = equal_duration, .describe = "The longest that a change waits to be decided together with others."),
    ATTR(engine_config, max_disrupted, OPTIONAL, SHARE, .describe = "How many nodes of the whole fleet may be away at a time, beside what the budgets of each pool allow: a number, or a share of all nodes (rounded up). Unset: any number. Interruptions, and pools that are destroyed, do not ask."),
    ATTR(engine_config, max_unready,   OPTIONAL, SHARE, .describe = "How many nodes of the whole fleet may be not ready, those included that start in the place of others, before nothing more is replaced: an image that does not start must not take a fleet. Unset: `20%`."),
    ATTR(engine_config, max_staleness, OPTIONAL, .check = check_staleness, .equal = equal_duration, .describe = "How old may be what is known of pods and of instances for a node to leave by it: a duration from `10s` on. Unset: `30s`. Above it no node leaves that need not; nodes are launched, and interruptions heeded, all the same. Types and prices, which seldom change, may be 30 minutes old."),
};
static const struct model engine_model = MODEL(engine_config, engine_rows);
#undef SHARE

static const struct attr default_tags_rows[] = {
    ATTR(tags_config, tags, OPTIONAL, .describe = "Tags of every resource that has tags. A resource's own tag of the same key goes before."),
};
static const struct model default_tags_model = MODEL(tags_config, default_tags_rows);

static const struct attr ignore_tags_rows[] = {
    ATTR(ignore_tags_config, keys,         OPTIONAL | SET, .describe = "Their keys."),
    ATTR(ignore_tags_config, key_prefixes, OPTIONAL | SET, .describe = "Prefixes of their keys."),
};
static const struct model ignore_tags_model = MODEL(ignore_tags_config, ignore_tags_rows);

#define ENDPOINT(member, service) \
    ATTR(endpoints_config, member, OPTIONAL, .pattern = "(https?://.+)?", .pattern_says = "an http or https URL", \
         .api = service, .describe = "URL to call instead of the service's own.")
#define OTHER_ENDPOINT(member) ATTR(endpoints_config, member, OPTIONAL),
static const struct attr endpoints_rows[] = {
    ENDPOINT(iam, "iam"), ENDPOINT(sts, "sts"), ENDPOINT(sqs, "sqs"), ENDPOINT(ec2, "ec2"),
    ENDPOINT(ssm, "ssm"), ENDPOINT(pricing, "pricing"), ENDPOINT(eks, "eks"), ENDPOINT(sso, "sso"),
    ENDPOINT(accessanalyzer, "access-analyzer"),
    ENDPOINT(events, "events"), ENDPOINT(cloudwatchevents, "events"), ENDPOINT(eventbridge, "events"),
    OTHER_ENDPOINTS(OTHER_ENDPOINT)
};
static const struct model endpoints_model = MODEL(endpoints_config, endpoints_rows);

#define SESSION_NAME .min = 2, .max = 64, .pattern = "[A-Za-z0-9_+=,.@-]*", .pattern_says = "letters, digits and _+=,.@-"
static const struct attr assume_role_rows[] = {
    ATTR(assume_role_config, role_arn,     OPTIONAL, .check = check_role_arn, .describe = "ARN of the role."),
    ATTR(assume_role_config, session_name, OPTIONAL, SESSION_NAME, .describe = "Name of the session, seen in CloudTrail. Unset: made up."),
    ATTR(assume_role_config, external_id,  OPTIONAL, .min = 2, .max = 1224, .pattern = "[A-Za-z0-9_+=,.@:/-]*", .pattern_says = "letters, digits and _+=,.@:/-",
         .describe = "External id that the role's trust policy asks for."),
    ATTR(assume_role_config, duration,     OPTIONAL, .check = check_session_duration, .describe = "How long the session lasts before it is renewed: a duration from `15m` to `12h`."),
    ATTR(assume_role_config, policy,       OPTIONAL, .check = check_json, .describe = "Policy document (JSON) that narrows down what the session may do."),
    ATTR(assume_role_config, source_identity, OPTIONAL, SESSION_NAME, .describe = "Source identity, kept through chains of roles."),
    ATTR(assume_role_config, policy_arns,  OPTIONAL | SET, .check = check_arn, .describe = "ARNs of managed policies that narrow down what the session may do."),
    ATTR(assume_role_config, transitive_tag_keys, OPTIONAL | SET, .describe = "Keys of session tags that are kept through chains of roles."),
    ATTR(assume_role_config, tags,         OPTIONAL, .describe = "Session tags."),
};
static const struct model assume_role_model = MODEL(assume_role_config, assume_role_rows);

static const struct attr web_identity_rows[] = {
    ATTR(assume_role_with_web_identity_config, role_arn,     OPTIONAL, .check = check_role_arn, .describe = "ARN of the role. Unset: `AWS_ROLE_ARN`."),
    ATTR(assume_role_with_web_identity_config, session_name, OPTIONAL, SESSION_NAME, .describe = "Name of the session, seen in CloudTrail. Unset: `AWS_ROLE_SESSION_NAME`, else made up."),
    ATTR(assume_role_with_web_identity_config, duration,     OPTIONAL, .check = check_session_duration, .describe = "How long the session lasts before it is renewed: a duration from `15m` to `12h`."),
    ATTR(assume_role_with_web_identity_config, policy,       OPTIONAL, .check = check_json, .describe = "Policy document (JSON) that narrows down what the session may do."),
    ATTR(assume_role_with_web_identity_config, policy_arns,  OPTIONAL | SET, .check = check_arn, .describe = "ARNs of managed policies that narrow down what the session may do."),
    ATTR(assume_role_with_web_identity_config, web_identity_token,      OPTIONAL | SENSITIVE, .min = 4, .max = 20000, .conflicts = "web_identity_token_file",
         .describe = "The token."),
    ATTR(assume_role_with_web_identity_config, web_identity_token_file, OPTIONAL, .conflicts = "web_identity_token",
         .describe = "File that holds the token and is read anew at each renewal. Unset: `AWS_WEB_IDENTITY_TOKEN_FILE`."),
};
static const struct model web_identity_model = MODEL(assume_role_with_web_identity_config, web_identity_rows);

static const struct attr provider_rows[] = {
    ATTR(provider_config, region,     OPTIONAL, .describe = "AWS region, such as `eu-central-1`. Unset: `AWS_REGION`, `AWS_DEFAULT_REGION` or the profile's."),
    ATTR(provider_config, profile,    OPTIONAL, .describe = "Profile in the shared files. Unset: `AWS_PROFILE`, else `default`."),
    ATTR(provider_config, access_key, OPTIONAL, .describe = "Access key id. Unset: looked for as the section on credentials says."),
    ATTR(provider_config, secret_key, OPTIONAL | SENSITIVE, .describe = "Secret access key that belongs to `access_key`."),
    ATTR(provider_config, token,      OPTIONAL | SENSITIVE, .describe = "Session token, where the keys are temporary."),
    ATTR(provider_config, shared_config_files,      OPTIONAL, .describe = "Files to read instead of `~/.aws/config`."),
    ATTR(provider_config, shared_credentials_files, OPTIONAL, .describe = "Files to read instead of `~/.aws/credentials`."),
    ATTR(provider_config, allowed_account_ids,   OPTIONAL | SET, .conflicts = "forbidden_account_ids", .describe = "Ids of the accounts to work in. Any other is refused before anything is changed."),
    ATTR(provider_config, forbidden_account_ids, OPTIONAL | SET, .conflicts = "allowed_account_ids", .describe = "Ids of accounts that are refused before anything is changed."),
    ATTR(provider_config, max_retries, OPTIONAL, .min = 0, .max = 1000, .describe = "How often a call is repeated that failed for a passing reason. Unset: `AWS_MAX_ATTEMPTS` or the profile's, else 25 times under throttling and 8 times without a good answer."),
    ATTR(provider_config, retry_mode,  OPTIONAL, .one_of = VALUES("standard", "adaptive"), .describe = "How calls are repeated; `adaptive` also slows all calls down once a service throttles. Unset: `AWS_RETRY_MODE` or the profile's, else `standard`."),
    ATTR(provider_config, token_bucket_rate_limiter_capacity, OPTIONAL, .min = 0, .max = 1000000, .describe = "Size of a bucket that repeats are paid from (5 each, 10 after a timeout) and successes fill again. Unset: no limit."),
    ATTR(provider_config, skip_credentials_validation, OPTIONAL, .describe = "Do not ask STS at the start whether the credentials are good."),
    ATTR(provider_config, skip_region_validation,      OPTIONAL, .describe = "Take the region's name as it is, for stand-ins of AWS with regions of their own."),
    ATTR(provider_config, skip_requesting_account_id,  OPTIONAL, .describe = "Do not ask for the account id, for stand-ins of AWS that cannot tell it. Where nothing else asked for it, the store of the node pools has no account, and no engine is held to one."),
    ATTR(provider_config, skip_metadata_api_check,     OPTIONAL, .one_of = VALUES("true", "false", ""), .describe = "`true`: never ask the instance's metadata service for credentials; `false`: do so even where `AWS_EC2_METADATA_DISABLED` is set."),
    ATTR(provider_config, use_fips_endpoint,      OPTIONAL, .describe = "Call the services' FIPS endpoints. Unset: `AWS_USE_FIPS_ENDPOINT` or the profile's."),
    ATTR(provider_config, use_dualstack_endpoint, OPTIONAL, .describe = "Call the services' endpoints that have IPv6 too. Unset: `AWS_USE_DUALSTACK_ENDPOINT` or the profile's."),
    ATTR(provider_config, insecure,               OPTIONAL, .describe = "Must be unset or false: certificates are always verified, and `custom_ca_bundle` names further trusted ones."),
    ATTR(provider_config, s3_use_path_style,      OPTIONAL, .describe = "Taken for compatibility with hashicorp/aws; no type here calls S3."),
    ATTR(provider_config, s3_us_east_1_regional_endpoint, OPTIONAL, .one_of = VALUES("legacy", "regional", ""), .describe = "Taken for compatibility with hashicorp/aws; no type here calls S3."),
    ATTR(provider_config, sts_region,       OPTIONAL, .describe = "Region whose STS endpoint is called. Unset: `region`."),
    ATTR(provider_config, http_proxy,       OPTIONAL, .check = check_proxy, .describe = "Proxy for http calls, and for https calls where none is named for those. Empty: none. Unset: `HTTP_PROXY`."),
    ATTR(provider_config, https_proxy,      OPTIONAL, .check = check_proxy, .describe = "Proxy for https calls. Empty: none. Unset: `HTTPS_PROXY`."),
    ATTR(provider_config, no_proxy,         OPTIONAL, .describe = "Hosts, domains and CIDR blocks that are called without a proxy, with commas between. Unset: `NO_PROXY`."),
    ATTR(provider_config, custom_ca_bundle, OPTIONAL, .describe = "PEM file of further trusted certificates. Unset: `AWS_CA_BUNDLE` or the profile's."),
    ATTR(provider_config, user_agent,       OPTIONAL, .check = check_agent, .describe = "What calls are named by in the User-Agent, besides Tenon: `product/1.0 (comment)`. `TF_APPEND_USER_AGENT` adds to it."),
    ATTR(provider_config, tag_policy_compliance, OPTIONAL, .one_of = VALUES("error", "warning", "disabled"), .describe = "Taken for compatibility with hashicorp/aws: tags are not held against tag policies of the organization."),
    ATTR(provider_config, ec2_metadata_service_endpoint,      OPTIONAL, .pattern = "(https?://.+)?", .pattern_says = "an http or https URL",
         .describe = "URL of the instance's metadata service. Unset: `AWS_EC2_METADATA_SERVICE_ENDPOINT`."),
    ATTR(provider_config, ec2_metadata_service_endpoint_mode, OPTIONAL, .one_of = VALUES("IPv4", "IPv6", ""), .describe = "`IPv4` or `IPv6`: by which address the metadata service is called. Unset: `AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE`."),
    ATTR(provider_config, assume_role, OPTIONAL, .nesting = BLOCK_LIST, .nested = &assume_role_model, .describe = "A role to work as. Of several blocks each is assumed with the credentials of the one before it."),
    ATTR(provider_config, assume_role_with_web_identity, OPTIONAL, .max = 1, .nesting = BLOCK_LIST, .nested = &web_identity_model,
         .describe = "A role to work as, taken with a token of an OIDC provider."),
    ATTR(provider_config, default_tags, OPTIONAL, .max = 1, .nesting = BLOCK_LIST, .nested = &default_tags_model, .describe = "What every resource is tagged with."),
    ATTR(provider_config, ignore_tags,  OPTIONAL, .max = 1, .nesting = BLOCK_LIST, .nested = &ignore_tags_model, .describe = "Tags that others put on resources and that are to be left alone."),
    ATTR(provider_config, known_ids,    OPTIONAL, .describe = "Whether ARNs that follow from names, account and region are known in the plan. Unset: no, as with hashicorp/aws: a data source that looks for an object by such a value would be read before the object is there."),
    ATTR(provider_config, validate_policies, OPTIONAL, .describe = "Whether a plan puts each policy that it would write to IAM Access Analyzer (`access-analyzer:ValidatePolicy`): its errors are errors of the plan, its warnings warnings. Unset: no. Without an answer a plan goes on, with one warning."),
    ATTR(provider_config, endpoints,    OPTIONAL, .nesting = BLOCK_SET, .nested = &endpoints_model, .describe = "URLs to call instead of AWS's own, for stand-ins such as moto or LocalStack."),
    ATTR(provider_config, cluster, OPTIONAL, .nesting = NESTED_SINGLE, .nested = &cluster_model, .describe = "The Kubernetes cluster whose pods the node pools serve. Only `tenon_*` resources need it."),
    ATTR(provider_config, engine,  OPTIONAL, .nesting = NESTED_SINGLE, .nested = &engine_model, .describe = "How the engine that serves the node pools works."),
};
/* clang-format on */

const struct model provider_model = MODEL(provider_config, provider_rows);
