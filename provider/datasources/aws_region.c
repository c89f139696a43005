#include "engine/aws/aws.h"
#include "provider/datasources/regions.h"
#include "provider/resource/call.h"

struct region {
    struct tf_string description, endpoint, id, name, region;
};

/* clang-format off */
static const struct attr region_attrs[] = {
    ATTR(region, description, COMPUTED, .describe = "Its name for people, such as `Europe (Ireland)`."),
    ATTR(region, endpoint,    OPTIONAL | COMPUTED, .describe = "Host name of its EC2, such as `ec2.eu-west-1.amazonaws.com`. A way to ask for a region."),
    ATTR(region, id,          OPTIONAL | COMPUTED, .describe = "The name again."),
    ATTR(region, name,        OPTIONAL | COMPUTED, .conflicts = "region", .describe = "Name of the region that is asked for, as hashicorp/aws 5 has it. Unset: the provider's."),
    ATTR(region, region,      OPTIONAL | COMPUTED, .conflicts = "name", .describe = "Name of the region that is asked for. Unset: the provider's."),
};
/* clang-format on */

static struct str endpoint_of(struct arena *a, struct str region)
{
    struct str suffix = aws_dns_suffix_of(region);

    return arena_printf(a, "ec2." STR_FMT "." STR_FMT, STR_ARG(region), STR_ARG(suffix));
}

/* By endpoint there is one region, which is also the one that is named. */
static struct error *find(struct call *c, const struct region *m, struct str *name)
{
    struct str wanted = TF_IS_KNOWN(m->region) ? m->region.v : m->name.v;

    if (TF_IS_KNOWN(m->endpoint)) {
        for (size_t i = 0; i < region_count; i++) {
            struct str endpoint = endpoint_of(c->arena, regions[i].name);
            if (!str_eq(endpoint, m->endpoint.v))
                continue;
            if (wanted.len && !str_eq(wanted, regions[i].name))
                break;
            *name = regions[i].name;
            return NULL;
        }
        return region_unknown(c->arena, "endpoint", m->endpoint.v);
    }
    *name = wanted.len ? wanted : call_region(c);
    return NULL;
}

static struct error *region_read(struct call *c, void *model)
{
    struct region *m = model;
    struct str name;

    TRY(find(c, m, &name));
    const struct region_name *known = region_named(name);
    if (!known && !str_eq(name, call_region(c)))
        return region_unknown(c->arena, TF_IS_KNOWN(m->region) ? "region" : "name", name);
    m->id = m->name = m->region = tf_string_of(name);
    m->endpoint = tf_string_of(endpoint_of(c->arena, name));
    m->description = tf_string_of(known ? known->description : STR(""));
    return NULL;
}

extern const struct resource_type data_aws_region;
const struct resource_type data_aws_region = {
    .name = "aws_region",
    .describe = "A region of AWS: the provider's, or another.",
    .notes = "Nobody is asked for it. `name` is how hashicorp/aws 5 calls it, `region` how 6 does; "
             "both work.",
    .subcategory = "Meta",
    .model = MODEL(region, region_attrs),
    .read = region_read,
};
