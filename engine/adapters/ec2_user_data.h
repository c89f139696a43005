#ifndef ENGINE_ADAPTERS_EC2_USER_DATA_H
#define ENGINE_ADAPTERS_EC2_USER_DATA_H

#include "engine/objects/class_document.h"

/* What an instance runs at its first boot: the user's own parts, then what joins it to the cluster.
 *
 *   AL2     multipart MIME; our part is a script that calls EKS's /etc/eks/bootstrap.sh
 *   AL2023  multipart MIME; our part is a NodeConfig for nodeadm, which merges several, the last
 *           one winning, and refuses to go on without name, endpoint, certificate and CIDR
 *   Custom  the user's, untouched
 *
 * Without endpoint or certificate no part of ours is made: there is nothing to join.  Pure. */
struct join_data {
    struct str cluster, api_server_endpoint, certificate_authority;
    struct str
        service_cidr;       /* of IPv4 or IPv6; empty: not known, and left to the user's own part */
    struct str cluster_dns; /* for classes that set none; may be empty */
};

struct user_data {
    const struct node_class *node_class;
    const struct join_data *join;
    const struct labels *labels; /* of the node; those that a kubelet may not set are left out */
    const struct taints *taints, *startup_taints;
};

/* Plain bytes, before base64.  ERROR_INVALID (path user_data) when they exceed EC2's 16 KiB or the
 * user's own cannot be taken apart (engine/objects/user_data.h). */
MUST_CHECK struct error *ec2_user_data(struct arena *a, const struct user_data *u, struct str *out);

/* Is there a cluster to join?  AL2023 needs the service CIDR too, from here or from the user. */
bool join_data_is_complete(const struct join_data *j);

#endif
