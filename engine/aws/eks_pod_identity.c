#include "engine/aws/eks_call.h"

static struct error *read_identity(const struct aws_call *c, const char *operation,
                                   const struct json *answer, struct eks_pod_identity *out)
{
    const struct json *said = json_get(answer, "association");

    *out = (struct eks_pod_identity){
        .cluster = eks_text(said, "clusterName"),
        .id = eks_text(said, "associationId"),
        .arn = eks_text(said, "associationArn"),
        .namespace = eks_text(said, "namespace"),
        .service_account = eks_text(said, "serviceAccount"),
        .role_arn = eks_text(said, "roleArn"),
        .target_role_arn = eks_text(said, "targetRoleArn"),
        .external_id = eks_text(said, "externalId"),
        .policy = eks_text(said, "policy"),
        .no_session_tags = json_bool_or(json_get(said, "disableSessionTags"), false),
    };
    eks_read_tags(c->arena, json_get(said, "tags"), &out->tags);
    return out->id.len ? NULL
                       : error_new(c->arena, ERROR_UNREACHABLE,
                                   "calling EKS %s: the answer has no association", operation);
}

static struct eks_request identity_request(const struct aws_call *c, const char *operation,
                                           const char *method, enum aws_effect effect,
                                           struct str cluster, struct str id)
{
    struct eks_request r = eks_begin(c->arena, operation, method, effect);

    eks_path(&r, "clusters", cluster);
    eks_path(&r, "pod-identity-associations", id);
    return r;
}

static void write_settings(struct json_writer *w, const struct eks_pod_identity *i,
                           struct str token)
{
    json_member(w, "roleArn", i->role_arn);
    json_member(w, "clientRequestToken", token);
    json_member_bool(w, "disableSessionTags", i->no_session_tags);
    eks_member_if_set(w, "targetRoleArn", i->target_role_arn);
    eks_member_if_set(w, "policy", i->policy);
}

struct error *eks_create_pod_identity(const struct aws_call *c, const struct eks_pod_identity *i,
                                      struct str token, struct eks_pod_identity *out)
{
    struct eks_request r = eks_begin(c->arena, "CreatePodIdentityAssociation", "POST", AWS_CHANGES);
    struct json answer;

    eks_path(&r, "clusters", i->cluster);
    buf_add(&r.path, STR("/pod-identity-associations"));
    struct json_writer *w = eks_body(&r);
    json_member(w, "namespace", i->namespace);
    json_member(w, "serviceAccount", i->service_account);
    write_settings(w, i, token);
    eks_write_tags(w, &i->tags);
    TRY(eks_send(c, &r, &answer));
    return read_identity(c, "CreatePodIdentityAssociation", &answer, out);
}

struct error *eks_get_pod_identity(const struct aws_call *c, struct str cluster, struct str id,
                                   struct eks_pod_identity *out)
{
    struct eks_request r =
        identity_request(c, "DescribePodIdentityAssociation", "GET", AWS_READS, cluster, id);
    struct json answer;

    TRY(eks_send(c, &r, &answer));
    return read_identity(c, "DescribePodIdentityAssociation", &answer, out);
}

struct error *eks_update_pod_identity(const struct aws_call *c, const struct eks_pod_identity *i,
                                      struct str token)
{
    struct eks_request r =
        identity_request(c, "UpdatePodIdentityAssociation", "POST", AWS_CHANGES, i->cluster, i->id);
    struct json answer;

    write_settings(eks_body(&r), i, token);
    return eks_send(c, &r, &answer);
}

struct error *eks_delete_pod_identity(const struct aws_call *c, struct str cluster, struct str id)
{
    struct eks_request r =
        identity_request(c, "DeletePodIdentityAssociation", "DELETE", AWS_CHANGES, cluster, id);
    struct json answer;

    return eks_send(c, &r, &answer);
}
