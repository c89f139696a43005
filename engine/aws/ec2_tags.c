#include "engine/aws/ec2_list.h"
#include "engine/aws/query.h"

static struct error *change(const struct aws_call *c, const char *operation, struct query *q)
{
    struct aws_answer answer;
    struct aws_request request = {
        .service = &service_ec2,
        .operation = operation,
        .effect = AWS_CHANGES,
        .body = buf_str(&q->body),
    };

    return aws_send(c, c->arena, &request, &answer);
}

struct error *ec2_set_tag(const struct aws_call *c, struct str id, struct str key, struct str value)
{
    struct query q = query_new(c->arena, &service_ec2, "CreateTags");

    query_add(&q, id, "ResourceId.1");
    query_add(&q, key, "Tag.1.Key");
    query_add(&q, value, "Tag.1.Value");
    return change(c, "CreateTags", &q);
}

struct error *ec2_take_tag(const struct aws_call *c, struct str id, struct str key)
{
    struct query q = query_new(c->arena, &service_ec2, "DeleteTags");

    query_add(&q, id, "ResourceId.1");
    query_add(&q, key, "Tag.1.Key");
    return change(c, "DeleteTags", &q);
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
    struct aws_answer answer;

    query_add(&q, STR("resource-id"), "Filter.1.Name");
    query_add(&q, id, "Filter.1.Value.1");
    query_add(&q, STR("key"), "Filter.2.Name");
    query_add(&q, literally(c->arena, key), "Filter.2.Value.1");
    struct aws_request request = {
        .service = &service_ec2,
        .operation = "DescribeTags",
        .body = buf_str(&q.body),
    };
    TRY(aws_send(c, c->arena, &request, &answer));
    const struct xml *tags = xml_get(&answer.xml, "tagSet");
    *found = false;
    for (const struct xml *t = NULL; !*found && (t = xml_next(tags, "item", t));) {
        *found = str_eq(xml_text(t, "key"), key) && str_eq(xml_text(t, "resourceId"), id);
        *value = xml_text(t, "value");
    }
    return NULL;
}
