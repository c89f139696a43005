#include "engine/aws/eks.h"
#include "engine/base/time.h"
#include "provider/resource/of_aws.h"

struct cluster_auth {
    struct tf_string id, name, region, token;
};

/* clang-format off */
static const struct attr auth_attrs[] = {
    ATTR(cluster_auth, id,    OPTIONAL | COMPUTED, .describe = "The cluster's name."),
    ATTR(cluster_auth, name,  REQUIRED, .min = 1, .describe = "Name of the cluster."),
    ATTR_REGION_READ(cluster_auth),
    ATTR(cluster_auth, token, COMPUTED | SENSITIVE, .describe = "Bearer token for its API server, good for a quarter of an hour."),
};
/* clang-format on */

static struct error *auth_read(struct call *c, void *model)
{
    struct cluster_auth *m = model;
    struct aws_call aws = aws_call_of(c);
    struct str token;

    TRY(eks_token(&aws, m->name.v, time_now_ms(), &token));
    m->id = m->name;
    m->token = tf_string_of(token);
    return NULL;
}

extern const struct resource_type data_aws_eks_cluster_auth;
const struct resource_type data_aws_eks_cluster_auth = {
    .name = "aws_eks_cluster_auth",
    .describe = "A token by which an EKS cluster knows whose the credentials are.",
    .notes =
        "It is signed here: nobody is asked, not even whether there is such a cluster. It goes "
        "to Terraform's state, and has run out when somebody reads it there.",
    .subcategory = "EKS",
    .model = MODEL(cluster_auth, auth_attrs),
    .read = auth_read,
};
