#include "engine/adapters/ec2_template.h"

#include "engine/base/json.h"

static void write_tags(struct json_writer *w, const struct aws_tags *tags)
{
    json_key(w, STR("tags"));
    json_begin_object(w);
    for (size_t i = 0; i < tags->count; i++) {
        json_key(w, tags->items[i].key);
        json_string(w, tags->items[i].value);
    }
    json_end_object(w);
}

static void write_devices(struct json_writer *w, const struct ec2_launch_template_new *t)
{
    json_key(w, STR("block_devices"));
    json_begin_array(w);
    for (size_t i = 0; i < t->block_device_count; i++) {
        const struct ec2_block_device *d = &t->block_devices[i];
        json_begin_object(w);
        json_member(w, "device_name", d->device_name);
        json_member(w, "volume_type", d->volume_type);
        json_member(w, "kms_key_id", d->kms_key_id);
        json_member(w, "snapshot_id", d->snapshot_id);
        json_member_int(w, "volume_gib", d->volume_gib);
        json_member_int(w, "iops", d->iops);
        json_member_int(w, "throughput", d->throughput);
        json_member_bool(w, "encrypted", d->encrypted);
        json_member_bool(w, "keep_on_termination", d->keep_on_termination);
        json_end_object(w);
    }
    json_end_array(w);
}

static void write_metadata(struct json_writer *w, const struct ec2_metadata_options *m)
{
    json_key(w, STR("metadata"));
    json_begin_object(w);
    json_member(w, "http_endpoint", m->http_endpoint);
    json_member(w, "http_protocol_ipv6", m->http_protocol_ipv6);
    json_member(w, "http_tokens", m->http_tokens);
    json_member_int(w, "http_put_response_hop_limit", m->http_put_response_hop_limit);
    json_end_object(w);
}

struct str ec2_template_write(struct arena *a, const struct ec2_launch_template_new *t)
{
    struct buf out = buf_in(a);
    struct json_writer w = json_writer_to(&out);

    json_begin_object(&w);
    json_member(&w, "image_id", t->image_id);
    json_member(&w, "instance_profile", t->instance_profile);
    json_member(&w, "user_data", t->user_data);
    json_key(&w, STR("security_groups"));
    json_begin_array(&w);
    for (size_t i = 0; i < t->security_group_count; i++)
        json_string(&w, t->security_group_ids[i]);
    json_end_array(&w);
    write_devices(&w, t);
    write_metadata(&w, &t->metadata);
    json_member_bool(&w, "detailed_monitoring", t->detailed_monitoring);
    json_member_int(&w, "public_ip", t->public_ip);
    write_tags(&w, &t->tags);
    json_end_object(&w);
    return buf_str(&out);
}

static struct str text_of(const struct json *object, const char *key)
{
    return json_string_or(json_get(object, key), STR(""));
}

static int64_t int_of(const struct json *object, const char *key)
{
    int64_t n = 0;
    return json_to_int64(json_get(object, key), &n) ? n : 0;
}

static struct aws_tags read_tags(struct arena *a, const struct json *object)
{
    struct aws_tags tags = {0};

    for (size_t i = 0; object->kind == JSON_OBJECT && i < object->count; i++)
        ARENA_PUSH(a, tags.items, tags.count, tags.capacity,
                   (struct aws_tag){object->keys[i], json_string_or(&object->items[i], STR(""))});
    return tags;
}

static void read_devices(struct arena *a, const struct json *list,
                         struct ec2_launch_template_new *t)
{
    struct ec2_block_device *devices = ARENA_ARRAY(a, struct ec2_block_device, list->count + 1);

    for (size_t i = 0; i < list->count; i++) {
        const struct json *d = &list->items[i];
        devices[i] = (struct ec2_block_device){
            .device_name = text_of(d, "device_name"),
            .volume_type = text_of(d, "volume_type"),
            .kms_key_id = text_of(d, "kms_key_id"),
            .snapshot_id = text_of(d, "snapshot_id"),
            .volume_gib = int_of(d, "volume_gib"),
            .iops = int_of(d, "iops"),
            .throughput = int_of(d, "throughput"),
            .encrypted = json_bool_or(json_get(d, "encrypted"), false),
            .keep_on_termination = json_bool_or(json_get(d, "keep_on_termination"), false)};
    }
    t->block_devices = devices;
    t->block_device_count = list->count;
}

static struct ec2_metadata_options read_metadata(const struct json *m)
{
    return (struct ec2_metadata_options){.http_endpoint = text_of(m, "http_endpoint"),
                                         .http_protocol_ipv6 = text_of(m, "http_protocol_ipv6"),
                                         .http_tokens = text_of(m, "http_tokens"),
                                         .http_put_response_hop_limit =
                                             int_of(m, "http_put_response_hop_limit")};
}

static void read_groups(struct arena *a, const struct json *list, struct ec2_launch_template_new *t)
{
    struct str *ids = ARENA_ARRAY(a, struct str, list->count + 1);

    for (size_t i = 0; i < list->count; i++)
        ids[i] = json_string_or(&list->items[i], STR(""));
    t->security_group_ids = ids;
    t->security_group_count = list->count;
}

static enum ec2_public_ip public_ip_of(int64_t n)
{
    return n == PUBLIC_IP_YES  ? PUBLIC_IP_YES
           : n == PUBLIC_IP_NO ? PUBLIC_IP_NO
                               : PUBLIC_IP_OF_SUBNET;
}

static struct error *damaged(struct arena *a)
{
    struct error *e = error_new(a, ERROR_BUG, "the record of a launch template cannot be read");
    e->detail = STR("The launch that names it ends; the next one makes its template anew.");
    return e;
}

struct error *ec2_template_read(struct arena *a, struct str text,
                                struct ec2_launch_template_new *out)
{
    struct json *j = ARENA_NEW(a, struct json);
    struct error *e = json_parse(a, text, j);
    const struct json *groups = json_get(j, "security_groups");
    const struct json *devices = json_get(j, "block_devices");

    if (e || groups->kind != JSON_ARRAY || devices->kind != JSON_ARRAY ||
        !text_of(j, "image_id").len)
        return damaged(a);
    *out = (struct ec2_launch_template_new){
        .image_id = text_of(j, "image_id"),
        .instance_profile = text_of(j, "instance_profile"),
        .user_data = text_of(j, "user_data"),
        .metadata = read_metadata(json_get(j, "metadata")),
        .detailed_monitoring = json_bool_or(json_get(j, "detailed_monitoring"), false),
        .public_ip = public_ip_of(int_of(j, "public_ip")),
        .tags = read_tags(a, json_get(j, "tags"))};
    read_groups(a, groups, out);
    read_devices(a, devices, out);
    return NULL;
}
