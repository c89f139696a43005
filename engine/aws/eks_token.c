#include "engine/aws/eks.h"
#include "engine/aws/sts.h"
#include "engine/base/digest.h"

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
struct error *eks_token(const struct aws_call *call, struct str cluster, int64_t now_ms,
                        struct str *out)
{
    struct str url;

    TRY(sts_identity_url(call, STR("x-k8s-aws-id"), cluster, now_ms, &url));
    *out = arena_printf(call->arena, "k8s-aws-v1." STR_FMT,
                        STR_ARG(base64_for_urls(call->arena, url)));
    return NULL;
}
