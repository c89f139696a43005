#include "engine/aws/ec2_list.h"
#include "engine/aws/query.h"

struct error *ec2_set_tags(const struct aws_call *c, struct str id, const struct aws_tags *tags)
{
    struct query q = query_new(c->arena, &service_ec2, "CreateTags");
    struct xml answer;

    query_add(&q, id, "ResourceId.1");
    query_add_tags(&q, "Tag", tags);
    return ec2_send(c, "CreateTags", AWS_CHANGES, buf_str(&q.body), &answer);
}

struct error *ec2_take_tags(const struct aws_call *c, struct str id, const struct str *keys,
                            size_t count)
{
    struct query q = query_new(c->arena, &service_ec2, "DeleteTags");
    struct xml answer;

    query_add(&q, id, "ResourceId.1");
    for (size_t i = 0; i < count; i++)
        query_add(&q, keys[i], "Tag.%zu.Key", i + 1);
    return ec2_send(c, "DeleteTags", AWS_CHANGES, buf_str(&q.body), &answer);
}

/* By filters, in which `*` and `?` stand for others and a backslash takes that from them. */
static struct str literally(struct arena *a, struct str text)
{
    struct buf out = buf_in(a);

    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] == '*' || text.ptr[i] == '?' || text.ptr[i] == '\\')
            buf_add_char(&out, '\\');
        buf_add_char(&out, text.ptr[i]);
    }
    return buf_str(&out);
}

struct error *ec2_describe_tag(const struct aws_call *c, struct str id, struct str key,
                               struct str *value, bool *found)
{
    struct query q = query_new(c->arena, &service_ec2, "DescribeTags");
    struct xml answer;

    query_add(&q, STR("resource-id"), "Filter.1.Name");
    query_add(&q, id, "Filter.1.Value.1");
    query_add(&q, STR("key"), "Filter.2.Name");
    query_add(&q, literally(c->arena, key), "Filter.2.Value.1");
    TRY(ec2_send(c, "DescribeTags", AWS_READS, buf_str(&q.body), &answer));
    const struct xml *tags = xml_get(&answer, "tagSet");
    *found = false;
    for (const struct xml *t = NULL; !*found && (t = xml_next(tags, "item", t));) {
        *found = str_eq(xml_text(t, "key"), key) && str_eq(xml_text(t, "resourceId"), id);
        *value = xml_text(t, "value");
    }
    return NULL;
}
