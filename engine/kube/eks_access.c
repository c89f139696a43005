#include "engine/kube/eks_access.h"

#include "engine/aws/eks.h"
#include "engine/aws/sts.h"
#include "engine/base/digest.h"

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

/* The alphabet of URLs, without padding. */
static struct str base64_for_urls(struct arena *a, struct str data)
{
    struct str text = base64_encode(a, data);
    char *out = arena_alloc(a, text.len + 1);
    size_t len = 0;

    for (; len < text.len && text.ptr[len] != '='; len++)
        out[len] = text.ptr[len] == '+' ? '-' : text.ptr[len] == '/' ? '_' : text.ptr[len];
    return (struct str){out, len};
}

/* https://docs.aws.amazon.com/eks/latest/best-practices/identity-and-access-management.html says
 * what is in it. */
struct error *kube_eks_token(const struct aws_call *call, struct str cluster, int64_t now_ms,
                             struct str *out)
{
    struct str url;

    TRY(sts_identity_url(call, STR("x-k8s-aws-id"), cluster, now_ms, &url));
    *out = arena_printf(call->arena, "k8s-aws-v1." STR_FMT,
                        STR_ARG(base64_for_urls(call->arena, url)));
    return NULL;
}
