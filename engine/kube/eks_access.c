#include "engine/kube/eks_access.h"

#include "engine/aws/eks.h"

struct error *kube_eks_at(const struct aws_call *call, struct str cluster, struct str endpoint,
                          struct str certificate_authority, struct kube_access *out)
{
    TRY(kube_access_given(call->arena, endpoint, certificate_authority, STR(""), out));
    out->source = arena_printf(call->arena, "the EKS cluster " STR_FMT, STR_ARG(cluster));
    out->login = KUBE_LOGIN_EKS;
    out->aws = call->client;
    out->eks_cluster = arena_str(call->arena, cluster);
    return NULL;
}

struct error *kube_eks(const struct aws_call *call, struct str cluster, struct kube_access *out)
{
    struct eks_cluster found;

    TRY(eks_describe_cluster(call, cluster, &found));
    if (!found.endpoint.len || !found.certificate_authority.len)
        return error_new(call->arena, ERROR_CONFLICT,
                         "the EKS cluster " STR_FMT " has no endpoint yet: it is being made",
                         STR_ARG(cluster));
    return kube_eks_at(call, cluster, found.endpoint, found.certificate_authority, out);
}
