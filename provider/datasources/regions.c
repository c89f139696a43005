#include "provider/datasources/regions.h"

/* clang-format off */
const struct region_name regions[] = {
    {STR_INIT("us-east-1"), STR_INIT("US East (N. Virginia)")},
    {STR_INIT("us-east-2"), STR_INIT("US East (Ohio)")},
    {STR_INIT("us-west-1"), STR_INIT("US West (N. California)")},
    {STR_INIT("us-west-2"), STR_INIT("US West (Oregon)")},
    {STR_INIT("af-south-1"), STR_INIT("Africa (Cape Town)")},
    {STR_INIT("ap-east-1"), STR_INIT("Asia Pacific (Hong Kong)")},
    {STR_INIT("ap-east-2"), STR_INIT("Asia Pacific (Taipei)")},
    {STR_INIT("ap-northeast-1"), STR_INIT("Asia Pacific (Tokyo)")},
    {STR_INIT("ap-northeast-2"), STR_INIT("Asia Pacific (Seoul)")},
    {STR_INIT("ap-northeast-3"), STR_INIT("Asia Pacific (Osaka)")},
    {STR_INIT("ap-south-1"), STR_INIT("Asia Pacific (Mumbai)")},
    {STR_INIT("ap-south-2"), STR_INIT("Asia Pacific (Hyderabad)")},
    {STR_INIT("ap-southeast-1"), STR_INIT("Asia Pacific (Singapore)")},
    {STR_INIT("ap-southeast-2"), STR_INIT("Asia Pacific (Sydney)")},
    {STR_INIT("ap-southeast-3"), STR_INIT("Asia Pacific (Jakarta)")},
    {STR_INIT("ap-southeast-4"), STR_INIT("Asia Pacific (Melbourne)")},
    {STR_INIT("ap-southeast-5"), STR_INIT("Asia Pacific (Malaysia)")},
    {STR_INIT("ap-southeast-6"), STR_INIT("Asia Pacific (New Zealand)")},
    {STR_INIT("ap-southeast-7"), STR_INIT("Asia Pacific (Thailand)")},
    {STR_INIT("ca-central-1"), STR_INIT("Canada (Central)")},
    {STR_INIT("ca-west-1"), STR_INIT("Canada West (Calgary)")},
    {STR_INIT("eu-central-1"), STR_INIT("Europe (Frankfurt)")},
    {STR_INIT("eu-central-2"), STR_INIT("Europe (Zurich)")},
    {STR_INIT("eu-north-1"), STR_INIT("Europe (Stockholm)")},
    {STR_INIT("eu-south-1"), STR_INIT("Europe (Milan)")},
    {STR_INIT("eu-south-2"), STR_INIT("Europe (Spain)")},
    {STR_INIT("eu-west-1"), STR_INIT("Europe (Ireland)")},
    {STR_INIT("eu-west-2"), STR_INIT("Europe (London)")},
    {STR_INIT("eu-west-3"), STR_INIT("Europe (Paris)")},
    {STR_INIT("il-central-1"), STR_INIT("Israel (Tel Aviv)")},
    {STR_INIT("me-central-1"), STR_INIT("Middle East (UAE)")},
    {STR_INIT("me-south-1"), STR_INIT("Middle East (Bahrain)")},
    {STR_INIT("mx-central-1"), STR_INIT("Mexico (Central)")},
    {STR_INIT("sa-east-1"), STR_INIT("South America (Sao Paulo)")},
    {STR_INIT("cn-north-1"), STR_INIT("China (Beijing)")},
    {STR_INIT("cn-northwest-1"), STR_INIT("China (Ningxia)")},
    {STR_INIT("us-gov-east-1"), STR_INIT("AWS GovCloud (US-East)")},
    {STR_INIT("us-gov-west-1"), STR_INIT("AWS GovCloud (US-West)")},
    {STR_INIT("us-iso-east-1"), STR_INIT("US ISO East")},
    {STR_INIT("us-iso-west-1"), STR_INIT("US ISO WEST")},
    {STR_INIT("us-isob-east-1"), STR_INIT("US ISOB East (Ohio)")},
    {STR_INIT("eu-isoe-west-1"), STR_INIT("EU ISOE West")},
    {STR_INIT("us-isof-east-1"), STR_INIT("US ISOF EAST")},
    {STR_INIT("us-isof-south-1"), STR_INIT("US ISOF SOUTH")},
    {STR_INIT("eusc-de-east-1"), STR_INIT("AWS European Sovereign Cloud (Germany)")},
};
/* clang-format on */
const size_t region_count = sizeof(regions) / sizeof(*regions);

const struct region_name *region_named(struct str name)
{
    for (size_t i = 0; i < region_count; i++)
        if (str_eq(regions[i].name, name))
            return &regions[i];
    return NULL;
}

struct error *region_unknown(struct arena *a, const char *attribute, struct str value)
{
    struct error *e =
        error_new(a, ERROR_INVALID, "%s is \"" STR_FMT "\"", attribute, STR_ARG(value));
    e->detail = STR("There is no such region, or it is newer than this version of the provider.");
    return error_at(e, str_of(attribute));
}
