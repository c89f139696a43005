#include "provider/grammar/arn.h"
#include "provider/grammar/policy_parts.h"

/* Whom a policy of trust or of a resource is about.  AWS looks each of them up, so that a name
 * which cannot be is one that is not there. */

static bool is_domain(struct str text)
{
    for (size_t i = 0; i < text.len; i++) {
        char c = char_lower(text.ptr[i]);
        if (!char_is_digit(c) && (c < 'a' || c > 'z') && !strchr("-._/", c))
            return false;
    }
    return str_find(text, '.') < text.len && text.ptr[0] != '.' && text.ptr[text.len - 1] != '.';
}

/* Services are named in the domains of AWS; where "amazonaws" is a part, it is said to the end. */
static bool is_service(struct str text)
{
    static const char *const domains[] = {".amazon.", ".aws.", ".ic.gov", ".sgov.gov",
                                          ".adc-e.",  ".hci.", NULL};
    const struct str amazonaws = STR(".amazonaws.");
    size_t at = str_find_str(text, amazonaws);

    if (!is_domain(text) || str_find(text, '/') < text.len)
        return false;
    if (at < text.len) {
        struct str end = str_slice(text, at + amazonaws.len, text.len);
        return at > 0 &&
               (str_eq(end, STR("com")) || str_eq(end, STR("com.cn")) || str_eq(end, STR("eu")));
    }
    for (size_t i = 0; domains[i]; i++)
        if (str_find_str(text, str_of(domains[i])) < text.len)
            return true;
    return str_ends_with(text, STR(".aws"));
}

/* Of a user or role, or of what they were: AIDA..., AROA... */
static bool is_unique_id(struct str text)
{
    for (size_t i = 0; i < text.len; i++)
        if (!char_is_digit(text.ptr[i]) && (text.ptr[i] < 'A' || text.ptr[i] > 'Z'))
            return false;
    return text.len >= 16;
}

static bool is_digits(struct str text)
{
    for (size_t i = 0; i < text.len; i++)
        if (!char_is_digit(text.ptr[i]))
            return false;
    return text.len > 0;
}

static const char *why_no_identity(const struct arn_pattern *arn)
{
    static const char *const others[] = {
        "group/",         "policy/",        "instance-profile/",   "mfa/",
        "saml-provider/", "oidc-provider/", "server-certificate/", NULL};
    struct str resource = arn->resource;
    bool iam = str_eq(arn->service, STR("iam")), sts = str_eq(arn->service, STR("sts"));

    if (!str_eq(arn->prefix, STR("arn")) || arn->parts < 6)
        return "is no ARN";
    if (!is_partition_name(arn->partition))
        return "is of no partition";
    if (!iam && !sts)
        return "is of a service that has no identities";
    if (arn->region.len)
        return "has a region, which no identity has";
    if (!arn->account.len || is_open(arn->account) ||
        (is_digits(arn->account) && !is_account_id(arn->account)))
        return "has an account that is not of twelve digits";
    if (is_open(resource))
        return "has a wildcard or a variable, which stand for no part of a principal";
    for (size_t i = 0; iam && others[i]; i++)
        if (str_starts_with(resource, str_of(others[i])))
            return "is nobody who could ask for anything";
    if (iam && !str_eq(resource, STR("root")) && !str_starts_with(resource, STR("user/")) &&
        !str_starts_with(resource, STR("role/")))
        return "is neither a user nor a role";
    return NULL;
}

static void not_a_principal(struct policy_reader *r, const struct spot *at, const char *why,
                            struct str allowed)
{
    struct arena *a = r->faults.arena;

    fault(&r->faults, at, arena_printf(a, STR_FMT " %s", STR_ARG(quoted(a, at->value->text)), why),
          allowed);
}

static void check_identity(struct policy_reader *r, const struct spot *at)
{
    struct str text = at->value->text;
    struct arn_pattern arn = arn_pattern_split(text);
    const char *why = arn.parts > 1 ? why_no_identity(&arn) : "is no identity";

    if (str_eq(text, STR("*")) || is_account_id(text) ||
        (arn.parts == 1 && is_unique_id(text) && !is_digits(text)))
        return;
    if (is_digits(text))
        why = "is no account: it has not twelve digits";
    if (why)
        not_a_principal(r, at, why,
                        STR("An identity is \"*\", an account's twelve digits, or an ARN such as "
                            "arn:aws:iam::123456789012:root, :user/NAME or :role/NAME."));
}

static void check_service_name(struct policy_reader *r, const struct spot *at)
{
    bool every = str_eq(at->value->text, STR("*"));

    /* Policies of resources are known that say "*" here. */
    if ((every && r->rules->resources) || is_service(at->value->text))
        return;
    not_a_principal(r, at, "is no service",
                    STR("A service is named by its domain, such as \"ec2.amazonaws.com\"."));
}

static void check_federation(struct policy_reader *r, const struct spot *at)
{
    struct str text = at->value->text;
    struct arn_pattern arn = arn_pattern_split(text);
    bool provider = str_eq(arn.prefix, STR("arn")) && str_eq(arn.service, STR("iam")) &&
                    is_partition_name(arn.partition) && is_account_id(arn.account) &&
                    !is_open(arn.resource) &&
                    (str_starts_with(arn.resource, STR("saml-provider/")) ||
                     str_starts_with(arn.resource, STR("oidc-provider/")));

    if (provider || is_domain(text) || (str_eq(text, STR("*")) && r->rules->resources))
        return;
    not_a_principal(
        r, at, "is no identity provider",
        STR("It is the ARN of a saml-provider or oidc-provider of IAM, or a domain such "
            "as \"cognito-identity.amazonaws.com\"."));
}

static void check_canonical(struct policy_reader *r, const struct spot *at)
{
    (void)r; /* an id that S3 gave */
    (void)at;
}

void check_principal(struct policy_reader *r, const struct spot *at)
{
    static const struct {
        const char *type;
        void (*check)(struct policy_reader *r, const struct spot *at);
    } types[] = {{"AWS", check_identity},
                 {"Service", check_service_name},
                 {"Federated", check_federation},
                 {"CanonicalUser", check_canonical}};
    const struct json *value = at->value;
    struct arena *a = r->faults.arena;

    if (str_eq(json_string_or(value, STR("")), STR("*")))
        return;
    if (value->kind != JSON_OBJECT || !value->count)
        fault(&r->faults, at, arena_printf(a, "it is " STR_FMT, STR_ARG(shown(a, value))),
              STR("It is \"*\", or an object by kind: { \"AWS\": ... }, { \"Service\": ... }, "
                  "{ \"Federated\": ... }."));
    for (size_t i = 0; value->kind == JSON_OBJECT && i < value->count; i++) {
        struct spot kind = spot_member(at, i);
        size_t k = 0;
        while (k < sizeof(types) / sizeof(*types) && !str_eq(kind.key, str_of(types[k].type)))
            k++;
        if (k < sizeof(types) / sizeof(*types))
            each_text(r, &kind, types[k].check);
        else
            fault(&r->faults, &kind, STR("no kind of principal has this name"),
                  STR("Kinds are \"AWS\", \"Service\", \"Federated\" and \"CanonicalUser\"."));
    }
}
