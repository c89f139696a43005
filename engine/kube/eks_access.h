#ifndef ENGINE_KUBE_EKS_ACCESS_H
#define ENGINE_KUBE_EKS_ACCESS_H

#include "engine/aws/aws.h"
#include "engine/kube/access.h"

/* EKS says where its clusters are, and takes a URL that AWS credentials signed for who we are.  No
 * other program is needed for it. */

/* The access to the cluster of that name in the client's account and region.  The client outlives
 * it. */
MUST_CHECK struct error *kube_eks(const struct aws_call *call, struct str cluster,
                                  struct kube_access *out);

/* The same, where somebody has said already where it is. */
MUST_CHECK struct error *kube_eks_at(const struct aws_call *call, struct str cluster,
                                     struct str endpoint, struct str certificate_authority,
                                     struct kube_access *out);

#endif
