#include "provider/resources/launch_template_data.h"

#include "provider/resource/wire.h"
#include "provider/resources/launch_template_blocks.h"

/* The rows say nearly all of it (wire.h).  Here is what EC2 has in another shape than Terraform. */

/* Lists of texts that are lists of objects with one text each to EC2. */
struct wrapped {
    size_t offset; /* of the texts in the block */
    const char *asked, *told, *inner, *told_inner;
};
static const struct wrapped of_interface[] = {
    {offsetof(struct network_interface, ipv4_addresses), "PrivateIpAddresses",
     "privateIpAddressesSet", "PrivateIpAddress", "privateIpAddress"},
    {offsetof(struct network_interface, ipv4_prefixes), "Ipv4Prefix", "ipv4PrefixSet", "Ipv4Prefix",
     "ipv4Prefix"},
    {offsetof(struct network_interface, ipv6_addresses), "Ipv6Addresses", "ipv6AddressesSet",
     "Ipv6Address", "ipv6Address"},
    {offsetof(struct network_interface, ipv6_prefixes), "Ipv6Prefix", "ipv6PrefixSet", "Ipv6Prefix",
     "ipv6Prefix"},
};
static const struct wrapped of_secondary[] = {
    {offsetof(struct secondary_interface, private_ip_addresses), "PrivateIpAddress",
     "privateIpAddressesSet", "PrivateIpAddress", "privateIpAddress"},
};
enum {
    WRAPPED_OF_INTERFACE = sizeof(of_interface) / sizeof(*of_interface),
    WRAPPED_OF_SECONDARY = sizeof(of_secondary) / sizeof(*of_secondary),
};

static struct json *member(struct json *object, const char *key)
{
    for (size_t i = 0; object && object->kind == JSON_OBJECT && i < object->count; i++)
        if (str_eq(object->keys[i], str_of(key)))
            return &object->items[i];
    return NULL;
}

/* To EC2. */

static void wrap(struct arena *a, const struct wrapped *w, const void *block, struct json *wire)
{
    const struct tf_strings *texts = (const void *)((const char *)block + w->offset);
    struct json list = json_new_array();

    for (size_t i = 0; i < texts->count; i++) {
        struct json one = json_new_object();
        json_set(a, &one, str_of(w->inner), json_new_string(texts->v[i]));
        json_add(a, &list, one);
    }
    if (list.count)
        json_set(a, wire, str_of(w->asked), list);
}

/* One of an interface's addresses is its first, and only the one that is named so. */
static void mark_first(struct arena *a, const struct network_interface *n, struct json *wire)
{
    struct json *addresses = member(wire, "PrivateIpAddresses");

    for (size_t i = 0; addresses && i < addresses->count; i++)
        json_set(a, &addresses->items[i], STR("Primary"),
                 json_new_bool(str_eq(n->ipv4_addresses.v[i], n->private_ip_address.v)));
}

static void interfaces_out(struct arena *a, const struct launch_template *m, struct json *wire)
{
    struct json *primary = member(wire, "NetworkInterface");
    struct json *secondary = member(wire, "SecondaryInterface");

    for (size_t i = 0; primary && i < primary->count; i++) {
        const struct network_interface *n =
            TF_BLOCK(m->network_interfaces, struct network_interface, i);
        for (size_t k = 0; k < WRAPPED_OF_INTERFACE; k++)
            wrap(a, &of_interface[k], n, &primary->items[i]);
        mark_first(a, n, &primary->items[i]);
    }
    for (size_t i = 0; secondary && i < secondary->count; i++)
        for (size_t k = 0; k < WRAPPED_OF_SECONDARY; k++)
            wrap(a, &of_secondary[k],
                 TF_BLOCK(m->secondary_interfaces, struct secondary_interface, i),
                 &secondary->items[i]);
}

static void tags_out(struct arena *a, const struct launch_template *m, struct json *wire)
{
    struct json *specifications = member(wire, "TagSpecification");

    for (size_t i = 0; specifications && i < specifications->count; i++) {
        const struct tf_map *tags =
            &TF_BLOCK(m->tag_specifications, struct tag_specification, i)->tags;
        struct json list = json_new_array();
        for (size_t k = 0; k < tags->count; k++) {
            struct json tag = json_new_object();
            json_set(a, &tag, STR("Key"), json_new_string(tags->keys[k]));
            json_set(a, &tag, STR("Value"), json_new_string(tags->v[k]));
            json_add(a, &list, tag);
        }
        json_set(a, &specifications->items[i], STR("Tag"), list);
    }
}

/* hashicorp/aws writes a 0 into state where no upper end was given.  It is one only where nothing,
 * or nothing at the least, is asked for. */
static void drop_false_ends(struct json *requirements)
{
    for (size_t i = 0; requirements && i < requirements->count; i++) {
        struct json *max = member(&requirements->items[i], "Max");
        const struct json *min = member(&requirements->items[i], "Min");
        bool from_more = min && !str_eq(min->text, STR("0"));
        if (max && from_more && str_eq(max->text, STR("0")))
            *max = (struct json){.kind = JSON_NULL};
    }
}

struct json launch_template_data(struct arena *a, const struct model *rows,
                                 const struct launch_template *m)
{
    struct json wire = wire_of(a, rows, m);
    const struct json *accelerator = json_get(&wire, "ElasticInferenceAccelerator");

    interfaces_out(a, m, &wire);
    tags_out(a, m, &wire);
    drop_false_ends(member(&wire, "InstanceRequirements"));
    if (accelerator->kind == JSON_OBJECT) { /* a list to EC2, of which there may be one */
        struct json list = json_new_array();
        json_add(a, &list, *accelerator);
        json_set(a, &wire, STR("ElasticInferenceAccelerator"), list);
    }
    /* EC2 wants something to be said. */
    if (!TF_IS_KNOWN(m->user_data) || !m->user_data.v.len)
        json_set(a, &wire, STR("UserData"), json_new_string(STR("")));
    return wire;
}

/* And back. */

static void unwrap(struct arena *a, const struct wrapped *w, const struct xml *told, void *block)
{
    struct tf_strings *texts = (void *)((char *)block + w->offset);
    const struct xml *list = xml_get(told, w->told);

    *texts = (struct tf_strings){TF_KNOWN, ARENA_ARRAY(a, struct str, list->count), list->count};
    for (size_t i = 0; i < list->count; i++)
        texts->v[i] = xml_text(&list->items[i], w->told_inner);
}

static void interfaces_in(struct arena *a, const struct xml *data, struct launch_template *m)
{
    const struct xml *primary = xml_get(data, "networkInterfaceSet");
    const struct xml *secondary = xml_get(data, "secondaryInterfaceSet");

    for (size_t i = 0; i < m->network_interfaces.count; i++)
        for (size_t k = 0; k < WRAPPED_OF_INTERFACE; k++)
            unwrap(a, &of_interface[k], &primary->items[i],
                   TF_BLOCK(m->network_interfaces, struct network_interface, i));
    for (size_t i = 0; i < m->secondary_interfaces.count; i++)
        for (size_t k = 0; k < WRAPPED_OF_SECONDARY; k++)
            unwrap(a, &of_secondary[k], &secondary->items[i],
                   TF_BLOCK(m->secondary_interfaces, struct secondary_interface, i));
}

static void tags_in(struct arena *a, const struct xml *data, struct launch_template *m)
{
    const struct xml *specifications = xml_get(data, "tagSpecificationSet");

    for (size_t i = 0; i < m->tag_specifications.count; i++) {
        const struct xml *list = xml_get(&specifications->items[i], "tagSet");
        struct tf_map *tags = &TF_BLOCK(m->tag_specifications, struct tag_specification, i)->tags;
        *tags = (struct tf_map){TF_KNOWN, ARENA_ARRAY(a, struct str, list->count),
                                ARENA_ARRAY(a, struct str, list->count), list->count};
        for (size_t k = 0; k < list->count; k++) {
            tags->keys[k] = xml_text(&list->items[k], "key");
            tags->v[k] = xml_text(&list->items[k], "value");
        }
    }
}

/* Numbers inside of blocks that nobody gave are 0 in hashicorp/aws's states. */
static void fill_blocks(const struct attr *row, struct tf_blocks *blocks);

static void fill_numbers(const struct model *rows, void *block)
{
    for (size_t i = 0; i < rows->count; i++) {
        const struct attr *row = &rows->attrs[i];
        void *there = (char *)block + row->offset;
        struct tf_int *whole = there;
        struct tf_number *number = there;
        if (row->kind == ATTR_BLOCKS)
            fill_blocks(row, there);
        else if (row->kind == ATTR_INT && TF_IS_NULL(*whole))
            *whole = tf_int_of(0);
        else if (row->kind == ATTR_NUMBER && !number->v.len)
            *number = (struct tf_number){TF_KNOWN, STR("0")};
    }
}

static void fill_blocks(const struct attr *row, struct tf_blocks *blocks)
{
    for (size_t i = 0; i < blocks->count; i++)
        fill_numbers(row->nested, (char *)blocks->v + i * row->nested->bytes);
}

struct error *launch_template_take(struct arena *a, const struct model *rows,
                                   const struct xml *data, struct launch_template *m)
{
    struct json wire = wire_of_xml(a, rows, data);
    const struct xml *accelerators = xml_get(data, "elasticInferenceAcceleratorSet");

    if (accelerators->count) {
        struct json one = json_new_object();
        json_set(a, &one, STR("Type"), json_new_string(xml_text(&accelerators->items[0], "type")));
        json_set(a, &wire, STR("ElasticInferenceAccelerator"), one);
    }
    TRY(wire_take(a, rows, &wire, m));
    interfaces_in(a, data, m);
    tags_in(a, data, m);
    for (size_t i = 0; i < rows->count; i++)
        if (rows->attrs[i].kind == ATTR_BLOCKS)
            fill_blocks(&rows->attrs[i], (void *)((char *)m + rows->attrs[i].offset));
    return NULL;
}
