#include "provider/grammar/arn.h"
#include "provider/grammar/policy_parts.h"

/* ARNs with wildcards.  Whether there is such a resource, and often whether there can be, is not
 * for IAM to say: it looks at the partition and at whether there is a service, and knows IAM's own
 * and S3's a little better.  Parts that are missing behind the service stand for any. */

static const struct str form =
    STR_INIT("A resource is \"*\", or an ARN in which * and ? stand for anything: "
             "arn:PARTITION:SERVICE:REGION:ACCOUNT:RESOURCE.");

static const char *const types_of_iam[] = {
    "user/",    "federated-user/",     "role/",
    "group/",   "instance-profile/",   "mfa/",
    "u2f/",     "server-certificate/", "policy/",
    "sms-mfa/", "saml-provider/",      "oidc-provider/",
    "report/",  "access-report/",      "delegation-request/",
    NULL,
};

static void not_a_resource(struct policy_reader *r, const struct spot *at, const char *why)
{
    struct arena *a = r->faults.arena;

    fault(&r->faults, at, arena_printf(a, STR_FMT " %s", STR_ARG(quoted(a, at->value->text)), why),
          form);
}

static void check_resource_of_iam(struct policy_reader *r, const struct spot *at,
                                  const struct arn_pattern *arn)
{
    struct str rest = arn->resource, type = str_cut(&rest, '/');

    if (arn->region.len && !is_open(arn->region))
        not_a_resource(r, at, "has a region, which nothing of IAM has");
    if (arn->parts < 6 || !arn->resource.len || is_open(type) || str_eq(type, STR("root")))
        return;
    for (size_t i = 0; types_of_iam[i]; i++)
        if (str_starts_with(arn->resource, str_of(types_of_iam[i])))
            return;
    struct arena *a = r->faults.arena;
    fault(
        &r->faults, at,
        arena_printf(a, STR_FMT " names nothing that IAM has", STR_ARG(quoted(a, at->value->text))),
        arena_printf(a, "A resource of IAM begins with " STR_FMT ".",
                     STR_ARG(one_of(a, types_of_iam))));
}

void check_resource(struct policy_reader *r, const struct spot *at)
{
    struct str text = at->value->text;
    struct arn_pattern arn = arn_pattern_split(text);

    check_variables(r, at);
    if (str_eq(text, STR("*")))
        return;
    if (arn.parts < 2 || (!str_eq(arn.prefix, STR("arn")) && !is_open(arn.prefix)))
        not_a_resource(r, at, "is no ARN");
    else if (!is_open(arn.partition) && !is_partition_name(arn.partition))
        not_a_resource(r, at, "is of no partition");
    else if (arn.parts < 3 || !arn.service.len ||
             (is_open(arn.service) && arn.parts > 3 && arn.service.ptr[0] != '$'))
        not_a_resource(r, at, "names no one service");
    else if (arn.parts < 6 &&
             (arn.parts < 4 ? str_eq(arn.service, STR("iam")) || str_eq(arn.service, STR("s3"))
                            : str_find_str(text, STR("::")) < text.len))
        not_a_resource(r, at, "ends too early");
    else if (str_eq(arn.service, STR("iam")))
        check_resource_of_iam(r, at, &arn);
    else if (str_eq(arn.service, STR("s3")) && arn.region.len && !is_open(arn.region) &&
             arn.parts == 6 && !arn.account.len)
        not_a_resource(r, at, "has a region, which a bucket has not");
}
