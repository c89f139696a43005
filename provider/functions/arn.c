#include "engine/aws/arn.h"

#include "provider/functions/registry.h"

/* ARNs taken apart and put together.  hashicorp/aws looks at their form alone, and so do these: a
 * part may be empty, or nonsense. */

static struct error *no_arn(struct arena *a, const char *lacks, struct str text)
{
    struct error *e = error_new(a, ERROR_INVALID, "arn: %s", lacks);

    e->detail = arena_printf(a,
                             "It is \"" STR_FMT "\". An ARN reads arn:PARTITION:SERVICE:REGION:"
                             "ACCOUNT:RESOURCE.",
                             STR_ARG(text));
    return error_at(e, STR("arn"));
}

static struct error *parse(struct arena *a, struct str text, struct arn *out)
{
    const char *lacks = arn_parse(text, out);
    return lacks ? no_arn(a, lacks, text) : NULL;
}

static const struct str part_names[] = {STR_INIT("account_id"), STR_INIT("partition"),
                                        STR_INIT("region"), STR_INIT("resource"),
                                        STR_INIT("service")};
enum { PARTS = sizeof(part_names) / sizeof(*part_names) };

static struct error *call_parse(struct arena *a, const struct str *arguments, struct cty_value *out)
{
    struct arn arn = {0};

    TRY(parse(a, arguments[0], &arn));
    const struct str parts[PARTS] = {arn.account, arn.partition, arn.region, arn.resource,
                                     arn.service};
    *out = cty_collection(a, CTY_OBJECT, PARTS);
    for (size_t i = 0; i < PARTS; i++) {
        out->keys[i] = part_names[i];
        out->items[i] = cty_string(parts[i]);
    }
    return NULL;
}

static struct error *call_build(struct arena *a, const struct str *arguments, struct cty_value *out)
{
    const struct arn arn = {arguments[0], arguments[1], arguments[2], arguments[3], arguments[4]};

    *out = cty_string(arn_text(a, &arn));
    return NULL;
}

static struct error *not_of_role(struct arena *a, const char *what, struct str text)
{
    struct error *e = error_new(a, ERROR_INVALID, "%s", what);

    e->detail = arena_printf(a,
                             "It is \"" STR_FMT "\". A role's ARN reads arn:PARTITION:iam::ACCOUNT:"
                             "role/PATH/NAME.",
                             STR_ARG(text));
    return error_at(e, STR("arn"));
}

/* The path is all between "role/" and the last slash. */
static struct error *call_trim(struct arena *a, const struct str *arguments, struct cty_value *out)
{
    struct str text = arguments[0], role = STR("role/");
    struct arn arn = {0};

    TRY(parse(a, text, &arn));
    if (!str_eq(arn.service, STR("iam")))
        return not_of_role(a, "service must be \"iam\"", text);
    if (!str_starts_with(arn.resource, role))
        return not_of_role(a, "resource must begin with \"role/\"", text);
    size_t name = arn.resource.len;
    while (arn.resource.ptr[name - 1] != '/')
        name--;
    struct buf trimmed = buf_in(a);
    buf_add(&trimmed, role);
    buf_add(&trimmed, str_slice(arn.resource, name, arn.resource.len));
    arn.resource = buf_str(&trimmed);
    *out = cty_string(arn_text(a, &arn));
    return NULL;
}

static const struct cty_type part_types[PARTS] = {
    {.kind = CTY_STRING}, {.kind = CTY_STRING}, {.kind = CTY_STRING},
    {.kind = CTY_STRING}, {.kind = CTY_STRING},
};
static const struct cty_type parts_type = {
    .kind = CTY_OBJECT, .items = part_types, .names = part_names, .count = PARTS};

static const struct function_parameter parse_parameters[] = {{"arn", "The ARN to take apart."}};
static const struct function_parameter build_parameters[] = {
    {"partition", "Partition, such as `aws`."},
    {"service", "Service, such as `iam`."},
    {"region", "Region; empty for global services."},
    {"account_id", "Account; empty where the service's ARNs have none."},
    {"resource", "The rest, such as `role/reader`."},
};
static const struct function_parameter trim_parameters[] = {{"arn", "ARN of a role."}};

const struct function functions[] = {
    {
        .name = "arn_build",
        .describe = "Puts an ARN together of its parts.",
        .notes = "No part is looked at: what is put in comes out.",
        .parameters = build_parameters,
        .parameter_count = sizeof(build_parameters) / sizeof(*build_parameters),
        .returns = &cty_type_string,
        .call = call_build,
    },
    {
        .name = "arn_parse",
        .describe = "Takes an ARN apart: an object with `partition`, `service`, `region`, "
                    "`account_id` and `resource`.",
        .parameters = parse_parameters,
        .parameter_count = 1,
        .returns = &parts_type,
        .call = call_parse,
    },
    {
        .name = "trim_iam_role_path",
        .describe = "Takes the path out of a role's ARN.",
        .notes = "Some services know roles by ARNs without their paths, the access entries and the "
                 "`aws-auth` map of EKS among them.",
        .parameters = trim_parameters,
        .parameter_count = 1,
        .returns = &cty_type_string,
        .call = call_trim,
    },
};
const size_t function_count = sizeof(functions) / sizeof(*functions);
