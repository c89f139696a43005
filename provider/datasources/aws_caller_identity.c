#include "engine/aws/sts.h"
#include "provider/resource/of_aws.h"

struct caller {
    struct tf_string account_id, arn, id, user_id;
};

/* clang-format off */
static const struct attr caller_attrs[] = {
    ATTR(caller, account_id, COMPUTED, .describe = "Account of the credentials."),
    ATTR(caller, arn,        COMPUTED, .describe = "ARN of the user or role session that they are of."),
    ATTR(caller, id,         OPTIONAL | COMPUTED, .describe = "The account again."),
    ATTR(caller, user_id,    COMPUTED, .describe = "Id that IAM has of it."),
};
/* clang-format on */

static struct error *caller_read(struct call *c, void *model)
{
    struct caller *m = model;
    struct aws_call aws = aws_call_of(c);
    struct sts_identity who = {0};

    TRY(sts_get_caller_identity(&aws, &who));
    m->account_id = m->id = tf_string_of(who.account);
    m->arn = tf_string_of(who.arn);
    m->user_id = tf_string_of(who.user_id);
    return NULL;
}

extern const struct resource_type data_aws_caller_identity;
const struct resource_type data_aws_caller_identity = {
    .name = "aws_caller_identity",
    .describe = "Whose credentials the provider uses.",
    .notes = "STS is asked, which needs no permission.",
    .subcategory = "STS",
    .model = MODEL(caller, caller_attrs),
    .read = caller_read,
};
