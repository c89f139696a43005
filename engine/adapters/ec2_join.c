#include "engine/adapters/ec2_join.h"

#include "engine/aws/eks.h"
#include "engine/objects/user_data.h"

/* Images are found by version where the class chooses none by other means. */
static bool needs_version(const struct node_class *c)
{
    const struct selector_term *terms = c->ami_selector.items;
    return c->family != FAMILY_CUSTOM && (c->ami_selector.count == 0 || terms[0].alias.len);
}

static bool lacks_cidr(struct arena *a, const struct node_class *c, const struct ec2_join *j)
{
    return c->family == FAMILY_AL2023 && !j->data.service_cidr.len && !user_data_states_cidr(a, c);
}

static bool is_complete(struct arena *a, const struct node_class *c, const struct ec2_join *j)
{
    bool joins =
        c->family == FAMILY_CUSTOM || (join_data_is_complete(&j->data) && !lacks_cidr(a, c, j));
    return joins && (j->kubernetes_version.len || !needs_version(c));
}

static void take(struct str *into, struct str found)
{
    if (!into->len)
        *into = found;
}

/* Why EKS does not say it, as the middle of a sentence. */
static struct error *ask_eks(const struct aws_call *call, const struct ec2_options *options,
                             struct ec2_join *j, struct str *why)
{
    struct eks_cluster found;

    *why = STR("no EKS stands beside this endpoint of EC2");
    if (aws_client_asks_aws(call->client, AWS_EC2) != aws_client_asks_aws(call->client, AWS_EKS))
        return NULL;
    struct error *e = eks_describe_cluster(call, options->cluster, &found);
    if (e && e->kind == ERROR_NOT_FOUND)
        *why = arena_printf(call->arena, "EKS has no cluster " STR_FMT " in " STR_FMT,
                            STR_ARG(options->cluster), STR_ARG(options->region));
    else if (e && e->kind == ERROR_DENIED)
        *why = arena_printf(call->arena, STR_FMT ", permission eks:DescribeCluster",
                            STR_ARG(e->summary));
    else if (e)
        return e;
    if (e)
        return NULL;
    take(&j->data.api_server_endpoint, found.endpoint);
    take(&j->data.certificate_authority, found.certificate_authority);
    take(&j->data.service_cidr, found.service_cidr);
    take(&j->kubernetes_version, found.version);
    *why = arena_printf(call->arena, "EKS does not say it of the cluster " STR_FMT,
                        STR_ARG(options->cluster));
    return NULL;
}

static struct str missing(struct arena *a, const struct node_class *c, const struct ec2_join *j)
{
    const struct {
        const char *name;
        bool is_missing;
    } rows[] = {
        {"cluster.endpoint", !j->data.api_server_endpoint.len},
        {"cluster.certificate_authority", !j->data.certificate_authority.len},
        {"cluster.service_cidr", lacks_cidr(a, c, j)},
    };
    struct buf out = buf_in(a);

    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
        if (rows[i].is_missing)
            buf_printf(&out, "%s%s", out.len ? ", " : "", rows[i].name);
    return buf_str(&out);
}

/* moto and its like have nothing that could be joined, unless somebody says so. */
static bool is_to_be_joined(const struct aws_call *call, const struct ec2_options *options)
{
    return aws_client_asks_aws(call->client, AWS_EC2) || options->api_server_endpoint.len ||
           options->certificate_authority.len;
}

static struct error *gap_of(struct arena *a, const struct node_class *c, const struct ec2_join *j,
                            struct str why)
{
    struct str names = missing(a, c, j);

    if (c->family == FAMILY_CUSTOM || !names.len)
        return NULL;
    struct error *e = error_new(a, ERROR_INVALID, "nodes of class " STR_FMT " will join no cluster",
                                STR_ARG(c->name));
    e->detail =
        arena_printf(a,
                     "The family " STR_FMT " needs " STR_FMT " in the provider block, and " STR_FMT
                     ". Instances run and cost, and no kubelet registers unless user_data "
                     "sees to it.",
                     STR_ARG(ami_family_text(c->family)), STR_ARG(names), STR_ARG(why));
    return e;
}

struct error *ec2_join_find(const struct aws_call *call, const struct ec2_options *options,
                            const struct node_class *c, struct ec2_join *out)
{
    struct str why = {0};

    *out = (struct ec2_join){
        .data = {.cluster = options->cluster,
                 .api_server_endpoint = options->api_server_endpoint,
                 .certificate_authority = options->certificate_authority,
                 .service_cidr = options->service_cidr,
                 .cluster_dns = options->cluster_dns},
        .kubernetes_version = options->kubernetes_version,
    };
    if (is_complete(call->arena, c, out))
        return NULL;
    TRY(ask_eks(call, options, out, &why));
    if (is_to_be_joined(call, options))
        out->gap = gap_of(call->arena, c, out, why);
    return NULL;
}
