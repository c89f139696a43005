#include "engine/aws/eks_call.h"
#include "provider/resource/of_aws.h"
#include "provider/resource/wire.h"

/* What EKS says is an object of objects, and so is what Terraform shows: rows all the way. */

/* clang-format off */
struct access     { struct tf_string authentication_mode; struct tf_bool bootstrap_cluster_creator_admin_permissions; };
struct authority  { struct tf_string data; };
struct compute    { struct tf_bool enabled; struct tf_strings node_pools; struct tf_string node_role_arn; };
struct tier       { struct tf_string tier; };
struct issuer     { struct tf_string issuer; };
struct identities { struct tf_blocks oidc; };
struct on_or_off  { struct tf_bool enabled; };
struct network    { struct tf_blocks elastic_load_balancing; struct tf_string ip_family, service_ipv4_cidr, service_ipv6_cidr; };
struct placement  { struct tf_string group_name; };
struct outpost    { struct tf_string control_plane_instance_type; struct tf_blocks control_plane_placement; struct tf_strings outpost_arns; };
struct networks   { struct tf_strings cidrs; };
struct remote     { struct tf_blocks remote_node_networks, remote_pod_networks; };
struct storage    { struct tf_blocks block_storage; };
struct upgrade    { struct tf_string support_type; };
struct vpc_access {
    struct tf_string cluster_security_group_id, vpc_id;
    struct tf_bool endpoint_private_access, endpoint_public_access;
    struct tf_strings public_access_cidrs, security_group_ids, subnet_ids;
};
struct cluster {
    struct tf_string arn, cluster_id, created_at, endpoint, id, name, platform_version, region, role_arn, status, version;
    struct tf_bool deletion_protection;
    struct tf_strings enabled_cluster_log_types;
    struct tf_blocks access_config, certificate_authority, compute_config, control_plane_scaling_config, identity;
    struct tf_blocks kubernetes_network_config, outpost_config, remote_network_config, storage_config, upgrade_policy;
    struct tf_blocks vpc_config, zonal_shift_config;
    struct tf_map tags;
};

#define SHOWN COMPUTED | EMPTY_OK
#define ONE(model) .nesting = BLOCK_LIST_COMPUTED, .max = 1, .nested = &model
#define MANY(model) .nesting = BLOCK_LIST_COMPUTED, .nested = &model
static const struct attr access_attrs[] = {
    ATTR(access, authentication_mode, SHOWN, .api = "authenticationMode", .describe = "`API`, `CONFIG_MAP` or both."),
    ATTR(access, bootstrap_cluster_creator_admin_permissions, SHOWN, .api = "bootstrapClusterCreatorAdminPermissions", .describe = "Whether who made the cluster may do all in it."),
};
static const struct model access_model = MODEL(access, access_attrs);
static const struct attr authority_attrs[] = {
    ATTR(authority, data, SHOWN, .api = "data", .describe = "The certificate, in base64."),
};
static const struct model authority_model = MODEL(authority, authority_attrs);
static const struct attr compute_attrs[] = {
    ATTR(compute, enabled,       SHOWN, .api = "enabled", .describe = "Whether EKS makes the nodes."),
    ATTR(compute, node_pools,    SHOWN | SET, .api = "nodePools", .describe = "Its own node pools."),
    ATTR(compute, node_role_arn, SHOWN, .api = "nodeRoleArn", .describe = "ARN of the role of their nodes."),
};
static const struct model compute_model = MODEL(compute, compute_attrs);
static const struct attr tier_attrs[] = {
    ATTR(tier, tier, SHOWN, .api = "tier", .describe = "Tier of the control plane."),
};
static const struct model tier_model = MODEL(tier, tier_attrs);
static const struct attr issuer_attrs[] = {
    ATTR(issuer, issuer, SHOWN, .api = "issuer", .describe = "URL of the issuer of service accounts' tokens."),
};
static const struct model issuer_model = MODEL(issuer, issuer_attrs);
static const struct attr identities_attrs[] = {
    ATTR(identities, oidc, SHOWN, ONE(issuer_model), .api = "oidc", .describe = "OpenID Connect."),
};
static const struct model identities_model = MODEL(identities, identities_attrs);
static const struct attr on_or_off_attrs[] = {
    ATTR(on_or_off, enabled, SHOWN, .api = "enabled", .describe = "Whether it is on."),
};
static const struct model on_or_off_model = MODEL(on_or_off, on_or_off_attrs);
static const struct attr network_attrs[] = {
    ATTR(network, elastic_load_balancing, SHOWN, ONE(on_or_off_model), .api = "elasticLoadBalancing", .describe = "Load balancers that EKS makes."),
    ATTR(network, ip_family,         SHOWN, .api = "ipFamily", .describe = "`ipv4` or `ipv6`."),
    ATTR(network, service_ipv4_cidr, SHOWN, .api = "serviceIpv4Cidr", .describe = "Addresses of services."),
    ATTR(network, service_ipv6_cidr, SHOWN, .api = "serviceIpv6Cidr", .describe = "The same, of IPv6."),
};
static const struct model network_model = MODEL(network, network_attrs);
static const struct attr placement_attrs[] = {
    ATTR(placement, group_name, SHOWN, .api = "groupName", .describe = "Placement group."),
};
static const struct model placement_model = MODEL(placement, placement_attrs);
static const struct attr outpost_attrs[] = {
    ATTR(outpost, control_plane_instance_type, SHOWN, .api = "controlPlaneInstanceType", .describe = "Type of the control plane's instances."),
    ATTR(outpost, control_plane_placement, SHOWN, ONE(placement_model), .api = "controlPlanePlacement", .describe = "Where they are."),
    ATTR(outpost, outpost_arns, SHOWN | SET, .api = "outpostArns", .describe = "ARNs of the Outposts."),
};
static const struct model outpost_model = MODEL(outpost, outpost_attrs);
static const struct attr networks_attrs[] = {
    ATTR(networks, cidrs, SHOWN | SET, .api = "cidrs", .describe = "Their addresses."),
};
static const struct model networks_model = MODEL(networks, networks_attrs);
static const struct attr remote_attrs[] = {
    ATTR(remote, remote_node_networks, SHOWN, MANY(networks_model), .api = "remoteNodeNetworks", .describe = "Networks of nodes outside of AWS."),
    ATTR(remote, remote_pod_networks,  SHOWN, MANY(networks_model), .api = "remotePodNetworks", .describe = "Networks of their pods."),
};
static const struct model remote_model = MODEL(remote, remote_attrs);
static const struct attr storage_attrs[] = {
    ATTR(storage, block_storage, SHOWN, ONE(on_or_off_model), .api = "blockStorage", .describe = "Volumes that EKS makes."),
};
static const struct model storage_model = MODEL(storage, storage_attrs);
static const struct attr upgrade_attrs[] = {
    ATTR(upgrade, support_type, SHOWN, .api = "supportType", .describe = "`STANDARD` or `EXTENDED`."),
};
static const struct model upgrade_model = MODEL(upgrade, upgrade_attrs);
static const struct attr vpc_access_attrs[] = {
    ATTR(vpc_access, cluster_security_group_id, SHOWN, .api = "clusterSecurityGroupId", .describe = "Security group that EKS made."),
    ATTR(vpc_access, endpoint_private_access,   SHOWN, .api = "endpointPrivateAccess", .describe = "Whether the API server is reached from the VPC."),
    ATTR(vpc_access, endpoint_public_access,    SHOWN, .api = "endpointPublicAccess", .describe = "Whether it is reached from outside."),
    ATTR(vpc_access, public_access_cidrs,       SHOWN | SET, .api = "publicAccessCidrs", .describe = "From where outside."),
    ATTR(vpc_access, security_group_ids,        SHOWN | SET, .api = "securityGroupIds", .describe = "Further security groups."),
    ATTR(vpc_access, subnet_ids,                SHOWN | SET, .api = "subnetIds", .describe = "Subnets of the control plane."),
    ATTR(vpc_access, vpc_id,                    SHOWN, .api = "vpcId", .describe = "VPC."),
};
static const struct model vpc_access_model = MODEL(vpc_access, vpc_access_attrs);

static const struct attr cluster_attrs[] = {
    ATTR(cluster, access_config,         SHOWN, ONE(access_model), .api = "accessConfig", .describe = "Who may get in."),
    ATTR(cluster, arn,                   SHOWN, .api = "arn", .describe = "ARN of the cluster."),
    ATTR(cluster, certificate_authority, SHOWN, ONE(authority_model), .api = "certificateAuthority", .describe = "Who vouches for its API server."),
    ATTR(cluster, cluster_id,            COMPUTED, .api = "id", .describe = "Id, of clusters on Outposts alone."),
    ATTR(cluster, compute_config,        SHOWN, ONE(compute_model), .api = "computeConfig", .describe = "Nodes that EKS makes (Auto Mode)."),
    ATTR(cluster, control_plane_scaling_config, SHOWN, ONE(tier_model), .api = "controlPlaneScalingConfig", .describe = "How large the control plane is."),
    ATTR(cluster, created_at,            COMPUTED, .describe = "When it was made."),
    ATTR(cluster, deletion_protection,   SHOWN, .api = "deletionProtection", .describe = "Whether it is kept from being deleted."),
    ATTR(cluster, enabled_cluster_log_types, COMPUTED | SET, .describe = "Which logs of the control plane are kept."),
    ATTR(cluster, endpoint,              SHOWN, .api = "endpoint", .describe = "URL of its API server."),
    ATTR(cluster, id,                    OPTIONAL | COMPUTED, .describe = "The name again."),
    ATTR(cluster, identity,              SHOWN, ONE(identities_model), .api = "identity", .describe = "How its service accounts are known outside."),
    ATTR(cluster, kubernetes_network_config, SHOWN, ONE(network_model), .api = "kubernetesNetworkConfig", .describe = "Addresses in it."),
    ATTR(cluster, name,                  REQUIRED, .min = 1, .max = 100, .describe = "Name of the cluster."),
    ATTR(cluster, outpost_config,        SHOWN, ONE(outpost_model), .api = "outpostConfig", .describe = "Where it is on an Outpost."),
    ATTR(cluster, platform_version,      SHOWN, .api = "platformVersion", .describe = "EKS's own version of it."),
    ATTR_REGION_READ(cluster),
    ATTR(cluster, remote_network_config, SHOWN, ONE(remote_model), .api = "remoteNetworkConfig", .describe = "Nodes outside of AWS."),
    ATTR(cluster, role_arn,              SHOWN, .api = "roleArn", .describe = "ARN of the control plane's role."),
    ATTR(cluster, status,                SHOWN, .api = "status", .describe = "`ACTIVE`, or how far it is."),
    ATTR(cluster, storage_config,        SHOWN, ONE(storage_model), .api = "storageConfig", .describe = "Storage that EKS makes."),
    ATTR(cluster, tags,                  OPTIONAL | COMPUTED, .describe = "Tags of the cluster."),
    ATTR(cluster, upgrade_policy,        SHOWN, ONE(upgrade_model), .api = "upgradePolicy", .describe = "How long its version is supported."),
    ATTR(cluster, version,               SHOWN, .api = "version", .describe = "Kubernetes version."),
    ATTR(cluster, vpc_config,            SHOWN, ONE(vpc_access_model), .api = "resourcesVpcConfig", .describe = "How its VPC reaches it."),
    ATTR(cluster, zonal_shift_config,    SHOWN, ONE(on_or_off_model), .api = "zonalShiftConfig", .describe = "Whether a zone may be left."),
};
/* clang-format on */
static const struct model cluster_model = MODEL(cluster, cluster_attrs);

/* Kinds of logs that are on or off together, each with its switch. */
static struct tf_strings logs_of(struct call *c, const struct json *said)
{
    const struct json *kinds = json_path(said, "logging", "clusterLogging", NULL);
    struct tf_strings out = {.state = TF_KNOWN};
    size_t capacity = 0;

    for (size_t i = 0; kinds->kind == JSON_ARRAY && i < kinds->count; i++) {
        const struct json *types = json_get(&kinds->items[i], "types");
        if (!json_bool_or(json_get(&kinds->items[i], "enabled"), false))
            continue;
        for (size_t j = 0; types->kind == JSON_ARRAY && j < types->count; j++)
            ARENA_PUSH(c->arena, out.v, out.count, capacity,
                       json_string_or(&types->items[j], STR("")));
    }
    return out;
}

static struct tf_map tags_of(struct call *c, const struct json *map)
{
    struct aws_tags tags = {0};

    for (size_t i = 0; map->kind == JSON_OBJECT && i < map->count; i++)
        ARENA_PUSH(c->arena, tags.items, tags.count, tags.capacity,
                   (struct aws_tag){map->keys[i], json_string_or(&map->items[i], STR(""))});
    return tags_shown(c, &tags);
}

static struct error *cluster_read(struct call *c, void *model)
{
    struct cluster *m = model;
    struct aws_call aws = aws_call_of(c);
    struct json said;

    TRY(error_at(eks_get_cluster(&aws, m->name.v, &said), STR("name")));
    TRY(wire_take(c->arena, &cluster_model, &said, m));
    m->id = m->name;
    m->created_at = tf_string_of(eks_date(c->arena, json_get(&said, "createdAt")));
    m->enabled_cluster_log_types = logs_of(c, &said);
    m->tags = tags_of(c, json_get(&said, "tags"));
    return NULL;
}

extern const struct resource_type data_aws_eks_cluster;
const struct resource_type data_aws_eks_cluster = {
    .name = "aws_eks_cluster",
    .describe =
        "An EKS cluster: where its API server is, who vouches for it, and how it is set up.",
    .subcategory = "EKS",
    .model = MODEL(cluster, cluster_attrs),
    .read = cluster_read,
};
