#ifndef ENGINE_AWS_AWS_H
#define ENGINE_AWS_AWS_H

#include "engine/base/cancel.h"
#include "engine/base/error.h"

/* The AWS client: region, credentials, endpoints, signing, retries.  One client serves any number
 * of threads.  The typed calls are one header a service (sqs.h, iam.h, ec2.h, ...); their results
 * live in the caller's arena.
 *
 * Errors carry the service's code and its request id.  Kinds are what to decide on: a delete of
 * what is gone is ERROR_NOT_FOUND (never swallowed here), a denied call names the permission. A
 * change whose answer was lost has `outcome_unknown` and was repeated only where a repeat is
 * harmless; for the others the caller looks. */
struct aws_client;

enum aws_service_slot {
    AWS_ACCESS_ANALYZER,
    AWS_EC2,
    AWS_EKS,
    AWS_EVENTS,
    AWS_IAM,
    AWS_PRICING,
    AWS_SQS,
    AWS_SSM,
    AWS_STS,
    AWS_SERVICE_COUNT,
};

struct aws_endpoint_override {
    struct str service; /* its id: "iam", "sqs", "ec2", "access-analyzer" (endpoint.c) */
    struct str url;     /* http or https, with an optional path */
};

struct aws_tag {
    struct str key, value;
};
struct aws_tags {
    struct aws_tag *items;
    size_t count, capacity;
};

/* A role to act as.  With a web identity token, or the file of one, it needs no other credentials.
 * Empty and zero members are left out of the call; a session always has some name. */
struct aws_role {
    struct str arn, session_name, external_id, policy, source_identity;
    int64_t duration_seconds;
    const struct str *policy_arns, *transitive_tag_keys;
    size_t policy_arn_count, transitive_tag_key_count;
    struct aws_tags tags;
    struct str token, token_file;
    struct str path; /* the attribute that asks for it, in errors: "assume_role[1]" */
};

enum aws_switch { AWS_UNSET, AWS_OFF, AWS_ON };

/* Empty and zero members mean: look in the environment, then the profile, then take AWS's own. */
struct aws_config {
    struct str region, profile;
    struct str access_key, secret_key, token;
    const struct str *config_files, *credentials_files; /* instead of ~/.aws's */
    size_t config_file_count, credentials_file_count;
    const struct aws_role *web_identity; /* instead of every other source; NULL: none */
    const struct aws_role *roles;        /* then assumed in this order */
    size_t role_count;
    struct str sts_region; /* of the calls to STS */
    const struct aws_endpoint_override *endpoints;
    size_t endpoint_count;
    enum aws_switch fips, dualstack;
    enum aws_switch metadata; /* whether an instance's metadata may be asked */
    struct str metadata_endpoint, metadata_mode;
    /* A call's, the first included.  0: AWS_MAX_ATTEMPTS, the profile's, else 26 where the service
     * throttles and 9 where no good answer comes. */
    int max_attempts;
    struct str retry_mode;  /* "standard", "adaptive" */
    int64_t retry_capacity; /* of the bucket that retries are taken from; 0: no bucket */
    struct str http_proxy, https_proxy, no_proxy;
    bool http_direct, https_direct; /* no proxy, whatever the environment says */
    struct str ca_bundle;
    struct str user_agent; /* "Tenon/0.1.0 (...)" */
};

/* Finds region and credentials; nothing is sent, unless the region is to come from the metadata of
 * the instance, as the credentials do.  Everything is copied. */
MUST_CHECK struct error *aws_client_new(struct arena *a, const struct aws_config *config,
                                        struct aws_client **out);
void aws_client_free(struct aws_client *c); /* when no call is running; NULL is fine */
/* The same client in another region: credentials and connections are shared, endpoints that were
 * set stay.  It is freed before the one it comes from. */
MUST_CHECK struct error *aws_client_elsewhere(struct arena *a, const struct aws_client *base,
                                              struct str region, struct aws_client **out);

/* The date by AWS: that of the last answer, gone on by the steady clock since; 0: no answer has
 * told one.  What this machine's own clock is held against. */
int64_t aws_client_date_ms(struct aws_client *c);
struct str aws_client_region(const struct aws_client *c);
/* Where a service's calls go, e.g. to record it beside what they made. */
struct str aws_client_endpoint(const struct aws_client *c, enum aws_service_slot service);
/* Do a service's calls go to AWS?  What stands in for one service without standing in for another
 * has no account behind it that the other could be asked about. */
bool aws_client_asks_aws(const struct aws_client *c, enum aws_service_slot service);
/* "aws", "aws-cn", "aws-us-gov", ...; the suffix is "amazonaws.com", "amazonaws.com.cn". */
struct str aws_partition_of(struct str region);
struct str aws_dns_suffix_of(struct str region);

/* Holds the client to one account: from now on nothing is signed with credentials of another. Whose
 * they are is asked of STS once for each access key, so also after a renewal, or when a file or the
 * environment has come to hold others; a call that is refused for it was not sent (ERROR_CONFLICT).
 * An empty account holds it to none. */
void aws_client_hold_to(struct aws_client *c, struct str account);
/* The services whose endpoint was set by configuration, environment or profile, with its URL. */
size_t aws_client_overrides(const struct aws_client *c,
                            struct aws_endpoint_override out[AWS_SERVICE_COUNT]);

/* What every typed call is given first: whose client, where results go, what ends the wait. */
struct aws_call {
    struct aws_client *client;
    struct arena *arena;
    struct cancel *cancel; /* NULL: never */
    int64_t deadline_ms;   /* time_monotonic_ms; 0: none beside the retries' own end */
    struct str agent;      /* named behind the client in the User-Agent; empty: nobody */
};

/* What a service's error code means: also those inside fleet answers and state reasons. */
enum error_kind aws_error_kind(struct str code);

/* Gets the first credentials, so that what is wrong with them is told before any work is done.  The
 * keys of a file or of the environment cost nothing here. */
MUST_CHECK struct error *aws_sign_in(const struct aws_call *c);

#endif
