#include "engine/aws/eks_call.h"

static struct str service_cidr_of(const struct json *cluster)
{
    const struct json *network = json_get(cluster, "kubernetesNetworkConfig");
    bool v6 = str_eq(eks_text(network, "ipFamily"), STR("ipv6"));

    return eks_text(network, v6 ? "serviceIpv6Cidr" : "serviceIpv4Cidr");
}

struct error *eks_get_cluster(const struct aws_call *c, struct str name, struct json *out)
{
    struct eks_request r = eks_begin(c->arena, "DescribeCluster", "GET", AWS_READS);
    struct json answer;

    eks_path(&r, "clusters", name);
    TRY(eks_send(c, &r, &answer));
    *out = *json_get(&answer, "cluster");
    if (str_eq(eks_text(out, "name"), name))
        return NULL;
    return error_new(c->arena, ERROR_UNREACHABLE,
                     "calling EKS DescribeCluster: the answer is not about " STR_FMT,
                     STR_ARG(name));
}

struct error *eks_describe_cluster(const struct aws_call *c, struct str name,
                                   struct eks_cluster *out)
{
    struct json all;
    const struct json *cluster = &all;

    TRY(eks_get_cluster(c, name, &all));
    *out = (struct eks_cluster){
        .name = eks_text(cluster, "name"),
        .version = eks_text(cluster, "version"),
        .endpoint = eks_text(cluster, "endpoint"),
        .certificate_authority = eks_text(json_get(cluster, "certificateAuthority"), "data"),
        .service_cidr = service_cidr_of(cluster),
    };
    return NULL;
}
