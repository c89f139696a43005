#include "engine/aws/ec2.h"
#include "provider/datasources/filters.h"
#include "provider/resource/of_aws.h"

struct zones {
    struct tf_bool all_availability_zones;
    struct tf_strings exclude_names, exclude_zone_ids, group_names, names, zone_ids;
    struct tf_string id, region, state;
    struct tf_blocks filter, timeouts;
};

/* clang-format off */
static const struct attr zones_attrs[] = {
    ATTR(zones, all_availability_zones, OPTIONAL, .describe = "Whether zones count that the account has not opted into."),
    ATTR(zones, exclude_names,          OPTIONAL | SET, .describe = "Names of zones to leave out."),
    ATTR(zones, exclude_zone_ids,       OPTIONAL | SET, .describe = "Ids of zones to leave out, such as `use1-az3`."),
    ATTR(zones, group_names,            COMPUTED | SET, .describe = "Groups that they belong to: of availability zones the region."),
    ATTR(zones, id,                     OPTIONAL | COMPUTED, .describe = "The region."),
    ATTR(zones, names,                  COMPUTED, .describe = "Their names, sorted."),
    ATTR_REGION_READ(zones),
    ATTR(zones, state,                  OPTIONAL, .one_of = VALUES("available", "information", "impaired", "unavailable", "constrained"), .describe = "State that they have to be in."),
    ATTR(zones, zone_ids,               COMPUTED, .describe = "Their ids, in the order of the names. They mean the same zones in every account."),
    FILTER_ROW(zones),
    ATTR(zones, timeouts,               OPTIONAL, .nesting = BLOCK_SINGLE, .nested = &timeouts_r),
};
/* clang-format on */

static bool has(const struct tf_strings *set, struct str s)
{
    for (size_t i = 0; i < set->count; i++)
        if (str_eq(set->v[i], s))
            return true;
    return false;
}

static int by_name(const void *a, const void *b)
{
    const struct ec2_zone *x = a, *y = b;
    return str_cmp(x->name, y->name);
}

static struct error *ask(struct call *c, const struct zones *m, struct ec2_zones *out)
{
    struct aws_call aws = aws_call_of(c);
    struct ec2_filter *filters = filters_of(c, &m->filter, 1);
    size_t count = m->filter.count;

    if (TF_IS_KNOWN(m->state))
        filters[count++] = (struct ec2_filter){STR("state"), &m->state.v, 1};
    struct ec2_query query = {.filters = filters, .filter_count = count};
    return ec2_describe_zones(&aws, &query, m->all_availability_zones.v, out);
}

static void add(struct tf_strings *list, struct str s)
{
    list->v[list->count++] = s;
}

static struct tf_strings with_room(struct call *c, size_t count)
{
    return (struct tf_strings){TF_KNOWN, ARENA_ARRAY(c->arena, struct str, count), 0};
}

static struct error *zones_read(struct call *c, void *model)
{
    struct zones *m = model;
    struct ec2_zones found;

    TRY(ask(c, m, &found));
    if (found.count)
        qsort(found.items, found.count, sizeof(*found.items), by_name);
    m->id = tf_string_of(call_region(c));
    m->names = with_room(c, found.count);
    m->zone_ids = with_room(c, found.count);
    m->group_names = with_room(c, found.count);
    for (size_t i = 0; i < found.count; i++) {
        const struct ec2_zone *z = &found.items[i];
        if (has(&m->exclude_names, z->name) || has(&m->exclude_zone_ids, z->id))
            continue;
        add(&m->names, z->name);
        add(&m->zone_ids, z->id);
        if (!has(&m->group_names, z->group))
            add(&m->group_names, z->group);
    }
    return NULL;
}

extern const struct resource_type data_aws_availability_zones;
const struct resource_type data_aws_availability_zones = {
    .name = "aws_availability_zones",
    .describe = "The zones of the region that the account can use.",
    .notes = "`state = \"available\"` leaves out zones that take nothing new; a filter on "
             "`opt-in-status` leaves out local zones.",
    .subcategory = "EC2",
    .model = MODEL(zones, zones_attrs),
    .read = zones_read,
};
