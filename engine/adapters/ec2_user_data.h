#ifndef ENGINE_ADAPTERS_EC2_USER_DATA_H
#define ENGINE_ADAPTERS_EC2_USER_DATA_H

#include "engine/objects/class_document.h"

/* What an instance runs at its first boot: the user's own part, then what joins it to the cluster.
 *
 *   AL2     multipart MIME; our part is a script that calls EKS's /etc/eks/bootstrap.sh
 *   AL2023  multipart MIME; our part is a NodeConfig for nodeadm, which merges several, the last
 * one winning Custom  the user's, untouched
 *
 * Without join data no part of ours is made: there is nothing to join.  Pure. */
struct join_data {
    struct str cluster, api_server_endpoint, certificate_authority, service_cidr;
    struct str cluster_dns; /* for classes that set none; may be empty */
};

struct user_data {
    const struct node_class *node_class;
    const struct join_data *join;
    const struct labels *labels; /* of the node; those that a kubelet may not set are left out */
    const struct taints *taints, *startup_taints;
};

/* Plain bytes, before base64.  ERROR_INVALID (path user_data) when they exceed EC2's 16 KiB or the
 * user's MIME cannot be read. */
MUST_CHECK struct error *ec2_user_data(struct arena *a, const struct user_data *u, struct str *out);

/* Is there enough to join a cluster with?  AL2023 needs the service CIDR too. */
bool join_data_is_complete(const struct join_data *j, enum ami_family family);

#endif
