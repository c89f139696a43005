#include "engine/aws/ssm.h"
#include "provider/resource/of_aws.h"

struct parameter {
    struct tf_string arn, id, insecure_value, name, region, type, value;
    struct tf_int version;
    struct tf_bool with_decryption;
};

/* clang-format off */
static const struct attr parameter_attrs[] = {
    ATTR(parameter, arn,             COMPUTED, .describe = "ARN of the parameter."),
    ATTR(parameter, id,              OPTIONAL | COMPUTED, .describe = "The name again."),
    ATTR(parameter, insecure_value,  COMPUTED, .describe = "The value, not marked as sensitive; empty of a `SecureString`."),
    ATTR(parameter, name,            REQUIRED, .min = 1, .max = 2048, .describe = "Name of the parameter; `:3` behind it asks for that version, `:label` for the one of that label. State has it without."),
    ATTR_REGION_READ(parameter),
    ATTR(parameter, type,            COMPUTED, .describe = "`String`, `StringList` (with commas between) or `SecureString`."),
    ATTR(parameter, value,           COMPUTED | SENSITIVE, .describe = "The value."),
    ATTR(parameter, version,         COMPUTED, .describe = "Version that was read."),
    ATTR(parameter, with_decryption, OPTIONAL, .describe = "Whether a `SecureString` is decrypted, which takes `kms:Decrypt` of its key. Unset: `true`."),
};
/* clang-format on */

static struct error *parameter_read(struct call *c, void *model)
{
    struct parameter *m = model;
    struct aws_call aws = aws_call_of(c);
    struct ssm_parameter found;

    /* Null and true are the same to a reader of state, who finds what was done. */
    m->with_decryption = tf_bool_of(!TF_IS_KNOWN(m->with_decryption) || m->with_decryption.v);
    TRY(error_at(ssm_get_parameter(&aws, m->name.v, m->with_decryption.v, &found), STR("name")));
    m->arn = tf_string_of(found.arn);
    m->id = m->name = tf_string_of(found.name);
    m->insecure_value =
        tf_string_of(str_eq(found.type, STR("SecureString")) ? STR("") : found.value);
    m->type = tf_string_of(found.type);
    m->value = tf_string_of(found.value);
    m->version = tf_int_of(found.version);
    return NULL;
}

extern const struct resource_type data_aws_ssm_parameter;
const struct resource_type data_aws_ssm_parameter = {
    .name = "aws_ssm_parameter",
    .describe = "A parameter of Systems Manager: one that AWS publishes, such as the newest image "
                "of EKS, or one of the account's.",
    .notes = "Values go to Terraform's state, a decrypted `SecureString` too: whoever reads the "
             "state reads it.",
    .subcategory = "SSM",
    .model = MODEL(parameter, parameter_attrs),
    .read = parameter_read,
};
