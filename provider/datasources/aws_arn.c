#include "engine/aws/arn.h"

#include "provider/resource/call.h"

struct parsed_arn {
    struct tf_string account, arn, id, partition, region, resource, service;
};

/* clang-format off */
static const struct attr arn_attrs[] = {
    ATTR(parsed_arn, account,   COMPUTED, .describe = "Account that it names; empty in ARNs without one."),
    ATTR(parsed_arn, arn,       REQUIRED, .check = check_arn_parts, .describe = "The ARN to take apart."),
    ATTR(parsed_arn, id,        OPTIONAL | COMPUTED, .describe = "The ARN again."),
    ATTR(parsed_arn, partition, COMPUTED, .describe = "Partition, such as `aws`."),
    ATTR(parsed_arn, region,    COMPUTED, .describe = "Region; empty in ARNs of global services."),
    ATTR(parsed_arn, resource,  COMPUTED, .describe = "Everything behind the account, with its colons."),
    ATTR(parsed_arn, service,   COMPUTED, .describe = "Service, such as `iam`."),
};
/* clang-format on */

static struct error *parsed_arn_read(struct call *c, void *model)
{
    struct parsed_arn *m = model;
    struct arn arn = {0};

    TRY(error_at(check_arn_parts(c->arena, m->arn.v), STR("arn")));
    arn_parse(m->arn.v, &arn);
    m->id = m->arn;
    m->account = tf_string_of(arn.account);
    m->partition = tf_string_of(arn.partition);
    m->region = tf_string_of(arn.region);
    m->resource = tf_string_of(arn.resource);
    m->service = tf_string_of(arn.service);
    return NULL;
}

extern const struct resource_type data_aws_arn;
const struct resource_type data_aws_arn = {
    .name = "aws_arn",
    .describe = "The parts of an ARN.",
    .notes =
        "Nobody is asked for it. The function `arn_parse` does the same without a data source.",
    .subcategory = "Meta",
    .asks_nobody = true,
    .model = MODEL(parsed_arn, arn_attrs),
    .read = parsed_arn_read,
};
