#ifndef ENGINE_AWS_EKS_H
#define ENGINE_AWS_EKS_H

#include "engine/aws/aws.h"

/* What a cluster says of itself to those who join it. */
struct eks_cluster {
    struct str name, version; /* "1.33" */
    struct str endpoint;      /* URL of the API server; empty while the cluster is being made */
    struct str certificate_authority; /* base64 of PEM; empty as well */
    struct str service_cidr;          /* of its IP family: IPv4, or IPv6 */
};
/* ERROR_NOT_FOUND when the account has no cluster of that name in the region. */
/* All that EKS says of it, as it says it. */
struct json; /* engine/base/json.h */
MUST_CHECK struct error *eks_get_cluster(const struct aws_call *c, struct str name,
                                         struct json *out);
MUST_CHECK struct error *eks_describe_cluster(const struct aws_call *c, struct str name,
                                              struct eks_cluster *out);

/* Whom a cluster lets in, and as what: by groups of Kubernetes', or by policies of EKS's own. */
struct eks_texts {
    struct str *items;
    size_t count, capacity;
};
struct eks_access_entry {
    struct str cluster, principal_arn, arn, type, user_name, created, modified; /* dates */
    struct eks_texts groups;
    struct aws_tags tags;
};
/* `token` makes a repeat be the same entry.  An empty text is left out. */
MUST_CHECK struct error *eks_create_access_entry(const struct aws_call *c,
                                                 const struct eks_access_entry *entry,
                                                 struct str token, struct eks_access_entry *out);
MUST_CHECK struct error *eks_get_access_entry(const struct aws_call *c, struct str cluster,
                                              struct str principal_arn,
                                              struct eks_access_entry *out);
/* Its groups and its user name. */
MUST_CHECK struct error *eks_update_access_entry(const struct aws_call *c,
                                                 const struct eks_access_entry *entry);
MUST_CHECK struct error *eks_delete_access_entry(const struct aws_call *c, struct str cluster,
                                                 struct str principal_arn);

struct eks_access_policy {
    struct str cluster, principal_arn, policy_arn, scope, associated, modified;
    struct eks_texts namespaces;
};
MUST_CHECK struct error *eks_associate_access_policy(const struct aws_call *c,
                                                     const struct eks_access_policy *policy,
                                                     struct eks_access_policy *out);
/* ERROR_NOT_FOUND also when the entry is there and the policy is not. */
MUST_CHECK struct error *eks_get_access_policy(const struct aws_call *c, struct str cluster,
                                               struct str principal_arn, struct str policy_arn,
                                               struct eks_access_policy *out);
MUST_CHECK struct error *eks_disassociate_access_policy(const struct aws_call *c,
                                                        struct str cluster,
                                                        struct str principal_arn,
                                                        struct str policy_arn);

/* A token for a cluster's API server: a URL that says who we are, signed and never called by us.
 * EKS takes it for a quarter of an hour from the date that it was signed with; here a minute is
 * left for the way. */
enum { EKS_TOKEN_MS = 14 * 60 * 1000 };
MUST_CHECK struct error *eks_token(const struct aws_call *call, struct str cluster, int64_t now_ms,
                                   struct str *out);

/* The role that pods of a service account have. */
struct eks_pod_identity {
    struct str cluster, id, arn, namespace, service_account, role_arn, target_role_arn, external_id;
    struct str policy;
    bool no_session_tags;
    struct aws_tags tags;
};
MUST_CHECK struct error *eks_create_pod_identity(const struct aws_call *c,
                                                 const struct eks_pod_identity *identity,
                                                 struct str token, struct eks_pod_identity *out);
MUST_CHECK struct error *eks_get_pod_identity(const struct aws_call *c, struct str cluster,
                                              struct str id, struct eks_pod_identity *out);
/* All but what it is for. */
MUST_CHECK struct error *eks_update_pod_identity(const struct aws_call *c,
                                                 const struct eks_pod_identity *identity,
                                                 struct str token);
MUST_CHECK struct error *eks_delete_pod_identity(const struct aws_call *c, struct str cluster,
                                                 struct str id);

MUST_CHECK struct error *eks_tag(const struct aws_call *c, struct str arn,
                                 const struct aws_tags *tags);
MUST_CHECK struct error *eks_untag(const struct aws_call *c, struct str arn, const struct str *keys,
                                   size_t count);

#endif
