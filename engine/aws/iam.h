#ifndef ENGINE_AWS_IAM_H
#define ENGINE_AWS_IAM_H

#include "engine/aws/aws.h"

/* IAM is eventually consistent: what was just made may be ERROR_NOT_FOUND for some seconds, and a
 * new role may be an invalid principal or profile member elsewhere.
 * Policy documents are plain JSON text in both directions (IAM's URL-encoding is taken off here).
 * An optional text is left out of the request when its ptr is NULL, and sent when it is empty. */

struct iam_role {
    struct str name, arn, unique_id, path, description, assume_role_policy;
    struct str permissions_boundary; /* its ARN; empty: none */
    struct str create_date;
    struct str last_used_date, last_used_region; /* empty: never, as far as IAM remembers */
    int64_t max_session_seconds;
    struct aws_tags tags;
};
struct iam_role_new {
    struct str name, path, description, assume_role_policy, permissions_boundary;
    int64_t max_session_seconds; /* 0: IAM's default */
    struct aws_tags tags;
};
MUST_CHECK struct error *iam_create_role(const struct aws_call *c, const struct iam_role_new *role,
                                         struct iam_role *out);
MUST_CHECK struct error *iam_get_role(const struct aws_call *c, struct str name,
                                      struct iam_role *out);
/* Those whose path begins with `path_prefix`; without tags, boundaries and last use, which a list
 * does not tell. */
struct iam_roles {
    struct iam_role *items;
    size_t count, capacity;
};
MUST_CHECK struct error *iam_list_roles(const struct aws_call *c, struct str path_prefix,
                                        struct iam_roles *out);
/* Both are always set: IAM keeps a description that is left out, moto does not. */
MUST_CHECK struct error *iam_update_role(const struct aws_call *c, struct str name,
                                         struct str description, int64_t max_session_seconds);
MUST_CHECK struct error *iam_update_assume_role_policy(const struct aws_call *c, struct str name,
                                                       struct str document);
MUST_CHECK struct error *iam_put_role_permissions_boundary(const struct aws_call *c,
                                                           struct str name, struct str policy_arn);
MUST_CHECK struct error *iam_delete_role_permissions_boundary(const struct aws_call *c,
                                                              struct str name);
MUST_CHECK struct error *iam_tag_role(const struct aws_call *c, struct str name,
                                      const struct aws_tags *tags);
MUST_CHECK struct error *iam_untag_role(const struct aws_call *c, struct str name,
                                        const struct str *keys, size_t count);
/* Policies, attachments and instance profiles must be gone first: ERROR_CONFLICT. */
MUST_CHECK struct error *iam_delete_role(const struct aws_call *c, struct str name);

struct iam_names {
    struct str *items;
    size_t count, capacity;
};
MUST_CHECK struct error *iam_list_role_policies(const struct aws_call *c, struct str role,
                                                struct iam_names *out);
MUST_CHECK struct error *iam_get_role_policy(const struct aws_call *c, struct str role,
                                             struct str policy, struct str *document);
MUST_CHECK struct error *iam_put_role_policy(const struct aws_call *c, struct str role,
                                             struct str policy, struct str document);
MUST_CHECK struct error *iam_delete_role_policy(const struct aws_call *c, struct str role,
                                                struct str policy);
/* ARNs. */
MUST_CHECK struct error *iam_list_attached_role_policies(const struct aws_call *c, struct str role,
                                                         struct iam_names *out);
MUST_CHECK struct error *iam_attach_role_policy(const struct aws_call *c, struct str role,
                                                struct str policy_arn);
MUST_CHECK struct error *iam_detach_role_policy(const struct aws_call *c, struct str role,
                                                struct str policy_arn);

/* Who has a managed policy attached, by name. */
struct iam_entities {
    struct iam_names groups, roles, users;
};
MUST_CHECK struct error *iam_list_entities_for_policy(const struct aws_call *c,
                                                      struct str policy_arn,
                                                      struct iam_entities *out);
MUST_CHECK struct error *iam_attach_user_policy(const struct aws_call *c, struct str user,
                                                struct str policy_arn);
MUST_CHECK struct error *iam_detach_user_policy(const struct aws_call *c, struct str user,
                                                struct str policy_arn);
MUST_CHECK struct error *iam_attach_group_policy(const struct aws_call *c, struct str group,
                                                 struct str policy_arn);
MUST_CHECK struct error *iam_detach_group_policy(const struct aws_call *c, struct str group,
                                                 struct str policy_arn);

struct iam_policy {
    struct str name, arn, id, path, description, default_version, create_date;
    int64_t attachment_count;
    struct aws_tags tags;
};
struct iam_policy_new {
    struct str name, path, description, document;
    struct aws_tags tags;
};
struct iam_policy_version {
    struct str id, document, create_date;
    bool is_default;
};
struct iam_policy_versions {
    struct iam_policy_version *items; /* without documents; newest first, as IAM lists them */
    size_t count, capacity;
};
MUST_CHECK struct error *iam_create_policy(const struct aws_call *c,
                                           const struct iam_policy_new *policy,
                                           struct iam_policy *out);
MUST_CHECK struct error *iam_get_policy(const struct aws_call *c, struct str arn,
                                        struct iam_policy *out);
/* Those whose path begins with `path_prefix` (empty: all), AWS's own among them; without tags. */
struct iam_policies {
    struct iam_policy *items;
    size_t count, capacity;
};
MUST_CHECK struct error *iam_list_policies(const struct aws_call *c, struct str path_prefix,
                                           struct iam_policies *out);
MUST_CHECK struct error *iam_get_policy_version(const struct aws_call *c, struct str arn,
                                                struct str version, struct iam_policy_version *out);
/* `in_force`: the new version becomes the default.  Its id is empty where the answer does not say
 * it.  A policy has room for five: ERROR_INVALID (LimitExceeded) beyond. */
MUST_CHECK struct error *iam_create_policy_version(const struct aws_call *c, struct str arn,
                                                   struct str document, bool in_force,
                                                   struct str *version);
MUST_CHECK struct error *iam_set_default_policy_version(const struct aws_call *c, struct str arn,
                                                        struct str version);
MUST_CHECK struct error *iam_list_policy_versions(const struct aws_call *c, struct str arn,
                                                  struct iam_policy_versions *out);
MUST_CHECK struct error *iam_delete_policy_version(const struct aws_call *c, struct str arn,
                                                   struct str version);
MUST_CHECK struct error *iam_delete_policy(const struct aws_call *c, struct str arn);
MUST_CHECK struct error *iam_tag_policy(const struct aws_call *c, struct str arn,
                                        const struct aws_tags *tags);
MUST_CHECK struct error *iam_untag_policy(const struct aws_call *c, struct str arn,
                                          const struct str *keys, size_t count);

/* A role that a service of AWS's makes for itself, by a name of its own; `suffix` may be empty. */
MUST_CHECK struct error *iam_create_service_linked_role(const struct aws_call *c,
                                                        struct str service, struct str suffix,
                                                        struct str description,
                                                        struct iam_role *out);
/* Begun; *task is to be asked for. */
MUST_CHECK struct error *iam_delete_service_linked_role(const struct aws_call *c, struct str role,
                                                        struct str *task);
/* *status: NOT_STARTED, IN_PROGRESS, SUCCEEDED or FAILED, *why in the last case. */
MUST_CHECK struct error *iam_service_linked_role_deletion(const struct aws_call *c, struct str task,
                                                          struct str *status, struct str *why);

/* Who says, outside of AWS, who somebody is. */
struct iam_oidc_provider {
    struct str arn, url; /* the URL without its scheme, as IAM tells it */
    struct str create_date;
    struct iam_names client_ids, thumbprints;
    struct aws_tags tags;
};
/* `url` with https://.  Without thumbprints IAM looks at the issuer's certificate itself. */
MUST_CHECK struct error *iam_create_oidc_provider(const struct aws_call *c,
                                                  const struct iam_oidc_provider *provider,
                                                  struct str *arn);
/* Its ARN is what was asked for, for IAM does not repeat it. */
MUST_CHECK struct error *iam_get_oidc_provider(const struct aws_call *c, struct str arn,
                                               struct iam_oidc_provider *out);
/* ARNs. */
MUST_CHECK struct error *iam_list_oidc_providers(const struct aws_call *c, struct iam_names *out);
MUST_CHECK struct error *iam_add_oidc_client(const struct aws_call *c, struct str arn,
                                             struct str client_id);
MUST_CHECK struct error *iam_remove_oidc_client(const struct aws_call *c, struct str arn,
                                                struct str client_id);
/* All of them anew. */
MUST_CHECK struct error *iam_update_oidc_thumbprints(const struct aws_call *c, struct str arn,
                                                     const struct str *items, size_t count);
MUST_CHECK struct error *iam_delete_oidc_provider(const struct aws_call *c, struct str arn);
MUST_CHECK struct error *iam_tag_oidc_provider(const struct aws_call *c, struct str arn,
                                               const struct aws_tags *tags);
MUST_CHECK struct error *iam_untag_oidc_provider(const struct aws_call *c, struct str arn,
                                                 const struct str *keys, size_t count);

struct iam_instance_profile {
    struct str name, arn, unique_id, path, create_date;
    struct str role; /* its name; empty: none (a profile holds at most one) */
    struct aws_tags tags;
};
struct iam_instance_profiles {
    struct iam_instance_profile *items;
    size_t count, capacity;
};
MUST_CHECK struct error *iam_create_instance_profile(const struct aws_call *c, struct str name,
                                                     struct str path, const struct aws_tags *tags,
                                                     struct iam_instance_profile *out);
MUST_CHECK struct error *iam_get_instance_profile(const struct aws_call *c, struct str name,
                                                  struct iam_instance_profile *out);
MUST_CHECK struct error *iam_delete_instance_profile(const struct aws_call *c, struct str name);
/* ERROR_INVALID (LimitExceeded) when the profile has a role already, which after a lost answer may
 * be this one. */
MUST_CHECK struct error *iam_add_role_to_instance_profile(const struct aws_call *c,
                                                          struct str profile, struct str role);
MUST_CHECK struct error *iam_remove_role_from_instance_profile(const struct aws_call *c,
                                                               struct str profile, struct str role);
MUST_CHECK struct error *iam_tag_instance_profile(const struct aws_call *c, struct str name,
                                                  const struct aws_tags *tags);
MUST_CHECK struct error *iam_untag_instance_profile(const struct aws_call *c, struct str name,
                                                    const struct str *keys, size_t count);
MUST_CHECK struct error *iam_list_instance_profiles(const struct aws_call *c,
                                                    struct iam_instance_profiles *out);
MUST_CHECK struct error *iam_list_instance_profiles_for_role(const struct aws_call *c,
                                                             struct str role,
                                                             struct iam_instance_profiles *out);

#endif
