#ifndef ENGINE_ADAPTERS_EC2_KUBELET_H
#define ENGINE_ADAPTERS_EC2_KUBELET_H

#include "engine/adapters/ec2_user_data.h"
#include "engine/base/json.h"

/* A class's kubelet settings in the two forms that images take: command-line flags (AL2) and a
 * KubeletConfiguration (AL2023). */

/* "a=b,c=d", sorted, without the keys of Kubernetes' own domains that a kubelet refuses to give
 * itself: it would not start. */
struct str kubelet_labels(struct arena *a, const struct labels *labels);
struct str kubelet_flags(struct arena *a, const struct user_data *u);
/* Writes one object. */
void kubelet_config(struct json_writer *w, const struct user_data *u);

#endif
