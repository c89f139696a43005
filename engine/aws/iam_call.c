#include "engine/aws/iam_call.h"

#include "engine/aws/sigv4.h"

struct query iam_query(const struct aws_call *c, const char *operation,
                       const struct iam_parameter *parameters)
{
    struct query q = query_new(c->arena, &service_iam, operation);

    for (; parameters->name; parameters++)
        if (parameters->value.ptr)
            query_add(&q, parameters->value, "%s", parameters->name);
    return q;
}

struct error *iam_send(const struct aws_call *c, const char *operation, enum aws_effect effect,
                       const struct query *q, struct xml *result)
{
    struct aws_answer answer;
    struct aws_request request = {
        .service = &service_iam,
        .operation = operation,
        .effect = effect,
        .body = buf_str(&q->body),
    };

    TRY(aws_send(c, c->arena, &request, &answer));
    *result = *xml_get(&answer.xml, arena_printf(c->arena, "%sResult", operation).ptr);
    return NULL;
}

struct error *iam_act(const struct aws_call *c, const char *operation, enum aws_effect effect,
                      const struct iam_parameter *parameters)
{
    struct query q = iam_query(c, operation, parameters);
    struct xml result;

    return iam_send(c, operation, effect, &q, &result);
}

struct error *iam_get(const struct aws_call *c, const char *operation,
                      const struct iam_parameter *parameters, struct xml *result)
{
    struct query q = iam_query(c, operation, parameters);

    return iam_send(c, operation, AWS_READS, &q, result);
}

struct error *iam_tag_thing(const struct aws_call *c, const char *operation, const char *parameter,
                            struct str name, const struct aws_tags *tags)
{
    struct query q = iam_query(c, operation, PARAMETERS({parameter, name}));
    struct xml result;

    query_add_tags(&q, "Tags.member", tags);
    return iam_send(c, operation, AWS_CHANGES, &q, &result);
}

struct error *iam_untag_thing(const struct aws_call *c, const char *operation,
                              const char *parameter, struct str name, const struct str *keys,
                              size_t count)
{
    struct query q = iam_query(c, operation, PARAMETERS({parameter, name}));
    struct xml result;

    query_add_list(&q, "TagKeys.member", keys, count);
    return iam_send(c, operation, AWS_CHANGES, &q, &result);
}

static void take_page(struct arena *a, const struct iam_listing *l, const struct xml *result,
                      void *out)
{
    if (!l->list) {
        l->take(a, result, out);
        return;
    }
    const struct xml *members = xml_get(result, l->list);
    for (const struct xml *m = NULL; (m = xml_next(members, "member", m));)
        l->take(a, m, out);
}

struct error *iam_list(const struct aws_call *c, const struct iam_listing *l, struct str of,
                       void *out)
{
    struct str marker = {0};

    do {
        struct xml result;
        struct query q = iam_query(
            c, l->operation,
            PARAMETERS({l->parameter, of}, {"Marker", marker.len ? marker : (struct str){0}}));
        TRY(iam_send(c, l->operation, AWS_READS, &q, &result));
        take_page(c->arena, l, &result, out);
        struct aws_request request = {.service = &service_iam, .operation = l->operation};
        TRY(aws_next_page(c, &request, &marker,
                          str_eq(xml_text(&result, "IsTruncated"), STR("true"))
                              ? xml_text(&result, "Marker")
                              : STR("")));
    } while (marker.len);
    return NULL;
}

void iam_read_tags(struct arena *a, const struct xml *of, struct aws_tags *out)
{
    const struct xml *tags = xml_get(of, "Tags");

    *out = (struct aws_tags){0};
    for (const struct xml *m = NULL; (m = xml_next(tags, "member", m));)
        ARENA_PUSH(a, out->items, out->count, out->capacity,
                   (struct aws_tag){xml_text(m, "Key"), xml_text(m, "Value")});
}

int64_t iam_number(const struct xml *of, const char *name)
{
    int64_t n = 0;
    return str_to_int64(xml_text(of, name), &n) ? n : 0;
}

struct error *iam_require(const struct aws_call *c, const char *operation, struct str id)
{
    if (id.len)
        return NULL;
    struct error *e = error_new(c->arena, ERROR_UNREACHABLE,
                                "calling IAM %s: the answer lacks what it is about", operation);
    e->outcome_unknown = str_starts_with(str_of(operation), STR("Create"));
    return e;
}

struct str iam_document(struct arena *a, struct str encoded)
{
    return uri_decode(a, encoded);
}
