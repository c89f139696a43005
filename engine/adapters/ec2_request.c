#include "engine/adapters/ec2_request.h"

#include <assert.h>

#include "engine/adapters/ec2_names.h"
#include "engine/adapters/ec2_tags.h"
#include "engine/adapters/ec2_template.h"
#include "engine/adapters/ec2_user_data.h"
#include "engine/base/json.h"
#include "engine/core/decide.h"

static struct str word_or(struct str word, struct str otherwise)
{
    return word.len ? word : otherwise;
}

static void default_device(struct arena *a, struct ec2_launch_template_new *t)
{
    struct ec2_block_device *device = ARENA_NEW(a, struct ec2_block_device);

    *device = (struct ec2_block_device){.device_name = STR("/dev/xvda"),
                                        .volume_type = STR("gp3"),
                                        .volume_gib = 20,
                                        .encrypted = true};
    t->block_devices = device;
    t->block_device_count = 1;
}

static void class_devices(struct arena *a, const struct node_class *c,
                          struct ec2_launch_template_new *t)
{
    const int64_t gib = (int64_t)1 << 30;
    const struct block_device *from = c->block_device_mappings.items;
    size_t count = c->block_device_mappings.count;
    struct ec2_block_device *devices = ARENA_ARRAY(a, struct ec2_block_device, count + 1);

    for (size_t i = 0; i < count; i++)
        devices[i] = (struct ec2_block_device){
            .device_name = from[i].device_name,
            .volume_type = from[i].ebs.volume_type,
            .kms_key_id = from[i].ebs.kms_key_id,
            .snapshot_id = from[i].ebs.snapshot_id,
            .volume_gib = (from[i].ebs.volume_size_bytes + gib - 1) / gib,
            .iops = from[i].ebs.iops,
            .throughput = from[i].ebs.throughput,
            .encrypted = from[i].ebs.encrypted.on,
            .keep_on_termination =
                from[i].ebs.delete_on_termination.set && !from[i].ebs.delete_on_termination.on};
    t->block_devices = devices;
    t->block_device_count = count;
    if (count == 0 && c->family != FAMILY_CUSTOM)
        default_device(a, t);
}

static void class_metadata(const struct node_class *c, struct ec2_launch_template_new *t)
{
    const struct metadata_options *m = &c->metadata_options;

    t->metadata = (struct ec2_metadata_options){
        .http_endpoint = word_or(m->http_endpoint, STR("enabled")),
        .http_protocol_ipv6 = word_or(m->http_protocol_ipv6, STR("disabled")),
        .http_tokens = word_or(m->http_tokens, STR("required")),
        .http_put_response_hop_limit =
            m->http_put_response_hop_limit ? m->http_put_response_hop_limit : 1};
}

static struct labels node_labels(struct arena *a, const struct launch_order *order)
{
    struct labels l = {0};

    for (size_t i = 0; i < order->labels.count; i++)
        labels_set(a, &l, order->labels.items[i].key, order->labels.items[i].value);
    labels_set(a, &l, LABEL_NODE_POOL, order->pool);
    labels_set(a, &l, LABEL_PROVISIONER_NAME, order->pool);
    labels_set(a, &l, LABEL_NODE_CLASS, order->node_class);
    labels_set(a, &l, LABEL_CAPACITY_TYPE,
               capacity_type_text(order->options[0].offering->capacity_type));
    return l;
}

static struct error *make_user_data(struct arena *a, const struct ec2_class *c,
                                    const struct launch_order *order, struct str *out)
{
    struct labels labels = node_labels(a, order);
    return ec2_user_data(a,
                         &(struct user_data){.node_class = &c->spec,
                                             .join = &c->join.data,
                                             .labels = &labels,
                                             .taints = &order->taints,
                                             .startup_taints = &order->startup_taints},
                         out);
}

static struct error *make_template(struct arena *a, const struct ec2_options *options,
                                   const struct ec2_class *c, const struct launch_order *order,
                                   struct ec2_launch_template_new *t)
{
    struct str *groups = ARENA_ARRAY(a, struct str, c->groups.count + 1);

    for (size_t i = 0; i < c->groups.count; i++)
        groups[i] = c->groups.items[i].id;
    *t = (struct ec2_launch_template_new){
        .image_id = ec2_class_image(c, &order->options[0].type->labels)->id,
        .instance_profile = c->instance_profile,
        .security_group_ids = groups,
        .security_group_count = c->groups.count,
        .detailed_monitoring = c->spec.detailed_monitoring.on,
        .public_ip = !c->spec.associate_public_ip_address.set ? PUBLIC_IP_OF_SUBNET
                     : c->spec.associate_public_ip_address.on ? PUBLIC_IP_YES
                                                              : PUBLIC_IP_NO,
        .tags = ec2_own_tags(a, options, &c->spec.tags)};
    ec2_tag_set(a, &t->tags, TAG_POOL, order->pool);
    ec2_tag_set(a, &t->tags, TAG_CLASS, order->node_class);
    class_devices(a, &c->spec, t);
    class_metadata(&c->spec, t);
    return make_user_data(a, c, order, &t->user_data);
}

static struct aws_tags instance_tags(struct arena *a, const struct ec2_options *options,
                                     const struct ec2_class *c, const struct launch_order *order)
{
    struct aws_tags tags = {0};

    ec2_tag_set(a, &tags, STR("Name"), order->node_name); /* unless the user has one */
    struct aws_tags own = ec2_own_tags(a, options, &c->spec.tags);
    for (size_t i = 0; i < own.count; i++)
        ec2_tag_set(a, &tags, own.items[i].key, own.items[i].value);
    ec2_tag_set(a, &tags, TAG_POOL, order->pool);
    ec2_tag_set(a, &tags, TAG_CLAIM, order->claim);
    ec2_tag_set(a, &tags, TAG_HASH, order->hash);
    return tags;
}

struct places {
    struct ec2_place *items;
    struct ec2_override *overrides;
    size_t count;
};

static bool is_listed(const struct places *p, struct str type, struct str zone)
{
    for (size_t i = 0; i < p->count; i++)
        if (str_eq(p->items[i].instance_type, type) && str_eq(p->items[i].zone, zone))
            return true;
    return false;
}

/* Options whose zone or image the class has lost since the catalog was made are passed over. */
static struct places make_places(struct arena *a, const struct ec2_class *c,
                                 const struct launch_order *order, struct str template_image)
{
    struct places p = {ARENA_ARRAY(a, struct ec2_place, OVERRIDES_MAX),
                       ARENA_ARRAY(a, struct ec2_override, OVERRIDES_MAX), 0};

    for (size_t i = 0; i < order->option_count && p.count < OVERRIDES_MAX; i++) {
        const struct launch_option *o = &order->options[i];
        const struct ec2_subnet *subnet = ec2_class_subnet(c, o->offering->zone);
        const struct class_image *image = ec2_class_image(c, &o->type->labels);
        if (!subnet || !image || is_listed(&p, o->type->name, o->offering->zone))
            continue;
        bool other = !str_eq(image->id, template_image);
        p.items[p.count] = (struct ec2_place){o->type->name, o->offering->zone, subnet->id};
        p.overrides[p.count++] = (struct ec2_override){.instance_type = o->type->name,
                                                       .subnet_id = subnet->id,
                                                       .image_id = other ? image->id : STR(""),
                                                       .priority = -1};
    }
    return p;
}

static struct str make_fleet(struct arena *a, const struct launch_order *order,
                             struct str template_name, const struct places *places,
                             struct aws_tags tags)
{
    bool spot = order->options[0].offering->capacity_type == CAPACITY_SPOT;

    return ec2_create_fleet_request(
        a, &(struct ec2_launch){.client_token = order->token,
                                .launch_template_name = template_name,
                                .spot = spot,
                                .allocation_strategy =
                                    spot ? STR("price-capacity-optimized") : STR("lowest-price"),
                                .overrides = places->overrides,
                                .override_count = places->count,
                                .count = 1,
                                .tags = tags});
}

static void write_places(struct json_writer *w, const struct places *places)
{
    json_key(w, STR("places"));
    json_begin_array(w);
    for (size_t i = 0; i < places->count; i++) {
        json_begin_array(w);
        json_string(w, places->items[i].instance_type);
        json_string(w, places->items[i].zone);
        json_string(w, places->items[i].subnet_id);
        json_end_array(w);
    }
    json_end_array(w);
}

static struct str request_text(struct arena *a, const struct launch_order *order,
                               const struct ec2_launch_template_new *t, const struct places *places,
                               struct aws_tags tags)
{
    struct buf out = buf_in(a);
    struct json_writer w = json_writer_to(&out);

    json_begin_object(&w);
    json_member(&w, "pool", order->pool);
    json_member(&w, "hash", order->hash);
    json_member(&w, "capacity_type", capacity_type_text(order->options[0].offering->capacity_type));
    json_member(&w, "template_name", t->name);
    json_member(&w, "image_id", t->image_id);
    json_member(&w, "fleet", make_fleet(a, order, t->name, places, tags));
    write_places(&w, places);
    json_end_object(&w);
    return buf_str(&out);
}

static struct error *nowhere(struct arena *a, const struct launch_order *order)
{
    struct error *e = error_new(a, ERROR_CONFLICT, "class " STR_FMT " has changed meanwhile",
                                STR_ARG(order->node_class));
    e->detail = STR("None of the types and zones that were decided on has a subnet and an image of "
                    "the class any more.");
    return e;
}

struct error *ec2_request_write(struct arena *a, const struct ec2_options *options,
                                const struct ec2_class *c, const struct launch_order *order,
                                struct launch_text *out)
{
    struct ec2_launch_template_new t;

    assert(order->option_count > 0);
    if (!ec2_class_image(c, &order->options[0].type->labels))
        return nowhere(a, order);
    TRY(make_template(a, options, c, order, &t));
    struct places places = make_places(a, c, order, t.image_id);
    if (places.count == 0)
        return nowhere(a, order);
    out->template = ec2_template_write(a, &t);
    t.name = out->template_name = ec2_template_name(a, options->cluster, out->template);
    out->request = request_text(a, order, &t, &places, instance_tags(a, options, c, order));
    return NULL;
}
