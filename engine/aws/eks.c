#include "engine/aws/eks.h"

#include "engine/aws/client.h"
#include "engine/aws/sigv4.h"

static struct str text_of(const struct json *object, const char *key)
{
    return json_string_or(json_get(object, key), STR(""));
}

static struct str service_cidr_of(const struct json *cluster)
{
    const struct json *network = json_get(cluster, "kubernetesNetworkConfig");
    bool v6 = str_eq(text_of(network, "ipFamily"), STR("ipv6"));

    return text_of(network, v6 ? "serviceIpv6Cidr" : "serviceIpv4Cidr");
}

struct error *eks_describe_cluster(const struct aws_call *c, struct str name,
                                   struct eks_cluster *out)
{
    struct buf path = buf_in(c->arena);
    struct aws_answer answer;

    buf_add(&path, STR("clusters/"));
    uri_encode(&path, name, false);
    struct aws_request request = {
        .service = &service_eks,
        .operation = "DescribeCluster",
        .path = buf_str(&path),
    };
    TRY(aws_send(c, c->arena, &request, &answer));
    const struct json *cluster = json_get(&answer.json, "cluster");
    *out = (struct eks_cluster){
        .name = text_of(cluster, "name"),
        .version = text_of(cluster, "version"),
        .endpoint = text_of(cluster, "endpoint"),
        .certificate_authority = text_of(json_get(cluster, "certificateAuthority"), "data"),
        .service_cidr = service_cidr_of(cluster),
    };
    if (str_eq(out->name, name))
        return NULL;
    return error_new(c->arena, ERROR_UNREACHABLE,
                     "calling EKS DescribeCluster: the answer is not about " STR_FMT,
                     STR_ARG(name));
}
